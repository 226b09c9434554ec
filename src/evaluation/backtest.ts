/** @file A trader on recorded bars: what it would have earned, and every order on the way. */
import { invariant } from "#base/invariant.ts";
import { closeTime, timeframeMs } from "#domain/bar.ts";
import type { Fill } from "#domain/fill.ts";
import type { DenialRecord, Journal } from "#domain/journal.ts";
import type { Ledger } from "#domain/ledger.ts";
import type { Universe } from "#domain/universe.ts";
import { barsAt, contractSizesOf } from "#domain/universe.ts";
import { defaultLimits } from "#guardian/gate.ts";
import type { Limits } from "#guardian/rule.ts";
import type { AccountRules } from "#market/account-rules.ts";
import { freeAccount } from "#market/account-rules.ts";
import type { SignalSettings } from "#market/action-spaces.ts";
import type { Costs } from "#market/costs.ts";
import { finerPrices } from "#market/finer.ts";
import type { PositionsEach } from "#market/positions.ts";
import { instrumentOfPosition, netUnits, positionOn, positionsEach } from "#market/positions.ts";
import type { FillStress } from "#market/stress.ts";
import type { Sizing } from "#market/sizing.ts";
import type { Policy } from "#policy/policy.ts";
import { signalTrader } from "#trading/signal-trader.ts";
import type { Latency, Rejects } from "#trading/simulated-broker.ts";
import { simulatedBroker } from "#trading/simulated-broker.ts";
import type { FeatureWindow } from "#trading/trader.ts";
import { onBar } from "#trading/trader.ts";
import type { EquityCurve } from "./metrics.ts";
import { tradedValue } from "./metrics.ts";

/** Everything but the policy that decides a backtest. */
export interface BacktestSetting {
  readonly universe: Universe;
  /** Decisions are made at the close of bars `from` (inclusive) to `to` (exclusive), fills follow one bar later; the last bar is only marked. */
  readonly from: number;
  readonly to: number;
  readonly costs: Costs;
  /** What the account lets one do; absent: anything. */
  readonly rules?: AccountRules;
  readonly sizing: Sizing;
  readonly capital: number;
  readonly limits?: Limits;
  /** Shorter bars of the same instruments, which tell what came first within a bar; absent: the worse came first. */
  readonly finer?: Universe | undefined;
  /** How long orders are on their way; absent: they are there at the next open. */
  readonly latency?: Latency | undefined;
  /** Orders that the venue refuses; absent: none. */
  readonly rejects?: Rejects | undefined;
  /** Stress on fills, bar by bar of the universe; absent: none. */
  readonly fills?: FillStress | undefined;
}

export interface Backtest {
  readonly policy: string;
  /** Mark-to-market at the close of each bar, the capital at the close of bar `from` first: `[to − from]`. */
  readonly curve: EquityCurve;
  readonly fills: readonly Fill[];
  /**
   * Weights wanted at each bar `[to − from − 1][I]`; where no change was wanted, absent. Of signals, which want no weights: those
   * that each change led to, at the close of the bar in which it was made; of two legs, their sum.
   */
  readonly wanted: readonly (readonly number[] | undefined)[];
  /** Value of all positions at each close as a fraction of equity, `[to − from]`: long and short alike, and signed. */
  readonly gross: Float64Array;
  readonly net: Float64Array;
  /** Value bought and sold in each bar, and what trading and holding cost in it, in account currency, `[to − from]`. */
  readonly traded: Float64Array;
  readonly costs: Float64Array;
  /** All of `costs`, as the ledger counts it. */
  readonly tradingCost: number;
  readonly denials: readonly DenialRecord[];
}

/** A window on a table of features that moves on by a bar at each call: what a stream would give, computed beforehand. */
export function tableWindow(
  table: { readonly values: Float32Array; readonly columns: number; readonly firstRow: number },
  lookbackBars: number,
  from: number,
): FeatureWindow {
  let t = from;
  return {
    next() {
      const last = t++;
      if (last < table.firstRow) return undefined;
      return table.values.slice((last - lookbackBars + 1) * table.columns, (last + 1) * table.columns);
    },
  };
}

/** For policies that look at prices only. */
export const noFeatures: FeatureWindow = { next: () => new Float32Array(0) };

/**
 * Runs the trader over the bars of a setting with a simulated broker.
 * @param spoken how the policy's signals become orders; absent: it wants weights
 */
export async function backtest(
  policy: Policy,
  features: FeatureWindow,
  setting: BacktestSetting,
  spoken?: SignalSettings,
): Promise<Backtest> {
  const { universe, from, to, costs, rules = freeAccount, sizing, capital } = setting;
  invariant(from >= 0 && to <= universe.openTime.length && to - from >= 2, "a backtest has bars to trade", {
    from,
    to,
  });
  const finer = setting.finer && finerPrices(universe, setting.finer);
  const { fills: stress, latency, rejects } = setting;
  const broker = simulatedBroker({ ...universe, costs, rules, capital, fills: stress, finer, latency, rejects });
  const signals = spoken && signalTrader({ ...universe, rules, ...spoken });
  for (let t = 0; t < from; t++) {
    const bars = barsAt(universe, t);
    broker.warmUp(bars);
    signals?.warmUp(bars);
  }

  const equity = new Float64Array(to - from);
  const time = new Float64Array(to - from);
  const gross = new Float64Array(to - from);
  const net = new Float64Array(to - from);
  const traded = new Float64Array(to - from);
  const costsOf = new Float64Array(to - from);
  const contractSizes = contractSizesOf(universe);
  const fills: Fill[] = [];
  const wanted: (readonly number[] | undefined)[] = [];
  const denials: DenialRecord[] = [];
  let bar = 0;
  let paid = 0;
  const journal: Journal = {
    record(entry) {
      if (entry.kind === "fill") {
        fills.push(entry.fill);
        traded[bar] += tradedValue(entry.fill, contractSizes);
      } else if (entry.kind === "decision") wanted.push(entry.weights);
      else if (entry.kind === "denied") denials.push(...entry.denials);
      else if (entry.kind === "equity") {
        equity[bar] = entry.equity;
        time[bar] = entry.at;
      }
    },
  };
  const limits = setting.limits ?? defaultLimits(timeframeMs[universe.timeframe]);
  const parts = { timeframe: universe.timeframe, features, policy, sizing, limits, broker, journal, signals };
  const changed = spoken && changedWeights(broker.ledger, positionsEach(rules));
  for (let t = from; t < to; t++, bar++) {
    const bars = barsAt(universe, t);
    await onBar(bars, closeTime(universe.openTime[t], universe.timeframe), parts);
    const { ledger } = broker;
    costsOf[bar] = ledger.tradingCost[0] - paid;
    paid = ledger.tradingCost[0];
    for (let p = 0; p < ledger.instruments; p++) {
      const weight = (ledger.units[p] * ledger.mark[p] * ledger.contractSize[p]) / equity[bar];
      gross[bar] += Math.abs(weight);
      net[bar] += weight;
    }
    if (changed !== undefined && bar > 0) wanted.push(changed(equity[bar]));
  }
  if (spoken === undefined) wanted.pop(); // the last decision has no bar left to be filled in
  return {
    policy: policy.name,
    curve: { time, equity },
    fills,
    wanted,
    gross,
    net,
    traded,
    costs: costsOf,
    tradingCost: broker.ledger.tradingCost[0],
    denials,
  };
}

/** Weights of instruments at the last change of a position in each, asked for bar by bar; undefined where none has changed since. */
function changedWeights(
  { units, mark, contractSize }: Ledger,
  each: PositionsEach,
): (equity: number) => readonly number[] | undefined {
  const before = units.slice();
  const weights = new Float64Array(units.length / each);
  return (equity) => {
    let same = true;
    for (let p = 0; p < units.length; p++) {
      if (units[p] === before[p]) continue;
      same = false;
      before[p] = units[p];
      const i = instrumentOfPosition(p, each);
      const first = positionOn(i, 1, each);
      weights[i] = (netUnits(units, first, each) * mark[first] * contractSize[first]) / equity;
    }
    return same ? undefined : [...weights];
  };
}
