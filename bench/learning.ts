/**
 * @file Does an agent learn what can be learned, and leave alone what can't? Made-up markets whose optimum is known, with an
 * agent's own settings of the product; worst of 5 seeds.
 */
import { createRng } from "#base/rng.ts";
import { ornsteinUhlenbeck, randomWalk } from "#data/synthetic.ts";
import type { Universe } from "#domain/universe.ts";
import type { Table } from "#env/space.ts";
import { levelActing } from "#market/actions/levels.ts";
import { freeOfCosts } from "#market/costs.ts";
import { ornsteinUhlenbeckOptimum, stationaryDeviation } from "#market/optimum/ornstein-uhlenbeck.ts";
import { plantedSignalOptimum } from "#market/optimum/planted-signal.ts";
import { defaultSizing } from "#market/sizing.ts";
import { tradingEnv } from "#market/trading-env.ts";
import type { Market } from "#market/world.ts";
import { createAccounts, createMarket, startLane, stepLane } from "#market/world.ts";
import type { AgentName } from "#training/agents.ts";
import { createLearner } from "#training/agents.ts";
import { experiment } from "#training/experiment.ts";
import type { GreedyScore } from "#training/greedy.ts";
import { createGreedy } from "#training/greedy.ts";
import type { Figure } from "./figure.ts";

const seeds = [1, 2, 3, 4, 5];
const levels = [-1, 0, 1];
const commissionBps = 5;
const costFraction = commissionBps * 1e-4;
const volatility = 0.01;
const noiseColumns = 6;

/** Bars that are learned on, and bars after them that are not. */
interface Length {
  readonly train: number;
  readonly test: number;
}

interface Task extends Length {
  readonly market: Market;
  /** The column that may tell something, then columns of noise. */
  readonly table: Table;
}

/** A market at 5 bps a trade, seen through `column` of the log returns that follow each bar, and six columns of noise. */
function task(
  seed: number,
  universe: Universe,
  { train, test }: Length,
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
  return { market, table: { values, rows: close.length, columns }, train, test };
}

const usual: Length = { train: 4000, test: 2000 };

/** A task on a random walk: nothing but `column` can tell what comes. */
function walkTask(seed: number, column: (t: number, nextReturn: number) => number): Task {
  return task(seed, randomWalk({ bars: usual.train + usual.test, volatility, seed }), usual, column);
}

interface Learned {
  readonly first: GreedyScore;
  readonly last: GreedyScore;
}

/** Trains on the first bars with the product's own settings, and runs the result greedily on the later ones. */
async function learn(
  agent: AgentName,
  { market, table, train, test }: Task,
  seed: number,
  transitions: number,
): Promise<Learned> {
  const settings = { ...experiment({ agent }), seed, transitions };
  const { lanes, episodeBars, capital, ruinFraction } = settings;
  const setting = { market, table, lookbackBars: 1, acting: levelActing(levels, 1), capital, ruinFraction };
  const env = tradingEnv({ ...setting, lanes, from: 0, to: train, episodeBars });
  const learner = await createLearner(env, settings);
  const greedy = await createGreedy(setting, learner.actor);
  const span = { from: train, to: train + test };
  const first = await greedy.run(learner.parameters(), span);
  while (learner.transitions < transitions) await learner.iterate();
  const last = await greedy.run(learner.parameters(), span);
  await learner.dispose();
  await greedy.dispose();
  return { first, last };
}

/** Log growth a bar of a rule that sees the first column, on the bars after the training. */
function growthOf({ market, table, train, test }: Task, rule: (seen: number, held: number) => number): number {
  const accounts = createAccounts(market, 1);
  startLane(market, accounts, 0, train, 100_000);
  let [held, steps] = [0, 0];
  for (; accounts.bar[0] < train + test - 1; steps++) {
    held = rule(table.values[accounts.bar[0] * table.columns], held);
    stepLane(market, accounts, 0, [held], 0);
  }
  return Math.log(accounts.equity[0] / 100_000) / steps;
}

/** What the agent earns on bars never trained on, as a share of what the best rule earns on the same bars; worst of 5 seeds. */
async function shares(
  agent: AgentName,
  transitions: number,
  taskOf: (seed: number) => Task,
  best: (seen: number, held: number) => number,
): Promise<Figure> {
  const bySeed: number[] = [];
  for (const seed of seeds) {
    const known = taskOf(seed);
    const { last } = await learn(agent, known, seed, transitions);
    bySeed.push(last.meanReward / growthOf(known, best));
  }
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
  const law = { volatility, correlation: 1, persistence: 0, form: "normal" } as const;
  const { weight } = plantedSignalOptimum(law, costFraction, levels);
  return shares(agent, 200_000, (seed) => walkTask(seed, (_, nextReturn) => nextReturn / volatility), weight);
}

const reverting = { volatility, halfLifeBars: 10 };
const long: Length = { train: 20_000, test: 20_000 };

/** A feature gives how far the log price is from the mean that it returns to, half of the way in 10 bars. */
export function benchReverting(agent: AgentName): Promise<Figure> {
  const { weight } = ornsteinUhlenbeckOptimum(reverting, costFraction, levels);
  const deviation = stationaryDeviation(reverting);
  const taskOf = (seed: number): Task => {
    const universe = ornsteinUhlenbeck({ bars: long.train + long.test, seed, ...reverting });
    const [{ close }] = universe.bars;
    return task(seed, universe, long, (t) => Math.log(close[t] / 100) / deviation);
  };
  return shares(agent, 400_000, taskOf, weight);
}

/** Turnover of the greedy policy after training on pure noise, over that of the untrained network; mean of 5 seeds. */
export async function benchNoise(agent: AgentName): Promise<Figure> {
  const runs: Learned[] = [];
  for (const seed of seeds) {
    const rng = createRng(seed, "a feature of nothing");
    runs.push(
      await learn(
        agent,
        walkTask(seed, () => rng.normal()),
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
