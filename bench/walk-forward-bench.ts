/** @file Benchmark of walk-forward: 8 folds of 3 seeds by a small PPO, on both cores against one worker. */
import { randomWalk } from "#data/synthetic.ts";
import { walkForwardFolds } from "#data/split.ts";
import { stopwatch } from "#base/clock.ts";
import { walkForward } from "#evaluation/walk-forward.ts";
import { experiment } from "#training/experiment.ts";
import type { Figure } from "./figure.ts";

const foldCount = 8;
const seeds = [1, 2, 3];

/** How many times faster two workers are; the equity of both is compared, for a faster result must be the same one. */
export async function benchWalkForward(): Promise<Figure> {
  const universe = randomWalk({ bars: 3000, volatility: 0.01, seed: 1 });
  const lengths = { trainBars: 1000, validationBars: 150, testBars: 200, embargoBars: 21 };
  const folds = walkForwardFolds({ bars: 3000, firstBar: 200, mode: "rolling", ...lengths }).slice(0, foldCount);
  // The usual training, which is the demo's.
  const settings = experiment({});
  const timed = async (workers: number) => {
    const elapsed = stopwatch();
    const { runs } = await walkForward({ universe, settings, folds, seeds, workers });
    return { seconds: elapsed() / 1000, equity: runs.map(({ curve }) => curve.equity.at(-1)).join(" ") };
  };
  const one = await timed(1);
  const two = await timed(2);
  return {
    value: one.seconds / two.seconds,
    unit: "times faster on two workers",
    folds: folds.length,
    seeds: seeds.length,
    secondsOnOneWorker: one.seconds,
    secondsOnTwo: two.seconds,
    same: one.equity === two.equity,
  };
}
