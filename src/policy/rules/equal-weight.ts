/** @file The same share of equity in everything, always: what diversification alone earns (DeMiguel, Garlappi and Uppal, 2009). */
import type { Policy } from "../policy.ts";

/** Wants equal weights that add up to 1 at every bar; how far they may drift before it trades is for the sizing to say. */
export function equalWeight(instruments: number): Policy {
  const weights = Array.from({ length: instruments }, () => 1 / instruments);
  return { name: "equal weight, rebalanced", act: () => ({ weights }) };
}
