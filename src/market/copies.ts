/** @file Markets of the same length laid end to end as one, so that lanes can be spread over variants without a cost in the step. */
import { invariant } from "#base/invariant.ts";
import type { Quotes } from "./quotes.ts";
import { withStressColumns } from "./stress.ts";
import type { Market } from "./world.ts";

/**
 * One market in which bar t of the k-th (of `bars` bars each) is bar k · bars + t. It keeps the universe of the first.
 * Episodes must not reach from one into the next.
 */
export function endToEnd(markets: readonly Market[]): Market {
  const [first, ...others] = markets;
  invariant(
    others.every(({ bars, positions }) => bars === first.bars && positions === first.positions),
    "variants of a market have the same bars and positions",
  );
  if (others.length === 0) return first;
  invariant(
    markets.every(({ finer }) => finer === undefined),
    "variants of a market have no shorter bars, which would be those of the first alone",
  );
  const stressed = markets.some(({ quotes }) => quotes.blocked !== undefined);
  const quotes = markets.map((market) =>
    stressed && market.quotes.blocked === undefined ? withStressColumns(market.quotes) : market.quotes,
  );
  const joined = Object.keys(quotes[0]).map((name) => [name, join(quotes, name as keyof Quotes)]);
  return { ...first, bars: first.bars * markets.length, quotes: Object.fromEntries(joined) as Quotes };
}

/** Feature tables of those markets, laid end to end in the same way. */
export function tablesEndToEnd<Table extends { readonly values: Float32Array; readonly rows: number }>(
  tables: readonly Table[],
): Table {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  return { ...tables[0], rows, values: join(tables, "values")! };
}

type Column = Float64Array | Float32Array | Int32Array | Uint8Array;

function join<Name extends string, Kind extends Column>(
  parts: readonly { readonly [key in Name]?: Kind | undefined }[],
  name: Name,
): Kind | undefined {
  const [first] = parts;
  const column = first[name];
  if (column === undefined) return undefined;
  const length = parts.reduce((sum, part) => sum + (part[name]?.length ?? 0), 0);
  const whole = new (column.constructor as new (length: number) => Kind)(length);
  let at = 0;
  for (const part of parts) {
    const values = part[name];
    invariant(values !== undefined, "variants of a market have the same columns", { name });
    whole.set(values, at);
    at += values.length;
  }
  return whole;
}
