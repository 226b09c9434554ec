/** @file Bars as a venue shows them: prices beside what trading and holding cost in each, bar by bar or as one table. */
import { Failure } from "#base/failure.ts";
import { invariant } from "#base/invariant.ts";
import { createRng } from "#base/rng.ts";
import type { Bar, Bars, Timeframe } from "#domain/bar.ts";
import type { CorporateAction } from "#domain/corporate-action.ts";
import { dueActions } from "#domain/corporate-action.ts";
import type { Instrument } from "#domain/instrument.ts";
import { rawAtr } from "#features/indicators/average-true-range.ts";
import { isDaily, marketTime, sessionDay } from "#features/sessions.ts";
import type { Costs } from "./costs.ts";
import { holdingCost } from "./costs/holding.ts";
import { ratesEach } from "./costs/regulatory-charge.ts";
import { knownRates, regulatoryRates } from "./costs/regulatory-fees.ts";
import type { Conversion } from "./currency.ts";
import { conversions } from "./currency.ts";

/** Bars that the raw ATR of the slippage looks back (Wilder, 1978). */
export const slippageAtrPeriod = 14;

/**
 * Columns `[T × I]`, bar after bar; those that nothing asks for are absent. Prices and costs are in the account's currency, at
 * the rate of the close before. All that is here of bar t is known at its close,
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
  /** What it costs to have held one unit from the open before to this one, long and short, in account currency; negative is received. */
  readonly carryLong: Float64Array | undefined;
  readonly carryShort: Float64Array | undefined;
  /** New units for each old one since the bar before, 1 where none was split, and what was paid for each new unit. */
  readonly split: Float64Array | undefined;
  readonly dividend: Float64Array | undefined;
  /** Rate that turns the instrument's currency into the account's in this bar, and by what it differs from that of the bar before. */
  readonly rate: Float64Array | undefined;
  readonly rateChange: Float64Array | undefined;
  /** Close in the instrument's own currency, in which plans and orders name their prices; absent where none is converted. */
  readonly ownClose: Float64Array | undefined;
  /** Stress alone has these two; see `FillStress` in `stress.ts`. */
  readonly latency?: Float64Array | undefined;
  readonly blocked?: Uint8Array | undefined;
  /** `[T × 4]`: Section 31, Trading Activity Fee, its cap, Consolidated Audit Trail. */
  readonly regulatory: Float64Array | undefined;
  /** `[T]`: the exchange's day of the bar, counted from 1970-01-01. */
  readonly day: Int32Array;
}

/** What a market has beside its bars and its costs. */
export interface QuoteExtras {
  readonly actions?: readonly CorporateAction[] | undefined;
  /** Currency of the account; absent: the one that all instruments share. */
  readonly currency?: string | undefined;
  /** Bars that name what is measured of them: where the spread is to be that of quotes, `spreadBps` is looked for there. */
  readonly bars?: readonly Pick<Bars, "measured">[] | undefined;
}

/** Where each instrument's bars have their measured spread; −1 where they have none. */
function spreadPlaces(bars: QuoteExtras["bars"]): Int32Array {
  return Int32Array.from(bars ?? [], ({ measured }) => measured?.names.indexOf("spreadBps") ?? -1);
}

/** What one unit of an instrument's currency is worth in the account's, at an index of the columns. */
export function rateAt({ rate }: Quotes, at: number): number {
  return rate === undefined ? 1 : rate[at];
}

/** How much worse than the spread `units` that take liquidity are filled, in price: slippage, and what they move. */
export function worseBy({ slippage, impact }: Quotes, at: number, units: number): number {
  return impact === undefined ? slippage[at] : slippage[at] + impact[at] * Math.sqrt(Math.abs(units));
}

/** Room for `rows` bars, with the columns that are asked for. */
export function quoteTable(rows: number, of: readonly Instrument[], costs: Costs, extras: QuoteExtras = {}): Quotes {
  const instruments = of.length;
  const { actions = [], currency } = extras;
  const converts = conversions(of, currency).some((conversion) => conversion !== undefined);
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
    split: where(actions.length > 0),
    dividend: where(actions.length > 0),
    rate: where(converts),
    rateChange: where(converts),
    ownClose: where(converts),
    regulatory: costs.regulatory === "us-equities" ? new Float64Array(rows * 4) : undefined,
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
 * @throws Failure config/invalid where costs ask for what an instrument does not have
 */
export function quoteStream(
  instruments: readonly Instrument[],
  timeframe: Timeframe,
  costs: Costs,
  { actions = [], currency, bars: described }: QuoteExtras = {},
): QuoteStream {
  const quoted = costs.spreadFrom === "quotes" ? spreadPlaces(described) : undefined;
  checkCosts(costs, instruments, timeframe, quoted);
  for (const { symbol } of actions) {
    const known = instruments.some((each) => each.symbol === symbol);
    invariant(known, "a corporate action names an instrument of the market", { symbol });
  }
  const count = instruments.length;
  const averages = instruments.map(() => rawAtr(slippageAtrPeriod));
  const moves = instruments.map(() => movesOf());
  const local = instruments.map(({ calendar }) => marketTime(calendar));
  const held = instruments.map((instrument) => holdingCost(instrument));
  const dayOfBar = exchangeDay(instruments[0], timeframe);
  const rates = regulatoryRow();
  const due = instruments.map(({ symbol }) => dueActions(actions, symbol));
  /** Units that one of the first bar has become: by it prices before and after splits are compared. */
  const grown = new Float64Array(count).fill(1);
  /** ATR up to the bar before, and its close. */
  const atrBefore = new Float64Array(count);
  const closeBefore = new Float64Array(count).fill(NaN);
  /** The measured spread at the last close, in basis points: the latest that was seen when a bar opens. */
  const spreadBefore = new Float64Array(count).fill(NaN);
  const rateOf = currencyRates(conversions(instruments, currency));
  return {
    next(bars, into, row) {
      const { openTime } = bars[0];
      // Before any close of this bar is kept: all rates are those of the closes before.
      rateOf(bars, closeBefore, into, row);
      const day = dayOfBar(openTime);
      into.day[row] = day;
      if (into.regulatory !== undefined) rates(day, into.regulatory, 4 * row);
      for (let i = 0; i < count; i++) {
        const at = row * count + i;
        const bar = bars[i];
        into.open[at] = bar.open;
        into.high[at] = bar.high;
        into.low[at] = bar.low;
        into.close[at] = bar.close;
        if (into.ownClose !== undefined) into.ownClose[at] = bar.close;
        if (into.split !== undefined && into.dividend !== undefined) {
          const { split, dividend } = due[i](day);
          into.split[at] = split;
          into.dividend[at] = dividend;
          grown[i] *= split;
          atrBefore[i] /= split;
          closeBefore[i] /= split;
        }
        if (quoted === undefined) into.halfSpread[at] = halfSpreadOf(bar, instruments[i], costs, local[i]);
        else {
          const spread = bar.measured?.[quoted[i]] ?? NaN;
          const known = Number.isNaN(spreadBefore[i]) ? spread : spreadBefore[i];
          if (!(known >= 0)) refuse(`costs.spreadFrom: ${instruments[i].symbol} has no measured spread in a bar`);
          into.halfSpread[at] = bar.open * known * 0.5e-4;
          spreadBefore[i] = spread;
        }
        into.slippage[at] = slippageOf(atrBefore[i], costs, instruments[i].symbol, openTime);
        if (into.capacity !== undefined) into.capacity[at] = (costs.participation ?? 1) * bar.volume;
        // A price of a unit that is smaller by g, moved by volumes that are greater by g: g^1.5.
        if (into.impact !== undefined)
          into.impact[at] = ((costs.impact ?? 0) * moves[i].perRootUnit()) / grown[i] ** 1.5;
        if (into.carryLong !== undefined && into.carryShort !== undefined) {
          const carried = held[i](closeBefore[i], openTime, day, costs);
          into.carryLong[at] = carried.long;
          into.carryShort[at] = carried.short;
        }
        const plain = grown[i] === 1 ? bar : ofFirstUnits(bar, grown[i]);
        averages[i].next(plain, into.atr, at);
        into.atr[at] /= grown[i];
        atrBefore[i] = into.atr[at];
        closeBefore[i] = bar.close;
        moves[i].take(plain);
        if (into.impact !== undefined || into.capacity !== undefined) checkVolume(moves[i], instruments[i], openTime);
        if (into.rate !== undefined && into.rate[at] !== 1) convert(into, at, into.rate[at]);
      }
    },
  };
}

/** Writes the rate of each instrument's currency in a bar: that of the close before, in the first bar that of its open. */
function currencyRates(
  by: readonly (Conversion | undefined)[],
): (bars: readonly Bar[], closeBefore: Float64Array, into: Quotes, row: number) => void {
  const last = new Float64Array(by.length).fill(NaN);
  return (bars, closeBefore, { rate, rateChange }, row) => {
    if (rate === undefined || rateChange === undefined) return;
    for (const [i, conversion] of by.entries()) {
      const at = row * by.length + i;
      rate[at] = 1;
      if (conversion !== undefined) {
        const { pair, inverse } = conversion;
        const price = Number.isNaN(closeBefore[pair]) ? bars[pair].open : closeBefore[pair];
        rate[at] = inverse ? 1 / price : price;
      }
      rateChange[at] = Number.isNaN(last[i]) ? 1 : rate[at] / last[i];
      last[i] = rate[at];
    }
  };
}

/** Columns of prices and of money: what a rate multiplies. */
const inCurrency = [
  "open",
  "high",
  "low",
  "close",
  "atr",
  "halfSpread",
  "slippage",
  "impact",
  "carryLong",
  "carryShort",
  "dividend",
] as const satisfies (keyof Quotes)[];

function convert(into: Quotes, at: number, rate: number): void {
  for (const name of inCurrency) {
    const column = into[name];
    if (column !== undefined) column[at] *= rate;
  }
}

/** A bar as if no unit had been split since the first bar. */
function ofFirstUnits({ openTime, open, high, low, close, volume }: Bar, grown: number): Bar {
  return {
    openTime,
    open: open * grown,
    high: high * grown,
    low: low * grown,
    close: close * grown,
    volume: volume / grown,
  };
}

const dayMs = 86_400_000;
const hourMs = 3_600_000;

/**
 * The exchange's day of a bar, counted from 1970-01-01. A daily bar that opens at midnight UTC bears its date as a label; every
 * other bar belongs to the day of the market's clock in which it opens.
 */
function exchangeDay({ calendar }: Instrument, timeframe: Timeframe): (openTime: number) => number {
  const session = sessionDay(calendar);
  const labelled = isDaily(timeframe);
  return (openTime) => (labelled && openTime % dayMs === 0 ? openTime / dayMs : session(openTime));
}

/** Writes the regulators' rates of a day, which are looked up once a day; NaN where they are not known: a fill there is refused. */
function regulatoryRow(): (day: number, into: Float64Array, at: number) => void {
  const known = Float64Array.of(NaN, 0, 0, 0, 0);
  return (day, into, at) => {
    if (known[0] !== day) {
      const rates = knownRates(day);
      known.fill(NaN);
      known[0] = day;
      if (rates !== undefined) {
        known.set([rates.section31, rates.tradingActivity, rates.tradingActivityCap, rates.auditTrail], 1);
      }
    }
    for (let k = 0; k < 4; k++) into[at + k] = known[k + 1];
  };
}

/**
 * Says before anything is traded in rows `from` to `to` (exclusive) that the regulators' rates of one of them are not known.
 * @throws Failure market/no-rate
 */
export function checkRates({ regulatory, day }: Quotes, from: number, to: number): void {
  if (regulatory === undefined) return;
  for (let row = from; row < to; row++) if (Number.isNaN(regulatory[row * ratesEach])) regulatoryRates(day[row]);
}

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

/** Bars over which deviation and volume are averaged for the price impact. */
const impactBars = 100;

interface Moves {
  /** σ · close / √volume: a day has as many times the variance as it has the volume of a bar, so that both cancel. */
  perRootUnit(): number;
  take(bar: Bar): void;
  /** Mean volume of a bar so far. */
  volume(): number;
}

/** Deviation of a bar's log return and mean volume of a bar up to the last bar taken: plain means at first, then exponential ones. */
function movesOf(): Moves {
  const alpha = 2 / (impactBars + 1);
  /** Variance, volume, last close, bars. */
  const kept = Float64Array.of(0, 0, NaN, 0);
  return {
    perRootUnit: () => (kept[3] < 2 ? 0 : (Math.sqrt(kept[0]) * kept[2]) / Math.sqrt(kept[1])),
    volume: () => kept[1],
    take({ close, volume }) {
      const before = kept[3]++;
      if (before > 0) kept[0] += Math.max(alpha, 1 / before) * (Math.log(close / kept[2]) ** 2 - kept[0]);
      kept[1] += Math.max(alpha, 1 / (before + 1)) * (volume - kept[1]);
      kept[2] = close;
    },
  };
}

function refuse(found: string): never {
  throw new Failure("config/invalid", found);
}

/** What a trade moves, and how much of it is filled, cannot be told of an instrument whose volume nobody knows. */
function checkVolume(moves: Moves, { symbol }: Instrument, openTime: number): void {
  if (moves.volume() > 0) return;
  const time = new Date(openTime).toISOString();
  refuse(`costs.impact, costs.participation: need volume, and ${symbol} has none up to ${time}`);
}

/** @throws Failure config/invalid that names the setting */
function checkCosts(
  costs: Costs,
  instruments: readonly Instrument[],
  timeframe: Timeframe,
  quoted: Int32Array | undefined,
): void {
  const { spreadPips = 0, swapLongPips = 0, swapShortPips = 0, spreadByHour, slippageRange = 0, participation } = costs;
  const inPips = Object.entries({ spreadPips, swapLongPips, swapShortPips }).find(([, pips]) => pips !== 0);
  const without = instruments.find(({ pipSize }) => pipSize === undefined);
  if (inPips !== undefined && without !== undefined) {
    refuse(`costs.${inPips[0]}: counts in pips, and ${without.symbol} has no pip size (\`data import --pip-size\`)`);
  }
  if (spreadByHour !== undefined && spreadByHour.length !== 168) {
    refuse(`costs.spreadByHour: has ${spreadByHour.length} hours, a week has 168`);
  }
  if (spreadByHour !== undefined && isDaily(timeframe)) {
    refuse(`costs.spreadByHour: tells hours apart, and a bar of ${timeframe} holds all of them`);
  }
  const bare = quoted && instruments.find((_, i) => (quoted[i] ?? -1) < 0);
  if (bare !== undefined) {
    refuse(`costs.spreadFrom: the bars of ${bare.symbol} carry no measured spread (\`data import-flow\` measures it)`);
  }
  if (!(slippageRange >= 0 && slippageRange < 1)) refuse(`costs.slippageRange: ${slippageRange} is not in 0 to 1`);
  if (participation !== undefined && !(participation > 0 && participation <= 1)) {
    refuse(`costs.participation: ${participation} is no share of a bar's volume`);
  }
  const foreign = instruments.find(({ assetClass, currency }) => assetClass !== "share" || currency !== "USD");
  if (costs.regulatory === "us-equities" && foreign !== undefined) {
    refuse(`costs.regulatory: us-equities is for shares in dollars, and ${foreign.symbol} is none`);
  }
}
