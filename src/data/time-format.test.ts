import * as fc from "fast-check";
import { expect, test } from "vitest";
import { readTimes, timeColumn } from "./time-format.ts";
import { timeZone } from "#domain/time-zone.ts";

const place = (row: number): string => `x.csv:${row + 2}`;
const read = (texts: readonly string[], zone = "UTC"): string[] =>
  Array.from(readTimes(texts, timeZone(zone), place).times, (time) => new Date(time).toISOString());

test.each<[form: string, texts: string[], expected: string]>([
  ["Unix seconds", ["1499040000"], "2017-07-03T00:00:00.000Z"],
  ["Unix seconds with a fraction", ["1499040000.5"], "2017-07-03T00:00:00.500Z"],
  ["Unix milliseconds", ["1499040000123"], "2017-07-03T00:00:00.123Z"],
  ["Unix microseconds", ["1499040000123000"], "2017-07-03T00:00:00.123Z"],
  ["Unix nanoseconds", ["1499040000123000000"], "2017-07-03T00:00:00.123Z"],
  ["ISO dates", ["2017-07-03"], "2017-07-03T00:00:00.000Z"],
  ["ISO times", ["2017-07-03T01:02:03Z"], "2017-07-03T01:02:03.000Z"],
  ["times with milliseconds", ["2017-07-03 01:02:03.456"], "2017-07-03T01:02:03.456Z"],
  ["times with microseconds", ["2017-07-03 01:02:03.456789"], "2017-07-03T01:02:03.456Z"],
  ["times with an offset", ["2017-07-03 01:02:03-05:00"], "2017-07-03T06:02:03.000Z"],
  ["times with a short offset", ["2017-07-03 01:02+0530"], "2017-07-02T19:32:00.000Z"],
  ["years with dots", ["2017.07.03 01:02"], "2017-07-03T01:02:00.000Z"],
  ["years with slashes, short numbers", ["2017/7/3 1:02"], "2017-07-03T01:02:00.000Z"],
  ["morning hours", ["2017-07-03 12-AM", "2017-07-03 01-AM"], "2017-07-03T00:00:00.000Z"],
  ["afternoon hours", ["2017-07-03 12-PM"], "2017-07-03T12:00:00.000Z"],
  ["afternoon minutes", ["2017-07-03 3:15 PM"], "2017-07-03T15:15:00.000Z"],
  ["days first with dots", ["03.07.2017 01:00:00.000", "13.07.2017 01:00:00.000"], "2017-07-03T01:00:00.000Z"],
  ["days first with slashes", ["03/07/2017", "13/07/2017"], "2017-07-03T00:00:00.000Z"],
  ["months first", ["07/03/2017", "07/13/2017"], "2017-07-03T00:00:00.000Z"],
  ["compact dates", ["20170703"], "2017-07-03T00:00:00.000Z"],
  ["compact times", ["20170703 010203"], "2017-07-03T01:02:03.000Z"],
  ["compact times without a space", ["20170703010203"], "2017-07-03T01:02:03.000Z"],
])("reads %s", (_, texts, expected) => {
  expect(read(texts)[0]).toBe(expected);
});

test("reads back every minute that it is given", () => {
  const minute = fc.integer({ min: Date.UTC(1980, 0, 1) / 60_000, max: Date.UTC(2099, 0, 1) / 60_000 });
  fc.assert(
    fc.property(minute, (at) => {
      const iso = new Date(at * 60_000).toISOString();
      expect(read([iso])[0]).toBe(iso);
      expect(read([iso.slice(0, 16).replace("T", " ")])[0]).toBe(iso);
    }),
  );
});

test("reads local times in their zone, in winter and in summer", () => {
  expect(read(["2020-01-15 09:30", "2020-07-15 09:30"], "America/New_York")).toEqual([
    "2020-01-15T14:30:00.000Z",
    "2020-07-15T13:30:00.000Z",
  ]);
});

test("keeps an explicit offset whatever the zone", () => {
  expect(read(["2020-07-15 09:30:00+00:00"], "America/New_York")).toEqual(["2020-07-15T09:30:00.000Z"]);
});

test("leaves dates alone whatever the zone, also where they are written with midnight", () => {
  expect(read(["2020-07-15", "2020-07-16"], "America/New_York")[0]).toBe("2020-07-15T00:00:00.000Z");
  expect(read(["2020-07-15 00:00:00-04:00"], "UTC")[0]).toBe("2020-07-15T00:00:00.000Z");
});

test("reads the server time of MetaTrader, seven hours ahead of New York on either side of its clock changes", () => {
  expect(read(["2024-03-08 00:00", "2024-03-12 00:00", "2024-03-12 01:00"], "America/New_York+7")).toEqual([
    "2024-03-07T22:00:00.000Z",
    "2024-03-11T21:00:00.000Z",
    "2024-03-11T22:00:00.000Z",
  ]);
});

const backInTime = [
  "2020-11-01 00:30",
  "2020-11-01 01:00",
  "2020-11-01 01:30",
  "2020-11-01 01:00",
  "2020-11-01 01:30",
  "2020-11-01 02:00",
];
const asUtc = ["04:30", "05:00", "05:30", "06:00", "06:30", "07:00"].map((time) => `2020-11-01T${time}:00.000Z`);

test("tells apart by their order the local times that the clocks show twice", () => {
  expect(read(backInTime, "America/New_York")).toEqual(asUtc);
});

test("does so in files that are newest first too", () => {
  expect(read(backInTime.toReversed(), "America/New_York")).toEqual(asUtc.toReversed());
});

test("says how many times occur twice", () => {
  const { notes } = readTimes(backInTime, timeZone("America/New_York"), place);
  expect(notes).toEqual([
    "Times without an offset were read as America/New_York.",
    "Local times that America/New_York has twice, told apart by the rows' order: 4.",
  ]);
});

test("refuses a local time that the clocks skip", () => {
  expect(() => read(["2020-03-08 02:30"], "America/New_York")).toThrow(/x\.csv:2 has "2020-03-08 02:30".*put forward/);
});

test("goes from UTC to any zone's clock and back", () => {
  const zones = ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata", "America/New_York+7"];
  const hours = fc.integer({ min: Date.UTC(1990, 0, 1) / 3_600_000, max: Date.UTC(2030, 0, 1) / 3_600_000 });
  fc.assert(
    fc.property(fc.constantFrom(...zones), hours, (name, hour) => {
      const zone = timeZone(name);
      const time = hour * 3_600_000;
      const local = new Date(time + zone.offsetMs(time)).toISOString().slice(0, 19);
      // One row can't be told apart from its twin: its own time, or the one an hour before.
      const back = Date.parse(read([local, "2000-01-01 11:11"], name)[0]);
      const twin = [0, 1_800_000, 3_600_000].some((shift) => back === time - shift);
      expect(twin, `${new Date(time).toISOString()} in ${name} came back as ${new Date(back).toISOString()}`).toBe(
        true,
      );
    }),
  );
});

test("reads from bytes what it reads from text, or leaves it to be read as text", () => {
  const minute = fc.integer({ min: Date.UTC(1980, 0, 1), max: Date.UTC(2099, 0, 1) });
  const forms: readonly ((iso: string, time: number) => string)[] = [
    (iso) => iso.slice(0, 10),
    (iso) => iso.slice(0, 16),
    (iso) => iso.slice(0, 19).replace("T", " "),
    (iso) => `${iso.slice(0, 19)}Z`,
    (iso) => iso.slice(0, 16).replaceAll("-", "."),
    (iso) => iso,
    (iso) => `${iso.slice(0, 19)}+02:00`,
    (iso) => iso.slice(0, 16).replace(/-/g, "/").replace("/0", "/"),
    (_, time) => String(Math.floor(time / 1000)),
    (_, time) => String(time),
    (iso) => iso.slice(0, 10).replaceAll("-", ""),
  ];
  fc.assert(
    fc.property(fc.constantFrom(...forms), fc.array(minute, { minLength: 1, maxLength: 5 }), (form, times) => {
      const texts = times.map((time) => form(new Date(time).toISOString(), time));
      const column = timeColumn(place);
      for (const text of texts) {
        if (!column.pushBytes(Buffer.from(`,${text},`), 1, 1 + text.length)) column.push(text);
      }
      const zone = timeZone("UTC");
      expect(column.read(zone, (row) => texts[row])).toEqual(readTimes(texts, zone, place));
    }),
    { numRuns: 300 },
  );
});

test.each(["2020-13-01 00:00", "2020-02-30", "2020-01-01 24:00", "2020-01-01 10:60", "2020-1-01", "2020-01-01X10:00"])(
  "does not take the bytes of %s",
  (text) => {
    const column = timeColumn(place);
    column.push("2020-01-01 00:00");
    expect(column.pushBytes(Buffer.from(text), 0, text.length)).toBe(false);
  },
);
