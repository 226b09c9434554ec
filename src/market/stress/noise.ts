/** @file Noise: for a bar all prices are off, and back again after it. */
import type { StressKind } from "../stress.ts";

/** Severity in ATR of the bars before, up or down. */
export const noise = {
  severity: [0, 10],
  unit: "ATR",
  usual: { severity: [0.25, 1], bars: [1, 1] },
  price(bar, move) {
    const factor = Math.exp(move);
    bar.open *= factor;
    bar.high *= factor;
    bar.low *= factor;
    bar.close *= factor;
  },
} as const satisfies StressKind;
