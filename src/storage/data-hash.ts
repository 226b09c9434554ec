/** @file The name of data: what a model or a report was made from. */
import { sha256 } from "#base/hash.ts";
import { hashedColumns } from "#domain/bar.ts";
import type { CorporateAction } from "#domain/corporate-action.ts";
import type { Universe } from "#domain/universe.ts";

/** SHA-256 over the timeframe, the symbols, every column's bytes and the corporate actions: equal for equal bars, wherever they came from. */
export function dataHash({ timeframe, instruments, bars, actions }: Universe): string {
  const parts = instruments.flatMap(({ symbol }, i) => [symbol, ...hashedColumns(bars[i])]);
  return sha256(timeframe, ...parts, ...(actions === undefined ? [] : [actionsText(actions)]));
}

function actionsText(actions: readonly CorporateAction[]): string {
  return JSON.stringify(actions.map(({ symbol, date, split = 1, dividend = 0 }) => [symbol, date, split, dividend]));
}
