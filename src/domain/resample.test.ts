import { join } from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import type { Bar, Bars, Timeframe } from "./bar.ts";
import { barAt, barColumns, barsFrom, sliceBars, timeframeMs } from "./bar.ts";
import type { CalendarName } from "./instrument.ts";
import { calendarNames } from "./instrument.ts";
import { needs, sharedData } from "../../test/requirements.ts";
import { readBarsFile } from "#data/bars-file.ts";
import { exchangeCalendar, sessionsBetween } from "./exchange-calendar.ts";
import type { ResampleOptions } from "./resample.ts";
import { asOf, closeTimes, joined, resample, resampler } from "./resample.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const iso = (time: number): string => new Date(time).toISOString().slice(0, 16);

/** A bar whose numbers tell where it came from. */
const barOf = (openTime: number, rng = createRng(openTime, "bars")): Bar => {
  const [open, close] = [100 + rng.uniform(), 100 + rng.uniform()];
  return {
    openTime,
    open,
    close,
    high: Math.max(open, close) + rng.uniform(),
    low: Math.min(open, close) - rng.uniform(),
    volume: rng.integer(1000),
  };
};

/** Bars of a market from `day` on, those at which it is closed left out, and a share of the others lost. */
function marketBars(calendar: CalendarName, from: Timeframe, day: number, days: number, lost: number): Bars {
  const rng = createRng(day, `${calendar}/${from}`);
  const known = exchangeCalendar(calendar);
  const sessions = sessionsBetween(known, day, day + days * dayMs);
  const times = sessions.flatMap(({ date, openTime, closeTime }) => {
    if (from === "1d") return [date];
    const first = Math.floor(openTime / timeframeMs[from]) * timeframeMs[from];
    const count = Math.ceil((closeTime - first) / timeframeMs[from]);
    return Array.from({ length: count }, (_, at) => first + at * timeframeMs[from]);
  });
  return barsFrom(times.filter(() => rng.uniform() >= lost).map((time) => barOf(time)));
}

const cases = fc.record({
  calendar: fc.constantFrom(...calendarNames),
  lengths: fc.constantFrom<readonly [Timeframe, Timeframe]>(
    ["1m", "5m"],
    ["1m", "15m"],
    ["5m", "1h"],
    ["15m", "4h"],
    ["30m", "1d"],
    ["1h", "4h"],
    ["1h", "1d"],
    ["1h", "1w"],
    ["1d", "1w"],
  ),
  day: fc.integer({ min: 0, max: 9000 }).map((days) => Date.UTC(2001, 0, 1) + days * dayMs),
  lost: fc.constantFrom(0, 0.1, 0.7),
});

function inCase({ calendar, lengths: [from, to], day, lost }: typeof cases extends fc.Arbitrary<infer C> ? C : never): {
  bars: Bars;
  options: ResampleOptions;
} {
  const days = from === "1m" ? 3 : 20;
  return { bars: marketBars(calendar, from, day, days, lost), options: { from, to, calendar } };
}

test("gives one by one what it gives all at once, each longer bar at the close of the bar that completes it", () => {
  fc.assert(
    fc.property(cases, (drawn) => {
      const { bars, options } = inCase(drawn);
      const whole = resample(bars, options);
      const known = asOf(closeTimes(bars.openTime, options.from, options.calendar), whole.closeTime);
      const stream = resampler(options);
      let given = 0;
      for (let t = 0; t < bars.openTime.length; t++) {
        stream.push(barAt(bars, t), (bar, closeTime) => {
          expect(bar).toEqual(barAt(whole.bars, given));
          expect(closeTime).toBe(whole.closeTime[given]);
          given++;
        });
        expect(given - 1, "what was given is what the join knows").toBe(known[t]);
      }
      expect(given).toBe(whole.closeTime.length);
    }),
    { numRuns: 60 },
  );
});

test("makes of each longer bar the first open, the extremes, the last close and the sum of volume", () => {
  fc.assert(
    fc.property(cases, (drawn) => {
      const { bars, options } = inCase(drawn);
      const { bars: longer, closeTime, outsideBars } = resample(bars, options);
      const ends = closeTimes(bars.openTime, options.from, options.calendar);
      expect(outsideBars).toBe(0);
      let from = 0;
      for (let at = 0; at < closeTime.length; at++) {
        let to = from;
        while (
          to < ends.length &&
          bars.openTime[to] < closeTime[at] &&
          ends[to] <= closeTime[at] + timeframeMs[options.from]
        )
          to++;
        const part = sliceBars(bars, from, to);
        expect(barAt(longer, at)).toEqual({
          openTime: longer.openTime[at],
          open: part.open[0],
          high: Math.max(...part.high),
          low: Math.min(...part.low),
          close: part.close[part.close.length - 1],
          volume: part.volume.reduce((sum, volume) => sum + volume, 0),
        });
        from = to;
      }
      expect(from, "all but an unfinished longer bar").toBeGreaterThanOrEqual(
        bars.openTime.findLastIndex((_, t) => ends[t] <= (closeTime.at(-1) ?? 0)) + 1,
      );
    }),
    { numRuns: 60 },
  );
});

test("sees no future: noise after a bar changes nothing that is known at it", () => {
  fc.assert(
    fc.property(cases, fc.double({ min: 0, max: 1, noNaN: true }), (drawn, share) => {
      const { bars, options } = inCase(drawn);
      const cut = Math.floor(share * (bars.openTime.length - 1));
      const noisy = barsFrom(
        Array.from(bars.openTime, (openTime, t) =>
          t <= cut ? barAt(bars, t) : { ...barOf(openTime), open: 1e6, high: 1e9, low: 1e-9, close: 5e5, volume: 7 },
        ),
      );
      const known = (given: Bars): Float64Array[] => {
        const longer = resample(given, options);
        const index = asOf(closeTimes(given.openTime, options.from, options.calendar), longer.closeTime);
        return barColumns.map((column) => joined(longer.bars[column], index).slice(0, cut + 1));
      };
      expect(known(noisy)).toEqual(known(bars));
      expect(known(sliceBars(bars, 0, cut + 1))).toEqual(known(bars));
    }),
    { numRuns: 60 },
  );
});

const minutes = (from: string, count: number, everyMs = minuteMs): Bars =>
  barsFrom(Array.from({ length: count }, (_, at) => barOf(Date.parse(from) + at * everyMs)));

test("completes an hour with its last minute, and not before", () => {
  const options = { from: "1m", to: "1h", calendar: "crypto" } as const;
  const bars = minutes("2024-03-01T00:00Z", 61);
  expect(resample(sliceBars(bars, 0, 59), options).closeTime).toHaveLength(0);
  const { bars: hours, closeTime } = resample(sliceBars(bars, 0, 60), options);
  expect(Array.from(hours.openTime, iso)).toEqual(["2024-03-01T00:00"]);
  expect(Array.from(closeTime, iso)).toEqual(["2024-03-01T01:00"]);
});

test("ends the day of shares with their session: earlier after Thanksgiving, another hour after daylight saving", () => {
  const options = { from: "30m", to: "1d", calendar: "us-equities" } as const;
  const bars = marketBars("us-equities", "30m", Date.UTC(2024, 9, 31), 30, 0);
  const { bars: days, closeTime } = resample(bars, options);
  expect(days.openTime[0]).toBe(Date.UTC(2024, 9, 31));
  expect(iso(closeTime[0])).toBe("2024-10-31T20:00");
  const closes = new Map(
    Array.from(days.openTime, (date, at) => [iso(date).slice(5, 10), iso(closeTime[at]).slice(11)]),
  );
  expect([closes.get("11-01"), closes.get("11-04"), closes.get("11-27")]).toEqual(["20:00", "21:00", "21:00"]);
  expect([closes.get("11-28"), closes.get("11-29")]).toEqual([undefined, "18:00"]);
});

test("ends the day of currencies at 17:00 in New York, and their week on Friday", () => {
  const bars = marketBars("fx", "1h", Date.UTC(2024, 2, 4), 14, 0);
  const days = resample(bars, { from: "1h", to: "1d", calendar: "fx" });
  expect(Array.from(days.bars.openTime.subarray(3, 7), iso)).toEqual([
    "2024-03-07T00:00",
    "2024-03-08T00:00",
    "2024-03-11T00:00",
    "2024-03-12T00:00",
  ]);
  // New York put its clocks forward on 10 March.
  expect(Array.from(days.closeTime.subarray(3, 7), iso)).toEqual([
    "2024-03-07T22:00",
    "2024-03-08T22:00",
    "2024-03-11T21:00",
    "2024-03-12T21:00",
  ]);
  const weeks = resample(bars, { from: "1h", to: "1w", calendar: "fx" });
  expect(Array.from(weeks.bars.openTime, iso)).toEqual(["2024-03-04T00:00", "2024-03-11T00:00"]);
  expect(Array.from(weeks.closeTime, iso)).toEqual(["2024-03-08T22:00", "2024-03-15T21:00"]);
  const fours = resample(bars, { from: "1h", to: "4h", calendar: "fx" });
  expect(Array.from(fours.bars.openTime.subarray(0, 3), iso)).toEqual([
    "2024-03-03T22:00",
    "2024-03-04T02:00",
    "2024-03-04T06:00",
  ]);
});

test("ends the week of Good Friday on Thursday", () => {
  const bars = marketBars("us-equities", "1d", Date.UTC(2024, 2, 25), 5, 0);
  const { bars: weeks, closeTime } = resample(bars, { from: "1d", to: "1w", calendar: "us-equities" });
  expect([weeks.openTime.length, iso(weeks.openTime[0]), iso(closeTime[0])]).toEqual([
    1,
    "2024-03-25T00:00",
    "2024-03-28T20:00",
  ]);
});

test("leaves out bars at which the market was closed, and counts them", () => {
  const bars = minutes("2024-03-01T08:00Z", 30, 30 * minuteMs);
  const { bars: days, outsideBars } = resample(bars, { from: "30m", to: "1d", calendar: "us-equities" });
  expect([days.openTime.length, outsideBars]).toEqual([1, 30 - 13]);
  const first = Array.from(bars.openTime, iso).indexOf("2024-03-01T14:30");
  expect(barAt(days, 0).open).toBe(bars.open[first]);
});

test("refuses a length that is not longer, bars out of order, bars that overlap, and days that no calendar knows", () => {
  expect(() => resampler({ from: "1h", to: "1h", calendar: "fx" })).toThrow(
    /bars of 1h cannot be made into bars of 1h/,
  );
  const stream = resampler({ from: "1h", to: "1d", calendar: "crypto" });
  stream.push(barOf(hourMs), () => undefined);
  expect(() => stream.push(barOf(hourMs), () => undefined)).toThrow(/bars come in time order/);
  stream.push(barOf(23 * hourMs), () => undefined);
  expect(() => stream.push(barOf(23.5 * hourMs), () => undefined)).toThrow(
    /before the bar of 1h that precedes it is over/,
  );
  const old = minutes("1999-06-01T14:00Z", 60);
  expect(() => resample(old, { from: "1m", to: "1h", calendar: "us-equities" })).toThrow(/is known from 2000-01-01/);
});

test("refuses bars with more than prices and volume, and says what to do", () => {
  const bars = minutes("2024-03-01T08:00Z", 120);
  const measured = { names: ["ofi1", "spreadBps"], values: new Float64Array(240) };
  expect(() => resample({ ...bars, measured }, { from: "1m", to: "1h", calendar: "crypto" })).toThrow(
    /bars of 1m with ofi1, spreadBps were to be made into bars of 1h.*import-flow --timeframe/,
  );
});

test.skipIf(!needs.sharedData())("makes the daily bars of SPY's hours that its daily file has", async () => {
  const hours = await readBarsFile(join(sharedData, "us_equities_1h/SPY_1h.csv.gz"));
  const days = await readBarsFile(join(sharedData, "us_equities_daily/SPY.csv.gz"));
  const made = resample(hours.bars, { from: "1h", to: "1d", calendar: "us-equities" }).bars;
  const closeOf = new Map(Array.from(days.bars.openTime, (time, t) => [time, days.bars.close[t]]));
  const both = Array.from(made.openTime.keys()).filter((t) => closeOf.has(made.openTime[t]));
  expect(both.length).toBeGreaterThan(800);
  // The daily file is adjusted for dividends, so its returns are compared, not its prices.
  const returns = (close: (t: number) => number): number[] =>
    both.slice(1).map((t, at) => Math.log(close(t) / close(both[at])));
  const [ours, theirs] = [returns((t) => made.close[t]), returns((t) => closeOf.get(made.openTime[t])!)];
  const off = ours.map((value, at) => Math.abs(value - theirs[at])).sort((a, b) => a - b);
  expect(off[Math.floor(off.length / 2)], "median difference of daily returns").toBeLessThan(0.0005);
});
