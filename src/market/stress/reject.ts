/** @file Rejects: for a bar the venue takes no new orders; what rests there still trades. */
import type { StressKind } from "../stress.ts";

/** It has no severity. */
export const reject = {
  severity: [1, 1],
  unit: "none",
  usual: { severity: [1, 1], bars: [1, 1] },
  fill: (fills, at) => void (fills.blocked[at] = Math.max(fills.blocked[at], 1)),
} as const satisfies StressKind;
