/** @file A wide spread: for some bars trading costs several half spreads. */
import type { StressKind } from "../stress.ts";

/** Severity: how many times as wide; the widest counts where several meet. */
export const spread = {
  severity: [1, 100],
  unit: "times",
  usual: { severity: [2, 5], bars: [1, 3] },
  fill: (fills, at, severity) => void (fills.spread[at] = Math.max(fills.spread[at], severity)),
} as const satisfies StressKind;
