/** @file Series from a source to memory, by way of the disk: what has come once is never asked for again. */
import { Failure } from "#base/failure.ts";
import type { Bars, Timeframe } from "#domain/bar.ts";
import { sliceBars, timeframeMs } from "#domain/bar.ts";
import { openPartialSeries } from "./partial-series.ts";
import type { BarSource } from "./source.ts";

export interface DownloadOptions {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** Bars that open at or after this moment and before `until`, Unix ms UTC. */
  readonly from: number;
  readonly until: number;
  /** Where pages are kept until the market is stored. */
  readonly folder: string;
  readonly signal?: AbortSignal | undefined;
  /** Told after each page how far the download reaches (Unix ms UTC) and how many bars there are. */
  readonly onPage?: ((through: number, bars: number) => void) | undefined;
}

export interface DownloadedSeries {
  readonly symbol: string;
  readonly bars: Bars;
  /** Bars that an earlier download had already brought. */
  readonly keptBars: number;
  readonly notes: readonly string[];
}

/**
 * Downloads one series; goes on where an earlier download of the same symbol, source, timeframe and start stopped.
 * @throws Failure as the source does; data/no-such-bars, data/bad-price. Aborted, it throws the signal's reason.
 */
export async function downloadSeries(source: BarSource, options: DownloadOptions): Promise<DownloadedSeries> {
  const { symbol, timeframe, from, until, signal, folder, onPage } = options;
  const partial = await openPartialSeries(folder, { source: source.name, symbol, timeframe, from });
  const keptBars = partial.count();
  for await (const page of source.pages({ symbol, timeframe, from: partial.through(), until, signal })) {
    await partial.append(page);
    onPage?.(page.through, partial.count());
  }
  const all = await partial.read();
  const end = all.openTime.findIndex((time) => time >= until);
  const bars = end < 0 ? all : sliceBars(all, 0, end);
  if (bars.openTime.length === 0) {
    const found = `${source.name} has no bar of ${symbol}, ${timeframe}, from ${minuteOf(from)} to ${minuteOf(until)}`;
    throw new Failure("data/no-such-bars", found, { symbol, timeframe });
  }
  return { symbol, bars, keptBars, notes: checked(source.name, options, bars) };
}

/** Prices are above zero; what else is odd is noted, as it cannot be mended here. */
function checked(
  source: string,
  { symbol, from, timeframe }: DownloadOptions,
  { openTime, open, high, low, close }: Bars,
): string[] {
  let broken = 0;
  for (let t = 0; t < openTime.length; t++) {
    const lowest = Math.min(open[t], high[t], low[t], close[t]);
    if (!(lowest > 0)) {
      throw new Failure("data/bad-price", `${source} has ${symbol} at ${lowest} at ${minuteOf(openTime[t])}`, {
        symbol,
      });
    }
    if (high[t] < Math.max(open[t], close[t]) || low[t] > Math.min(open[t], close[t])) broken++;
  }
  const notes: string[] = [];
  // Not only a late listing: some exchanges give their newest bars only, whatever the start.
  if (openTime[0] >= from + timeframeMs[timeframe]) {
    notes.push(`The source's first bar opens at ${minuteOf(openTime[0])}; it was asked from ${minuteOf(from)} on.`);
  }
  if (broken > 0) notes.push(`Bars that break low <= open, close <= high, kept as they are: ${broken}.`);
  return notes;
}

const minuteOf = (time: number): string => `${new Date(time).toISOString().slice(0, 16)}Z`;
