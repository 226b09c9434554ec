/**
 * @file How well buys and sells were timed: does the price go one way before the other, more often than after random entries?
 * Pure. What was decided at a bar is judged by later bars alone, in units of the ATR that was known then.
 */
import { invariant } from "#base/invariant.ts";
import type { Rng } from "#base/rng.ts";
import type { Bars } from "#domain/bar.ts";
import type { Side } from "#domain/order.ts";
import type { Interval } from "./bootstrap.ts";
import { quantile } from "./bootstrap.ts";
import { mean } from "./metrics.ts";
import type { Answer } from "./statistics/answer.ts";
import { known, noAnswer, notEnough } from "./statistics/answer.ts";

/** A decision to buy or to sell at the close of a bar. */
export interface TimingEntry {
  readonly instrument: number;
  /** The bar at whose close it was decided: the price is looked at from the open of the next one on. */
  readonly bar: number;
  readonly side: Side;
}

/** What entries are judged by. */
export interface TimingPrices {
  /** `[I]` */
  readonly bars: readonly Pick<Bars, "open" | "high" | "low">[];
  /** ATR of each instrument as it is known at the close of each bar, `[I][T]`, in price. */
  readonly atr: readonly Float64Array[];
  /** Decisions are made at bars `from` (inclusive) to `to` (exclusive), and nothing from `to` on is looked at. */
  readonly from: number;
  readonly to: number;
}

export interface TimingSettings {
  /** H: bars that the price is given, that of the fill included. */
  readonly horizonBars: number;
  /** k: how far it has to go, either way. */
  readonly atrMultiple: number;
}

/** A month of daily bars, and a move that is more than a day's noise. */
export const usualTiming: TimingSettings = { horizonBars: 20, atrMultiple: 2 };

/** Entries of one side. Those that could be judged are good, bad or neutral. */
export interface SideTiming {
  readonly entries: number;
  readonly good: number;
  readonly bad: number;
  readonly neutral: number;
  /** Entries too near to the end for a whole horizon, or at a bar without any range. */
  readonly unjudged: number;
  readonly skill: Answer<TimingSkill>;
}

/** How entries compare with random ones. */
export interface TimingSkill {
  /** Good ones among those that were good or bad. */
  readonly share: number;
  /** Mean of the same over random entries. */
  readonly randomShare: number;
  /**
   * `share` over `randomShare`; its bounds are `share` over the 97.5 % and the 2.5 % quantile of random shares. So it covers 1
   * exactly where the entries are as good as the middle 95 % of random ones. A bound may be infinite.
   */
  readonly lift: Interval;
  /** Chance that random entries do at least as well: (1 + those that did) / (1 + all), Davison and Hinkley, 1997, §4.2.5. */
  readonly pValue: number;
  /** Sets of random entries. */
  readonly randomSets: number;
}

export type Timing = Readonly<Record<Side, SideTiming>> & { readonly settings: TimingSettings };

/** Fewer entries, and fewer places to move them to, say nothing of a share. */
const leastDecided = 30;
const leastBars = 100;
/** Enough for quantiles of 2.5 %; where there are no more places than this, each of them is taken once. */
const mostSets = 2000;

const [up, down, both, neither, unknown] = [1, 2, 3, 4, 0];

/**
 * Judges entries by the first touch of fill price ± k·ATR, the fill price being the open of the bar after the decision. Good: the
 * price gets there in favour first; bad: against first, or both within one bar; neutral: neither within H bars. A bar that opens
 * beyond a barrier has touched that one first.
 *
 * Random entries are the entries themselves, all moved by one and the same random number of bars and wrapped round at the end of the
 * tested bars: as many of each side and instrument, as far apart. Entries that come in clusters have outcomes that overlap, which
 * entries drawn one by one would not have; these have (a permutation test over the group of shifts).
 */
export function timing(
  entries: readonly TimingEntry[],
  prices: TimingPrices,
  settings: TimingSettings,
  rng: Rng,
): Timing {
  const { horizonBars, atrMultiple } = settings;
  invariant(Number.isInteger(horizonBars) && horizonBars > 0, "a horizon is at least one bar", { horizonBars });
  invariant(atrMultiple > 0, "barriers lie beside the price", { atrMultiple });
  const { from, to } = prices;
  for (const { bar } of entries) invariant(bar >= from && bar < to, "an entry is decided at a tested bar", { bar });
  const places = Math.max(0, to - horizonBars - from);
  const outcomes = prices.bars.map((bars, i) =>
    Uint8Array.from({ length: places }, (_, n) => outcome(bars, prices.atr[i], from + n, settings)),
  );
  const shifts = shiftsOf(places, rng);
  const judged = (side: Side): SideTiming =>
    sideTiming(
      entries.filter((entry) => entry.side === side).map(({ instrument, bar }) => ({ instrument, at: bar - from })),
      outcomes,
      shifts,
      side === "buy" ? up : down,
    );
  return { settings, buy: judged("buy"), sell: judged("sell") };
}

/** Which barrier a decision at the close of bar `t` reaches first. */
function outcome(
  { open, high, low }: TimingPrices["bars"][number],
  atr: Float64Array,
  t: number,
  { horizonBars, atrMultiple }: TimingSettings,
): number {
  const price = open[t + 1];
  const distance = atrMultiple * atr[t];
  // Without any range both barriers lie at the price: there is nothing to reach.
  if (!(distance > 0)) return unknown;
  const [upper, lower] = [price + distance, price - distance];
  for (let at = t + 1; at <= t + horizonBars; at++) {
    if (open[at] >= upper) return up;
    if (open[at] <= lower) return down;
    const [reachesUp, reachesDown] = [high[at] >= upper, low[at] <= lower];
    if (reachesUp && reachesDown) return both;
    if (reachesUp) return up;
    if (reachesDown) return down;
  }
  return neither;
}

/** By how many bars entries are moved, once for each set of random ones. */
function shiftsOf(places: number, rng: Rng): number[] {
  const others = Math.max(0, places - 1);
  if (others <= mostSets) return Array.from({ length: others }, (_, n) => n + 1);
  return Array.from({ length: mostSets }, () => 1 + rng.integer(others));
}

interface PlacedEntry {
  readonly instrument: number;
  /** Counted from the first tested bar. */
  readonly at: number;
}

interface Tally {
  readonly good: number;
  readonly bad: number;
  readonly neutral: number;
}

function sideTiming(
  all: readonly PlacedEntry[],
  outcomes: readonly Uint8Array[],
  shifts: readonly number[],
  favour: number,
): SideTiming {
  const places = outcomes[0].length;
  const entries = all.filter(({ at }) => at < places);
  const found = tally(entries, outcomes, 0, favour);
  const { good, bad, neutral } = found;
  const counts = { entries: all.length, ...found, unjudged: all.length - good - bad - neutral };
  if (good + bad < leastDecided) return { ...counts, skill: notEnough(leastDecided, good + bad, "decided entries") };
  if (places < leastBars) {
    return { ...counts, skill: notEnough(leastBars, places, "tested bars with a whole horizon") };
  }
  const tallies = shifts.map((shift) => tally(entries, outcomes, shift, favour));
  const random = Float64Array.from(tallies.filter(isDecided), shareOf);
  const randomShare = random.length > 0 ? mean(random) : 0;
  if (randomShare === 0) return { ...counts, skill: noAnswer("Random entries are never good on these bars.") };
  const share = shareOf(found);
  const sorted = random.toSorted();
  const asGood = random.filter((other) => other >= share).length;
  return {
    ...counts,
    skill: known({
      share,
      randomShare,
      lift: {
        estimate: share / randomShare,
        lower: ratio(share, quantile(sorted, 0.975)),
        upper: ratio(share, quantile(sorted, 0.025)),
      },
      pValue: (1 + asGood) / (1 + random.length),
      randomSets: random.length,
    }),
  };
}

function tally(entries: readonly PlacedEntry[], outcomes: readonly Uint8Array[], shift: number, favour: number): Tally {
  const places = outcomes[0].length;
  let [good, bad, neutral] = [0, 0, 0];
  for (const { instrument, at } of entries) {
    const moved = at + shift;
    const found = outcomes[instrument][moved < places ? moved : moved - places];
    if (found === favour) good++;
    else if (found === neither) neutral++;
    else if (found !== unknown) bad++;
  }
  return { good, bad, neutral };
}

function isDecided({ good, bad }: Tally): boolean {
  return good + bad > 0;
}

function shareOf({ good, bad }: Tally): number {
  return good / (good + bad);
}

/** 0 over 0 is as good as what it is held against. */
function ratio(share: number, random: number): number {
  return share === random ? 1 : share / random;
}
