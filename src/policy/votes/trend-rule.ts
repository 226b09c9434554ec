/** @file The rule of the Alpha document: the side of two exponential averages, where the market moves enough to be worth it. */
import type { Bar, Timeframe } from "#domain/bar.ts";
import type { CalendarName } from "#domain/instrument.ts";
import { resampler } from "#domain/resample.ts";
import type { Observation } from "../policy.ts";
import type { Vote, Voter } from "./vote.ts";

export interface TrendRule {
  readonly fastBars: number;
  readonly slowBars: number;
  readonly atrBars: number;
  /** Bars that the mean of the ATR is taken over; the document says a mean and not of what. */
  readonly meanBars: number;
  /** The ATR must be above this part of its mean. */
  readonly leastRange: number;
}

/** EMA 20 and 50, ATR 14 above 0.7 of its mean (inventory A1-001). */
export const trendRuleDefaults: TrendRule = { fastBars: 20, slowBars: 50, atrBars: 14, meanBars: 100, leastRange: 0.7 };

/** The filter of the original: the same averages of longer bars must not point the other way (originals §4.1 has H4 over H1). */
export interface LongerTrend {
  /** Of the bars that are voted on, and of those that are made of them. */
  readonly from: Timeframe;
  readonly to: Timeframe;
  /** Of each instrument: its sessions end longer bars. */
  readonly calendars: readonly CalendarName[];
}

/**
 * BUY where EMA(fast) > EMA(slow) and ATR > leastRange × mean ATR, SELL where EMA(fast) < EMA(slow) and the same, else HOLD; HOLD
 * until all are known. EMAₜ = EMAₜ₋₁ + 2/(n + 1) · (closeₜ − EMAₜ₋₁), begun as the mean of the first n closes; ATR by Wilder (1978).
 * With `longer`, HOLD also where the averages of the longer bars say the opposite or are not known yet; a longer bar counts from its
 * close on, never while it is under way.
 * @param history bars `[I][…]` before the first that it votes on, so that it is warm in a test span
 * @throws Failure cli/bad-option where `longer` is not longer
 */
export function trendRule(
  instruments: number,
  history: readonly (readonly Bar[])[] = [],
  settings: TrendRule = trendRuleDefaults,
  longer?: LongerTrend,
): Voter {
  const sides = Array.from({ length: instruments }, (_, i) => {
    const side = longer === undefined ? sideOf(settings) : unopposed(sideOf(settings), settings, longer, i);
    for (const bar of history[i] ?? []) side(bar);
    return side;
  });
  return {
    name: `rule EMA ${settings.fastBars}/${settings.slowBars}${longer === undefined ? "" : ` not against ${longer.to}`}`,
    vote: ({ bars }: Observation) => bars.map((bar, i) => sides[i](bar)),
  };
}

function sideOf({ fastBars, slowBars, atrBars, meanBars, leastRange }: TrendRule): (bar: Bar) => Vote {
  const fast = fading(fastBars, 2 / (fastBars + 1));
  const slow = fading(slowBars, 2 / (slowBars + 1));
  const range = fading(atrBars, 1 / atrBars);
  const ranges: number[] = [];
  let before: number | undefined;
  return ({ high, low, close }) => {
    const last = before ?? close;
    const atr = range(Math.max(high, last) - Math.min(low, last));
    before = close;
    const difference = fast(close) - slow(close);
    if (!Number.isNaN(atr)) ranges.push(atr);
    if (ranges.length > meanBars) ranges.shift();
    const mean = ranges.reduce((sum, one) => sum + one, 0) / ranges.length;
    if (ranges.length < meanBars || Number.isNaN(difference) || !(atr > leastRange * mean)) return "HOLD";
    return difference > 0 ? "BUY" : difference < 0 ? "SELL" : "HOLD";
  };
}

/** A side, and HOLD where the averages of longer bars oppose it. */
function unopposed(
  side: (bar: Bar) => Vote,
  { fastBars, slowBars }: TrendRule,
  { from, to, calendars }: LongerTrend,
  instrument: number,
): (bar: Bar) => Vote {
  const longerBars = resampler({ from, to, calendar: calendars[instrument] });
  const fast = fading(fastBars, 2 / (fastBars + 1));
  const slow = fading(slowBars, 2 / (slowBars + 1));
  let difference = NaN;
  const take = ({ close }: Bar): void => void (difference = fast(close) - slow(close));
  return (bar) => {
    longerBars.push(bar, take);
    const vote = side(bar);
    // Until it is known nothing can be said to be unopposed.
    if (vote === "HOLD" || Number.isNaN(difference)) return "HOLD";
    return (vote === "BUY" ? difference < 0 : difference > 0) ? "HOLD" : vote;
  };
}

/** A mean whose weights fade by `rate`, begun as the mean of the first values; NaN until these are there. */
function fading(period: number, rate: number): (value: number) => number {
  let count = 0;
  let mean = 0;
  return (value) => {
    count++;
    mean += (count <= period ? 1 / count : rate) * (value - mean);
    return count < period ? NaN : mean;
  };
}
