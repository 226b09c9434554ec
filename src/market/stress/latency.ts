/** @file Latency: an order for the open arrives later in the bar, at a worse price. */
import type { StressKind } from "../stress.ts";

/** Severity: the share of the way from the open to the bar's worst price for it, its high for a purchase, its low for a sale. */
export const latency = {
  severity: [0, 1],
  unit: "share",
  usual: { severity: [0.1, 0.5], bars: [1, 3] },
  fill: (fills, at, severity) => void (fills.latency[at] = Math.max(fills.latency[at], severity)),
} as const satisfies StressKind;
