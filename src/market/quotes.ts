/** @file Bars as a venue shows them: prices beside what trading and holding cost in each, bar by bar or as one table. */
import { Failure } from "#base/failure.ts";
import { createRng } from "#base/rng.ts";
import type { Bar, Timeframe } from "#domain/bar.ts";

import type { Instrument } from "#domain/instrument.ts";
import { rawAtr } from "#features/indicators/average-true-range.ts";
import { marketTime } from "#features/sessions.ts";
import type { Costs } from "./costs.ts";
import { nightsHeld } from "./holding.ts";
import { regulatoryRates } from "./regulatory-fees.ts";

/** Bars that the raw ATR of the slippage looks back (Wilder, 1978). */
export const slippageAtrPeriod = 14;

/**
 * Columns `[T × I]`, bar after bar; those that nothing asks for are absent. All that is here of bar t is known at its close,
 * and `halfSpread`, `slippage`, `impact` and the carry of bar t depend on bars before it and on its open alone.
 */
export interface Quotes {
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  /** Raw ATR up to this bar, in price. */
  readonly atr: Float64Array;
  /** Half the spread in this bar, in price. */
  readonly halfSpread: Float64Array;
  /** How much worse an order that takes liquidity in this bar is filled, in price. */
  readonly slippage: Float64Array;
  /** How far one unit moves the price in this bar; q units move it √q times as far. */
  readonly impact: Float64Array | undefined;
  /** Most units that can be traded in this bar. */
  readonly capacity: Float64Array | undefined;
  /** What it costs to have held one unit into this bar, long and short, in account currency; negative is received. */
  readonly carryLong: Float64Array | undefined;
  readonly carryShort: Float64Array | undefined;
  /** Stress alone has these two; see `FillStress` in `stress.ts`. */
  readonly latency?: Float64Array | undefined;
  readonly blocked?: Uint8Array | undefined;
  /** `[T × 4]`: Section 31, Trading Activity Fee, its cap, Consolidated Audit Trail. */
  readonly regulatory: Float64Array | undefined;
  /** `[T]`: the exchange's day of the bar, counted from 1970-01-01. */
  readonly day: Int32Array;
}

/** Room for `rows` bars of `instruments` instruments, with the columns that these costs ask for. */
export function quoteTable(rows: number, instruments: number, costs: Costs): Quotes {
  const column = (wanted = true): Float64Array => new Float64Array(wanted ? rows * instruments : 0);
  const where = (wanted: boolean): Float64Array | undefined => (wanted ? column() : undefined);
  const carries = hasCarry(costs);
  return {
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    atr: column(),
    halfSpread: column(),
    slippage: column(),
    impact: where((costs.impact ?? 0) > 0),
    capacity: where(costs.participation !== undefined),
    carryLong: where(carries),
    carryShort: where(carries),
    regulatory: costs.regulatory === undefined ? undefined : new Float64Array(rows * 4),
    day: new Int32Array(rows),
  };
}

function hasCarry({ borrowBps = 0, swapLongPips = 0, swapShortPips = 0, fundingBps = 0 }: Costs): boolean {
  return borrowBps !== 0 || swapLongPips !== 0 || swapShortPips !== 0 || fundingBps !== 0;
}

/** Writes bars, one moment after the other, as rows of quotes. */
export interface QuoteStream {
  /** Takes the next closed bar of each instrument and writes it into row `row` of `into`, which `quoteTable` made. */
  next(bars: readonly Bar[], into: Quotes, row: number): void;
}

/**
 * The quotes of bars under costs: the same bits bar by bar and as a table.
 * @throws Failure config/invalid where costs ask for what an instrument does not have; market/no-rate, data/missing-volume
 */
export function quoteStream(instruments: readonly Instrument[], timeframe: Timeframe, costs: Costs): QuoteStream {
  checkCosts(costs, instruments);
  const count = instruments.length;
  const averages = instruments.map(() => rawAtr(slippageAtrPeriod));
  const moves = instruments.map(() => movesOf());
  const local = instruments.map(({ calendar }) => marketTime(calendar));
  const nights = instruments.map((instrument) => nightsHeld(instrument, timeframe));
  /** ATR up to the bar before, its close, and whether there was one. */
  const atrBefore = new Float64Array(count);
  const closeBefore = new Float64Array(count).fill(NaN);
  const known = new Float64Array(1);
  return {
    next(bars, into, row) {
      const { openTime } = bars[0];
      into.day[row] = Math.floor(local[0](openTime) / dayMs);
      if (into.regulatory !== undefined) writeRates(into.regulatory, 4 * row, openTime);
      for (let i = 0; i < count; i++) {
        const at = row * count + i;
        const bar = bars[i];
        into.open[at] = bar.open;
        into.high[at] = bar.high;
        into.low[at] = bar.low;
        into.close[at] = bar.close;
        into.halfSpread[at] = halfSpreadOf(bar, instruments[i], costs, local[i]);
        into.slippage[at] = slippageOf(atrBefore[i], costs, instruments[i].symbol, openTime);
        if (into.capacity !== undefined) into.capacity[at] = (costs.participation ?? 1) * bar.volume;
        if (into.impact !== undefined) into.impact[at] = (costs.impact ?? 0) * moves[i].perRootUnit();
        if (into.carryLong !== undefined && into.carryShort !== undefined) {
          const carried = known[0] === 0 ? none : nights[i](closeBefore[i], openTime, costs);
          into.carryLong[at] = carried.long;
          into.carryShort[at] = carried.short;
        }
        averages[i].next(bar, into.atr, at);
        atrBefore[i] = into.atr[at];
        closeBefore[i] = bar.close;
        moves[i].take(bar);
      }
      known[0] = 1;
    },
  };
}

const none = { long: 0, short: 0 };
const dayMs = 86_400_000;
const hourMs = 3_600_000;

function halfSpreadOf(bar: Bar, { pipSize = 0 }: Instrument, costs: Costs, local: (time: number) => number): number {
  const { spreadBps, spreadPips = 0, spreadByHour } = costs;
  const half = bar.open * spreadBps * 0.5e-4 + spreadPips * pipSize * 0.5;
  if (spreadByHour === undefined) return half;
  // 1970-01-01 was a Thursday: 72 hours after the Monday before.
  const hour = Math.floor(local(bar.openTime) / hourMs) + 72;
  return half * spreadByHour[((hour % 168) + 168) % 168];
}

/** A bar's draw depends on the seed, the symbol and the time alone, so that a state can be branched without dice. */
function slippageOf(atr: number, costs: Costs, symbol: string, openTime: number): number {
  const { slippageAtr, slippageRange = 0, slippageSeed = 0 } = costs;
  if (slippageRange === 0) return slippageAtr * atr;
  const drawn = 2 * createRng(slippageSeed, `${symbol}/${openTime}`).uniform() - 1;
  return slippageAtr * (1 + slippageRange * drawn) * atr;
}

function writeRates(into: Float64Array, at: number, time: number): void {
  const rates = regulatoryRates(time);
  into[at] = rates.section31;
  into[at + 1] = rates.tradingActivity;
  into[at + 2] = rates.tradingActivityCap;
  into[at + 3] = rates.auditTrail;
}

/** Bars over which deviation and volume are averaged for the price impact. */
const impactBars = 100;

/** Deviation of a bar's log return and mean volume of a bar, exponentially weighted, up to the last bar taken. */
function movesOf(): { perRootUnit(): number; take(bar: Bar): void } {
  const alpha = 2 / (impactBars + 1);
  /** Variance, volume, last close. */
  const kept = Float64Array.of(0, 0, NaN);
  return {
    /** σ · close / √volume: a day has as many times the variance as it has the volume of a bar, so that both cancel. */
    perRootUnit: () => (kept[1] > 0 ? (Math.sqrt(kept[0]) * kept[2]) / Math.sqrt(kept[1]) : 0),
    take({ close, volume }) {
      const change = Number.isNaN(kept[2]) ? 0 : Math.log(close / kept[2]);
      kept[0] += alpha * (change * change - kept[0]);
      kept[1] = kept[1] === 0 ? volume : kept[1] + alpha * (volume - kept[1]);
      kept[2] = close;
    },
  };
}

/** @throws Failure config/invalid that names the setting */
function checkCosts(costs: Costs, instruments: readonly Instrument[]): void {
  const refuse = (found: string): never => {
    throw new Failure("config/invalid", found);
  };
  const { spreadPips = 0, swapLongPips = 0, swapShortPips = 0, spreadByHour, slippageRange = 0, participation } = costs;
  const inPips = Object.entries({ spreadPips, swapLongPips, swapShortPips }).find(([, pips]) => pips !== 0);
  const without = instruments.find(({ pipSize }) => pipSize === undefined);
  if (inPips !== undefined && without !== undefined) {
    refuse(`costs.${inPips[0]}: counts in pips, and ${without.symbol} has no pip size`);
  }
  if (spreadByHour !== undefined && spreadByHour.length !== 168) {
    refuse(`costs.spreadByHour: has ${spreadByHour.length} hours, a week has 168`);
  }
  if (!(slippageRange >= 0 && slippageRange < 1)) refuse(`costs.slippageRange: ${slippageRange} is not in 0 to 1`);
  if (participation !== undefined && !(participation > 0 && participation <= 1)) {
    refuse(`costs.participation: ${participation} is no share of a bar's volume`);
  }
  const shares = instruments.every(({ assetClass }) => assetClass === "share");
  if (costs.regulatory !== undefined && !shares) refuse("costs.regulatory: us-equities is for shares");
}
