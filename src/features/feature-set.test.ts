/** @file Every feature of every set: the contract of an indicator, no scale, and what is said of it. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Bars } from "#domain/bar.ts";
import { barsFrom } from "#domain/bar.ts";
import type { FeatureContext } from "./feature.ts";
import { columnNames } from "./feature.ts";
import { featureSets } from "./feature-set.ts";
import { indicatorContract } from "./indicator.contract.ts";
import { indicatorColumns } from "./indicator.ts";
import { featureColumns, featureNames, featureSpec, schemaHash } from "./pipeline.ts";
import { entryScore } from "./indicators/entry-score.ts";
import { instrument } from "#domain/instrument.ts";
import { universe } from "#domain/universe.ts";
import { sampleBars, sampleMeasured, scaledBars, stillBars, withMeasured } from "./sample-bars.ts";

const plain = { symbol: "X", calendar: "us-equities" } as const;
const context: FeatureContext = { timeframe: "1d", instrument: { ...plain, measured: sampleMeasured } };

/** Made-up bars with all that a feature may need. */
const columnsOf = (length: number, seed?: number, price = 1, volume = 1): Bars =>
  barsFrom(withMeasured(scaledBars(sampleBars(length, seed), price, volume), seed), sampleMeasured);

describe.each(Object.entries(featureSets))("the set %s", (setName, set) => {
  for (const feature of set) indicatorContract(`${setName}/${feature.name}`, () => feature.create(context));

  test("gives each column one name, and says formula, range and source of each feature", () => {
    const names = set.flatMap((feature) => columnNames(feature, context));
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
    const length = feature.create(context).warmUpBars + 60;
    const before = indicatorColumns(feature.create(context), columnsOf(length, seed));
    const after = indicatorColumns(feature.create(context), columnsOf(length, seed, price, volume));
    return before.reduce((worst, value, at) => {
      if (Number.isNaN(value)) return worst;
      return Math.max(worst, Math.abs(after[at] - value));
    }, 0);
  }

  test.each(scaleFree)("%s does not change when all prices, or all volumes, are multiplied", (name) => {
    const power = fc.double({ min: -6, max: 6, noNaN: true }).map((exponent) => 10 ** exponent);
    // A sign that is 1 or 0 may turn where two rounded numbers are equal: powers of two round nothing.
    const exact = fc.integer({ min: -20, max: 20 }).map((exponent) => 2 ** exponent);
    const factor = setName === "first-light" ? power : exact;
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
    const length = feature.create(context).warmUpBars + 180;
    const [one, other] = [3, 4].map((seed) => indicatorColumns(feature.create(context), columnsOf(length, seed)));
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
    const bars = barsFrom(sampleBars(300, 7));
    const market = universe("made-up", "1d", [{ instrument: instrument("X"), bars }]);
    const names = featureNames(featureSpec(set, market, 1));
    const raw = featureColumns(featureSpec(set, market, 1), market);
    const defined = indicatorColumns(entryScore(), bars);
    const from = names.indexOf("X.entry.buy");
    const derived = Float64Array.from(defined, (_, k) => raw[Math.floor(k / 5) * names.length + from + (k % 5)]);
    expect(derived).toEqual(defined);
    expect(derived.some((value) => value > 0)).toBe(true);
  },
);

test("alpha-10 holds seven numbers of the market and the time as two circles", () => {
  expect(featureSets["alpha-10"].flatMap((feature) => columnNames(feature, context))).toHaveLength(7 + 4);
});

test("ploutos-v3-legacy holds the document's 57 columns and the five of the regime", () => {
  const names = featureSets["ploutos-v3-legacy"].flatMap((feature) => columnNames(feature, context));
  expect(names).toHaveLength(57 + 5);
});
