/** @file Bars that are at hand whole, in memory or in a file, as a source like any other. */
import { Failure } from "#base/failure.ts";
import type { Bars, Timeframe } from "#domain/bar.ts";
import { sliceBars } from "#domain/bar.ts";
import type { BarRequest, BarSource } from "../source.ts";

/** One series; its bars are complete, ascend, and each opens once. */
export interface WholeSeries {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly bars: Bars;
}

/**
 * A source of the series that `find` gives for a request, such as one that `readBarsFile` or `readMt5File` reads. `find` is
 * called once for each request.
 */
export function seriesSource(
  name: string,
  find: (request: BarRequest) => Promise<WholeSeries>,
  pageBars = 10_000,
): BarSource {
  return {
    name,
    async *pages(request) {
      const { symbol, timeframe, from, until, signal } = request;
      signal?.throwIfAborted();
      const series = await find(request);
      if (series.symbol !== symbol || series.timeframe !== timeframe) {
        const found = `${name} has ${series.symbol}, ${series.timeframe}, and was asked for ${symbol}, ${timeframe}`;
        throw new Failure("data/no-such-bars", found, { symbol, timeframe });
      }
      const { openTime } = series.bars;
      const end = firstFrom(openTime, until);
      for (let at = firstFrom(openTime, from); at < end; at += pageBars) {
        signal?.throwIfAborted();
        const bars = sliceBars(series.bars, at, Math.min(at + pageBars, end));
        yield { bars, through: Math.min(until, bars.openTime[bars.openTime.length - 1] + 1) };
      }
    },
  };
}

/** Index of the first of ascending times that is not before `moment`. */
function firstFrom(times: Float64Array, moment: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle] < moment) low = middle + 1;
    else high = middle;
  }
  return low;
}
