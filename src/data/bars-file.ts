/** @file A file of bars, as any source may write it, to bars that are checked, sorted and UTC. */
import type { Bars, Timeframe } from "#domain/bar.ts";
import { barColumns, emptyBars } from "#domain/bar.ts";
import { Failure } from "#base/failure.ts";
import type { CalendarName } from "#domain/instrument.ts";
import { guessCalendar, inferTimeframe, symbolOf } from "./calendar.ts";
import type { Header } from "./columns.ts";
import { findHeader, parseColumnOption } from "./columns.ts";
import { fieldsOf, forEachLine, readTextFile } from "./csv.ts";
import { readTimes } from "./time-format.ts";
import { timeZone } from "./time-zone.ts";

export interface BarsFileOptions {
  /** Names of columns where ours cannot find them: `time=Date,open=Open`. */
  readonly columns?: string | undefined;
  /** Zone of times without an offset, as `timeZone` reads it; UTC unless named. */
  readonly timeZone?: string | undefined;
  /** Sort rows that are out of order, instead of refusing them. A file that is newest first needs no sorting. */
  readonly sort?: boolean | undefined;
  /** Keep bars that break low <= open, close <= high, instead of refusing them. */
  readonly allowBroken?: boolean | undefined;
  /** In place of what the file's name and times say. */
  readonly symbol?: string | undefined;
  readonly timeframe?: Timeframe | undefined;
  readonly calendar?: CalendarName | undefined;
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

/** Rows as they stand in the file; `spread` is ask − bid at the close, 0 where there is one price. */
interface Table {
  readonly rows: Bars;
  readonly timeTexts: readonly string[];
  readonly lines: Int32Array;
  readonly spread: Float64Array;
}

/** Bars that break their own limits by less than this share of their price do so by rounding (adjusted prices do). */
const roundingShare = 1e-9;

const plainNumber = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;

/**
 * Reads bars from CSV or TSV text, plain or gzip. Columns, their order, the form of the times, the timeframe and the
 * calendar are found from the file itself; whatever was decided stands in `notes`.
 * @throws Failure data/… with the file and the line.
 */
export async function readBarsFile(path: string, options: BarsFileOptions = {}): Promise<BarsFile> {
  const { text, sha256 } = await readTextFile(path);
  const symbol = options.symbol ?? symbolOf(path);
  const named = options.columns === undefined ? {} : parseColumnOption(options.columns);
  const zone = timeZone(options.timeZone ?? "UTC");
  const header = findHeader(path, text, symbol, named);
  const table = readTable(path, text, header);
  const notes = [...header.notes];
  checkPrices(path, table, options.allowBroken ?? false, notes);
  const read = readTimes(table.timeTexts, zone, (row) => `${path}:${table.lines[row]}`);
  notes.push(...read.notes);
  table.rows.openTime.set(read.times);
  const ordered = timeOrder(path, table, options.sort ?? false, notes);
  const kept = withoutDuplicates(path, table, ordered, notes);
  const bars = gathered(table.rows, kept);
  const timeframe = options.timeframe ?? inferTimeframe(bars.openTime, path);
  const calendar = options.calendar ?? guessCalendar(bars.openTime, timeframe, symbol);
  if (header.columns.prices.close.length === 2) notes.push(spreadNote(table));
  return { symbol, bars, timeframe, calendar, notes, sha256 };
}

function readTable(path: string, text: string, header: Header): Table {
  let size = 1;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) size++;
  const rows = emptyBars(size);
  const lines = new Int32Array(size);
  const spread = new Float64Array(size);
  const timeTexts: string[] = [];
  const { time, prices, volume } = header.columns;
  let count = 0;
  forEachLine(text, (line, number) => {
    if (number <= header.line || line.trim() === "") return;
    const fields = fieldsOf(line, header.separator);
    if (fields.length < header.names.length || fields.slice(header.names.length).some((extra) => extra !== "")) {
      const found = `${path}:${number} has ${fields.length} fields, the header ${header.names.length}`;
      throw new Failure("data/ragged-row", found, { file: path, line: number });
    }
    const value = (index: number): number => numberIn(fields[index], header.names[index], path, number);
    const price = ([first, second]: readonly number[]): number =>
      second === undefined ? value(first) : (value(first) + value(second)) / 2;
    timeTexts.push(time.length === 1 ? fields[time[0]] : `${fields[time[0]]} ${fields[time[1]]}`);
    lines[count] = number;
    rows.open[count] = price(prices.open);
    rows.high[count] = price(prices.high);
    rows.low[count] = price(prices.low);
    rows.close[count] = price(prices.close);
    rows.volume[count] = volume === undefined ? 0 : value(volume);
    if (prices.close.length === 2) spread[count] = value(prices.close[1]) - value(prices.close[0]);
    count++;
  });
  if (count === 0) {
    const found = `${path} has a header on line ${header.line} and no row below it`;
    throw new Failure("data/empty-file", found, { file: path, line: header.line });
  }
  const used = (column: Float64Array): Float64Array => column.subarray(0, count);
  const { open, high, low, close, openTime, volume: volumes } = rows;
  return {
    rows: {
      openTime: used(openTime),
      open: used(open),
      high: used(high),
      low: used(low),
      close: used(close),
      volume: used(volumes),
    },
    timeTexts,
    lines: lines.subarray(0, count),
    spread: used(spread),
  };
}

function numberIn(field: string, column: string, path: string, line: number): number {
  if (plainNumber.test(field)) return Number(field);
  const found = `${path}:${line} has "${field}" in column ${column}`;
  throw new Failure("data/bad-number", found, { file: path, line, column });
}

/** Prices are positive and bars keep their limits; limits that are off by rounding only are widened in place. */
function checkPrices(path: string, { rows, lines }: Table, allowBroken: boolean, notes: string[]): void {
  const { open, high, low, close, volume } = rows;
  let rounded = 0;
  let broken = 0;
  for (let row = 0; row < lines.length; row++) {
    const where = `${path}:${lines[row]}`;
    const place = { file: path, line: lines[row] };
    for (const name of ["open", "high", "low", "close"] as const) {
      const price = rows[name][row];
      if (!(price > 0 && price < Infinity)) throw new Failure("data/bad-price", `${where} has ${name} ${price}`, place);
    }
    if (volume[row] < 0) throw new Failure("data/bad-price", `${where} has volume ${volume[row]}`, place);
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
      const found = `${where} has open ${open[row]}, high ${high[row]}, low ${low[row]}, close ${close[row]}`;
      throw new Failure("data/broken-bar", found, place);
    }
  }
  if (rounded > 0)
    notes.push(`Bars whose high or low was widened by a rounding error, to hold open and close: ${rounded}.`);
  if (broken > 0) notes.push(`Bars that break low <= open, close <= high, kept as they are: ${broken}.`);
}

/** Rows in time order. A file that is newest first is turned round; any other disorder is refused unless `sort`. */
function timeOrder(path: string, { rows, lines, timeTexts }: Table, sort: boolean, notes: string[]): Int32Array {
  const { openTime } = rows;
  const last = openTime.length - 1;
  const direction = openTime[last] < openTime[0] ? -1 : 1;
  const order = Int32Array.from(openTime, (_, row) => (direction > 0 ? row : last - row));
  const wrong = openTime.findIndex((time, row) => row > 0 && (time - openTime[row - 1]) * direction < 0);
  if (wrong < 0) {
    if (direction < 0) notes.push("Rows are newest first and were turned round.");
    return order;
  }
  if (!sort) {
    const found = `${path}:${lines[wrong]} has "${timeTexts[wrong]}" after "${timeTexts[wrong - 1]}" on line ${lines[wrong - 1]}`;
    throw new Failure("data/out-of-order", found, { file: path, line: lines[wrong] });
  }
  notes.push("Rows were out of order and have been sorted by time.");
  return order.sort((a, b) => openTime[a] - openTime[b] || a - b);
}

/** Rows in `order` without those that repeat the row before them. */
function withoutDuplicates(path: string, { rows, lines }: Table, order: Int32Array, notes: string[]): Int32Array {
  const differing = (a: number, b: number): keyof Bars | undefined =>
    barColumns.find((column) => rows[column][a] !== rows[column][b]);
  const kept = order.filter((row, at) => {
    const previous = order[at - 1];
    if (at === 0 || rows.openTime[row] !== rows.openTime[previous]) return true;
    const column = differing(row, previous);
    if (column === undefined) return false;
    const opened = new Date(rows.openTime[row]).toISOString();
    const found = `${path}:${lines[row]} and line ${lines[previous]} both open at ${opened} with different prices`;
    const values = `${column === "openTime" ? "" : column} ${rows[column][row]} and ${rows[column][previous]}`;
    throw new Failure("data/duplicate-bar", `${found}: ${values.trim()}`, { file: path, line: lines[row] });
  });
  if (kept.length < order.length)
    notes.push(`Rows dropped because they repeat another: ${order.length - kept.length}.`);
  return kept;
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
