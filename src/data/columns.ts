/** @file Which column of a table is the time and which the prices, whatever order and names they have. */
import { Failure } from "#base/failure.ts";
import { fieldsOf, forEachLine, separatorOf } from "./csv.ts";
import { looksLikeTime } from "./time-format.ts";

const priceNames = ["open", "high", "low", "close"] as const;
type PriceName = (typeof priceNames)[number];

/** Indices of columns. A price with two columns is their mean (bid and ask); a time with two is date and time of day. */
interface Columns {
  readonly time: readonly number[];
  readonly prices: Readonly<Record<PriceName, readonly number[]>>;
  /** Absent where the table has no volume. */
  readonly volume: number | undefined;
}

/** A table's header, understood. */
export interface Header {
  readonly line: number;
  readonly separator: string;
  readonly names: readonly string[];
  readonly columns: Columns;
  readonly notes: readonly string[];
}

const timeNames = ["time", "date", "datetime", "timestamp", "opentime", "unix", "gmttime", "localtime", "utc", "dt"];
const volumeNames = ["volume", "tickvolume", "tickvol", "vol"];
/** A header may stand below a few lines of comment, no further. */
const headerWithin = 10;

/** Small letters and digits only: `<OPEN>`, `Open ` and `open` are one name. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}

/** `time=Date,open=Open` as a record of our names to the table's. Throws Failure cli/bad-option. */
export function parseColumnOption(option: string): Readonly<Record<string, string>> {
  const known = ["time", ...priceNames, "volume"];
  const pairs = option.split(",").map((pair) => {
    const [ours, theirs, ...rest] = pair.split("=").map((part) => part.trim());
    if (!known.includes(ours) || !theirs || rest.length > 0) {
      const found = `--columns has "${pair}", where each part is NAME=COLUMN and NAME one of ${known.join(", ")}`;
      throw new Failure("cli/bad-option", found, { option });
    }
    return [ours, theirs] as const;
  });
  return Object.fromEntries(pairs);
}

/**
 * Finds the header line and what its columns mean. `named` overrides by name, as from `parseColumnOption`.
 * @throws Failure data/no-header, data/missing-column, with the file and the line.
 */
export function findHeader(
  path: string,
  text: string,
  symbol: string,
  named: Readonly<Record<string, string>> = {},
): Header {
  let found: Header | undefined;
  let nearest: { line: number; names: string[]; missing: string[] } | undefined;
  let firstLine: { line: number; fields: string[] } | undefined;
  const comments: string[] = [];
  forEachLine(text, (line, number) => {
    if (line.trim() === "") return number >= headerWithin;
    const separator = separatorOf(line);
    const names = fieldsOf(line, separator);
    firstLine ??= { line: number, fields: names };
    const { columns, missing, notes } = understand(names, symbol, named);
    if (columns !== undefined) {
      found = { line: number, separator, names, columns, notes: [...comments, ...notes] };
      return true;
    }
    if (nearest === undefined || missing.length < nearest.missing.length) nearest = { line: number, names, missing };
    comments.push(`Line ${number} is not a header and was passed over: "${line.slice(0, 80)}".`);
    return number >= headerWithin;
  });
  if (found !== undefined) return found;
  if (firstLine !== undefined && isData(firstLine.fields)) {
    const start = firstLine.fields.slice(0, 6).join(",");
    throw new Failure("data/no-header", `${path}:${firstLine.line} starts with data: "${start}"`, {
      file: path,
      line: firstLine.line,
    });
  }
  const { line = 1, names = [], missing = [] } = nearest ?? {};
  throw new Failure(
    "data/missing-column",
    `${path}:${line} has no column for ${missing.join(", ")} among: ${names.join(", ").slice(0, 200)}`,
    { file: path, line },
  );
}

/** Data, not names: at least half of the fields are numbers or times. */
function isData(fields: readonly string[]): boolean {
  const values = fields.filter((field) => field !== "" && (!Number.isNaN(Number(field)) || looksLikeTime(field)));
  return values.length * 2 >= fields.length && values.length > 0;
}

function understand(
  names: readonly string[],
  symbol: string,
  named: Readonly<Record<string, string>>,
): { columns: Columns | undefined; missing: string[]; notes: string[] } {
  const plainNames = names.map(plain);
  const missing: string[] = [];
  const notes: string[] = [];
  const byOption = (ours: string): number | undefined => {
    if (named[ours] === undefined) return undefined;
    const exact = names.indexOf(named[ours]);
    const index = exact >= 0 ? exact : plainNames.indexOf(plain(named[ours]));
    if (index < 0) missing.push(`${ours} (named ${named[ours]})`);
    return index;
  };
  const optionTime = byOption("time");
  const time = optionTime === undefined ? timeColumns(plainNames) : [optionTime];
  if (time.length === 0) missing.push("time");
  const price = (name: PriceName): readonly number[] => {
    const index = byOption(name) ?? plainNames.indexOf(name);
    if (index >= 0) return [index];
    const pair = [plainNames.indexOf(`bid${name}`), plainNames.indexOf(`ask${name}`)];
    if (pair.every((side) => side >= 0)) return pair;
    if (named[name] === undefined) missing.push(name);
    return [];
  };
  const prices = { open: price("open"), high: price("high"), low: price("low"), close: price("close") };
  const volume = byOption("volume") ?? volumeColumn(plainNames, symbol);
  if (missing.length > 0) return { columns: undefined, missing, notes };
  if (volume === undefined) notes.push("There is no volume column: volume is 0, unknown.");
  else if (plainNames[volume] !== "volume") notes.push(`Volume is the column ${names[volume]}.`);
  if (prices.close.length === 2) notes.push("Prices are the mid of bid and ask.");
  const used = new Set([...time, ...Object.values(prices).flat(), volume]);
  const unused = names.filter((name, index) => name !== "" && !used.has(index));
  if (unused.length > 0) notes.push(`Columns not used: ${unused.join(", ")}.`);
  return { columns: { time, prices, volume }, missing, notes };
}

/** One column of times, or a column of dates and one of times of day. */
function timeColumns(plainNames: readonly string[]): readonly number[] {
  const date = plainNames.indexOf("date");
  const timeOfDay = plainNames.indexOf("time");
  if (date >= 0 && timeOfDay >= 0) return [date, timeOfDay];
  const index = plainNames.findIndex((name) => timeNames.includes(name));
  return index >= 0 ? [index] : [];
}

/** Volume in units of the instrument is preferred: `volume_btc` for BTCUSD, before a `volume` that may be in dollars. */
function volumeColumn(plainNames: readonly string[], symbol: string): number | undefined {
  const inUnits = plainNames.findIndex((name) => {
    const unit = /^volume(.+)$/.exec(name)?.[1];
    return unit !== undefined && unit.length >= 2 && plain(symbol).startsWith(unit);
  });
  if (inUnits >= 0) return inUnits;
  const known = volumeNames.map((name) => plainNames.indexOf(name)).find((index) => index >= 0);
  return known;
}
