/** @file Every feature set on random and on real bars, daily and within the day: future-blind, and batch equals stream. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { alignUniverse } from "#data/align.ts";
import { readBarsFile } from "#data/bars-file.ts";
import type { Bar, Timeframe } from "#domain/bar.ts";
import { barAt, barsFrom, timeframeMs } from "#domain/bar.ts";
import { instrument } from "#domain/instrument.ts";
import type { Universe } from "#domain/universe.ts";
import { barsAt, sliceUniverse, universe } from "#domain/universe.ts";
import { exchangeCalendar, sessionsBetween } from "#domain/exchange-calendar.ts";
import { measuredNeeds } from "#features/feature.ts";
import type { FeatureSetName } from "#features/feature-set.ts";
import { featureSets } from "#features/feature-set.ts";
import {
  featureColumns,
  featureNames,
  featureSpec,
  featureStream,
  schemaHash,
  warmUpBars,
} from "#features/pipeline.ts";
import { sampleBars, sampleMeasured, withMeasured } from "#features/sample-bars.ts";
import { needs, sharedData } from "./requirements.ts";

/** Bars that a set is made of here; those of several timeframes need short ones. */
function timeframesOf(set: FeatureSetName): Timeframe[] {
  if (set.startsWith("gemini")) return [];
  return set === "multi-timeframe" ? ["1h", "15m"] : ["1d", "1h"];
}

/** Bars with prices, volume and all that a set may need measured. */
function madeUp(timeframe: Timeframe, length: number, seed: number): Universe {
  const bars = barsFrom(withMeasured(sampleBars(length, seed, timeframeMs[timeframe]), seed), sampleMeasured);
  return universe("made-up", timeframe, [{ instrument: instrument("X", { calendar: "crypto" }), bars }]);
}

function bytes(values: Float64Array): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
}

/** The same past with another future, of another scale. */
function withOtherFuture(whole: Universe, from: number, seed: number): Universe {
  const step = timeframeMs[whole.timeframe];
  const bars = whole.bars.map((series, i) => {
    const past = Array.from({ length: from }, (_, t) => barAt(series, t));
    const future = sampleBars(series.openTime.length - from, seed + i, step).map((bar, t) => ({
      openTime: series.openTime[from + t],
      open: 7 * bar.open,
      high: 7 * bar.high,
      low: 7 * bar.low,
      close: 7 * bar.close,
      volume: 3 * bar.volume,
    }));
    const names = series.measured?.names;
    return barsFrom([...past, ...(names === undefined ? future : withMeasured(future, seed + i, 5))], names);
  });
  return { ...whole, bars };
}

/** Checks both laws on these bars, with the future replaced from `from` on. */
function expectLawful(set: FeatureSetName, whole: Universe, from: number, seed: number): void {
  const spec = featureSpec(set, whole, 1);
  const width = featureNames(spec).length;
  const raw = featureColumns(spec, whole);
  const other = featureColumns(spec, withOtherFuture(whole, from, seed));
  const past = from * width;
  expect(bytes(other.subarray(0, past)).equals(bytes(raw.subarray(0, past))), `past of ${from}`).toBe(true);
  const stream = featureStream(spec);
  for (let t = 0; t < whole.openTime.length; t++) {
    const row = stream.next(barsAt(whole, t));
    expect(bytes(row).equals(bytes(raw.subarray(t * width, (t + 1) * width))), `row ${t}`).toBe(true);
  }
}

const setNames = Object.keys(featureSets) as FeatureSetName[];
/** Those of bars alone; what is recorded beside them has its own files, see order-flow.test.ts. */
const ofBars = setNames.filter((set) => measuredNeeds(featureSets[set]).length === 0);

describe.each(setNames.filter((set) => timeframesOf(set).length > 0))("the set %s", (set) => {
  test.each(timeframesOf(set))(
    "is future-blind and says the same in batch and in stream, on random %s bars",
    (timeframe) => {
      const warm = warmUpBars(featureSpec(set, madeUp(timeframe, 1, 1), 1));
      const length = warm + 110;
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 100 }), (seed, back) => {
          expectLawful(set, madeUp(timeframe, length, seed), length - back, seed + 1);
        }),
        { numRuns: 3 },
      );
    },
  );
});

const real = [
  ["us_equities_daily/SPY.csv.gz", "1d"],
  ["us_equities_1h/AAPL_1h.csv.gz", "1h"],
] as const;

describe.skipIf(!needs.sharedData())("on real bars", () => {
  const pairs = ofBars.flatMap((set) => real.map(([file, timeframe]) => [set, timeframe, file] as const));
  test.each(pairs.filter(([set, timeframe]) => timeframesOf(set).includes(timeframe)))(
    "the set %s is future-blind and says the same in batch and in stream, on %s bars of %s",
    async (set, timeframe, file) => {
      const { symbol, bars, calendar } = await readBarsFile(`${sharedData}${file}`, {});
      const { universe: all } = alignUniverse("real", [
        { instrument: instrument(symbol, { calendar }), bars, timeframe },
      ]);
      const warm = warmUpBars(featureSpec(set, all, 1));
      const length = Math.min(all.openTime.length, warm + 300);
      expectLawful(set, sliceUniverse(all, 0, length), length - 150, 9);
    },
  );
});

/** Minutes of the sessions of New York: a year of its days is 100,000 of them, of round-the-clock markets 370,000. */
function minutesOfShares(length: number, seed: number): Universe {
  const calendar = exchangeCalendar("us-equities");
  const sessions = sessionsBetween(calendar, Date.UTC(2020, 0, 1), Date.UTC(2021, 11, 31));
  const times = sessions.flatMap(({ openTime, closeTime }) =>
    Array.from({ length: (closeTime - openTime) / 60_000 }, (_, minute) => openTime + minute * 60_000),
  );
  const bars = barsFrom(sampleBars(length, seed).map((bar, t) => ({ ...bar, openTime: times[t] })));
  return universe("made-up", "1m", [{ instrument: instrument("X"), bars }]);
}

test.each(["gemini-84", "gemini-84-legacy"] as const)(
  "the set %s is future-blind and says the same in batch and in stream, on a year of random minutes",
  (set) => {
    const warm = warmUpBars(featureSpec(set, minutesOfShares(1, 1), 1));
    expectLawful(set, minutesOfShares(warm + 900, 3), warm + 500, 4);
  },
);

test("a set that needs volume is refused bars without volume, in batch and in stream alike", () => {
  const silent = sampleBars(700).map((bar) => ({ ...bar, volume: 0 }));
  const market = universe("fx", "1d", [{ instrument: instrument("EURUSD"), bars: barsFrom(silent) }]);
  const spec = featureSpec("ploutos-v3", market, 1);
  const message = /ploutos-v3 needs volume \(for mfi14\), EURUSD has none in its first \d+ bars/;
  expect(() => featureColumns(spec, market)).toThrow(message);
  const stream = featureStream(spec);
  expect(() => silent.forEach((bar) => stream.next([bar]))).toThrow(message);
});

describe("a set of order flow", () => {
  const bars = withMeasured(sampleBars(60));
  const flow = (rows: readonly Bar[], names?: readonly string[], name = "flow"): Universe =>
    universe(name, "1m", [{ instrument: instrument("X"), bars: barsFrom(rows, names) }]);
  const whole = flow(bars, sampleMeasured);

  test("is refused bars without what it is made of, with the names of what is missing, in batch and in stream", () => {
    const without = sampleMeasured.filter((name) => !/^t|^recent/.test(name));
    const rows = bars.map((bar) => ({ ...bar, measured: bar.measured!.slice(0, without.length) }));
    const spec = featureSpec("order-flow", flow(rows, without), 1);
    const message =
      /order-flow needs tickImbalance, recentTickImbalance, tradeSignImbalance \(from trades\), X has ofi1, ofi2, .*import-flow/;
    expect(() => featureColumns(spec, flow(rows, without))).toThrow(message);
    expect(() => featureStream(spec)).toThrow(message);
    const plain = flow(sampleBars(60));
    expect(() => featureColumns(featureSpec("order-book", plain, 1), plain)).toThrow(/X has prices and volume only/);
    expect(featureNames(featureSpec("order-book", flow(rows, without), 1))).toContain("X.depthImbalance");
  });

  test("is refused bars that have measured something else than its spec names, in batch and in stream", () => {
    const spec = featureSpec("order-flow", whole, 1);
    const names = sampleMeasured.map((name) => `${name}@500units`);
    expect(() => featureColumns(spec, flow(bars, names, "other"))).toThrow(
      /features of X are made of ofi1, .*, other has ofi1@500units, /,
    );
    const stream = featureStream(spec);
    stream.next([bars[0]]);
    const [fewer] = [bars[1]].map((bar) => ({ ...bar, measured: bar.measured!.slice(1) }));
    expect(() => stream.next([fewer])).toThrow(/the bar of X has 10 such numbers/);
    expect(() => stream.next([sampleBars(2)[1]])).toThrow(/the bar of X has 0 such numbers/);
  });

  test("has another schema where something was measured in another way; a set of prices does not care", () => {
    const other = flow(
      bars,
      sampleMeasured.map((name) => `${name}@500units`),
    );
    const hashOf = (set: FeatureSetName, market: Universe): string => schemaHash(featureSpec(set, market, 1));
    expect(hashOf("order-flow", other)).not.toBe(hashOf("order-flow", whole));
    expect(hashOf("first-light", whole)).toBe(hashOf("first-light", flow(sampleBars(60))));
  });

  test("has a column for each level that the book has, and their mean", () => {
    const spec = featureSpec("order-book", whole, 1);
    const column = featureNames(spec).indexOf("X.meanFlowImbalance");
    const raw = featureColumns(spec, whole);
    const [one, two, three] = bars[40].measured!;
    const each = ["X.flowImbalance.level1", "X.flowImbalance.level2", "X.flowImbalance.level3"];
    expect(featureNames(spec).slice(0, 3)).toEqual(each);
    expect([...raw.slice(40 * featureNames(spec).length).subarray(0, 3)]).toEqual([one, two, three]);
    expect(raw[40 * featureNames(spec).length + column]).toBeCloseTo((one + two + three) / 3, 12);
  });
});
