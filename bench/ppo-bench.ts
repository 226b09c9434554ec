/** @file Benchmarks of PPO in the simulated market: collecting, advantages and updates together, the env included. */
import type { Learner } from "#agents/agent.ts";
import type { PpoConfig } from "#agents/ppo.ts";
import { createPpo, ppoDefaults } from "#agents/ppo.ts";
import { randomWalk } from "#data/synthetic.ts";
import type { VectorEnv } from "#env/env.ts";
import { actingOf } from "#market/action-spaces.ts";
import { levelActing } from "#market/actions/levels.ts";
import { indexFundCosts } from "#market/costs.ts";
import { rewardOf } from "#market/rewards/rewards.ts";
import { defaultSizing } from "#market/sizing.ts";
import { tradingEnv } from "#market/trading-env.ts";
import { createMarket } from "#market/world.ts";
import { createLearner } from "#training/agents.ts";
import { createDataset, createFold } from "#training/dataset.ts";
import { experiment } from "#training/experiment.ts";
import { presets } from "#training/presets.ts";
import { noiseTable } from "./env-bench.ts";
import type { Figure } from "./figure.ts";
import { median } from "./figure.ts";

const bars = 5000;

/** 7 features and 3 numbers of the account: 10 inputs. */
function env(lanes: number): VectorEnv {
  const market = createMarket(randomWalk({ bars, volatility: 0.01, seed: 1 }), indexFundCosts, defaultSizing);
  const span = { from: 20, to: bars, episodeBars: 252, capital: 100_000, ruinFraction: 0.3 };
  return tradingEnv({
    market,
    table: noiseTable(bars, 7),
    lookbackBars: 1,
    acting: levelActing([-1, 0, 1], 1),
    lanes,
    ...span,
  });
}

/** Threads of the tensor run-time that are tried; the faster one counts, and both are shown. */
const threadsTried = [1, 2];

/** Transitions a second over whole iterations, one after the other. */
async function benchPpo(lanes: number, settings: Partial<PpoConfig>, iterations: number): Promise<Figure> {
  const byThreads: { threads: number; median: number; best: number }[] = [];
  for (const threads of threadsTried) {
    const rates = await rateOf(
      lanes,
      { ...ppoDefaults, ...settings, totalTransitions: 10_000_000, threads },
      iterations,
    );
    byThreads.push({ threads, median: median(rates), best: Math.max(...rates) });
  }
  const fastest = byThreads.reduce((one, other) => (other.median > one.median ? other : one));
  return {
    value: fastest.median,
    unit: "transitions/s",
    threads: fastest.threads,
    byThreads,
    lanes,
    ...settings,
    hidden: ppoDefaults.network.hidden,
    inputs: 10,
    iterations,
  };
}

async function rateOf(lanes: number, config: PpoConfig, iterations: number): Promise<number[]> {
  return ratesOf(await createPpo(env(lanes), config, 1), iterations);
}

/** Transitions a second of each iteration after the first three; the learner is disposed of. */
async function ratesOf(learner: Learner, iterations: number): Promise<number[]> {
  for (let warmUp = 0; warmUp < 3; warmUp++) await learner.iterate();
  const rates: number[] = [];
  for (let iteration = 0; iteration < iterations; iteration++) {
    const [start, before] = [performance.now(), learner.transitions];
    await learner.iterate();
    rates.push(((learner.transitions - before) * 1000) / (performance.now() - start));
  }
  await learner.dispose();
  return rates;
}

/** Rollouts of 2,048 transitions (64 lanes × 32 steps), minibatches of 64, 10 epochs. */
export function benchPpoSmall(): Promise<Figure> {
  return benchPpo(64, { rolloutSteps: 32, minibatchSize: 64, epochs: 10 }, 15);
}

/** 256 lanes × 128 steps, 4 minibatches of 8,192, 4 epochs. */
export function benchPpoWide(): Promise<Figure> {
  return benchPpo(256, { rolloutSteps: 128, minibatchSize: 8192, epochs: 4 }, 7);
}

/** Bars of an hour that `alpha-v1` is measured on: four years of a currency pair that never rests. */
const alphaBars = 35_000;

/** Transitions a second of preset `alpha-v1` as written (document 004), its market, plan and reward included; looks at the validation span are not. */
export async function benchPpoAlpha(): Promise<Figure> {
  const settings = experiment(presets["alpha-v1"]);
  const universe = randomWalk({ bars: alphaBars, volatility: 0.001, seed: 1, timeframe: "1h" });
  const dataset = createDataset(universe, settings);
  const cut = Math.floor(0.8 * alphaBars);
  const fold = createFold(dataset, { from: 0, to: cut }, { from: cut, to: alphaBars }, settings);
  const { lookbackBars, lanes, episodeBars, capital, ruinFraction } = settings;
  const byThreads: { threads: number; median: number; best: number }[] = [];
  for (const threads of threadsTried) {
    const { rules } = dataset.market;
    const world = tradingEnv({
      market: dataset.market,
      table: fold.table,
      lookbackBars,
      acting: actingOf(settings.actions, settings, universe.instruments, rules),
      reward: rewardOf(settings.reward, fold.rewardDeviations),
      lanes,
      ...fold.train[0],
      episodeBars,
      capital,
      ruinFraction,
    });
    const rates = await ratesOf(await createLearner(world, { ...settings, threads }), 15);
    byThreads.push({ threads, median: median(rates), best: Math.max(...rates) });
  }
  const fastest = byThreads.reduce((one, other) => (other.median > one.median ? other : one));
  const { rolloutSteps, minibatchSize, epochs } = settings.ppo!;
  return { value: fastest.median, unit: "transitions/s", byThreads, lanes, rolloutSteps, minibatchSize, epochs };
}
