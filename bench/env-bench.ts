/** @file Benchmarks of the simulated market: costs and ledger on, random actions, one core. */
import { createRng } from "#base/rng.ts";
import { randomWalk } from "#data/synthetic.ts";
import type { Table } from "#env/space.ts";
import { stepBuffers } from "#env/vector.ts";
import { levelActing } from "#market/actions/levels.ts";
import { indexFundCosts } from "#market/costs.ts";
import { defaultSizing } from "#market/sizing.ts";
import { tradingEnv } from "#market/trading-env.ts";
import { createMarket } from "#market/world.ts";
import type { Figure } from "./figure.ts";
import { median } from "./figure.ts";

const bars = 5000;
const levels = [-1, 0, 1];
/** Sets of actions for all lanes, drawn before the clock starts and used in turn. */
const actionSets = 251;

interface EnvBench {
  readonly instruments: number;
  readonly featuresEach: number;
  readonly lanes: number;
  /** Lane steps of one timed repetition. */
  readonly laneSteps: number;
}

/** Normal numbers in place of features: a step does not compute with them. */
export function noiseTable(rows: number, columns: number): Table {
  const rng = createRng(1, "features");
  return { values: Float32Array.from({ length: rows * columns }, () => rng.normal()), rows, columns };
}

function benchEnv({ instruments, featuresEach, lanes, laneSteps }: EnvBench): Figure {
  const market = createMarket(
    randomWalk({ bars, volatility: 0.01, seed: 1, instruments }),
    indexFundCosts,
    defaultSizing,
  );
  const columns = instruments * featuresEach;
  const table = noiseTable(bars, columns);
  const capital = 100_000;
  const span = { from: 20, to: bars, episodeBars: 252, capital, ruinFraction: 0.3 };
  const acting = levelActing(levels, instruments);
  const env = tradingEnv({ market, table, lookbackBars: 1, acting, lanes, ...span });
  const buffers = stepBuffers(lanes, env.observationSpace, env.actionSpace);
  const rng = createRng(1, "actions");
  const actions = Array.from({ length: actionSets }, () =>
    Int32Array.from({ length: lanes * instruments }, () => rng.integer(levels.length)),
  );
  const steps = Math.ceil(laneSteps / lanes);
  const width = buffers.observations.length / lanes;
  const windows = new Float32Array(lanes * columns);
  let at = 0;

  const rate = (copyWindows: boolean): number => {
    const start = performance.now();
    for (let step = 0; step < steps; step++) {
      env.step(actions[at++ % actionSets], buffers);
      if (!copyWindows) continue;
      for (let lane = 0; lane < lanes; lane++) {
        const row = buffers.observations[lane * width] * columns;
        windows.set(table.values.subarray(row, row + columns), lane * columns);
      }
    }
    return (steps * lanes * 1000) / (performance.now() - start);
  };

  env.reset(1, buffers);
  for (let warmUp = 0; warmUp < 3; warmUp++) rate(true);
  const byReference: number[] = [];
  const withWindows: number[] = [];
  for (let round = 0; round < 7; round++) {
    byReference.push(rate(false));
    withWindows.push(rate(true));
  }
  return {
    value: median(byReference),
    unit: "lane steps/s",
    withWindowsCopied: median(withWindows),
    best: Math.max(...byReference),
    instruments,
    features: columns,
    lanes,
    repetitions: byReference.length,
    note: `observations hold the bar's row index and the account, as PPO takes them; withWindowsCopied also copies the row's ${columns} features for each lane; actions drawn beforehand`,
  };
}

/** One instrument, 7 features. */
export function benchEnvSingle(): Figure {
  return benchEnv({ instruments: 1, featuresEach: 7, lanes: 64, laneSteps: 2_000_000 });
}

/** 15 instruments with 85 features each, one choice for every instrument at every step. */
export function benchEnvPortfolio(): Figure {
  return benchEnv({ instruments: 15, featuresEach: 85, lanes: 64, laneSteps: 300_000 });
}
