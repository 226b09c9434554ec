/** @file A file of quotes, of book snapshots or of trades, as any source may write it, to columns that are checked. */
import { Failure } from "#base/failure.ts";
import type { Books } from "#domain/book.ts";
import { emptyBooks } from "#domain/book.ts";
import type { AggressorVolume, Trades } from "#domain/trade.ts";
import type { FlowColumns } from "./book-columns.ts";
import { findFlowColumns } from "./book-columns.ts";
import { fieldsOf, forEachLine, openTextFile, separatorOf } from "./csv.ts";
import { readTimes } from "./time-format.ts";
import { timeZone } from "#domain/time-zone.ts";

/** What a file holds; absent is what it does not hold. */
export interface BookFile {
  readonly books: Books | undefined;
  readonly trades: Trades | undefined;
  /** What was taken since the row before, where the file has sums beside its snapshots. */
  readonly aggressors: AggressorVolume | undefined;
  /** What its times count: milliseconds since 1970 UTC, or steps without a length. */
  readonly clock: "unix-ms" | "steps";
  readonly notes: readonly string[];
  /** SHA-256 of the file as it lies on disk, in hex. */
  readonly sha256: string;
}

export interface BookFileOptions {
  /** Zone of times without an offset; UTC unless named. */
  readonly timeZone?: string | undefined;
}

/** Fields of a table with the line that each row stands on. */
interface Table {
  readonly path: string;
  readonly names: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly lines: readonly number[];
}

/**
 * Reads books, quotes (a book of one level) and trades from CSV or TSV text, plain or gzip; columns are found from their
 * names.
 * @throws Failure data/… with the file and the line
 */
export async function readBookFile(path: string, options: BookFileOptions = {}): Promise<BookFile> {
  const file = openTextFile(path);
  const blocks: Uint8Array[] = [];
  for await (const block of file.blocks) blocks.push(block);
  const table = readTable(path, Buffer.concat(blocks).toString("utf8"));
  const columns = findFlowColumns(table.names);
  if (columns === undefined) {
    const found = `${path}:1 has the columns ${table.names.join(", ").slice(0, 200)}`;
    throw new Failure("data/no-book", found, { file: path, line: 1 });
  }
  const notes: string[] = [];
  const { time, clock } = readClock(table, columns.time, options.timeZone ?? "UTC", notes);
  const books = columns.book === undefined ? undefined : readBooks(table, columns.book, time, notes);
  const trades = columns.trade === undefined ? undefined : readTrades(table, columns.trade, time, notes);
  const aggressors = readAggressors(table, columns, time, notes);
  return { books, trades, aggressors, clock, notes, sha256: file.sha256() };
}

function readTable(path: string, text: string): Table {
  let names: readonly string[] = [];
  let separator = ",";
  const rows: string[][] = [];
  const lines: number[] = [];
  forEachLine(text, (line, number) => {
    if (line.trim() === "") return;
    if (names.length === 0) {
      separator = separatorOf(line);
      names = fieldsOf(line, separator);
      return;
    }
    const fields = fieldsOf(line, separator);
    if (fields.length !== names.length) {
      const found = `${path}:${number} has ${fields.length} fields, the header ${names.length}`;
      throw new Failure("data/ragged-row", found, { file: path, line: number });
    }
    rows.push(fields);
    lines.push(number);
  });
  if (rows.length === 0) throw new Failure("data/empty-file", `${path} has a header and no row`, { file: path });
  return { path, names, rows, lines };
}

/** A column of numbers `[T]`, none below `least`. */
function numbers({ path, names, rows, lines }: Table, column: number, least: number): Float64Array {
  return Float64Array.from(rows, (fields, row) => {
    const place = { file: path, line: lines[row], column: names[column] };
    const value = fields[column] === "" ? NaN : Number(fields[column]);
    const where = `${path}:${lines[row]} has "${fields[column]}" in column ${names[column]}`;
    if (!Number.isFinite(value)) throw new Failure("data/bad-number", where, place);
    if (value < least) throw new Failure("data/bad-price", where, place);
    return value;
  });
}

function readClock(
  table: Table,
  column: number,
  zoneName: string,
  notes: string[],
): { readonly time: Float64Array; readonly clock: BookFile["clock"] } {
  const { path, rows, lines, names } = table;
  const texts = rows.map((fields) => fields[column]);
  const steps = texts.every((text) => /^\d{1,8}$/.test(text)) && !/^(19|20)\d{6}$/.test(texts[0]);
  if (steps) notes.push(`The column ${names[column]} counts steps, not time.`);
  const place = (row: number): string => `${path}:${lines[row]}`;
  const read = steps ? undefined : readTimes(texts, timeZone(zoneName), place);
  if (read !== undefined) notes.push(...read.notes);
  const time = read?.times ?? Float64Array.from(texts, Number);
  const wrong = time.findIndex((now, row) => row > 0 && now < time[row - 1]);
  if (wrong >= 0) {
    const found = `${place(wrong)} has "${texts[wrong]}" after "${texts[wrong - 1]}"`;
    throw new Failure("data/out-of-order", found, { file: path, line: lines[wrong] });
  }
  return { time, clock: steps ? "steps" : "unix-ms" };
}

function readBooks(
  table: Table,
  columns: NonNullable<FlowColumns["book"]>,
  time: Float64Array,
  notes: string[],
): Books {
  const { form, bid, ask, middle } = columns;
  const levels = bid.price.length;
  const books = emptyBooks(time.length, levels);
  books.time.set(time);
  const middles = middle === undefined ? undefined : numbers(table, middle, Number.MIN_VALUE);
  for (let level = 0; level < levels; level++) {
    for (const [side, prices, sizes] of [
      [bid, books.bidPrice, books.bidSize],
      [ask, books.askPrice, books.askSize],
    ] as const) {
      const price = numbers(table, side.price[level], middles === undefined ? Number.MIN_VALUE : -1);
      const size = numbers(table, side.size[level], 0);
      for (let t = 0; t < time.length; t++) {
        const at = t * levels + level;
        prices[at] = middles === undefined ? price[t] : middles[t] * (1 + price[t]);
        sizes[at] = middles === undefined ? size[t] : size[t] / prices[at];
      }
    }
  }
  if (form === "distance-value") notes.push("Prices are from distances to the midpoint, sizes are values / price.");
  let crossed = 0;
  for (let t = 0; t < time.length; t++) if (books.bidPrice[t * levels] >= books.askPrice[t * levels]) crossed++;
  if (crossed > 0) notes.push(`Snapshots whose best bid is not below the best ask: ${crossed}.`);
  return books;
}

function readTrades(
  table: Table,
  columns: NonNullable<FlowColumns["trade"]>,
  time: Float64Array,
  notes: string[],
): Trades {
  const { price, units, side } = columns;
  const { path, rows, lines } = table;
  if (side === undefined) notes.push("There is no column of sides: who crossed the spread is unknown.");
  const aggressor = Int8Array.from(rows, (fields, row) => {
    const text = side === undefined ? "" : fields[side].toLowerCase();
    if (text === "buy" || text === "b") return 1;
    if (text === "sell" || text === "s") return -1;
    if (text === "" || text === "unknown" || text === "n") return 0;
    const found = `${path}:${lines[row]} has the side "${fields[side!]}"`;
    throw new Failure("data/bad-number", found, { file: path, line: lines[row] });
  });
  const smallest = Number.MIN_VALUE;
  return { time, price: numbers(table, price, smallest), units: numbers(table, units, smallest), aggressor };
}

function readAggressors(
  table: Table,
  { aggressors, book }: FlowColumns,
  time: Float64Array,
  notes: string[],
): AggressorVolume | undefined {
  if (aggressors === undefined) return undefined;
  const { bought, sold, inUnits } = aggressors;
  const [boughtUnits, soldUnits] = [numbers(table, bought, 0), numbers(table, sold, 0)];
  if (inUnits) return { time, boughtUnits, soldUnits };
  if (book?.middle === undefined) {
    notes.push(`${table.names[bought]} and ${table.names[sold]} are not used: nothing says at which price they were.`);
    return undefined;
  }
  notes.push(
    `${table.names[bought]} and ${table.names[sold]} are values, taken as units at the midpoint of their row.`,
  );
  const middles = numbers(table, book.middle, Number.MIN_VALUE);
  const inUnitsOf = (values: Float64Array): Float64Array => values.map((value, t) => value / middles[t]);
  return { time, boughtUnits: inUnitsOf(boughtUnits), soldUnits: inUnitsOf(soldUnits) };
}
