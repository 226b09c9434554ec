/** @file What reports call the baselines that are trained. */
import type { TreeName } from "#training/boosting-settings.ts";

export const rivalNames = {
  boosting: "boosted trees",
  "rule-and-boosting": "rule and boosted trees",
} as const satisfies Record<TreeName, string>;
