/** @file Does the learner find profit where there is none? */
import type { Finding, LeakCheck } from "../finding.ts";
import { judged, notApplicable, notRun } from "../finding.ts";
import { inBps, meanInterval } from "../mean-interval.ts";
import { shuffledBars } from "../other-bars.ts";
import { quickTraining, tooSlow } from "../quick-training.ts";

export const labelShuffle: LeakCheck = {
  asks: "Where returns come in an order of chance, only what looks ahead can tell them: profit there is a leak.",
  async run({ taught, setting }, options): Promise<Finding> {
    if (taught === undefined) return notApplicable("Nothing was learned by trial.");
    const slow = options.thorough ? undefined : tooSlow(taught);
    if (slow !== undefined) return notRun(slow);
    const { steps, logReturns, turnover } = await quickTraining(
      taught,
      shuffledBars(setting.universe, options.seed),
      options,
    );
    const interval = meanInterval(logReturns);
    const did = `Trained its learner for ${steps.toLocaleString("en")} steps, turnover at its bare costs, on the same bars in another order, less their drift, with features computed of those.`;
    const wrong =
      interval.lower > 0
        ? [`on shuffled bars that it was not trained on it earned ${inBps(interval)} after costs`]
        : [];
    const right =
      turnover === 0
        ? "It found nothing, and does not trade."
        : `It found no profit: ${inBps(interval)} after costs on bars that it was not trained on.`;
    return judged(did, wrong, right);
  },
};
