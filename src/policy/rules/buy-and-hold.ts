/** @file Buy everything once, in equal parts, and never touch it again. */
import type { Policy } from "../policy.ts";

/** Equal weights that add up to 1, at the first bar; then no change. */
export function buyAndHold(instruments: number): Policy {
  let bought = false;
  return {
    name: "buy and hold",
    act: () => {
      if (bought) return { weights: undefined };
      bought = true;
      return { weights: Array.from({ length: instruments }, () => 1 / instruments) };
    },
  };
}
