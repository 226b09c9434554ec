/** @file Local times to UTC and back, by the IANA tables that the runtime carries. */
import { Failure } from "#base/failure.ts";
import { dayMs } from "./day.ts";

const hourMs = 3_600_000;

/** A time zone: how far its clocks are ahead of UTC. */
export interface TimeZone {
  readonly name: string;
  /** Milliseconds by which local time is ahead of UTC at the UTC moment `time`. */
  offsetMs(time: number): number;
}

/** What a local time can mean in UTC: one moment, two (clocks were put back), or none (clocks were put forward). */
export function utcCandidates(local: number, zone: TimeZone): number[] {
  const before = zone.offsetMs(local - dayMs);
  const after = zone.offsetMs(local + dayMs);
  if (before === after) return [local - before];
  const first = Math.min(local - before, local - after);
  const second = Math.max(local - before, local - after);
  return [first, second].filter((time) => time + zone.offsetMs(time) === local);
}

/**
 * A zone by its IANA name, or one that keeps a fixed distance to such a zone: `America/New_York+7` is the server time of
 * most MetaTrader brokers (UTC+2 in winter and UTC+3 in summer, by the American dates).
 * @throws Failure cli/bad-option when there is no such zone.
 */
export function timeZone(name: string): TimeZone {
  if (name === "UTC") return { name, offsetMs: () => 0 };
  const [, base, shift] = /^([A-Za-z][A-Za-z0-9_/-]*?)([+-]\d{1,2})?$/.exec(name) ?? [];
  const format = base === undefined ? undefined : zoneFormat(base);
  if (format === undefined) {
    throw new Failure(
      "cli/bad-option",
      `no time zone is called ${name} (examples: UTC, Europe/Berlin, America/New_York+7)`,
      { timeZone: name },
    );
  }
  const shiftMs = Number(shift ?? 0) * hourMs;
  const offsetOf = (time: number): number => wallClock(format, time) - Math.floor(time / 1000) * 1000 + shiftMs;
  // Offsets change at most once a day: a day with the same offset at both ends has it throughout.
  const wholeDays = new Map<number, number | undefined>();
  const offsetMs = (time: number): number => {
    const day = Math.floor(time / dayMs);
    if (!wholeDays.has(day)) {
      const start = offsetOf(day * dayMs);
      wholeDays.set(day, start === offsetOf((day + 1) * dayMs) ? start : undefined);
    }
    return wholeDays.get(day) ?? offsetOf(time);
  };
  return { name, offsetMs };
}

function zoneFormat(zone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch {
    return undefined;
  }
}

/** What the wall clock shows at `time`, as if it were UTC. */
function wallClock(format: Intl.DateTimeFormat, time: number): number {
  const parts = new Map(format.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
  const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
  return Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
}
