/** @file Exports of MetaTrader 5: times are the clock of the broker's server, which follows a rule of its own. */
import type { BarsFile, BarsFileOptions } from "../bars-file.ts";
import { readBarsFile } from "../bars-file.ts";
import type { TimeZone } from "#domain/time-zone.ts";
import { timeZone } from "#domain/time-zone.ts";

/**
 * Rules of server clocks. `american`: UTC+2, and UTC+3 while New York has summer time, so that a day ends with New York's
 * at 17:00; most brokers. `european`: UTC+2, and UTC+3 while Europe has summer time.
 */
const serverTimes = {
  american: "America/New_York+7",
  european: "Europe/Athens",
  utc: "UTC",
} as const;

export interface Mt5Options extends Omit<BarsFileOptions, "timeZone"> {
  /** A rule of `serverTimes`, or any zone that `timeZone` reads; `american` unless named. */
  readonly serverTime?: string | undefined;
}

const hourMs = 3_600_000;
/** A pause as long as this between two bars is a weekend, whatever the broker's hours. */
const weekendMs = 40 * hourMs;
/** Weeks from which on the file itself tells which rule its clock follows. */
const tellingWeeks = 20;

/**
 * Reads an export, with `<DATE> <TIME> <OPEN> …` and tabs or with plain names and commas, to bars in UTC. Where the file
 * is long enough, a note says how many of its weeks open at one and the same time in New York, as those of currencies and
 * metals do, and whether another rule of `serverTimes` would fit more of them.
 * @throws Failure as `readBarsFile`; cli/bad-option for a zone that does not exist.
 */
export async function readMt5File(
  path: string,
  { serverTime = "american", ...options }: Mt5Options = {},
): Promise<BarsFile> {
  const zone = zoneOf(serverTime);
  const file = await readBarsFile(path, { ...options, timeZone: zone });
  return { ...file, notes: [...file.notes, ...weekNotes(file, zone, serverTime)] };
}

function zoneOf(serverTime: string): string {
  return Object.hasOwn(serverTimes, serverTime) ? serverTimes[serverTime as keyof typeof serverTimes] : serverTime;
}

function weekNotes({ bars: { openTime } }: BarsFile, zoneName: string, serverTime: string): string[] {
  const opens = openTime.filter((time, t) => t > 0 && time - openTime[t - 1] > weekendMs);
  const hours = openTime.some((time) => time % (24 * hourMs) !== 0);
  if (!hours || opens.length < tellingWeeks) return [];
  const zone = timeZone(zoneName);
  const { share, at } = commonOpen(opens);
  const others = Object.entries(serverTimes)
    .filter(([, other]) => other !== zoneName)
    .map(([name, other]) => ({ name, share: commonOpen(reread(opens, zone, timeZone(other))).share }))
    .filter((other) => other.share > share);
  const best = others.sort((a, b) => b.share - a.share).at(0);
  const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
  const found = `Read with the server time ${serverTime}, ${percent(share)} of ${opens.length} weeks open at ${at} in New York`;
  if (best === undefined) return [`${found}.`];
  return [
    `${found}; with the server time ${best.name} it would be ${percent(best.share)}. Find out which one is right.`,
  ];
}

/** The times at which clocks of another rule show what those of `zone` show at `times`. */
function reread(times: Float64Array, zone: TimeZone, other: TimeZone): Float64Array {
  return times.map((time) => {
    const local = time + zone.offsetMs(time);
    return local - other.offsetMs(local - zone.offsetMs(time));
  });
}

/** The wall-clock time in New York at which most of `opens` lie, and their share. */
function commonOpen(opens: Float64Array): { readonly share: number; readonly at: string } {
  const newYork = timeZone("America/New_York");
  const counts = new Map<string, number>();
  for (const time of opens) {
    const at = new Date(time + newYork.offsetMs(time)).toISOString().slice(11, 16);
    counts.set(at, (counts.get(at) ?? 0) + 1);
  }
  const [at, count] = [...counts].reduce((best, next) => (next[1] > best[1] ? next : best));
  return { share: count / opens.length, at };
}
