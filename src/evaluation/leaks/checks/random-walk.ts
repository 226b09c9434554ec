/** @file What does it earn where nothing can be earned? */
import { sliceUniverse } from "#domain/universe.ts";
import { booksOf } from "../books.ts";
import type { Finding, LeakCheck } from "../finding.ts";
import { judged, notApplicable } from "../finding.ts";
import type { MeanInterval } from "../mean-interval.ts";
import { inBps, meanInterval } from "../mean-interval.ts";
import { martingale } from "../other-bars.ts";
import type { Subject } from "../subject.ts";

const usual = 8;
const thorough = 40;
/** Bars that are traded of each walk, and most of history before them. */
const mostBars = 500;
const mostHistory = 2000;

export const randomWalk: LeakCheck = {
  asks: "Where prices are a walk, whatever is held gains nothing on average: the mean profit is what was paid in costs.",
  async run({ trade, setting, historyBars }: Subject, options): Promise<Finding> {
    if (trade === undefined) return notApplicable("It does not trade.");
    const walks = options.thorough ? thorough : usual;
    const { from, to } = setting;
    const first = Math.max(0, from - Math.max(mostHistory, 4 * historyBars));
    const bars = Math.min(to - from, mostBars);
    const gains: number[] = [];
    let [paid, earned] = [0, 0];
    for (let walk = 0; walk < walks; walk++) {
      const whole = martingale(setting.universe, options.seed * walks + walk);
      const universe = sliceUniverse(whole, first, from + bars);
      const changed = { ...setting, universe, from: from - first, to: from - first + bars };
      const run = await trade(changed);
      const { equity, cost } = booksOf(run, changed);
      for (let n = 1; n < equity.length && equity[n - 1] > 0; n++)
        gains.push((equity[n] - equity[n - 1] + cost[n]) / equity[n - 1]);
      paid += cost.reduce((sum, value) => sum + value, 0) / setting.capital / walks;
      earned += (equity[equity.length - 1] / setting.capital - 1) / walks;
    }
    const interval = meanInterval(gains);
    const wrong = isZero(interval)
      ? []
      : [`before costs it earned ${inBps(interval)} of a walk that has nothing to give`];
    const share = (value: number): string => `${(100 * value).toFixed(2)} %`;
    return judged(
      `Traded ${walks} random walks of ${bars} bars, with the deviations, costs and calendar of its own market.`,
      wrong,
      `Mean profit ${share(earned)}, mean costs ${share(paid)}; before costs ${inBps(interval)}, which holds 0.`,
    );
  },
};

/** True also where nothing was traded: a mean of nothing but zeros. */
function isZero({ lower, upper }: MeanInterval): boolean {
  return lower <= 0 && upper >= 0;
}
