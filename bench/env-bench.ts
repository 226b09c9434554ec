/** @file Benchmarks of the simulated market: costs and ledger on, random legal actions, one core. */
import { createRng } from "#base/rng.ts";
import { randomWalk } from "#data/synthetic.ts";
import type { Bars } from "#domain/bar.ts";
import type { Universe } from "#domain/universe.ts";
import type { Table } from "#env/space.ts";
import { logitWidth } from "#env/space.ts";
import { stepBuffers } from "#env/vector.ts";
import type { AccountRules } from "#market/account-rules.ts";
import { freeAccount } from "#market/account-rules.ts";
import type { ActionSpaceName } from "#market/action-spaces.ts";
import { actingOf } from "#market/action-spaces.ts";
import type { Acting } from "#market/acting.ts";
import type { Costs } from "#market/costs.ts";
import type { PlanSettings } from "#market/position-plan.ts";
import { plainPlan } from "#market/position-plan.ts";
import { defaultSizing } from "#market/sizing.ts";
import { tradingEnv } from "#market/trading-env.ts";
import type { Market } from "#market/world.ts";
import { advanceLane, copyLane, createAccounts, createMarket, startLane } from "#market/world.ts";
import type { Figure } from "./figure.ts";
import { median } from "./figure.ts";

const bars = 5000;
const capital = 100_000;
const lanes = 256;
/** Sets of wishes for all lanes, drawn before the clock starts and used in turn. */
const wishSets = 251;

/** Spread, drawn slippage, commission, and interest on what is borrowed. */
const fullCosts: Costs = {
  spreadBps: 2,
  slippageAtr: 0.1,
  slippageRange: 0.5,
  commissionBps: 1,
  borrowBps: 50,
};

/** As a share broker in the United States charges: no commission, the regulators' fees of each date. */
const shareCosts: Costs = {
  spreadBps: 2,
  slippageAtr: 0.1,
  slippageRange: 0.5,
  commissionBps: 0,
  regulatory: "us-equities",
  borrowBps: 50,
};

const marginAccount: AccountRules = { ...freeAccount, leverage: 2, maintenance: 0.25 };

/** Petit Poucet by ADD, and a trailing stop. */
const petitPoucetPlan: PlanSettings = {
  sizing: { kind: "riskFraction", fraction: 0.01, most: 0.5 },
  mostFraction: 1.25,
  stopAtr: 2,
  petitPoucet: { unit: "R", adds: [1, 2], automatic: false, riskCapped: true, leastStopAtr: 0.25 },
  trailingStop: { activation: 1, activationUnit: "R", distanceAtr: 2, step: 0.25, stepUnit: "atr" },
};

interface EnvBench {
  readonly instruments: number;
  readonly featuresEach: number;
  readonly actions: ActionSpaceName;
  readonly costs: Costs;
  readonly rules: AccountRules;
  readonly plan: PlanSettings;
  /** Lane steps of one timed repetition. */
  readonly laneSteps: number;
}

const single: EnvBench = {
  instruments: 1,
  featuresEach: 7,
  actions: "alpha",
  costs: fullCosts,
  rules: freeAccount,
  plan: plainPlan,
  laneSteps: 2_000_000,
};
const gemini: EnvBench = { ...single, actions: "gemini-6", plan: petitPoucetPlan, laneSteps: 1_000_000 };
const portfolio: EnvBench = {
  instruments: 15,
  featuresEach: 85,
  actions: "signals",
  costs: shareCosts,
  rules: marginAccount,
  plan: plainPlan,
  laneSteps: 300_000,
};

/** Normal numbers in place of features: a step does not compute with them. */
export function noiseTable(rows: number, columns: number): Table {
  const rng = createRng(1, "features");
  return { values: Float32Array.from({ length: rows * columns }, () => rng.normal()), rows, columns };
}

/** A random walk whose hours end in 2026, where the rates of all fees are known. */
function walk(instruments: number): Universe {
  const made = randomWalk({ bars, volatility: 0.01, seed: 1, instruments, timeframe: "1h" });
  const later = Date.UTC(2026, 5, 1) - made.openTime[bars - 1];
  const openTime = made.openTime.map((time) => time + later);
  return { ...made, openTime, bars: made.bars.map((series): Bars => ({ ...series, openTime })) };
}

function envOf({ instruments, featuresEach, actions, costs, rules, plan }: EnvBench) {
  const market: Market = createMarket(walk(instruments), costs, defaultSizing, rules);
  const table = noiseTable(bars, instruments * featuresEach);
  const settings = { levels: [-1, 0, 1], bracket: { stopsAtr: [2], targetsAtr: [3] }, plan };
  const acting: Acting = actingOf(actions, settings, market.universe.instruments, rules);
  const span = { from: 20, to: bars, episodeBars: 252, capital, ruinFraction: 0.3 };
  return { market, table, acting, env: tradingEnv({ market, table, lookbackBars: 1, acting, lanes, ...span }) };
}

function benchEnv(setting: EnvBench): Figure {
  const { instruments, laneSteps } = setting;
  const { env, table } = envOf(setting);
  const { actionSpace } = env;
  if (actionSpace.kind !== "discrete") throw new TypeError("a bench of discrete actions");
  const size = logitWidth(actionSpace) / instruments;
  const buffers = stepBuffers(lanes, env.observationSpace, actionSpace);
  const rng = createRng(1, "actions");
  const wishes = Array.from({ length: wishSets }, () =>
    Int32Array.from({ length: lanes * instruments }, () => rng.integer(size)),
  );
  const actions = new Int32Array(lanes * instruments);
  const steps = Math.ceil(laneSteps / lanes);
  const width = buffers.observations.length / lanes;
  const windows = new Float32Array(lanes * table.columns);
  let at = 0;

  /** Lane steps a second of the clock, and of the processor's time, which others on the machine do not take away. */
  const rate = (copyWindows: boolean): { readonly clock: number; readonly processor: number } => {
    const [start, used] = [performance.now(), process.cpuUsage()];
    for (let step = 0; step < steps; step++) {
      const wished = wishes[at++ % wishSets];
      // What is not legal becomes HOLD.
      for (let n = 0; n < actions.length; n++) {
        actions[n] = buffers.legal[n * size + wished[n]] === 1 ? wished[n] : 0;
      }
      env.step(actions, buffers);
      if (!copyWindows) continue;
      for (let lane = 0; lane < lanes; lane++) {
        const row = buffers.observations[lane * width] * table.columns;
        windows.set(table.values.subarray(row, row + table.columns), lane * table.columns);
      }
    }
    const clock = (steps * lanes * 1e3) / (performance.now() - start);
    const { user, system } = process.cpuUsage(used);
    return { clock, processor: (steps * lanes * 1e6) / (user + system) };
  };

  env.reset(1, buffers);
  for (let warmUp = 0; warmUp < 3; warmUp++) rate(true);
  const byReference: number[] = [];
  const onProcessor: number[] = [];
  const withWindows: number[] = [];
  for (let round = 0; round < 7; round++) {
    const { clock, processor } = rate(false);
    byReference.push(clock);
    onProcessor.push(processor);
    withWindows.push(rate(true).clock);
  }
  return {
    value: median(byReference),
    unit: "lane steps/s",
    withWindowsCopied: median(withWindows),
    best: Math.max(...byReference),
    perProcessorSecond: median(onProcessor),
    instruments,
    features: table.columns,
    lanes,
    actions: setting.actions,
    repetitions: byReference.length,
    note: `observations hold the bar's row index and the account, as PPO takes them; withWindowsCopied also copies the row's ${table.columns} features for each lane; wishes drawn beforehand, those that are not legal become HOLD within the clock`,
  };
}

/** One instrument, alpha actions, all costs. */
export function benchEnvSingle(): Figure {
  return benchEnv(single);
}

/** One instrument, gemini-6 with Petit Poucet and a trailing stop. */
export function benchEnvGemini(): Figure {
  return benchEnv(gemini);
}

/** 15 instruments with 85 features each, one choice for every instrument at every step, fees of regulators, a margin account. */
export function benchEnvPortfolio(): Figure {
  return benchEnv(portfolio);
}

/** All that 15 instruments keep of a lane: the account, the plan, the reward, and what the lane shows. */
export function benchEnvBytes(): Figure {
  const { env } = envOf({ ...portfolio, plan: petitPoucetPlan });
  const buffers = stepBuffers(lanes, env.observationSpace, env.actionSpace);
  const bytesOf = (arrays: Readonly<Record<string, ArrayBufferView>>): number =>
    Object.values(arrays).reduce((sum, { byteLength }) => sum + byteLength, 0) / lanes;
  const kept = bytesOf(env.snapshot());
  const shown = bytesOf({ ...buffers });
  return { value: kept + shown, unit: "bytes", kept, shown, lanes, instruments: portfolio.instruments };
}

/** Branches a state of one instrument: the account and what a plan remembers of it. */
export function benchEnvClone(): Figure {
  const { market, acting } = envOf(gemini);
  const accounts = createAccounts(market, lanes);
  const states = new Float64Array(lanes * acting.stateWidth);
  startLane(market, accounts, 0, 20, capital);
  advanceLane(market, accounts, 0, [100]);
  const copies = 1_000_000;
  const { stateWidth } = acting;
  const nanoseconds = (): number => {
    const start = performance.now();
    for (let copy = 0; copy < copies; copy++) {
      const lane = 1 + (copy % (lanes - 1));
      copyLane(market, accounts, lane - 1, accounts, lane);
      for (let n = 0; n < stateWidth; n++) states[lane * stateWidth + n] = states[(lane - 1) * stateWidth + n];
    }
    return ((performance.now() - start) * 1e6) / copies;
  };
  for (let warmUp = 0; warmUp < 3; warmUp++) nanoseconds();
  const rounds = Array.from({ length: 7 }, nanoseconds);
  return { value: median(rounds), unit: "ns", best: Math.min(...rounds), copies, repetitions: rounds.length };
}
