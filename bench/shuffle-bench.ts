/**
 * @file Do agents learn as well from minibatches shuffled by bars as by transitions? The preset `ploutos-v3` made small: the same
 * kind of network and settings of PPO, as many minibatches in a rollout, about as many transitions of each bar.
 */
import { createRng } from "#base/rng.ts";
import type { ExperimentInput } from "#training/experiment.ts";
import { presets } from "#training/presets.ts";
import type { Figure } from "./figure.ts";
import type { Length, Task } from "./learning.ts";
import { revertingBest, revertingTask, share, signalBest, volatility, walkTask } from "./learning.ts";

/** Used for nothing else. */
const seeds = [301, 302, 303, 304, 305, 306, 307, 308];
/** 16 lanes × 1,024 steps over 2,400 bars are 6.8 transitions for each; the preset's are 7.4 over five years of hours. */
const length: Length = { train: 2400, validation: 600, test: 4000 };
const transitions = 20 * 16 * 1024;

const { ppo } = presets["ploutos-v3"];

function small(shuffled: "transitions" | "bars"): ExperimentInput {
  return {
    lanes: 16,
    episodeBars: 125,
    evaluateEvery: transitions,
    turnoverPenalty: 0,
    network: { body: "mlp", hidden: [64, 32], activation: "tanh", shared: true },
    // Fewer updates than the preset's 24,000, hence larger ones; a plain log return instead of its reward, hence the scale.
    ppo: {
      ...ppo,
      rolloutSteps: 1024,
      minibatchSize: 2048,
      learningRate: 3e-4,
      finalLearningRate: 3e-4,
      rewardScale: 100,
      shuffled,
    },
  };
}

const correlation = 0.2;

/** A signal that the next return is correlated with by 0.2: worth its costs where it is strong, and nowhere else. */
function weakTask(seed: number): Task {
  const rng = createRng(seed, "what hides the signal");
  const hidden = Math.sqrt(1 - correlation * correlation);
  return walkTask(seed, (_, nextReturn) => (correlation * nextReturn) / volatility + hidden * rng.normal(), length);
}

const tasks = {
  weak: { taskOf: weakTask, best: signalBest(correlation) },
  reverting: { taskOf: (seed: number) => revertingTask(seed, length), best: revertingBest },
};

/** The 97.5 % quantile of Student's t with 7 degrees of freedom. */
const t7 = 2.3646;

/** Share of the optimum by bars less that by transitions, over the same markets, seeds and first parameters. */
export async function benchShuffled(which: keyof typeof tasks): Promise<Figure> {
  const { taskOf, best } = tasks[which];
  const bySeed: { transitions: number; bars: number }[] = [];
  for (const seed of seeds) {
    const known = taskOf(seed);
    const by = (shuffled: "transitions" | "bars"): Promise<number> =>
      share("ppo", known, seed, transitions, best, small(shuffled));
    bySeed.push({ transitions: await by("transitions"), bars: await by("bars") });
  }
  const differences = bySeed.map((found) => found.bars - found.transitions);
  const mean = differences.reduce((sum, one) => sum + one, 0) / seeds.length;
  const variance = differences.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (seeds.length - 1);
  const reach = t7 * Math.sqrt(variance / seeds.length);
  return {
    value: mean,
    unit: "share of the optimum by bars less by transitions, mean of 8 paired seeds",
    interval: [mean - reach, mean + reach],
    bySeed,
  };
}
