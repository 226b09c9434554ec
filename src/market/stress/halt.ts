/** @file A halt: for some bars nothing trades, and the price stands where it was. */
import type { StressKind, StressedBar } from "../stress.ts";

/** A bar that stands still at the close before it, with no volume. */
export function standStill(bar: StressedBar, closeBefore: number): void {
  bar.open = closeBefore;
  bar.high = closeBefore;
  bar.low = closeBefore;
  bar.close = closeBefore;
  bar.volume = 0;
}

/** It has no severity but its length. After it the market opens where it would have been. */
export const halt = {
  severity: [1, 1],
  unit: "none",
  usual: { severity: [1, 1], bars: [2, 10] },
  price: (bar, _, closeBefore) => standStill(bar, closeBefore),
  fill: (fills, at) => void (fills.blocked[at] = 2),
} as const satisfies StressKind;
