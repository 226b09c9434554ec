/** @file A policy under stress: the same backtest in a stressed copy of its market, and what the difference is. */
import type { Scaler } from "#features/scaler.ts";
import type { FeatureSpec } from "#features/pipeline.ts";
import { featureTable } from "#features/pipeline.ts";
import type { SignalSettings } from "#market/action-spaces.ts";
import { stressedMarket, stressedTable } from "#market/stress.ts";
import type { StressEvent, StressSettings } from "#market/stress.ts";
import { eventCosts } from "#market/stress-cost.ts";
import type { StressKindName } from "#market/stress/events.ts";
import { createMarket } from "#market/world.ts";
import type { Policy } from "#policy/policy.ts";
import { annualisation } from "./annualisation.ts";
import type { Backtest, BacktestSetting } from "./backtest.ts";
import { backtest, tableWindow } from "./backtest.ts";
import { drawdown, sharpe, simpleReturns } from "./metrics.ts";
import { ordersOf } from "./replay.ts";

/** What is said of one curve. */
export interface StressFigures {
  readonly sharpe: number;
  /** Positive fraction of the high-water mark. */
  readonly maxDrawdown: number;
  readonly totalReturn: number;
  /** Was the equity ever below half of what it began with? */
  readonly ruined: boolean;
}

export interface StressTest {
  readonly calm: StressFigures;
  readonly stressed: StressFigures;
  /** Events of the tested bars, each with what it cost the positions of the calm backtest, in account currency. */
  readonly events: readonly (StressEvent & { readonly time: number; readonly symbol: string; readonly cost: number })[];
  /** The same of bars without an event: prices that stand elsewhere after gaps. */
  readonly costElsewhere: number;
  /** Number of events and their cost, by kind. */
  readonly kinds: Readonly<Partial<Record<StressKindName, { readonly events: number; readonly cost: number }>>>;
}

export interface StressTestOptions {
  readonly policy: Policy;
  /** How the policy's signals become orders; undefined where it wants weights. */
  readonly signals?: SignalSettings | undefined;
  /** The policy's backtest without stress, over the same setting. */
  readonly calm: Backtest;
  readonly setting: BacktestSetting;
  readonly spec: FeatureSpec;
  readonly scaler: Scaler;
  readonly stress: StressSettings;
  readonly seed: number;
}

/** Backtests a policy under stress, which begins with the first bar traded; its features are those of what it sees there. */
export async function stressTest(options: StressTestOptions): Promise<StressTest> {
  const { policy, signals, calm, setting, spec, scaler, stress, seed } = options;
  const { universe, from, to, costs, sizing, capital, rules } = setting;
  const market = createMarket(universe, costs, sizing, rules);
  const made = stressedMarket(universe, market, stress, seed, from + 1);
  const table = stressedTable(featureTable(spec, scaler, made.universe), universe, made.events, seed);
  const stressed = { ...setting, universe: made.universe, fills: made.fills };
  const under = await backtest(policy, tableWindow(table, spec.lookbackBars, from), stressed, signals);
  const tested = made.events.filter(({ bar }) => bar < to);
  const { costs: costOf, elsewhere } = eventCosts(market, made.market, tested, ordersOf(calm, setting), from, capital);
  const events = tested.map((event, at) => ({
    ...event,
    time: universe.openTime[event.bar],
    symbol: universe.instruments[event.instrument].symbol,
    cost: costOf[at],
  }));
  const { barsPerYear } = annualisation(universe);
  return {
    calm: figures(calm, barsPerYear),
    stressed: figures(under, barsPerYear),
    events,
    costElsewhere: elsewhere,
    kinds: Object.fromEntries(
      [...new Set(events.map(({ kind }) => kind))].map((kind) => {
        const some = events.filter((event) => event.kind === kind);
        return [kind, { events: some.length, cost: some.reduce((sum, { cost }) => sum + cost, 0) }];
      }),
    ),
  };
}

function figures({ curve: { equity } }: Backtest, barsPerYear: number): StressFigures {
  return {
    sharpe: sharpe(simpleReturns(equity), barsPerYear),
    maxDrawdown: drawdown(equity).depth,
    totalReturn: equity[equity.length - 1] / equity[0] - 1,
    ruined: equity.some((worth) => worth < 0.5 * equity[0]),
  };
}
