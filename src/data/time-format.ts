/** @file Texts to times: finds out from the whole column how its times are written. */
import { Failure } from "#base/failure.ts";
import type { TimeZone } from "./time-zone.ts";
import { utcCandidates } from "./time-zone.ts";

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

/**
 * Reads a column of times `[T]`. Unix seconds, milliseconds, microseconds and nanoseconds are told apart by their size;
 * day and month by a value above 12 somewhere in the column; local times are read in `zone`.
 * @throws Failure data/bad-time with the place of the row.
 */
export function readTimes(texts: readonly string[], zone: TimeZone, place: Place): ReadTimes {
  const first = texts[0];
  if (numberForm.test(first) && !compactForm.test(first)) {
    return { times: readUnixTimes(texts, place), datesOnly: false, notes: [] };
  }
  const written = texts.map((text, row) => {
    const read = parseWritten(text);
    if (read === undefined) throw badTime(place(row), text);
    return read;
  });
  if (written.some(({ yearFirst }) => yearFirst !== written[0].yearFirst)) {
    const row = written.findIndex(({ yearFirst }) => yearFirst !== written[0].yearFirst);
    throw badTime(place(row), texts[row], `is written in another way than ${place(0)} "${first}"`);
  }
  const dateOf = dateReader(written, texts, place);
  const dates = Float64Array.from(written, ({ parts }, row) => {
    const date = dateOf(parts);
    if (Number.isNaN(date)) throw badTime(place(row), texts[row], "is not a date of the calendar");
    return date;
  });
  // Midnight everywhere means that the rows are days, and a day's name does not depend on the zone it is told in.
  if (written.every(({ timeOfDayMs }) => (timeOfDayMs ?? 0) === 0)) return { times: dates, datesOnly: true, notes: [] };
  return localTimes(written, dates, zone, texts, place);
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

function readUnixTimes(texts: readonly string[], place: Place): Float64Array {
  const scale = unitMs(Number(texts[0]));
  return Float64Array.from(texts, (text, row) => {
    if (!numberForm.test(text)) throw badTime(place(row), text);
    if (unitMs(Number(text)) !== scale) throw badTime(place(row), text, `counts in another unit than ${place(0)}`);
    const time = Math.round(Number(text) * scale);
    if (time > lastPlausibleTime) throw badTime(place(row), text, "lies after the year 2200");
    return time;
  });
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

/** How three numbers make a date, decided from the whole column. */
function dateReader(
  written: readonly Written[],
  texts: readonly string[],
  place: Place,
): (parts: Written["parts"]) => number {
  if (written[0].yearFirst) return ([year, month, day]) => utcDate(year, month, day);
  const dayFirst = written.findIndex(({ parts }) => parts[0] > 12);
  const monthFirst = written.findIndex(({ parts }) => parts[1] > 12);
  if (dayFirst >= 0 && monthFirst >= 0) {
    const row = Math.max(dayFirst, monthFirst);
    throw badTime(place(row), texts[row], `turns day and month round against ${place(Math.min(dayFirst, monthFirst))}`);
  }
  if (dayFirst < 0 && monthFirst < 0) {
    throw badTime(place(0), texts[0], "could be day/month or month/day, as all dates of the file; write YYYY-MM-DD");
  }
  return dayFirst >= 0
    ? ([day, month, year]) => utcDate(year, month, day)
    : ([month, day, year]) => utcDate(year, month, day);
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
  written: readonly Written[],
  dates: Float64Array,
  zone: TimeZone,
  texts: readonly string[],
  place: Place,
): ReadTimes {
  const times = new Float64Array(written.length);
  const localOf = (row: number): number => dates[row] + (written[row].timeOfDayMs ?? 0);
  const descending = localOf(0) > localOf(written.length - 1);
  let unmarked = 0;
  let twice = 0;
  written.forEach(({ offsetMs }, row) => {
    const local = localOf(row);
    if (offsetMs !== undefined) {
      times[row] = local - offsetMs;
      return;
    }
    unmarked++;
    const candidates = utcCandidates(local, zone);
    if (candidates.length === 0) {
      throw badTime(place(row), texts[row], `does not exist in ${zone.name}: the clocks were put forward over it`);
    }
    if (candidates.length === 2) twice++;
    const ordered = descending ? candidates.toReversed() : candidates;
    const previous = row === 0 ? undefined : times[row - 1];
    times[row] =
      ordered.find((time) => previous === undefined || (descending ? time < previous : time > previous)) ?? ordered[0];
  });
  const notes: string[] = [];
  if (unmarked > 0) notes.push(`Times without an offset were read as ${zone.name}.`);
  if (twice > 0) notes.push(`Local times that ${zone.name} has twice, told apart by the rows' order: ${twice}.`);
  return { times, datesOnly: false, notes };
}
