/** @file Defects of a market, counted. */
import { checkQuality, defectCounts } from "#data/quality.ts";
import type { Universe } from "#domain/universe.ts";

/** Defects of all instruments together, by kind. */
export function qualityOf({ bars, instruments, timeframe }: Universe): Record<string, number> {
  const sum: Record<string, number> = {};
  bars.forEach((series, i) => {
    const counts = defectCounts(checkQuality(series, { timeframe, calendar: instruments[i].calendar }));
    for (const [kind, count] of Object.entries(counts)) sum[kind] = (sum[kind] ?? 0) + count;
  });
  return sum;
}
