/** @file A missing bar: the feed repeats the last price, and nothing that was sent for the bar is filled. */
import type { StressKind } from "../stress.ts";
import { standStill } from "./halt.ts";

/** A halt of a bar that is over before anybody calls it one: no severity. */
export const missing = {
  severity: [1, 1],
  unit: "none",
  usual: { severity: [1, 1], bars: [1, 1] },
  price: (bar, _, closeBefore) => standStill(bar, closeBefore),
  fill: (fills, at) => void (fills.blocked[at] = 2),
} as const satisfies StressKind;
