/** @file Texts to times: finds out from the whole column how its times are written. */
import { Failure } from "#base/failure.ts";
import { decimalIn } from "./decimal.ts";
import { growingColumn } from "./growing-column.ts";
import type { TimeZone } from "#domain/time-zone.ts";
import { utcCandidates } from "#domain/time-zone.ts";

/** Where a text stood, for messages: row index to `file:line`. */
export type Place = (row: number) => string;

/** Times of a column, Unix ms UTC, and what had to be decided to read them. */
export interface ReadTimes {
  readonly times: Float64Array;
  /** Every row is a date without a time of day: the date of the exchange, at 00:00 UTC. */
  readonly datesOnly: boolean;
  readonly notes: readonly string[];
}

const minuteMs = 60_000;
const dayMs = 86_400_000;
/** Added to an offset's minutes, so that what is packed is positive. */
const offsetBase = 10_000;
const [zero, minus, point, slash, colon, space, letterT, letterZ] = Array.from("0-./: TZ", (c) => c.charCodeAt(0));
const lastPlausibleTime = Date.UTC(2200, 0, 1);

const textForm =
  /^(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})(?:(?:T|\s+)(\d{1,2})(?::(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?(?:[\s-]?([AaPp])\.?[Mm]\.?)?)?\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$/;
const compactForm = /^(\d{4})(\d{2})(\d{2})(?:(?:[T\s]+(\d{2}):?(\d{2}):?|(\d{2})(\d{2})(?=\d))(\d{2})?)?$/;
const numberForm = /^\d{9,19}(?:\.\d+)?$/;

/** A time of day and an offset as they were written; the date's three numbers in the order in which they stood. */
interface Written {
  readonly parts: readonly [number, number, number];
  readonly yearFirst: boolean;
  readonly timeOfDayMs: number | undefined;
  readonly offsetMs: number | undefined;
}

/** True when the text has the form of a time, whatever it means. */
export function looksLikeTime(text: string): boolean {
  return numberForm.test(text) || compactForm.test(text) || textForm.test(text);
}

/** A column of times as it is read, row by row, and what it means once all of it is known. */
export interface TimeColumn {
  /** @throws Failure data/bad-time for a text that is no time, or is written in another way than the first. */
  push(text: string): void;
  /** Takes the time in bytes `from` to `to` where it is written plainly; false: nothing was taken, `push` its text. */
  pushBytes(bytes: Uint8Array, from: number, to: number): boolean;
  /** `textOf` gives back a row's text, for messages. @throws Failure data/bad-time */
  read(zone: TimeZone, textOf: (row: number) => string): ReadTimes;
}

/** Reads a column of times `[T]`, as `timeColumn` does. */
export function readTimes(texts: readonly string[], zone: TimeZone, place: Place): ReadTimes {
  const column = timeColumn(place);
  for (const text of texts) column.push(text);
  return column.read(zone, (row) => texts[row]);
}

/**
 * A column of times. Unix seconds, milliseconds, microseconds and nanoseconds are told apart by their size; day and
 * month by a value above 12 somewhere in the column; local times are read in the zone.
 */
export function timeColumn(place: Place): TimeColumn {
  let column: TimeColumn | undefined;
  return {
    push(text) {
      column ??=
        numberForm.test(text) && !compactForm.test(text) ? unixColumn(place, text) : writtenColumn(place, text);
      column.push(text);
    },
    pushBytes: (bytes, from, to) => column?.pushBytes(bytes, from, to) ?? false,
    read: (zone, textOf) => column?.read(zone, textOf) ?? { times: new Float64Array(0), datesOnly: false, notes: [] },
  };
}

function unixColumn(place: Place, first: string): TimeColumn {
  const scale = unitMs(Number(first));
  const times = growingColumn();
  let row = 0;
  return {
    push(text) {
      if (!numberForm.test(text)) throw badTime(place(row), text);
      if (unitMs(Number(text)) !== scale) throw badTime(place(row), text, `counts in another unit than ${place(0)}`);
      const time = Math.round(Number(text) * scale);
      if (time > lastPlausibleTime) throw badTime(place(row), text, "lies after the year 2200");
      times.push(time);
      row++;
    },
    pushBytes(bytes, from, to) {
      if (to - from < 9 || bytes[from] === minus) return false;
      const value = decimalIn(bytes, from, to);
      const time = Math.round(value * scale);
      if (!(value >= 1e8 && time <= lastPlausibleTime) || unitMs(value) !== scale) return false;
      times.push(time);
      row++;
      return true;
    },
    read: () => ({ times: times.finish(), datesOnly: false, notes: [] }),
  };
}

/** Times as dates, each with a time of day and an offset where it has them. */
function writtenColumn(place: Place, first: string): TimeColumn {
  const yearFirst = parseWritten(first)?.yearFirst ?? false;
  /** 00:00 UTC of the dates; where the year is not first, their three numbers in one. */
  const dates = growingColumn();
  const clocks = growingColumn();
  const memory = { year: 0, month: 0, day: 0, date: NaN };
  let row = 0;
  return {
    push(text) {
      const written = parseWritten(text);
      if (written === undefined) throw badTime(place(row), text);
      if (written.yearFirst !== yearFirst) {
        throw badTime(place(row), text, `is written in another way than ${place(0)} "${first}"`);
      }
      const date = yearFirst ? utcDate(...written.parts) : packedParts(written.parts);
      if (Number.isNaN(date)) throw badTime(place(row), text, "is not a date of the calendar");
      dates.push(date);
      clocks.push(packedClock(written.timeOfDayMs, written.offsetMs));
      row++;
    },
    pushBytes(bytes, from, to) {
      if (!yearFirst) return false;
      const date = plainDate(bytes, from, to, memory);
      const clock = plainClock(bytes, from + 10, to);
      if (Number.isNaN(date) || Number.isNaN(clock)) return false;
      dates.push(date);
      clocks.push(clock);
      row++;
      return true;
    },
    read(zone, textOf) {
      const written: WrittenTimes = { dates: dates.finish(), clocks: clocks.finish() };
      if (!yearFirst) datesFromParts(written.dates, textOf, place);
      // Midnight everywhere means that the rows are days, and a day's name does not depend on the zone it is told in.
      if (written.clocks.every((clock) => timeOfDayOf(clock) === 0)) {
        return { times: written.dates, datesOnly: true, notes: [] };
      }
      return localTimes(written, zone, textOf, place);
    },
  };
}

interface WrittenTimes {
  /** 00:00 UTC `[T]`. */
  readonly dates: Float64Array;
  /** As `packedClock` packs them `[T]`. */
  readonly clocks: Float64Array;
}

/** A time of day and an offset in one number: whole minutes of offset, if any, above a day's milliseconds. */
function packedClock(timeOfDayMs: number | undefined, offsetMs: number | undefined): number {
  const offset = offsetMs === undefined ? 0 : offsetMs / minuteMs + offsetBase;
  return offset * dayMs + (timeOfDayMs ?? 0);
}

const timeOfDayOf = (clock: number): number => clock % dayMs;

function offsetMsOf(clock: number): number | undefined {
  const offset = Math.floor(clock / dayMs);
  return offset === 0 ? undefined : (offset - offsetBase) * minuteMs;
}

const packedParts = ([a, b, c]: Written["parts"]): number => (a * 100 + b) * 10_000 + c;

/** Two digits at `at`; NaN where there are none. */
function pair(bytes: Uint8Array, at: number): number {
  const [tens, ones] = [bytes[at] - zero, bytes[at + 1] - zero];
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : NaN;
}

/** 00:00 UTC of `YYYY-MM-DD`, with any of - / . between; NaN for anything else. `memory` holds the date before. */
function plainDate(
  bytes: Uint8Array,
  from: number,
  to: number,
  memory: { year: number; month: number; day: number; date: number },
): number {
  const separator = bytes[from + 4];
  const plain = separator === minus || separator === point || separator === slash;
  if (to - from < 10 || !plain || bytes[from + 7] !== separator) return NaN;
  const year = pair(bytes, from) * 100 + pair(bytes, from + 2);
  const month = pair(bytes, from + 5);
  const day = pair(bytes, from + 8);
  if (year !== memory.year || month !== memory.month || day !== memory.day) {
    Object.assign(memory, { year, month, day, date: utcDate(year, month, day) });
  }
  return memory.date;
}

/** ` HH:MM`, ` HH:MM:SS` with or without a Z, or nothing, as `packedClock` packs it; NaN for anything else. */
function plainClock(bytes: Uint8Array, from: number, to: number): number {
  const last = to > from && bytes[to - 1] === letterZ ? to - 1 : to;
  const length = last - from;
  if (length === 0 && last === to) return 0;
  if (length !== 6 && length !== 9) return NaN;
  if ((bytes[from] !== space && bytes[from] !== letterT) || bytes[from + 3] !== colon) return NaN;
  if (length === 9 && bytes[from + 6] !== colon) return NaN;
  const hour = pair(bytes, from + 1);
  const minute = pair(bytes, from + 4);
  const second = length === 9 ? pair(bytes, from + 7) : 0;
  if (!(hour <= 23 && minute <= 59 && second <= 59)) return NaN;
  const timeOfDayMs = ((hour * 60 + minute) * 60 + second) * 1000;
  return last === to ? timeOfDayMs : offsetBase * dayMs + timeOfDayMs;
}

function badTime(where: string, text: string, why = "cannot be read as a time"): Failure {
  return new Failure("data/bad-time", `${where} has "${text}", which ${why}`, { place: where });
}

/** Milliseconds in the unit that a Unix time of this size counts in: seconds, milli-, micro- or nanoseconds. */
function unitMs(value: number): number {
  if (value < 1e11) return 1000;
  if (value < 1e14) return 1;
  return value < 1e17 ? 1e-3 : 1e-6;
}

function parseWritten(text: string): Written | undefined {
  const compact = compactForm.exec(text);
  if (compact !== null) {
    const [, year, month, day, spacedHour, spacedMinute, hour = spacedHour, minute = spacedMinute, second] = compact;
    return {
      parts: [Number(year), Number(month), Number(day)],
      yearFirst: true,
      timeOfDayMs: hour === undefined ? undefined : timeOfDay(hour, minute, second, undefined, undefined),
      offsetMs: undefined,
    };
  }
  const form = textForm.exec(text);
  if (form === null) return undefined;
  const [, first, , second, third, hour, minute, seconds, fraction, half, offset] = form;
  const yearFirst = first.length === 4;
  if (!yearFirst && third.length !== 4) return undefined;
  const timeOfDayMs = hour === undefined ? undefined : timeOfDay(hour, minute, seconds, fraction, half);
  if (timeOfDayMs !== undefined && Number.isNaN(timeOfDayMs)) return undefined;
  return {
    parts: [Number(first), Number(second), Number(third)],
    yearFirst,
    timeOfDayMs,
    offsetMs: offset === undefined ? undefined : offsetOf(offset),
  };
}

/** Milliseconds since midnight; NaN where there is no such time of day. */
function timeOfDay(
  hourText: string,
  minuteText: string | undefined,
  secondText: string | undefined,
  fraction: string | undefined,
  half: string | undefined,
): number {
  let hour = Number(hourText);
  const minute = Number(minuteText ?? 0);
  const second = Number(secondText ?? 0);
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return NaN;
    hour = (hour % 12) + (half.toLowerCase() === "p" ? 12 : 0);
  }
  if (hour > 23 || minute > 59 || second > 59) return NaN;
  const thousandths = fraction === undefined ? 0 : Math.floor(Number(`0.${fraction}`) * 1000 + 1e-6);
  return ((hour * 60 + minute) * 60 + second) * 1000 + thousandths;
}

function offsetOf(text: string): number {
  if (/^[A-Z]/.test(text)) return 0;
  const sign = text.startsWith("-") ? -1 : 1;
  const minutes = text.length > 3 ? Number(text.slice(-2)) : 0;
  return sign * (Number(text.slice(1, 3)) * 60 + minutes) * minuteMs;
}

/** Turns dates given by three numbers each `[T]` into 00:00 UTC, in place; what they mean is decided from all of them. */
function datesFromParts(dates: Float64Array, textOf: (row: number) => string, place: Place): void {
  const partsOf = (packed: number): Written["parts"] => [
    Math.floor(packed / 1_000_000),
    Math.floor(packed / 10_000) % 100,
    packed % 10_000,
  ];
  const dayFirst = dates.findIndex((packed) => partsOf(packed)[0] > 12);
  const monthFirst = dates.findIndex((packed) => partsOf(packed)[1] > 12);
  if (dayFirst >= 0 && monthFirst >= 0) {
    const row = Math.max(dayFirst, monthFirst);
    const against = place(Math.min(dayFirst, monthFirst));
    throw badTime(place(row), textOf(row), `turns day and month round against ${against}`);
  }
  if (dayFirst < 0 && monthFirst < 0) {
    throw badTime(place(0), textOf(0), "could be day/month or month/day, as all dates of the file; write YYYY-MM-DD");
  }
  for (let row = 0; row < dates.length; row++) {
    const [first, second, year] = partsOf(dates[row]);
    dates[row] = dayFirst >= 0 ? utcDate(year, second, first) : utcDate(year, first, second);
    if (Number.isNaN(dates[row])) throw badTime(place(row), textOf(row), "is not a date of the calendar");
  }
}

/** Midnight UTC of a date; NaN where the calendar has no such date. */
function utcDate(year: number, month: number, day: number): number {
  const time = Date.UTC(year, month - 1, day);
  return new Date(time).getUTCMonth() === month - 1 && day >= 1 ? time : NaN;
}

/**
 * Local times to UTC. An hour that the clocks show twice is told apart by the rows' order: the first time it comes up is
 * the earlier one.
 */
function localTimes(
  { dates, clocks }: WrittenTimes,
  zone: TimeZone,
  textOf: (row: number) => string,
  place: Place,
): ReadTimes {
  const last = dates.length - 1;
  const descending = dates[0] + timeOfDayOf(clocks[0]) > dates[last] + timeOfDayOf(clocks[last]);
  let unmarked = 0;
  let twice = 0;
  let previous: number | undefined;
  const timeOf = (local: number, row: number): number => {
    const candidates = utcCandidates(local, zone);
    if (candidates.length === 1) return candidates[0];
    if (candidates.length === 0) {
      throw badTime(place(row), textOf(row), `does not exist in ${zone.name}: the clocks were put forward over it`);
    }
    twice++;
    const [earlier, later] = descending ? candidates.toReversed() : candidates;
    if (previous === undefined || (descending ? earlier < previous : earlier > previous)) return earlier;
    return (descending ? later < previous : later > previous) ? later : earlier;
  };
  const times = dates;
  for (let row = 0; row < times.length; row++) {
    const local = dates[row] + timeOfDayOf(clocks[row]);
    const offsetMs = offsetMsOf(clocks[row]);
    if (offsetMs === undefined) unmarked++;
    times[row] = offsetMs === undefined ? (zone.name === "UTC" ? local : timeOf(local, row)) : local - offsetMs;
    previous = times[row];
  }
  const notes: string[] = [];
  if (unmarked > 0) notes.push(`Times without an offset were read as ${zone.name}.`);
  if (twice > 0) notes.push(`Local times that ${zone.name} has twice, told apart by the rows' order: ${twice}.`);
  return { times, datesOnly: false, notes };
}
