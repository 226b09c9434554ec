/**
 * @file Does an agent learn what can be learned, and leave alone what can't? Made-up markets whose optimum is known; trained as
 * `train` does, with its own settings and its choice by a validation span; worst of 5 seeds.
 */
import { createRng } from "#base/rng.ts";
import { ornsteinUhlenbeck, randomWalk } from "#data/synthetic.ts";
import type { Universe } from "#domain/universe.ts";
import { actingOf } from "#market/action-spaces.ts";
import { freeOfCosts } from "#market/costs.ts";
import { ornsteinUhlenbeckOptimum, stationaryDeviation } from "#market/optimum/ornstein-uhlenbeck.ts";
import { plantedSignalOptimum } from "#market/optimum/planted-signal.ts";
import type { FeatureTable } from "#features/pipeline.ts";
import { defaultSizing } from "#market/sizing.ts";
import type { Market } from "#market/world.ts";
import { createAccounts, createMarket, startLane, stepLane } from "#market/world.ts";
import type { AgentName } from "#training/agents.ts";
import { createDataset, createFold } from "#training/dataset.ts";
import type { Experiment, ExperimentInput } from "#training/experiment.ts";
import { experiment } from "#training/experiment.ts";
import type { GreedyScore } from "#training/greedy.ts";
import { createGreedy } from "#training/greedy.ts";
import { startTraining } from "#training/trainer.ts";
import type { Figure } from "./figure.ts";

const seeds = [1, 2, 3, 4, 5];
const levels = [-1, 0, 1];
const commissionBps = 5;
const costFraction = commissionBps * 1e-4;
export const volatility = 0.01;
const noiseColumns = 6;

/** Bars that are learned on, bars after them that a policy is chosen by, and bars after those that it is measured on. */
export interface Length {
  readonly train: number;
  readonly validation: number;
  readonly test: number;
}

export interface Task extends Length {
  readonly universe: Universe;
  readonly market: Market;
  /** The column that may tell something, then columns of noise. */
  readonly table: FeatureTable;
}

/** A market at 5 bps a trade, seen through `column` of the log returns that follow each bar, and six columns of noise. */
function task(
  seed: number,
  universe: Universe,
  length: Length,
  column: (t: number, nextReturn: number) => number,
): Task {
  const [{ close }] = universe.bars;
  const rng = createRng(seed, "noise columns");
  const columns = 1 + noiseColumns;
  const nextReturn = (t: number): number => (t + 1 < close.length ? Math.log(close[t + 1] / close[t]) : 0);
  const values = Float32Array.from({ length: close.length * columns }, (_, at) =>
    at % columns === 0 ? column(at / columns, nextReturn(at / columns)) : rng.normal(),
  );
  const market = createMarket(universe, { ...freeOfCosts, commissionBps }, defaultSizing);
  return { universe, market, table: { values, rows: close.length, columns, blocks: 1, firstRow: 0 }, ...length };
}

const usual: Length = { train: 4000, validation: 1000, test: 2000 };

/** A task on a random walk: nothing but `column` can tell what comes. */
export function walkTask(seed: number, column: (t: number, nextReturn: number) => number, length = usual): Task {
  return task(seed, randomWalk({ bars: barsOf(length), volatility, seed }), length, column);
}

function barsOf({ train, validation, test }: Length): number {
  return train + validation + test;
}

interface Learned {
  readonly first: GreedyScore;
  readonly last: GreedyScore;
}

/** Trains as `train` does on the first bars, and runs the model greedily on the last ones, and what it was before training. */
async function learn(
  agent: AgentName,
  { universe, market, table, train, validation, test }: Task,
  seed: number,
  transitions: number,
  more: ExperimentInput = {},
): Promise<Learned> {
  const settings: Experiment = {
    ...experiment({
      agent,
      levels,
      costs: { profile: "ideal", commissionBps },
      ...(agent === "sac" ? reals : {}),
      ...more,
    }),
    seed,
    transitions,
  };
  const dataset = { ...createDataset(universe, settings), market };
  const spans = { train: { from: 0, to: train }, validation: { from: train, to: train + validation } };
  const fold = { ...createFold(dataset, spans.train, spans.validation, settings), train: [spans.train], table };
  const training = await startTraining(dataset, fold, settings);
  const acting = actingOf(settings.actions, settings, universe.instruments, market.rules);
  const greedy = await createGreedy({ ...settings, market, table, acting }, training.actor);
  const span = { from: train + validation, to: train + validation + test };
  const first = await greedy.run(training.parameters(), span);
  while (!training.done) await training.next();
  const last = await greedy.run(training.best.parameters, span);
  await training.dispose();
  await greedy.dispose();
  return { first, last };
}

/** SAC chooses weights between −1 and 1. */
const reals = { actions: "weights" } as const;

/** Log growth and turnover a bar of a rule that sees the first column, on the bars after the training. */
function played(
  { market, table, ...length }: Task,
  rule: (seen: number, held: number) => number,
): { readonly growth: number; readonly turnover: number } {
  const accounts = createAccounts(market, 1);
  startLane(market, accounts, 0, length.train + length.validation, 100_000);
  let [held, steps, turnover] = [0, 0, 0];
  for (; accounts.bar[0] < barsOf(length) - 1; steps++) {
    held = rule(table.values[accounts.bar[0] * table.columns], held);
    const [before, traded] = [accounts.equity[0], accounts.tradedValue[0]];
    stepLane(market, accounts, 0, [held], 0);
    turnover += (accounts.tradedValue[0] - traded) / before;
  }
  return { growth: Math.log(accounts.equity[0] / 100_000) / steps, turnover: turnover / steps };
}

/** What the agent earns on bars never trained on, as a share of what the best rule earns on the same bars. */
export async function share(
  agent: AgentName,
  known: Task,
  seed: number,
  transitions: number,
  best: (seen: number, held: number) => number,
  more?: ExperimentInput,
): Promise<number> {
  const { last } = await learn(agent, known, seed, transitions, more);
  return last.meanReward / played(known, best).growth;
}

/** What the agent earns on bars never trained on, as a share of what the best rule earns on the same bars; worst of 5 seeds. */
async function shares(
  agent: AgentName,
  transitions: number,
  taskOf: (seed: number) => Task,
  best: (seen: number, held: number) => number,
): Promise<Figure> {
  const bySeed: number[] = [];
  for (const seed of seeds) bySeed.push(await share(agent, taskOf(seed), seed, transitions, best));
  return {
    value: Math.min(...bySeed),
    unit: "share of the optimum's log growth out of sample, worst of 5 seeds",
    bySeed,
  };
}

/**
 * A feature gives the sign of the next return. With symmetric returns of mean size E|r| the choice is to follow the sign as
 * long as a turn (2 × 5 bps) costs less than what it saves (2 × E|r| = 160 bps): by a wide margin it does, for every position,
 * so the optimum follows the sign at every bar.
 */
export function benchPlanted(agent: AgentName): Promise<Figure> {
  return shares(
    agent,
    200_000,
    (seed) => walkTask(seed, (_, nextReturn) => Math.sign(nextReturn)),
    (sign) => sign,
  );
}

/** A feature gives the next return itself, in deviations. The optimum trades on it only where it is worth its costs. */
export function benchOracle(agent: AgentName): Promise<Figure> {
  return shares(agent, 200_000, (seed) => walkTask(seed, (_, nextReturn) => nextReturn / volatility), signalBest(1));
}

/** The best rule where the next return and a fresh signal, both normal, are so correlated. */
export function signalBest(correlation: number): (seen: number, held: number) => number {
  const law = { volatility, correlation, persistence: 0, form: "normal" } as const;
  return plantedSignalOptimum(law, costFraction, levels).weight;
}

const reverting = { volatility, halfLifeBars: 10 };
const long: Length = { train: 20_000, validation: 2000, test: 20_000 };

/** A feature gives how far the log price is from the mean that it returns to, half of the way in 10 bars. */
export function benchReverting(agent: AgentName): Promise<Figure> {
  return shares(agent, 400_000, (seed) => revertingTask(seed, long), revertingBest);
}

export function revertingTask(seed: number, length: Length): Task {
  const deviation = stationaryDeviation(reverting);
  const universe = ornsteinUhlenbeck({ bars: barsOf(length), seed, ...reverting });
  const [{ close }] = universe.bars;
  return task(seed, universe, length, (t) => Math.log(close[t] / 100) / deviation);
}

export const revertingBest = ornsteinUhlenbeckOptimum(reverting, costFraction, levels).weight;

/**
 * Turnover of the greedy policy after training on pure noise, of the worst of 5 seeds, over that of the untrained networks. Theirs is
 * the mean of the seeds: one that happens to hold a position for ever has a turnover of one trade. The mean of an untrained policy of
 * weights is next to 0 whatever it sees, so there it is the turnover of who draws weights evenly, as SAC plays before it learns.
 */
export async function benchNoise(agent: AgentName): Promise<Figure> {
  const firsts: number[] = [];
  const lasts: number[] = [];
  for (const seed of seeds) {
    const known = noiseTask(seed);
    const { first, last } = await learn(agent, known, seed, 400_000);
    firsts.push(agent === "sac" ? played(known, evenWeights(seed)).turnover : first.turnover);
    lasts.push(last.turnover);
  }
  return {
    value: Math.max(...lasts) / (firsts.reduce((sum, each) => sum + each, 0) / seeds.length),
    unit: "turnover after training, worst of 5 seeds, over the mean turnover of the first evaluation",
    bySeed: lasts,
    firstBySeed: firsts,
  };
}

function noiseTask(seed: number): Task {
  const rng = createRng(seed, "a feature of nothing");
  return walkTask(seed, () => rng.normal());
}

/** A weight between −1 and 1, by even dice. */
function evenWeights(seed: number): () => number {
  const rng = createRng(seed, "even weights");
  return () => 2 * rng.uniform() - 1;
}
