/** @file Thin volume: for some bars only a part of the volume is there, for features and for what may be traded of it. */
import type { StressKind } from "../stress.ts";

/** Severity: the share of the volume that is missing. */
export const thinVolume = {
  severity: [0, 0.99],
  unit: "share",
  usual: { severity: [0.3, 0.5], bars: [3, 8] },
  price: (bar, move) => void (bar.volume *= 1 - move),
} as const satisfies StressKind;
