/** @file Markets made of dice as a source: whatever is learned from them is a mistake, which is their use. */
import { Failure } from "#base/failure.ts";
import { timeframeMs } from "#domain/bar.ts";
import type { BarSource } from "../source.ts";
import { randomWalk } from "../synthetic.ts";
import { seriesSource } from "./series.ts";

export interface SyntheticSourceOptions {
  readonly seed: number;
  /** Standard deviation of a bar's log return. */
  readonly volatility: number;
}

/** The first bar of every synthetic series opens here, a Monday. */
const firstOpen = Date.UTC(2000, 0, 3);
const mostSymbols = 20;

/**
 * Independent random walks S1, S2, … from 2000-01-03 on. A bar depends on the seed, the symbol, the volatility and the
 * timeframe only, so that every request gives the same bars.
 */
export function syntheticSource({ seed, volatility }: SyntheticSourceOptions): BarSource {
  const name = `synthetic/random-walk/${seed}/${volatility}`;
  return seriesSource(name, async ({ symbol, timeframe, until }) => {
    const number = Number(/^S([1-9]\d*)$/.exec(symbol)?.[1] ?? NaN);
    if (!(number <= mostSymbols) || timeframe === "1w") {
      const found = `synthetic has S1 to S${mostSymbols}, of any timeframe but 1w, and not ${symbol}, ${timeframe}`;
      throw new Failure("data/no-such-bars", found, { symbol, timeframe });
    }
    const length = Math.max(1, Math.ceil((until - firstOpen) / timeframeMs[timeframe]));
    const market = randomWalk({ bars: length, seed, volatility, timeframe, instruments: number });
    return { symbol, timeframe, bars: market.bars[number - 1] };
  });
}
