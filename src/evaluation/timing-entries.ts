/** @file What was decided to be bought and sold, and when, read from the fills that came of it. */
import { invariant } from "#base/invariant.ts";
import type { Rng } from "#base/rng.ts";
import { timeframeMs } from "#domain/bar.ts";
import type { CorporateAction } from "#domain/corporate-action.ts";
import { dayStart } from "#domain/day.ts";
import type { Fill } from "#domain/fill.ts";
import { positionTitle } from "#domain/leg.ts";
import type { Side } from "#domain/order.ts";
import { decisionTime } from "#domain/order.ts";
import type { Universe } from "#domain/universe.ts";
import { firstBarFrom } from "#domain/universe.ts";
import { atrColumn } from "#features/indicators/average-true-range.ts";
import type { Timing, TimingEntry, TimingPrices, TimingSettings } from "./timing.ts";
import { timing } from "./timing.ts";

/** A fill as far as timing goes. */
export interface DecidedFill {
  readonly symbol: string;
  readonly side: Side;
  /** Close of the bar that its order was decided at, Unix ms UTC; undefined of what a stop, a target or a broker closed. */
  readonly decidedAt: number | undefined;
}

/** When a fill was decided: orders at the market say so in their ids, whatever their way to the venue took. */
export function decidedFill(fill: Pick<Fill, "symbol" | "leg" | "side" | "orderId">): DecidedFill {
  const { symbol, side } = fill;
  return { symbol, side, decidedAt: decisionTime(positionTitle(fill), fill.orderId) };
}

export interface TimingEntries {
  readonly entries: readonly TimingEntry[];
  /** Fills that nobody decided at a bar: stops, targets, liquidations. */
  readonly undecided: number;
}

/** Entries of one run: fills of the same side, instrument and decision are one entry. */
export function timingEntries(fills: readonly DecidedFill[], universe: Universe): TimingEntries {
  const { openTime, timeframe, instruments } = universe;
  const seen = new Map<string, TimingEntry>();
  let undecided = 0;
  for (const { symbol, side, decidedAt } of fills) {
    if (decidedAt === undefined) {
      undecided++;
      continue;
    }
    const opened = decidedAt - timeframeMs[timeframe];
    const bar = firstBarFrom(openTime, opened);
    const instrument = instruments.findIndex((each) => each.symbol === symbol);
    invariant(openTime[bar] === opened && instrument >= 0, "a decision is made at the close of a bar", {
      symbol,
      decidedAt,
    });
    seen.set(`${instrument} ${bar} ${side}`, { instrument, bar, side });
  }
  return { entries: [...seen.values()], undecided };
}

/** Prices as they are counted after all splits, with their ATR, so that a split is no move. */
export function timingPrices(universe: Universe, from: number, to: number): TimingPrices {
  const bars = universe.bars.map((each, i) => {
    const ratio = splitRatios(universe.openTime, universe.instruments[i].symbol, universe.actions ?? []);
    if (ratio === undefined) return each;
    const divided = (column: Float64Array): Float64Array => column.map((price, t) => price / ratio[t]);
    const { open, high, low, close } = each;
    return { ...each, open: divided(open), high: divided(high), low: divided(low), close: divided(close) };
  });
  return { bars, atr: bars.map((each) => atrColumn(each)), from, to };
}

/** What a price of each bar is divided by to be one after all splits; undefined where there are none. */
function splitRatios(
  openTime: Float64Array,
  symbol: string,
  actions: readonly CorporateAction[],
): Float64Array | undefined {
  const splits = actions.filter((action) => action.symbol === symbol && (action.split ?? 1) !== 1);
  if (splits.length === 0) return undefined;
  return openTime.map((time) =>
    splits.reduce((ratio, { date, split = 1 }) => (time < dayStart(date) ? ratio * split : ratio), 1),
  );
}

/** Bars that runs were tested on: decisions from the close of bar `from` on, all bars before `to`. */
export interface TimedBars {
  readonly universe: Universe;
  readonly from: number;
  readonly to: number;
}

/** Timing of all runs of an agent together. */
export interface RunsTiming extends Timing {
  /** Fills of all runs that nobody decided at a bar, and that are in no count. */
  readonly undecided: number;
}

/**
 * Entries of all runs, one list of fills each, judged as one sample: seeds that decide the same have as much to say as one, for
 * random entries are moved together. Decisions at other bars than those tested are left out.
 */
export function runsTiming(
  runs: readonly (readonly DecidedFill[])[],
  { universe, from, to }: TimedBars,
  settings: TimingSettings,
  rng: Rng,
): RunsTiming {
  const found = runs.map((fills) => timingEntries(fills, universe));
  const entries = found.flatMap((run) => run.entries).filter(({ bar }) => bar >= from && bar < to);
  const undecided = found.reduce((sum, run) => sum + run.undecided, 0);
  return { ...timing(entries, timingPrices(universe, from, to), settings, rng), undecided };
}
