/** @file A burst of slippage: for some bars orders that take liquidity slip several times as far. */
import type { StressKind } from "../stress.ts";

/** Severity: how many times as far; the farthest counts where several meet. */
export const slippage = {
  severity: [1, 100],
  unit: "times",
  usual: { severity: [3, 5], bars: [2, 5] },
  fill: (fills, at, severity) => void (fills.slippage[at] = Math.max(fills.slippage[at], severity)),
} as const satisfies StressKind;
