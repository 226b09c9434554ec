/** @file The trend score: whether the close and its averages all say up, all say down, or disagree. */
import { invariant } from "#base/invariant.ts";
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { exponential } from "../smoothing.ts";

/**
 * 1 where close > EMA(first period) > EMA(second) > …, −1 where all of these are turned round, else 0; EMAs are seeded by
 * SMA. Brock, Lakonishok and LeBaron, Journal of Finance 47, 1992, with several averages.
 */
export function trendScore(periods: readonly number[]): Indicator {
  invariant(periods.length > 0, "a trend score has at least one average");
  const averages = periods.map(exponential);
  return indicator(["score"], Math.max(...periods), averages, ({ close }, into, at) => {
    let [above, below] = [1, 1];
    let faster = close;
    for (const average of averages) {
      const slower = average(close);
      if (faster <= slower) above = 0;
      if (faster >= slower) below = 0;
      faster = slower;
    }
    into[at] = above - below;
  });
}
