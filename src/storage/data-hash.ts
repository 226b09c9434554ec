/** @file The name of data: what a model or a report was made from. */
import { sha256 } from "#base/hash.ts";
import { hashedColumns } from "#domain/bar.ts";
import type { Universe } from "#domain/universe.ts";

/** SHA-256 over the timeframe, the symbols and every column's bytes: equal for equal bars, wherever they came from. */
export function dataHash({ timeframe, instruments, bars }: Universe): string {
  const parts = instruments.flatMap(({ symbol }, i) => [symbol, ...hashedColumns(bars[i])]);
  return sha256(timeframe, ...parts);
}
