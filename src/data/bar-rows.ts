/** @file Rows of a table of bars, from blocks of bytes into columns; what is not written plainly is read with more care. */
import { Failure } from "#base/failure.ts";
import type { Bars } from "#domain/bar.ts";
import type { Header } from "./columns.ts";
import { fieldsOf, textOf } from "./csv.ts";
import { decimalIn } from "./decimal.ts";
import { growingColumn } from "./growing-column.ts";
import type { TimeColumn } from "./time-format.ts";
import { timeColumn } from "./time-format.ts";

export interface RowReader {
  /** Takes a block of whole lines, the first block with its header. Throws Failure data/… with file and line. */
  take(block: Uint8Array): void;
  finish(): ReadRows;
}

interface ReadRows {
  readonly columns: Omit<Bars, "openTime">;
  readonly times: TimeColumn;
  /** Line of each row `[T]`. */
  readonly lines: Float64Array;
  /** Ask − bid at the close `[T]`; empty where there is one price. */
  readonly spread: Float64Array;
}

const plainNumber = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;
const lineFeed = 10;
const carriageReturn = 13;
const quote = 34;
const space = 32;

/** What a row's time says, date and time of day joined. */
export function timeTextOf(fields: readonly string[], { time }: Header["columns"]): string {
  return time.length === 1 ? fields[time[0]] : `${fields[time[0]]} ${fields[time[1]]}`;
}

/** Reads the rows below `header`, from blocks in the order of the file. */
export function rowReader(path: string, header: Header): RowReader {
  const { names, columns } = header;
  const { prices, volume, time } = columns;
  const separator = header.separator.charCodeAt(0);
  const [open, high, low, close, volumes] = Array.from({ length: 5 }, growingColumn);
  const [lines, spread] = [growingColumn(), growingColumn()];
  const used = [...Object.values(prices).flat(), ...(volume === undefined ? [] : [volume])];
  const values = new Float64Array(names.length);
  const ends = new Int32Array(names.length);
  const dateAndTime = time.length === 2 && time[1] === time[0] + 1;
  let line = 0;
  let firstLine = 0;
  let lineOfRow = (row: number): number => (row === 0 ? firstLine : line);
  const times = timeColumn((row) => `${path}:${lineOfRow(row)}`);

  /** Reads a line that is written plainly into `values` and `times`; false: nothing was taken. */
  const takePlain = (block: Uint8Array, from: number, to: number): boolean => {
    let fields = 0;
    for (let at = from; at < to; at++) {
      if (block[at] === separator) {
        if (fields === names.length) return false;
        ends[fields++] = at;
      } else if (block[at] === quote) {
        return false;
      }
    }
    if (fields !== names.length - 1) return false;
    ends[fields] = to;
    const startOf = (field: number): number => (field === 0 ? from : ends[field - 1] + 1);
    for (const field of used) {
      values[field] = decimalIn(block, startOf(field), ends[field]);
      if (Number.isNaN(values[field])) return false;
    }
    if (time.length === 1) return times.pushBytes(block, startOf(time[0]), ends[time[0]]);
    if (!dateAndTime) return false;
    // A date and a time of day side by side are one time when the separator is a space.
    block[ends[time[0]]] = space;
    const taken = times.pushBytes(block, startOf(time[0]), ends[time[1]]);
    block[ends[time[0]]] = separator;
    return taken;
  };

  /** Reads any line that can be read; false where there is none. Throws Failure with file and line. */
  const takeCarefully = (text: string): boolean => {
    if (text.trim() === "") return false;
    const fields = fieldsOf(text, header.separator);
    if (fields.length < names.length || fields.slice(names.length).some((extra) => extra !== "")) {
      const found = `${path}:${line} has ${fields.length} fields, the header ${names.length}`;
      throw new Failure("data/ragged-row", found, { file: path, line });
    }
    for (const field of used) values[field] = numberIn(fields[field], names[field], path, line);
    times.push(timeTextOf(fields, columns));
    return true;
  };

  const takeLine = (block: Uint8Array, from: number, to: number): void => {
    line++;
    if (line <= header.line) return;
    if (firstLine === 0) firstLine = line;
    const end = to > from && block[to - 1] === carriageReturn ? to - 1 : to;
    if (!takePlain(block, from, end) && !takeCarefully(textOf(block, from, end))) {
      if (lines.length() === 0) firstLine = 0;
      return;
    }
    lines.push(line);
    open.push(priceOf(values, prices.open));
    high.push(priceOf(values, prices.high));
    low.push(priceOf(values, prices.low));
    close.push(priceOf(values, prices.close));
    volumes.push(volume === undefined ? 0 : values[volume]);
    if (prices.close.length === 2) spread.push(values[prices.close[1]] - values[prices.close[0]]);
  };

  return {
    take(block) {
      for (let from = 0; from < block.length;) {
        let to = from;
        while (to < block.length && block[to] !== lineFeed) to++;
        takeLine(block, from, to);
        from = to + 1;
      }
    },
    finish() {
      const rowLines = lines.finish();
      lineOfRow = (row) => rowLines[row];
      return {
        columns: {
          open: open.finish(),
          high: high.finish(),
          low: low.finish(),
          close: close.finish(),
          volume: volumes.finish(),
        },
        times,
        lines: rowLines,
        spread: spread.finish(),
      };
    },
  };
}

/** One column, or the mean of two. */
function priceOf(values: Float64Array, columns: readonly number[]): number {
  return columns.length === 2 ? (values[columns[0]] + values[columns[1]]) / 2 : values[columns[0]];
}

function numberIn(field: string, column: string, path: string, line: number): number {
  if (plainNumber.test(field)) return Number(field);
  const found = `${path}:${line} has "${field}" in column ${column}`;
  throw new Failure("data/bad-number", found, { file: path, line, column });
}
