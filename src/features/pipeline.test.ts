/** @file The laws of the pipeline: future-blind, batch equals stream, and names that change with what they name. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import { Failure } from "#base/failure.ts";
import type { Bar } from "#domain/bar.ts";
import { barsFrom } from "#domain/bar.ts";
import type { CalendarName } from "#domain/instrument.ts";
import { instrument } from "#domain/instrument.ts";
import type { Universe } from "#domain/universe.ts";
import { barsAt, sliceUniverse, universe } from "#domain/universe.ts";
import type { SeenInstrument } from "./feature.ts";
import { relativeStrengthIndex } from "./indicators/relative-strength-index.ts";
import { averageDirectionalIndex } from "./indicators/average-directional-index.ts";
import { ownFeature, userFeature } from "./user-feature.ts";
import type { OwnFeature } from "./feature.ts";
import { firstLight } from "./sets/first-light.ts";
import type { FeatureSpec } from "./pipeline.ts";
import {
  definitionHash,
  featureColumns,
  featureGroups,
  featureNames,
  featureSpec,
  featureStream,
  featureTable,
  featureWindow,
  firstWindowRow,
  scaledTable,
  schemaHash,
  warmUpBars,
} from "./pipeline.ts";
import { sampleBars } from "./sample-bars.ts";
import type { Scaler } from "./scaler.ts";
import { fitScaler } from "./scaler.ts";

const symbols = ["AAPL", "MSFT", "XLE"];
const instrumentsOf = (names: readonly string[], calendar: CalendarName = "us-equities"): SeenInstrument[] =>
  names.map((symbol) => ({ symbol, calendar }));
const spec: FeatureSpec = { set: "first-light", timeframe: "1d", instruments: instrumentsOf(symbols), lookbackBars: 6 };
const warm = warmUpBars(spec) - 1;
const features = featureNames(spec).length;

/** A universe of made-up bars, one seed for each symbol. */
function market(length: number, names: readonly string[] = symbols): Universe {
  const seedOf = (symbol: string): number => symbols.indexOf(symbol) + 11;
  return universe(
    "made-up",
    "1d",
    names.map((symbol) => ({ instrument: instrument(symbol), bars: barsFrom(sampleBars(length, seedOf(symbol))) })),
  );
}

const whole = market(260);
const raw = featureColumns(spec, whole);
const scaler = fitScaler(raw, features, warm, 200);
const table = featureTable(spec, scaler, whole);

/** The same universe with every bar from `from` on replaced by noise of another scale. */
function withNoise(from: number, seed: number): Universe {
  const rng = createRng(seed);
  const noise = (openTime: number): Bar => {
    const [low, open, close, high] = Array.from({ length: 4 }, () => 1000 * rng.uniform() + 0.01).sort((a, b) => a - b);
    return { openTime, open, high, low, close, volume: rng.integer(1e9) };
  };
  const bars = whole.bars.map((_, i) =>
    barsFrom(Array.from(whole.openTime, (time, t) => (t < from ? barsAt(whole, t)[i] : noise(time)))),
  );
  return { ...whole, bars };
}

test("names columns by instrument, then by feature and output", () => {
  const names = featureNames(spec);
  expect(names).toHaveLength(3 * 28);
  expect(new Set(names).size).toBe(names.length);
  expect(names.slice(0, 2)).toEqual(["AAPL.return1", "AAPL.sma20"]);
  expect(names).toContain("MSFT.adx14.plusDi");
  expect(names.slice(28, 56)).toEqual(names.slice(0, 28).map((name) => name.replace("AAPL", "MSFT")));
});

test("is silent for the declared warm-up only", () => {
  expect(raw.subarray(warm * features).every(Number.isFinite)).toBe(true);
  expect(raw.subarray((warm - 1) * features, warm * features).some(Number.isNaN), "not a bar earlier").toBe(true);
});

test("law 1: rows up to t keep their bits when everything after t is replaced by noise", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 259 }), fc.nat(), (from, seed) => {
      const other = withNoise(from, seed);
      const past = from * features;
      expect(Buffer.compare(bytes(featureColumns(spec, other).subarray(0, past)), bytes(raw.subarray(0, past)))).toBe(
        0,
      );
      const values = featureTable(spec, scaler, other).values;
      expect(Buffer.compare(bytes(values.subarray(0, past)), bytes(table.values.subarray(0, past)))).toBe(0);
    }),
    { numRuns: 15 },
  );
  const changed = featureTable(spec, scaler, withNoise(200, 1)).values;
  expect(bytes(changed.subarray(200 * features)).equals(bytes(table.values.subarray(200 * features)))).toBe(false);
});

test("law 4: the scaler fitted on the training rows is the same whatever follows them", () => {
  const other = featureColumns(spec, withNoise(200, 5));
  expect(fitScaler(other, features, warm, 200)).toEqual(scaler);
});

test("law 5: bar by bar gives the same bits as the whole column", () => {
  const stream = featureStream(spec);
  for (let t = 0; t < whole.openTime.length; t++) {
    const row = stream.next(barsAt(whole, t));
    expect(bytes(row).equals(bytes(raw.subarray(t * features, (t + 1) * features))), `row ${t}`).toBe(true);
  }
});

test("law 5: the window is the table's last rows, to the bit, and absent before the first whole one", () => {
  const window = featureWindow(spec, scaler);
  const { lookbackBars } = spec;
  let windows = 0;
  for (let t = 0; t < whole.openTime.length; t++) {
    const seen = window.next(barsAt(whole, t));
    expect(seen === undefined, `bar ${t}`).toBe(t < table.firstRow);
    if (seen === undefined) continue;
    const rows = table.values.subarray((t - lookbackBars + 1) * features, (t + 1) * features);
    expect(bytes(seen).equals(bytes(rows)), `window at ${t}`).toBe(true);
    windows++;
  }
  expect(windows).toBe(260 - warm - lookbackBars + 1);
});

test("the table starts to be read where a whole window is warm, and holds 0 before the warm-up's end", () => {
  expect(table).toMatchObject({ rows: 260, columns: features, firstRow: warm + spec.lookbackBars - 1 });
  expect(firstWindowRow(spec)).toBe(table.firstRow);
  expect(table.values.subarray(0, warm * features).every((value) => value === 0)).toBe(true);
  expect(table.values.every((value) => Math.abs(value) <= scaler.clip)).toBe(true);
  expect(scaledTable(spec, scaler, raw)).toEqual(table);
});

test("a history too short for one window gives a table without a row to read", () => {
  const short = featureTable(spec, scaler, sliceUniverse(whole, 0, 50));
  expect(short.firstRow).toBeGreaterThanOrEqual(short.rows);
  expect(short.values.every((value) => value === 0)).toBe(true);
});

test("an instrument's columns do not depend on its neighbours or on the order of the universe", () => {
  const alone = featureColumns({ ...spec, instruments: instrumentsOf(["MSFT"]) }, market(260, ["XLE", "MSFT"]));
  for (const t of [warm, 200, 259]) {
    expect(raw.subarray(t * features + 28, t * features + 56)).toEqual(alone.subarray(t * 28, (t + 1) * 28));
  }
});

test("refuses a universe that lacks a symbol, and says which", () => {
  const wanted: FeatureSpec = { ...spec, instruments: instrumentsOf(["AAPL", "TSLA"]) };
  expect(() => featureColumns(wanted, whole)).toThrow(Failure);
  expect(() => featureColumns(wanted, whole)).toThrow(/need TSLA, made-up holds AAPL, MSFT, XLE/);
});

test("refuses a universe of another timeframe or calendar, and says which", () => {
  expect(() => featureColumns({ ...spec, timeframe: "1h" }, whole)).toThrow(/of 1h bars, made-up holds 1d bars/);
  const wanted = { ...spec, instruments: instrumentsOf(symbols, "crypto") };
  expect(() => featureColumns(wanted, whole)).toThrow(/AAPL keep the calendar crypto, made-up has us-equities/);
});

test("makes the spec of a universe in the universe's order", () => {
  expect(featureSpec("first-light", whole, 6)).toEqual(spec);
});

/** A user's own feature, as if from a file of that name and hash. */
function own(name: string, sha256 = "abc", create = () => relativeStrengthIndex(40)): OwnFeature {
  return ownFeature(userFeature({ name, create }, `${name}.ts`), { file: `${name}.ts`, sha256 });
}

test("own features stand after those of the set, for each instrument; batch equals stream and the window, to the bit", () => {
  const two = [own("slow"), own("strength", "def", () => averageDirectionalIndex(80))];
  const mine = featureSpec("first-light", whole, 3, two);
  const names = featureNames(mine);
  expect(names.slice(28, 32)).toEqual([
    "AAPL.slow",
    "AAPL.strength.adx",
    "AAPL.strength.plusDi",
    "AAPL.strength.minusDi",
  ]);
  expect(names.slice(0, 28)).toEqual(featureNames(spec).slice(0, 28));
  expect(names).toHaveLength(3 * 32);
  const silent = averageDirectionalIndex(80).warmUpBars - 1;
  expect(warmUpBars(mine) - 1, "the longest decides").toBe(silent);
  expect(silent).toBeGreaterThan(warm);
  const columns = featureColumns(mine, whole);
  const stream = featureStream(mine);
  const fitted = fitScaler(columns, 96, silent, 200);
  const tabled = featureTable(mine, fitted, whole);
  const window = featureWindow(mine, fitted);
  for (let t = 0; t < 260; t++) {
    const row = columns.subarray(t * 96, (t + 1) * 96);
    expect(bytes(stream.next(barsAt(whole, t))).equals(bytes(row)), `row ${t}`).toBe(true);
    const ofSet = raw.subarray(t * features, t * features + 28);
    expect(bytes(row.subarray(0, 28)).equals(bytes(ofSet)), "the set's columns are as they were").toBe(true);
    const seen = window.next(barsAt(whole, t));
    if (t < tabled.firstRow) expect(seen).toBeUndefined();
    else expect(bytes(seen!).equals(bytes(tabled.values.subarray((t - 2) * 96, (t + 1) * 96)))).toBe(true);
  }
});

test("the schema hash covers an own feature's name, outputs and file, and is untouched where there is none", () => {
  const of = (...mine: OwnFeature[]): string => schemaHash(featureSpec("first-light", whole, 6, mine));
  expect(of()).toBe(schemaHash(spec));
  const renamed = { ...own("slow"), name: "other" };
  const wider = { ...own("slow"), create: () => averageDirectionalIndex(40) };
  const hashes = [
    of(),
    of(own("slow")),
    of(own("slow", "abd")),
    of(renamed),
    of(wider),
    of(own("slow"), own("fast")),
    of(own("fast"), own("slow")),
  ];
  expect(new Set(hashes).size).toBe(hashes.length);
  expect(of(own("slow"))).toBe(hashes[1]);
});

test.each([
  ["a feature of the set", [own("rsi14")], /rsi14\.ts names rsi14, which is there already beside it or in first-light/],
  ["a column of the set", [own("adx14.plusDi")], /names adx14\.plusDi/],
  ["a feature of several columns", [own("adx14")], /names adx14/],
  ["another own feature", [own("slow"), own("slow", "def")], /names slow/],
])("refuses an own feature that has the name of %s", (_, mine, message) => {
  expect(() => featureSpec("first-light", whole, 6, mine)).toThrow(message);
});

test("refuses bars of a moment that are too few, out of order or of different times", () => {
  const stream = featureStream(spec);
  const [first, second] = [barsAt(whole, 0), barsAt(whole, 1)];
  stream.next(first);
  expect(() => stream.next(second.slice(1))).toThrow(/one bar for each instrument/);
  expect(() => stream.next(first)).toThrow(/time order/);
  expect(() => stream.next([second[0], second[1], first[2]])).toThrow(/same time/);
});

test("refuses to go on when a bar turns a warm feature into NaN, in a column and in a stream", () => {
  const bars = sampleBars(200, 3);
  bars[190] = { ...bars[190], close: NaN };
  const one: FeatureSpec = { ...spec, instruments: instrumentsOf(["AAPL"]) };
  const broken = universe("broken", "1d", [{ instrument: instrument("AAPL"), bars: barsFrom(bars) }]);
  expect(() => featureColumns(one, broken)).toThrow(/features are finite once warm/);
  const stream = featureStream(one);
  for (const bar of bars.slice(0, 190)) stream.next([bar]);
  expect(() => stream.next([bars[190]])).toThrow(/features are finite once warm/);
});

test("refuses a scaler of other columns", () => {
  const other: Scaler = fitScaler(raw.slice(warm * features), features / 3, 0, 10);
  expect(() => featureTable(spec, other, whole)).toThrow(/one entry per column/);
  expect(() => featureWindow(spec, other)).toThrow(/one entry per column/);
});

test("the schema hash stays for an equal spec and changes with symbols, their order, calendars, the timeframe and the lookback", () => {
  const hash = schemaHash(spec);
  expect(schemaHash(structuredClone(spec))).toBe(hash);
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  const others: FeatureSpec[] = [
    { ...spec, lookbackBars: 7 },
    { ...spec, timeframe: "1h" },
    { ...spec, instruments: instrumentsOf(symbols, "fx") },
    { ...spec, instruments: instrumentsOf(["AAPL", "MSFT"]) },
    { ...spec, instruments: instrumentsOf(["MSFT", "AAPL", "XLE"]) },
    { ...spec, instruments: instrumentsOf(["AAPL", "MSFT", "XLF"]) },
  ];
  expect(new Set([hash, ...others.map(schemaHash)]).size).toBe(7);
});

test("the schema hash changes with a name, a formula, an output, or a feature more or less", () => {
  const [first, ...rest] = firstLight;
  const macd = firstLight.find((feature) => feature.name === "macd")!;
  const variants = [
    firstLight,
    rest,
    [...rest, first],
    [...firstLight, { ...first, name: "again" }],
    [{ ...first, name: "other" }, ...rest],
    [{ ...first, formula: "close / close[1] − 1" }, ...rest],
    [{ ...first, create: macd.create }, ...rest],
  ];
  expect(new Set(variants.map((variant) => definitionHash(spec, variant))).size).toBe(variants.length);
  const reworded = [{ ...first, range: "any", source: "another book" }, ...rest];
  expect(definitionHash(spec, reworded), "what is only said of a feature").toBe(schemaHash(spec));
});

function bytes(values: Float64Array | Float32Array): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
}

test("says of each column which group it belongs to, in the order of the names", () => {
  const groups = featureGroups(spec);
  const named = featureNames(spec).map((name, at) => [name, groups[at]]);
  expect(groups).toHaveLength(features);
  expect(named).toContainEqual(["MSFT.rsi14", firstLight.find(({ name }) => name === "rsi14")?.group]);
  expect(named).toContainEqual(["XLE.adx14.plusDi", firstLight.find(({ name }) => name === "adx14")?.group]);
});
