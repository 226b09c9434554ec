/** @file Does it learn what can be learned, and leave alone what can't? CartPole, a planted signal, pure noise; worst of 5 seeds. */
import type { PpoConfig } from "#agents/ppo.ts";
import { createPpo, ppoDefaults } from "#agents/ppo.ts";
import { createRng } from "#base/rng.ts";
import { randomWalk } from "#data/synthetic.ts";
import { toys } from "#env/toys/toys.ts";

import type { Table } from "#env/space.ts";
import { vectorEnv } from "#env/vector.ts";
import { freeOfCosts } from "#market/costs.ts";
import { defaultSizing } from "#market/sizing.ts";
import { tradingEnv } from "#market/trading-env.ts";
import { createMarket } from "#market/world.ts";
import { levelActing } from "#market/actions/levels.ts";
import type { Market } from "#market/world.ts";
import { createAccounts, startLane, stepLane } from "#market/world.ts";
import { experiment } from "#training/experiment.ts";
import type { GreedyScore } from "#training/greedy.ts";
import { createLearner } from "#training/agents.ts";
import { createGreedy } from "#training/greedy.ts";
import type { Figure } from "./figure.ts";

const seeds = [1, 2, 3, 4, 5];
const levels = [-1, 0, 1];

const cartpoleLanes = 8;

/** Chosen on 20 seeds of which none fell below 500; seeds 1 to 5 are reported. */
const cartpoleConfig: PpoConfig = {
  ...ppoDefaults,
  rolloutSteps: 64,
  minibatchSize: 128,
  epochs: 10,
  learningRate: 1e-3,
  gaeLambda: 0.9,
  gamma: 0.98,
  totalTransitions: 100_000,
};

/** Mean return of the last 100 training episodes (with exploration) within 100,000 steps. */
export async function benchCartpole(): Promise<Figure> {
  const bySeed: number[] = [];
  for (const seed of seeds) {
    const learner = await createPpo(vectorEnv(toys.cartpole(), cartpoleLanes), cartpoleConfig, seed);
    const recent: { mean: number; episodes: number }[] = [];
    while (learner.transitions + cartpoleLanes * cartpoleConfig.rolloutSteps <= cartpoleConfig.totalTransitions) {
      const { episodeReturn, episodes } = await learner.iterate();
      if (episodes > 0) recent.push({ mean: episodeReturn, episodes });
    }
    await learner.dispose();
    bySeed.push(meanOfLast(recent, 100));
  }
  return { value: Math.min(...bySeed), unit: "mean return of the last 100 episodes, worst of 5 seeds", bySeed };
}

/** Mean over the last `count` episodes, from means of groups of them. */
function meanOfLast(groups: readonly { readonly mean: number; readonly episodes: number }[], count: number): number {
  let sum = 0;
  let left = count;
  for (const { mean, episodes } of groups.toReversed()) {
    const taken = Math.min(left, episodes);
    sum += mean * taken;
    left -= taken;
    if (left === 0) break;
  }
  return sum / (count - left);
}

const trainBars = 4000;
const testBars = 2000;
const noiseColumns = 6;

interface Task {
  readonly market: Market;
  readonly table: Table;
}

/** A random walk whose bars open where the last one closed, seen through `column` and six columns of noise. */
function task(seed: number, column: (returns: Float64Array, t: number) => number, commissionBps: number): Task {
  const walk = randomWalk({ bars: trainBars + testBars, volatility: 0.01, seed });
  const [{ open, close }] = walk.bars;
  for (let t = 1; t < close.length; t++) open[t] = close[t - 1];
  const returns = Float64Array.from(close, (price, t) => (t + 1 < close.length ? Math.log(close[t + 1] / price) : 0));
  const rng = createRng(seed, "noise columns");
  const columns = 1 + noiseColumns;
  const values = Float32Array.from({ length: close.length * columns }, (_, at) =>
    at % columns === 0 ? column(returns, at / columns) : rng.normal(),
  );
  const costs = { ...freeOfCosts, commissionBps };
  return { market: createMarket(walk, costs, defaultSizing), table: { values, rows: close.length, columns } };
}

interface Learned {
  readonly first: GreedyScore;
  readonly last: GreedyScore;
}

/** Trains on the first bars with the product's own settings, and runs the result greedily on the later ones. */
async function learn({ market, table }: Task, seed: number, transitions: number): Promise<Learned> {
  const settings = { ...experiment({}), seed, transitions };
  const { lanes, episodeBars, capital, ruinFraction } = settings;
  const setting = { market, table, lookbackBars: 1, acting: levelActing(levels, 1), capital, ruinFraction };
  const env = tradingEnv({ ...setting, lanes, from: 0, to: trainBars, episodeBars });
  const learner = await createLearner(env, settings);
  const greedy = await createGreedy(setting, learner.actor);
  const span = { from: trainBars, to: trainBars + testBars };
  const first = await greedy.run(learner.parameters(), span);
  while (learner.transitions < transitions) await learner.iterate();
  const last = await greedy.run(learner.parameters(), span);
  await learner.dispose();
  await greedy.dispose();
  return { first, last };
}

/** Share of the optimum's log growth on bars never trained on, when a feature gives the sign of the next return and a trade costs 5 bps. */
export async function benchPlanted(): Promise<Figure> {
  const bySeed: number[] = [];
  for (const seed of seeds) {
    const planted = task(seed, (returns, t) => Math.sign(returns[t]), 5);
    const { last } = await learn(planted, seed, 200_000);
    bySeed.push(last.meanReward / signOptimum(planted));
  }
  return {
    value: Math.min(...bySeed),
    unit: "share of the optimum's log growth out of sample, worst of 5 seeds",
    bySeed,
  };
}

/**
 * Log growth a bar of the best policy that knows the sign of the next return. With symmetric returns of mean size E|r| the
 * choice is to follow the sign as long as a turn (2 × 5 bps) costs less than what it saves (2 × E|r| = 160 bps): by a wide
 * margin it does, for every position, so the optimum follows the sign at every bar.
 */
function signOptimum({ market, table }: Task): number {
  const accounts = createAccounts(market, 1);
  startLane(market, accounts, 0, trainBars, 100_000);
  let steps = 0;
  while (accounts.bar[0] < trainBars + testBars - 1) {
    stepLane(market, accounts, 0, [table.values[accounts.bar[0] * table.columns]], 0);
    steps++;
  }
  return Math.log(accounts.equity[0] / 100_000) / steps;
}

/** Turnover of the greedy policy after training on pure noise at 5 bps, over that of the untrained network; mean of 5 seeds. */
export async function benchNoise(): Promise<Figure> {
  const runs: Learned[] = [];
  for (const seed of seeds) {
    const rng = createRng(seed, "a feature of nothing");
    runs.push(
      await learn(
        task(seed, () => rng.normal(), 5),
        seed,
        400_000,
      ),
    );
  }
  const mean = (of: (run: Learned) => number): number => runs.reduce((sum, run) => sum + of(run), 0) / runs.length;
  return {
    value: mean(({ last }) => last.turnover) / mean(({ first }) => first.turnover),
    unit: "turnover after training over turnover of the first evaluation",
    bySeed: runs.map(({ last }) => last.turnover),
    firstBySeed: runs.map(({ first }) => first.turnover),
  };
}
