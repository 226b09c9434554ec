/** @file A flash crash: within a bar the price falls far below its open and comes back before the close. */
import type { StressKind } from "../stress.ts";

/** Severity in ATR of the bars before, from the open down. It takes stops with it and leaves the close as it was. */
export const flashCrash = {
  severity: [0, 50],
  unit: "ATR",
  usual: { severity: [2, 6], bars: [1, 1] },
  price(bar, move) {
    bar.low = Math.min(bar.low, bar.open * Math.exp(-Math.abs(move)));
  },
} as const satisfies StressKind;
