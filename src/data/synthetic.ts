/** @file Markets made of dice, whose laws are known: for tests, benchmarks and proofs of honesty. */
import { invariant } from "#base/invariant.ts";
import type { Rng } from "#base/rng.ts";
import { createRng } from "#base/rng.ts";
import type { Bars, Timeframe } from "#domain/bar.ts";
import { emptyBars, timeframeMs } from "#domain/bar.ts";
import { instrument } from "#domain/instrument.ts";
import type { Universe } from "#domain/universe.ts";
import { universe } from "#domain/universe.ts";

/** What all markets made of dice have in common. */
export interface SyntheticShape {
  readonly bars: number;
  readonly seed: number;
  /** Instruments, S1, S2 …; 1 unless named. */
  readonly instruments?: number | undefined;
  /** Days skip weekends, all else trades always; `1d` unless named. */
  readonly timeframe?: Timeframe | undefined;
  /** Of every instrument; 100 unless named. */
  readonly startPrice?: number | undefined;
}

interface SyntheticOptions extends SyntheticShape {
  /** Standard deviation of a bar's log return, e.g. 0.01. */
  readonly volatility: number;
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
export const movesPerBar = 8;
/** A Monday, 2000-01-03. */
const firstOpen = 946_857_600_000;
const dayMs = timeframeMs["1d"];

/** Geometric random walk: log returns are independent and normal, so that nothing can be learned from them. */
export function randomWalk({ drift = 0, ...options }: RandomWalkOptions): Universe {
  const deviation = options.volatility / Math.sqrt(movesPerBar);
  return syntheticUniverse("random-walk", options, (_, rng) =>
    moving((x) => x + drift / movesPerBar + deviation * rng.normal()),
  );
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
  return syntheticUniverse("ornstein-uhlenbeck", options, (_, rng) =>
    moving((x) => kept * x + deviation * rng.normal()),
  );
}

/**
 * Writes the log prices within the next bar: `path[0]`, the open, is given, the other `movesPerBar` follow, the last is the
 * close. What it returns is what the bar's volume says, in deviations; nothing: the volume is drawn.
 */
export type BarPath = (path: Float64Array) => number | void;

/** Moves that are all alike: each leads from one log price to the next. */
export function moving(next: (x: number) => number): BarPath {
  return (path) => {
    for (let move = 1; move <= movesPerBar; move++) path[move] = next(path[move - 1]);
  };
}

/**
 * Bars of log prices that start at 0 (the start price). `pathOf` gives each instrument its own path, made of its own dice;
 * `name` is what the dice are named by, so that two laws share none.
 */
export function syntheticUniverse(
  name: string,
  shape: SyntheticShape,
  pathOf: (instrument: number, rng: Rng) => BarPath,
): Universe {
  const { bars: length, seed, instruments = 1, timeframe = "1d", startPrice = 100 } = shape;
  invariant(length > 0 && instruments > 0, "a market holds bars and instruments", { length, instruments });
  const series = Array.from({ length: instruments }, (_, i) => {
    const bars = emptyBars(length);
    bars.openTime.set(openTimes(length, timeframe));
    const rng = createRng(seed, `${name}/${i}`);
    fillBars(bars, startPrice, rng, pathOf(i, rng));
    const calendar = timeframe === "1d" ? "us-equities" : "crypto";
    return { instrument: instrument(`S${i + 1}`, { calendar }), bars };
  });
  return universe(name, timeframe, series);
}

/** Volume of a bar whose volume says `deviations`: 1,000,000 · exp(0.3 · deviations), in whole units. */
function syntheticVolume(deviations: number): number {
  return Math.round(1e6 * Math.exp(0.3 * deviations));
}

function openTimes(length: number, timeframe: Timeframe): Float64Array {
  const times = new Float64Array(length);
  for (let t = 0; t < length; t++) {
    const weekends = timeframe === "1d" ? Math.floor(t / 5) * 2 * dayMs : 0;
    times[t] = firstOpen + t * timeframeMs[timeframe] + weekends;
  }
  return times;
}

function fillBars(bars: Bars, startPrice: number, rng: Rng, write: BarPath): void {
  const path = new Float64Array(movesPerBar + 1);
  for (let t = 0; t < bars.openTime.length; t++) {
    path[0] = path[t === 0 ? 0 : movesPerBar];
    const said = write(path);
    let [high, low] = [path[0], path[0]];
    for (const x of path) {
      high = Math.max(high, x);
      low = Math.min(low, x);
    }
    bars.open[t] = startPrice * Math.exp(path[0]);
    bars.high[t] = startPrice * Math.exp(high);
    bars.low[t] = startPrice * Math.exp(low);
    bars.close[t] = startPrice * Math.exp(path[movesPerBar]);
    bars.volume[t] = syntheticVolume(said ?? rng.normal());
  }
}
