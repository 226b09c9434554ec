/** @file Markets made of dice, whose laws are known: for tests, benchmarks and proofs of honesty. */
import { invariant } from "#base/invariant.ts";
import type { Rng } from "#base/rng.ts";
import { createRng } from "#base/rng.ts";
import type { Bars, Timeframe } from "#domain/bar.ts";
import { emptyBars, timeframeMs } from "#domain/bar.ts";
import { instrument } from "#domain/instrument.ts";
import type { Universe } from "#domain/universe.ts";
import { universe } from "#domain/universe.ts";

interface SyntheticOptions {
  readonly bars: number;
  readonly seed: number;
  /** Standard deviation of a bar's log return, e.g. 0.01. */
  readonly volatility: number;
  /** Independent instruments, S1, S2 …; 1 unless named. */
  readonly instruments?: number;
  /** Days skip weekends, all else trades always; `1d` unless named. */
  readonly timeframe?: Timeframe;
  /** Of every instrument; 100 unless named. */
  readonly startPrice?: number;
}

export interface RandomWalkOptions extends SyntheticOptions {
  /** Mean log return of a bar; 0 unless named. */
  readonly drift?: number;
}

export interface OrnsteinUhlenbeckOptions extends SyntheticOptions {
  /** Bars in which the distance to the mean halves. */
  readonly halfLifeBars: number;
}

/** Moves inside a bar, from which its high and low come. */
const movesPerBar = 8;
/** A Monday, 2000-01-03. */
const firstOpen = 946_857_600_000;
const dayMs = timeframeMs["1d"];

/** Geometric random walk: log returns are independent and normal, so that nothing can be learned from them. */
export function randomWalk({ drift = 0, ...options }: RandomWalkOptions): Universe {
  const deviation = options.volatility / Math.sqrt(movesPerBar);
  return synthetic("random-walk", options, (x, rng) => x + drift / movesPerBar + deviation * rng.normal());
}

/**
 * Ornstein–Uhlenbeck log price (1930), sampled exactly: x ← φx + ε around the log of the start price, with φ = 2^(−1/h)
 * a bar for a half-life of h bars. `volatility` is that of the noise in a bar without reversion.
 */
export function ornsteinUhlenbeck({ halfLifeBars, ...options }: OrnsteinUhlenbeckOptions): Universe {
  invariant(halfLifeBars > 0, "a half-life is positive", { halfLifeBars });
  const rate = Math.LN2 / halfLifeBars / movesPerBar;
  const kept = Math.exp(-rate);
  const variance = (options.volatility ** 2 / movesPerBar) * ((1 - kept ** 2) / (2 * rate));
  const deviation = Math.sqrt(variance);
  return synthetic("ornstein-uhlenbeck", options, (x, rng) => kept * x + deviation * rng.normal());
}

/** Bars of a log price that starts at 0 (the start price) and moves by `next`. */
function synthetic(name: string, options: SyntheticOptions, next: (x: number, rng: Rng) => number): Universe {
  const { bars: length, seed, instruments = 1, timeframe = "1d", startPrice = 100 } = options;
  invariant(length > 0 && instruments > 0, "a market holds bars and instruments", { length, instruments });
  const series = Array.from({ length: instruments }, (_, i) => {
    const bars = emptyBars(length);
    bars.openTime.set(openTimes(length, timeframe));
    fillBars(bars, startPrice, createRng(seed, `${name}/${i}`), next);
    const calendar = timeframe === "1d" ? "us-equities" : "crypto";
    return { instrument: instrument(`S${i + 1}`, { calendar }), bars };
  });
  return universe(name, timeframe, series);
}

function openTimes(length: number, timeframe: Timeframe): Float64Array {
  const times = new Float64Array(length);
  for (let t = 0; t < length; t++) {
    const weekends = timeframe === "1d" ? Math.floor(t / 5) * 2 * dayMs : 0;
    times[t] = firstOpen + t * timeframeMs[timeframe] + weekends;
  }
  return times;
}

function fillBars(bars: Bars, startPrice: number, rng: Rng, next: (x: number, rng: Rng) => number): void {
  let x = 0;
  for (let t = 0; t < bars.openTime.length; t++) {
    const open = x;
    let high = x;
    let low = x;
    for (let move = 0; move < movesPerBar; move++) {
      x = next(x, rng);
      high = Math.max(high, x);
      low = Math.min(low, x);
    }
    bars.open[t] = startPrice * Math.exp(open);
    bars.high[t] = startPrice * Math.exp(high);
    bars.low[t] = startPrice * Math.exp(low);
    bars.close[t] = startPrice * Math.exp(x);
    bars.volume[t] = Math.round(1e6 * Math.exp(0.3 * rng.normal()));
  }
}
