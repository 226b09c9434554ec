/** @file The same market with other bars: another future, another end of a bar, another order, a walk of dice. */
import type { Rng } from "#base/rng.ts";
import { createRng } from "#base/rng.ts";
import { movesPerBar, randomWalk } from "#data/synthetic.ts";
import type { Bars } from "#domain/bar.ts";
import { copyBars } from "#domain/bar.ts";
import type { Universe } from "#domain/universe.ts";
import { sliceUniverse } from "#domain/universe.ts";

/** How far noise leaves the price that it begins at, as a factor up and down. */
const widest = 3;

/** Where the prices of another future lie: all above the last close, all below it, or on both sides. */
export type Side = "higher" | "lower" | "around";

const levels: Readonly<Record<Side, number>> = { higher: widest, lower: 1 / widest, around: 1 };

/**
 * The market with every bar after `t` replaced by noise: other prices, other volumes; only the calendar stays. Of two futures, one
 * higher and one lower, whoever knows no more than a sign of what comes is wrong in one.
 */
export function otherFuture(whole: Universe, t: number, seed: number, side: Side = "around"): Universe {
  const rng = createRng(seed, "other future");
  return withBars(whole, (bars) => {
    const price = bars.close[t] * levels[side];
    for (let at = t + 1; at < bars.openTime.length; at++) writeNoise(bars, at, price, rng);
  });
}

/** The market with bar `t` as it was when it opened: it goes the other way from there, and every bar after it is noise. */
export function otherEnd(whole: Universe, t: number, seed: number): Universe {
  const rng = createRng(seed, "other end");
  const changed = withBars(whole, ({ open, high, low, close }) => {
    const rises = close[t] <= open[t];
    const ends = [0, 1, 2].map(() => open[t] * noise(rng));
    close[t] = open[t] * noise(rng, rises ? 0 : -1, rises ? 1 : 0);
    high[t] = Math.max(open[t], close[t], ...ends);
    low[t] = Math.min(open[t], close[t], ...ends);
  });
  return otherFuture(changed, t, seed);
}

/** The market without its first bars. */
export function laterBeginning(whole: Universe, first: number): Universe {
  const { openTime } = whole;
  return ownedBars(sliceUniverse(whole, first, openTime.length));
}

/** The market as it was at the close of bar `t`, with nothing behind it in memory. */
export function truncated(whole: Universe, t: number): Universe {
  return ownedBars(sliceUniverse(whole, 0, t + 1));
}

/**
 * The moves of all bars in another order, the same one for all instruments, less what they have in common: a walk without drift of
 * which no past tells the next move. Gaps, ranges and volumes go with their bars.
 */
export function shuffledBars(whole: Universe, seed: number): Universe {
  const length = whole.openTime.length;
  const order = shuffledFrom(length, createRng(seed, "shuffled bars"));
  return withBars(priced(whole), (bars, i) => {
    const was = whole.bars[i];
    let growth = 0;
    for (let t = 1; t < length; t++) growth += was.close[t] / was.close[t - 1] / (length - 1);
    for (let t = 1; t < length; t++) {
      const from = order[t];
      const scale = bars.close[t - 1] / was.close[from - 1] / growth;
      for (const column of ["open", "high", "low", "close"] as const) bars[column][t] = was[column][from] * scale;
      copyRest(was, from, bars, t);
    }
  });
}

/** Bars 1 … length − 1 in another order; the first stays. */
function shuffledFrom(length: number, rng: Rng): Int32Array {
  const order = Int32Array.from({ length }, (_, t) => t);
  for (let t = length - 1; t > 1; t--) {
    const other = 1 + rng.integer(t);
    [order[t], order[other]] = [order[other], order[t]];
  }
  return order;
}

/** Bars of the walk for each bar of the market, so that what happens within one happens in small steps. */
const fineness = 16;

/**
 * The same instruments, times, costs and deviations, with prices that are a martingale: whatever one holds gains nothing on
 * average. Volumes and what is measured are those of bars drawn by chance.
 */
export function martingale(whole: Universe, seed: number): Universe {
  const { openTime, instruments } = whole;
  const length = openTime.length;
  const rng = createRng(seed, "volumes of a martingale");
  return withBars(priced(whole), (bars, i) => {
    const was = whole.bars[i];
    const deviation = deviationOf(was.close) / Math.sqrt(fineness);
    // A simple return has the mean 0 where the log return of each of its moves has −σ²/2.
    const fine = randomWalk({
      bars: length * fineness,
      seed: createRng(seed, `${instruments[i].symbol}/${i}`).integer(2 ** 31),
      volatility: deviation,
      drift: (-movesPerBar * (deviation / Math.sqrt(movesPerBar)) ** 2) / 2,
      startPrice: was.close[length - 1],
    }).bars[0];
    for (let t = 0; t < length; t++) {
      const [first, last] = [t * fineness, (t + 1) * fineness - 1];
      bars.open[t] = fine.open[first];
      bars.close[t] = fine.close[last];
      bars.high[t] = -Infinity;
      bars.low[t] = Infinity;
      for (let at = first; at <= last; at++) {
        bars.high[t] = Math.max(bars.high[t], fine.high[at]);
        bars.low[t] = Math.min(bars.low[t], fine.low[at]);
      }
      copyRest(was, rng.integer(length), bars, t);
    }
  });
}

/** Standard deviation of log returns. */
function deviationOf(close: Float64Array): number {
  const returns = Float64Array.from(close.subarray(1), (price, t) => Math.log(price / close[t]));
  const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length;
  return Math.sqrt(returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / returns.length);
}

/** Volume and what is measured, of one bar, as those of another. */
function copyRest(from: Bars, at: number, into: Bars, t: number): void {
  into.volume[t] = from.volume[at];
  if (from.measured === undefined || into.measured === undefined) return;
  const width = from.measured.names.length;
  into.measured.values.set(from.measured.values.subarray(at * width, (at + 1) * width), t * width);
}

/** Prices that were made up are not split and pay no dividends. */
function priced(whole: Universe): Universe {
  const { actions: _, ...rest } = whole;
  return rest;
}

function withBars(whole: Universe, change: (bars: Bars, instrument: number) => void): Universe {
  const bars = whole.bars.map(copyBars);
  bars.forEach(change);
  return { ...whole, bars, openTime: bars[0].openTime };
}

/** Views share their memory with the bars around them; copies do not. */
function ownedBars(universe: Universe): Universe {
  return withBars(universe, () => undefined);
}

/** A factor between 1/3 and 3, or between powers of 3. */
function noise(rng: Rng, least = -1, most = 1): number {
  return widest ** (least + (most - least) * rng.uniform());
}

function writeNoise(bars: Bars, at: number, price: number, rng: Rng): void {
  const prices = [0, 1, 2, 3].map(() => price * noise(rng)).sort((one, two) => one - two);
  const [low, open, close, high] = rng.uniform() < 0.5 ? prices : [prices[0], prices[2], prices[1], prices[3]];
  bars.low[at] = low;
  bars.open[at] = open;
  bars.close[at] = close;
  bars.high[at] = high;
  // Where nobody knows volumes, nobody knows these.
  if (bars.volume[at] > 0) bars.volume[at] = Math.max(1, Math.round(bars.volume[at] * noise(rng)));
  if (bars.measured === undefined) return;
  // What is measured has bounds of its own: numbers of other bars keep to them.
  const width = bars.measured.names.length;
  const other = rng.integer(bars.openTime.length);
  bars.measured.values.copyWithin(at * width, other * width, (other + 1) * width);
}
