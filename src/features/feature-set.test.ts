/** @file Every feature of every set: the contract of an indicator, no scale, and what is said of it. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { barsFrom, timeframeMs } from "#domain/bar.ts";
import type { Bars, Timeframe } from "#domain/bar.ts";
import type { Feature, FeatureContext } from "./feature.ts";
import { columnNames } from "./feature.ts";
import { featureSets } from "./feature-set.ts";
import { indicatorContract } from "./indicator.contract.ts";
import { indicatorColumns } from "./indicator.ts";
import { featureColumns, featureNames, featureSpec, featureStream, schemaHash, warmUpBars } from "./pipeline.ts";
import { entryScore } from "./indicators/entry-score.ts";
import { instrument } from "#domain/instrument.ts";
import { barsAt, universe } from "#domain/universe.ts";
import { geminiReadings, geminiTimeframes } from "./sets/gemini.ts";
import { timeOfDayAndWeek } from "./sets/time.ts";
import { sampleBars, sampleMeasured, scaledBars, stillBars, withMeasured } from "./sample-bars.ts";

const plain = { symbol: "X", calendar: "us-equities" } as const;
const context: FeatureContext = { timeframe: "1d", instrument: { ...plain, measured: sampleMeasured } };

/**
 * Sets of several timeframes warm up over a year of minutes, too long for properties over any bars: the readings of
 * gemini are tried on days and weeks here, and as they are in test/feature-sets.test.ts.
 */
const tried: Readonly<Record<string, readonly Feature[]>> = {
  ...featureSets,
  "gemini-78": geminiReadings("free", ["1d", "1w"]),
  "gemini-78-legacy": geminiReadings("raw", ["1d", "1w"]),
  "gemini-84": [timeOfDayAndWeek],
  "gemini-84-legacy": [timeOfDayAndWeek],
};

describe.each(Object.entries(tried))("the set %s", (setName, set) => {
  const timeframe = setName === "multi-timeframe" ? "1h" : "1d";
  const ofBars = { timeframe, instrument: { symbol: "X", calendar: "crypto", measured: sampleMeasured } } as const;
  const stepMs = timeframeMs[timeframe];
  /** Made-up bars with all that a feature may need. */
  const sample = (length: number, seed: number, price = 1, volume = 1): Bars =>
    barsFrom(withMeasured(scaledBars(sampleBars(length, seed, stepMs), price, volume), seed), sampleMeasured);
  for (const feature of set) indicatorContract(`${setName}/${feature.name}`, () => feature.create(ofBars), stepMs);

  test("gives each column one name, and says formula, range and source of each feature", () => {
    const names = set.flatMap((feature) => columnNames(feature, ofBars));
    expect(new Set(names).size).toBe(names.length);
    for (const { formula, range, source } of set) {
      for (const text of [formula, range, source]) expect(text).toMatch(/\S/);
    }
  });

  const names = set.map((feature) => feature.name);
  /** Raw levels have a scale: that is what they are kept for. */
  const scaleFree = setName.endsWith("-legacy") ? [] : names;

  /** Largest difference that multiplying prices and volumes makes to a feature. */
  function scaleError(name: string, price: number, volume: number, seed: number): number {
    const feature = set.find((candidate) => candidate.name === name)!;
    const length = feature.create(ofBars).warmUpBars + 60;
    const before = indicatorColumns(feature.create(ofBars), sample(length, seed));
    const after = indicatorColumns(feature.create(ofBars), sample(length, seed, price, volume));
    return before.reduce((worst, value, at) => {
      if (Number.isNaN(value)) return worst;
      return Math.max(worst, Math.abs(after[at] - value));
    }, 0);
  }

  test.each(scaleFree)("%s does not change when all prices, or all volumes, are multiplied", (name) => {
    // Prices of the sample are whole cents, so that equal moves occur: a factor that rounds would decide between them.
    const factor = fc.integer({ min: -20, max: 20 }).map((exponent) => 2 ** exponent);
    fc.assert(
      fc.property(factor, factor, fc.integer({ min: 1, max: 1000 }), (price, volume, seed) => {
        expect(scaleError(name, price, 1, seed), `prices × ${price}`).toBeLessThan(1e-9);
        expect(scaleError(name, 1, volume, seed), `volumes × ${volume}`).toBeLessThan(1e-9);
      }),
      { numRuns: 10 },
    );
  });

  const ofPrices = set.filter(({ group }) => group !== "time").map((feature) => feature.name);
  test.each(ofPrices)("%s changes when prices and volumes do", (name) => {
    const feature = set.find((candidate) => candidate.name === name)!;
    const length = feature.create(ofBars).warmUpBars + 180;
    const [one, other] = [3, 4].map((seed) => indicatorColumns(feature.create(ofBars), sample(length, seed)));
    for (const numbers of [one, other]) expect(numbers.some((number) => !Number.isNaN(number))).toBe(true);
    expect(one).not.toEqual(other);
  });
});

test("first-light is neutral where nothing moves and nothing is traded", () => {
  const still = barsFrom(stillBars(200, 0.1, 0));
  const neutral = Object.fromEntries(
    featureSets["first-light"].flatMap((feature) => {
      const values = indicatorColumns(feature.create(context), still);
      return columnNames(feature, context).map((name, output, all) => [name, values.at(output - all.length)]);
    }),
  );
  const exceptions: Record<string, number> = { "bollinger20.percentB": 0.5 };
  for (const [name, value] of Object.entries(neutral)) {
    // `+ 0` because a neutral −0 is as good as 0.
    expect(value! + 0, name).toBe(exceptions[name] ?? 0);
  }
});

/**
 * The last row over the sample. A model knows its features by their formulas only: if these numbers change, a formula
 * must change with them, and so will the hash.
 */
test("first-light keeps its definition and its numbers together", () => {
  const bars = barsFrom(sampleBars(200));
  const row = featureSets["first-light"].flatMap((feature) => {
    const values = indicatorColumns(feature.create(context), bars);
    return columnNames(feature, context).map(
      (name, output, all) => `${name} ${values.at(output - all.length)!.toPrecision(9)}`,
    );
  });
  expect({
    hash: schemaHash({ set: "first-light", timeframe: "1d", instruments: [plain], lookbackBars: 1 }),
    row,
  }).toMatchInlineSnapshot(`
    {
      "hash": "da1131aee0220c0fd20b039ef00838f368ef9f147811f088176f0d9dbe7a90dd",
      "row": [
        "return1 -0.00907809713",
        "sma20 -1.59590332",
        "sma50 2.42879415",
        "ema10 -0.742954326",
        "macd.macd 0.624097008",
        "macd.signal 1.16143360",
        "macd.histogram -0.537336597",
        "adx14.adx 0.341303514",
        "adx14.plusDi 0.260009274",
        "adx14.minusDi 0.222121898",
        "rsi7 -0.236932648",
        "rsi14 -0.0129763468",
        "stochastic14.k -0.718349929",
        "stochastic14.d -0.625414889",
        "williamsR50 0.491368421",
        "roc20 -0.0218368658",
        "cci20 -0.959360181",
        "atr14 0.0118811174",
        "bollinger20.percentB 0.136347695",
        "bollinger20.width 0.0511705295",
        "keltner20 -0.308017957",
        "obvChange20 -0.136381045",
        "cmf20 -0.0407345538",
        "mfi14 -0.305358324",
        "zScore60 0.766476935",
        "skewness60 -0.186368832",
        "kurtosis60 -1.18571549",
        "varianceRatio5 0.481843506",
      ],
    }
  `);
});

test("first-light holds the 20 indicators in 28 columns", () => {
  expect(featureSets["first-light"].flatMap((feature) => columnNames(feature, context))).toHaveLength(28);
});

test("ploutos-v3 has the columns of its document by group, as many as are computed", () => {
  const counts = new Map<string, number>();
  for (const feature of featureSets["ploutos-v3"]) {
    const columns = columnNames(feature, context).length;
    counts.set(feature.group, (counts.get(feature.group) ?? 0) + columns);
  }
  // Price action: the document's 6 and the two that say where in the session they are; levels: its pivot counted too.
  expect(Object.fromEntries(counts)).toEqual({
    trend: 9,
    momentum: 11,
    volatility: 8,
    volume: 8,
    levels: 7,
    statistics: 8,
    price: 8,
    regime: 5,
  });
});

test("ploutos-v6 holds the document's 85 columns, in both forms under the same names", () => {
  const names = featureSets["ploutos-v6"].flatMap((feature) => columnNames(feature, context));
  expect(names).toHaveLength(85);
  expect(featureSets["ploutos-v6-legacy"].flatMap((feature) => columnNames(feature, context))).toEqual(names);
});

test.each(["ploutos-v6", "ploutos-v6-legacy"] as const)(
  "%s derives the entry score to the bit as it is defined",
  (set) => {
    const members = ["X", "Y"].map((symbol, i) => ({
      instrument: instrument(symbol),
      bars: barsFrom(sampleBars(300, 7 + i)),
    }));
    const market = universe("made-up", "1d", members);
    const names = featureNames(featureSpec(set, market, 1));
    const raw = featureColumns(featureSpec(set, market, 1), market);
    const stream = featureStream(featureSpec(set, market, 1));
    const streamed = Array.from({ length: 300 }, (_, t) => stream.next(barsAt(market, t)));
    for (const { instrument: member, bars } of members) {
      const defined = indicatorColumns(entryScore(), bars);
      const from = names.indexOf(`${member.symbol}.entry.buy`);
      const derived = Float64Array.from(defined, (_, k) => raw[Math.floor(k / 5) * names.length + from + (k % 5)]);
      expect(derived).toEqual(defined);
      expect(Float64Array.from(streamed.flatMap((row) => [...row.subarray(from, from + 5)]))).toEqual(defined);
      expect(derived.some((value) => value > 0)).toBe(true);
    }
  },
);

test("alpha-10 holds seven numbers of the market and the time as two circles", () => {
  expect(featureSets["alpha-10"].flatMap((feature) => columnNames(feature, context))).toHaveLength(7 + 4);
});

test("ploutos-v3-legacy holds the document's 57 columns and the five of the regime", () => {
  const names = featureSets["ploutos-v3-legacy"].flatMap((feature) => columnNames(feature, context));
  expect(names).toHaveLength(57 + 5);
});

describe("gemini", () => {
  const minutes: FeatureContext = { timeframe: "1m", instrument: { symbol: "X", calendar: "fx" } };
  const namesOf = (set: keyof typeof featureSets): string[] =>
    featureSets[set].flatMap((feature) => columnNames(feature, minutes));

  test("has thirteen readings of six timeframes, and with the time 82: the document's last two are the account's", () => {
    expect(geminiTimeframes).toHaveLength(6);
    expect(featureSets["gemini-78"]).toHaveLength(13);
    expect(namesOf("gemini-78")).toHaveLength(78);
    expect(namesOf("gemini-84")).toHaveLength(82);
    expect(namesOf("gemini-84").slice(0, 78)).toEqual(namesOf("gemini-78"));
    expect(namesOf("gemini-78-legacy")).toEqual(namesOf("gemini-78"));
    expect(namesOf("gemini-84-legacy")).toEqual(namesOf("gemini-84"));
  });

  test("is refused bars of which six timeframes cannot be made", () => {
    const hours = { set: "gemini-78", timeframe: "1h", instruments: [minutes.instrument], lookbackBars: 1 } as const;
    expect(() => featureNames(hours)).toThrow(
      /gemini-78 needs bars of 1m or shorter \(for rsi14\), these are bars of 1h/,
    );
  });
});

describe("multi-timeframe", () => {
  const columnsOf = (timeframe: Timeframe): string[] =>
    featureSets["multi-timeframe"].flatMap((feature) =>
      columnNames(feature, { timeframe, instrument: { symbol: "X", calendar: "crypto" } }),
    );

  test("asks the timeframes that are not shorter than the bars", () => {
    expect(columnsOf("5m").filter((name) => name.startsWith("trend."))).toEqual(
      ["m5", "m15", "h1", "h4", "d1"].map((name) => `trend.${name}`),
    );
    expect(columnsOf("1h").filter((name) => name.startsWith("trend."))).toEqual(["trend.h1", "trend.h4", "trend.d1"]);
  });

  test.each([
    ["1h", ["h1", "h4", "d1"]],
    ["15m", ["m15", "h1", "h4"]],
  ] as const)("votes by the document's weights and finds three that agree, on bars of %s", (timeframe, trio) => {
    const bars = barsFrom(sampleBars(timeframe === "1h" ? 4000 : 9000, 4, timeframeMs[timeframe]));
    const market = universe("made-up", timeframe, [{ instrument: instrument("X", { calendar: "crypto" }), bars }]);
    const spec = featureSpec("multi-timeframe", market, 1);
    const raw = featureColumns(spec, market);
    const names = featureNames(spec).map((name) => name.slice(2));
    const warm = warmUpBars(spec) - 1;
    const columns = Object.fromEntries(
      names.map((name, at) => [name, raw.filter((_, place) => place % names.length === at).slice(warm)]),
    );
    const column = (name: string): Float64Array => columns[name];
    const weights = { d1: 0.3, h4: 0.25, h1: 0.2, m15: 0.15, m5: 0.1 };
    const voters = Object.entries(weights).filter(([name]) => names.includes(`trend.${name}`));
    const total = voters.reduce((sum, [, weight]) => sum + weight, 0);
    const seen = new Set<number>();
    column("vote").forEach((vote, t) => {
      const expected = voters.reduce((sum, [name, weight]) => sum + weight * column(`trend.${name}`)[t], 0) / total;
      expect(vote).toBeCloseTo(expected, 12);
      const three = trio.map((name) => column(`trend.${name}`)[t]);
      const agreed = three.every((one) => one === 1) ? 1 : three.every((one) => one === -1) ? -1 : 0;
      expect(column("confluence")[t]).toBe(agreed);
      seen.add(agreed);
    });
    expect(
      [...seen].sort((one, other) => one - other),
      "all three answers occur",
    ).toEqual([-1, 0, 1]);
  });
});
