/** @file Do nothing: what a losing agent must at least beat. */
import type { Policy } from "../policy.ts";

/** Never holds a position. */
export function flat(instruments: number): Policy {
  const weights = Array.from({ length: instruments }, () => 0);
  return { name: "flat", act: () => ({ weights }) };
}
