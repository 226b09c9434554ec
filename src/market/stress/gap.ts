/** @file A gap: the market opens elsewhere and stays there. */
import type { StressKind } from "../stress.ts";

/** Severity in ATR of the bars before, up or down. */
export const gap = {
  severity: [0, 20],
  unit: "ATR",
  usual: { severity: [0.5, 2], bars: [1, 1] },
  lasts: true,
} as const satisfies StressKind;
