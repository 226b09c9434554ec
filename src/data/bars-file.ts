/** @file A file of bars, as any source may write it, to bars that are checked, sorted and UTC. */
import type { Bars, Timeframe } from "#domain/bar.ts";
import { barColumns, emptyBars } from "#domain/bar.ts";
import { Failure } from "#base/failure.ts";
import { invariant } from "#base/invariant.ts";
import type { CalendarName } from "#domain/instrument.ts";
import { guessCalendar, inferTimeframe, symbolOf } from "./calendar.ts";
import type { Header } from "./columns.ts";
import { findHeader, parseColumnOption } from "./columns.ts";
import type { RowReader } from "./bar-rows.ts";
import { rowReader, timeTextOf } from "./bar-rows.ts";
import type { ReadProgress, TextFile } from "./csv.ts";
import { fieldsOf, openTextFile, textOf } from "./csv.ts";
import { isParquet, openParquetFile } from "./sources/parquet.ts";
import type { TimeZone } from "#domain/time-zone.ts";
import { timeZone } from "#domain/time-zone.ts";

export interface BarsFileOptions {
  /** Names of columns where ours cannot find them: `time=Date,open=Open`. */
  readonly columns?: string | undefined;
  /** Zone of times without an offset, as `timeZone` reads it; UTC unless named. */
  readonly timeZone?: string | undefined;
  /** Sort rows that are out of order, instead of refusing them. A file that is newest first needs no sorting. */
  readonly sort?: boolean | undefined;
  /** Keep bars that break low <= open, close <= high, instead of refusing them. */
  readonly allowBroken?: boolean | undefined;
  /** Leave rows as they stand, in any order, repeated, with any price: for a report on them, or to mend them. */
  readonly asTheyStand?: boolean | undefined;
  /** In place of what the file's name and times say. */
  readonly symbol?: string | undefined;
  readonly timeframe?: Timeframe | undefined;
  readonly calendar?: CalendarName | undefined;
  /** Told how much of the file has been read. */
  readonly progress?: ReadProgress | undefined;
}

/** What a file holds, and what had to be decided to read it. */
export interface BarsFile {
  readonly symbol: string;
  readonly bars: Bars;
  readonly timeframe: Timeframe;
  /** A guess from the times and the symbol, unless it was named. */
  readonly calendar: CalendarName;
  readonly notes: readonly string[];
  /** SHA-256 of the file as it lies on disk, in hex. */
  readonly sha256: string;
}

/** Rows as they stand in the file; `spread` is ask − bid at the close `[T]`, empty where there is one price. */
interface Table {
  readonly rows: Bars;
  readonly lines: Float64Array;
  readonly spread: Float64Array;
}

/** Names in brackets are MetaTrader's. */
const serverTimeNote =
  "This looks like a MetaTrader export, whose times are those of the broker's server: name its clock with --server-time.";

/** Bars that break their own limits by less than this share of their price do so by rounding (adjusted prices do). */
const roundingShare = 1e-9;

/**
 * Reads bars from CSV or TSV text, plain or gzip, or from Parquet. Columns, their order, the form of the times, the timeframe and the
 * calendar are found from the file itself; whatever was decided stands in `notes`.
 * @throws Failure data/… with the file and the line.
 */
export async function readBarsFile(path: string, options: BarsFileOptions = {}): Promise<BarsFile> {
  const opened = (await isParquet(path)) ? openParquetFile : openTextFile;
  const file = opened(path, options.progress);
  const symbol = options.symbol ?? symbolOf(path);
  const named = options.columns === undefined ? {} : parseColumnOption(options.columns);
  const zone = timeZone(options.timeZone ?? "UTC");
  const { table, header, timeNotes } = await readTable(path, file, zone, (start) =>
    findHeader(path, start, symbol, named),
  );
  const notes = [...header.notes];
  if (options.asTheyStand !== true) checkPrices(path, table, options.allowBroken ?? false, notes);
  notes.push(...timeNotes);
  if (options.timeZone === undefined && header.names.some((name) => /^<.+>$/.test(name))) notes.push(serverTimeNote);
  const bars = options.asTheyStand === true ? table.rows : inOrder(path, table, options.sort ?? false, notes);
  const timeframe = options.timeframe ?? inferTimeframe(bars.openTime, path);
  const calendar = options.calendar ?? guessCalendar(bars.openTime, timeframe, symbol);
  if (header.columns.prices.close.length === 2) notes.push(spreadNote(table));
  return { symbol, bars, timeframe, calendar, notes, sha256: file.sha256() };
}

async function readTable(
  path: string,
  file: TextFile,
  zone: TimeZone,
  headerOf: (start: string) => Header,
): Promise<{ table: Table; header: Header; timeNotes: readonly string[] }> {
  let read: { readonly header: Header; readonly reader: RowReader } | undefined;
  for await (const block of file.blocks) {
    if (read === undefined) {
      // The header stands in the first lines, and a block holds more than those.
      const header = headerOf(textOf(block, 0, block.length));
      read = { header, reader: rowReader(path, header) };
    }
    read.reader.take(block);
  }
  invariant(read !== undefined, "a file that holds anything has a header or was refused", { path });
  const { header, reader } = read;
  const { separator } = header;
  const { columns, lines, spread, times } = reader.finish();
  if (lines.length === 0) {
    const found = `${path} has a header on line ${header.line} and no row below it`;
    throw new Failure("data/empty-file", found, { file: path, line: header.line });
  }
  const textOfRow = (row: number): string => timeTextOf(fieldsOf(file.lineOf(lines[row]), separator), header.columns);
  const { times: openTime, notes } = times.read(zone, textOfRow);
  return { table: { rows: { openTime, ...columns }, lines, spread }, header, timeNotes: notes };
}

/** Prices are positive and bars keep their limits; limits that are off by rounding only are widened in place. */
function checkPrices(path: string, { rows, lines }: Table, allowBroken: boolean, notes: string[]): void {
  const { open, high, low, close } = rows;
  let rounded = 0;
  let broken = 0;
  for (let row = 0; row < lines.length; row++) {
    checkValues(path, rows, row, lines[row]);
    const top = Math.max(open[row], close[row]);
    const bottom = Math.min(open[row], close[row]);
    if (high[row] >= top && low[row] <= bottom) continue;
    if (high[row] >= top * (1 - roundingShare) && low[row] <= bottom * (1 + roundingShare)) {
      high[row] = Math.max(high[row], top);
      low[row] = Math.min(low[row], bottom);
      rounded++;
    } else if (allowBroken) {
      broken++;
    } else {
      const found = `${path}:${lines[row]} has open ${open[row]}, high ${high[row]}, low ${low[row]}, close ${close[row]}`;
      throw new Failure("data/broken-bar", found, { file: path, line: lines[row] });
    }
  }
  if (rounded > 0)
    notes.push(`Bars whose high or low was widened by a rounding error, to hold open and close: ${rounded}.`);
  if (broken > 0) notes.push(`Bars that break low <= open, close <= high, kept as they are: ${broken}.`);
}

/** Prices above zero and below infinity, volume not below zero. Throws Failure data/bad-price. */
function checkValues(path: string, { open, high, low, close, volume }: Bars, row: number, line: number): void {
  const lowest = Math.min(open[row], high[row], low[row], close[row]);
  const highest = Math.max(open[row], high[row], low[row], close[row]);
  if (lowest > 0 && highest < Infinity && volume[row] >= 0) return;
  const prices = Object.entries({ open, high, low, close });
  const [name, column] = prices.find(([, price]) => !(price[row] > 0 && price[row] < Infinity)) ?? ["volume", volume];
  throw new Failure("data/bad-price", `${path}:${line} has ${name} ${column[row]}`, { file: path, line });
}

/**
 * Rows in time order, `undefined` where they stand in it. A file that is newest first is turned round; any other disorder is
 * refused unless `sort`.
 */
function timeOrder(path: string, { rows, lines }: Table, sort: boolean, notes: string[]): Int32Array | undefined {
  const { openTime } = rows;
  const last = openTime.length - 1;
  const direction = openTime[last] < openTime[0] ? -1 : 1;
  const wrong = openTime.findIndex((time, row) => row > 0 && (time - openTime[row - 1]) * direction < 0);
  if (wrong < 0 && direction > 0) return undefined;
  if (wrong < 0) {
    notes.push("Rows are newest first and were turned round.");
    return Int32Array.from(openTime, (_, row) => last - row);
  }
  if (!sort) {
    const [before, after] = [openTime[wrong - 1], openTime[wrong]].map((time) => new Date(time).toISOString());
    const found = `${path}:${lines[wrong]} opens at ${after}, after ${before} on line ${lines[wrong - 1]}`;
    throw new Failure("data/out-of-order", found, { file: path, line: lines[wrong] });
  }
  notes.push("Rows were out of order and have been sorted by time.");
  const order = Int32Array.from(openTime, (_, row) => row);
  return order.sort((a, b) => openTime[a] - openTime[b] || a - b);
}

/** Rows in `order` without those that repeat the row before them; `undefined` where all rows stay as they stand. */
function withoutDuplicates(
  path: string,
  { rows, lines }: Table,
  order: Int32Array | undefined,
  notes: string[],
): Int32Array | undefined {
  const { openTime } = rows;
  if (order === undefined && !openTime.some((time, row) => row > 0 && time === openTime[row - 1])) return undefined;
  const all = order ?? Int32Array.from(openTime, (_, row) => row);
  const kept = all.filter((row, at) => at === 0 || !repeats(path, rows, lines, row, all[at - 1]));
  if (kept.length < all.length) notes.push(`Rows dropped because they repeat another: ${all.length - kept.length}.`);
  return kept;
}

/** Whether two rows are one and the same. Throws Failure data/duplicate-bar where only their times are. */
function repeats(path: string, rows: Bars, lines: Float64Array, row: number, previous: number): boolean {
  if (rows.openTime[row] !== rows.openTime[previous]) return false;
  const column = barColumns.find((name) => rows[name][row] !== rows[name][previous]);
  if (column === undefined) return true;
  const opened = new Date(rows.openTime[row]).toISOString();
  const found = `${path}:${lines[row]} and line ${lines[previous]} both open at ${opened} with different prices`;
  const values = `${column} ${rows[column][row]} and ${rows[column][previous]}`;
  throw new Failure("data/duplicate-bar", `${found}: ${values}`, { file: path, line: lines[row] });
}

/** The bars in time order, each once. Throws Failure data/out-of-order, data/duplicate-bar. */
function inOrder(path: string, table: Table, sort: boolean, notes: string[]): Bars {
  const ordered = timeOrder(path, table, sort, notes);
  const kept = withoutDuplicates(path, table, ordered, notes);
  return kept === undefined ? table.rows : gathered(table.rows, kept);
}

function gathered(rows: Bars, order: Int32Array): Bars {
  const bars = emptyBars(order.length);
  for (const column of barColumns) {
    for (let t = 0; t < order.length; t++) bars[column][t] = rows[column][order[t]];
  }
  return bars;
}

function spreadNote({ spread, rows }: Table): string {
  const middle = Math.floor(spread.length / 2);
  const median = Float64Array.from(spread).sort()[middle];
  const medianBps = Float64Array.from(spread, (width, row) => (width / rows.close[row]) * 10_000).sort()[middle];
  const crossed = spread.filter((width) => width < 0).length;
  const warning = crossed > 0 ? `; ${crossed} rows have the ask below the bid` : "";
  return `The spread at the close is ${median.toPrecision(3)} in the median, ${medianBps.toFixed(2)} bps${warning}.`;
}
