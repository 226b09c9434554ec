/** @file Feature dropout: for some bars a part of the features is as old as the bar before; prices and fills are as they are. */
import type { StressKind } from "../stress.ts";

/** Severity: the share of the features. Never zeros: an agent sees the last number that there was, as it would live. */
export const featureDropout = {
  severity: [0, 1],
  unit: "share",
  usual: { severity: [0.1, 0.5], bars: [1, 3] },
  features: true,
} as const satisfies StressKind;
