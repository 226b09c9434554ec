/** @file Local time and UTC: the clocks of any zone at any moment, and what they can mean, also when they are changed. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { TimeZone } from "./time-zone.ts";
import { timeZone, utcCandidates } from "./time-zone.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** Both halves of the earth, zones without daylight saving, offsets of part of an hour, and a change of half an hour. */
const names = [
  "UTC",
  "America/New_York",
  "Europe/London",
  "Europe/Berlin",
  "Asia/Tokyo",
  "Asia/Kolkata",
  "Australia/Sydney",
  "Australia/Lord_Howe",
  "America/St_Johns",
];
const zones = new Map(names.map((name) => [name, timeZone(name)]));

/** What wall clocks show, as if it were UTC, by another form of the runtime's formatter. */
function shown(name: string, time: number): number {
  const text = new Intl.DateTimeFormat("sv-SE", { timeZone: name, dateStyle: "short", timeStyle: "medium" }).format(
    time,
  );
  return Date.parse(`${text.replace(" ", "T")}Z`);
}

const changes = new Map([...zones].map(([name, zone]) => [name, changesOf(zone)]));

/** Whole minutes of 1995 to 2030; half of them within a day and a half of a change of that zone's clocks. */
const moments = fc.constantFrom(...names).chain((name) => {
  const zone = zones.get(name)!;
  const anywhere = fc.integer({ min: Date.UTC(1995) / minuteMs, max: Date.UTC(2031) / minuteMs });
  const near = (changes.get(name) ?? []).map((change) =>
    fc.integer({ min: -36 * 60, max: 36 * 60 }).map((minutes) => change / minuteMs + minutes),
  );
  const minute = near.length === 0 ? anywhere : fc.oneof(anywhere, fc.oneof(...near));
  return minute.map((at) => ({ name, zone, time: at * minuteMs }));
});

/** Moments at which a zone's clocks are changed, to the minute. */
function changesOf(zone: TimeZone): number[] {
  const found: number[] = [];
  for (let day = Date.UTC(1995); day < Date.UTC(2031); day += dayMs) {
    if (zone.offsetMs(day) === zone.offsetMs(day + dayMs)) continue;
    let [before, after] = [day, day + dayMs];
    while (after - before > minuteMs) {
      const middle = before + Math.floor((after - before) / 2 / minuteMs) * minuteMs;
      if (zone.offsetMs(middle) === zone.offsetMs(day)) before = middle;
      else after = middle;
    }
    found.push(after);
  }
  return found;
}

test("knows what a zone's clocks show at any moment", () => {
  fc.assert(
    fc.property(moments, ({ name, zone, time }) => {
      expect(time + zone.offsetMs(time), `${name} at ${new Date(time).toISOString()}`).toBe(shown(name, time));
    }),
    { numRuns: 1000 },
  );
});

test("a local time means every moment at which the clocks show it, and no other", () => {
  fc.assert(
    fc.property(moments, fc.integer({ min: -90, max: 90 }), ({ zone, time }, minutes) => {
      const local = time + zone.offsetMs(time) + minutes * minuteMs;
      const found: number[] = [];
      for (let at = local - 15 * hourMs; at <= local + 15 * hourMs; at += 30 * minuteMs) {
        if (at + zone.offsetMs(at) === local) found.push(at);
      }
      expect(utcCandidates(local, zone)).toEqual(found);
    }),
    { numRuns: 500 },
  );
});

/** Day of the month of the nth Sunday of a month, from 0. */
function sunday(year: number, month: number, nth: number): number {
  return 1 + ((7 - new Date(Date.UTC(year, month, 1)).getUTCDay()) % 7) + 7 * nth;
}

// The Energy Policy Act of 2005: from the second Sunday of March, 2:00, to the first Sunday of November, 2:00.
test("changes New York's clocks on the days of the law: an hour that is not there, and an hour that is there twice", () => {
  const zone = zones.get("America/New_York")!;
  for (let year = 2007; year <= 2030; year++) {
    const skipped = Date.UTC(year, 2, sunday(year, 2, 1), 2, 30);
    expect(utcCandidates(skipped, zone), `${year}: skipped`).toEqual([]);
    expect(utcCandidates(skipped - hourMs, zone)).toEqual([skipped - hourMs + 5 * hourMs]);
    expect(utcCandidates(skipped + hourMs, zone)).toEqual([skipped + hourMs + 4 * hourMs]);
    const twice = Date.UTC(year, 10, sunday(year, 10, 0), 1, 30);
    expect(utcCandidates(twice, zone), `${year}: twice`).toEqual([twice + 4 * hourMs, twice + 5 * hourMs]);
    expect(utcCandidates(twice + hourMs, zone)).toEqual([twice + hourMs + 5 * hourMs]);
  }
  expect(changes.get("America/New_York")!.filter((time) => time >= Date.UTC(2007))).toHaveLength(2 * 24);
});

test("a zone with hours added keeps the dates of its zone", () => {
  const server = timeZone("America/New_York+7");
  const newYork = zones.get("America/New_York")!;
  fc.assert(
    fc.property(moments, ({ time }) => {
      expect(server.offsetMs(time)).toBe(newYork.offsetMs(time) + 7 * hourMs);
      expect([2 * hourMs, 3 * hourMs]).toContain(server.offsetMs(time));
    }),
  );
});

test("refuses a zone that is not there, by name", () => {
  for (const name of ["Mars/Olympus", "", "America/New_York+x"]) {
    expect(() => timeZone(name)).toThrow(`no time zone is called ${name}`);
  }
});
