/** @file Scalers: known answers, blind to every row but their own, stored to the bit, and refused where they do not belong. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Failure } from "#base/failure.ts";
import { fitScaler, scaleRow, scalerHash } from "../scaler.ts";
import { adaptiveGroups, fitAdaptiveScaler } from "./adaptive.ts";
import type { FittedScaler, PlainScaler, ScalerKind, TrainingRows } from "./fitted-scaler.ts";
import {
  checkScalerUse,
  fitFeatureScaler,
  plainScaler,
  restoredScaler,
  scalerFromPlain,
  scalerKinds,
  storedScaler,
} from "./fitted-scaler.ts";
import { inverseNormal } from "./inverse-normal.ts";
import { onlineScaler } from "./online.ts";
import { saturatedFeatures } from "./saturation.ts";

const kinds = Object.keys(scalerKinds) as ScalerKind[];

/** Rows of one training fold from columns. */
function rowsOf(columns: readonly number[], features: readonly string[], fromRow = 0, toRow?: number): TrainingRows {
  const rows = columns.length / features.length;
  const openTime = Float64Array.from({ length: rows }, (_, t) => Date.UTC(2020, 0, 1 + t));
  return { columns: Float64Array.from(columns), features, openTime, fromRow, toRow: toRow ?? rows };
}

function scaled(scaler: Parameters<typeof scaleRow>[0], ...values: number[]): number[] {
  return values.map((value) => {
    const into = new Float32Array(1);
    scaleRow(scaler, Float64Array.of(value), 0, into, 0);
    return into[0];
  });
}

const nine = rowsOf([1, 2, 3, 4, 5, 6, 7, 8, 9], ["x"]);

describe("each kind", () => {
  test("standard is the mean and the deviation of the population", () => {
    const { centre, scale } = fitFeatureScaler(nine, "standard");
    expect(centre[0]).toBeCloseTo(5, 12);
    expect(scale[0]).toBeCloseTo(Math.sqrt(60 / 9), 12);
  });

  test("robust gives the bits of the scaler that models have had so far, and its hash", () => {
    const columns = Array.from({ length: 60 }, (_, at) => Math.sin(at * at) * 10 ** (at % 3));
    const fitted = fitFeatureScaler(rowsOf(columns, ["a", "b", "c"], 2, 17), "robust");
    const plain = fitScaler(Float64Array.from(columns), 3, 2, 17);
    expect([fitted.centre, fitted.scale, fitted.clip]).toEqual([plain.centre, plain.scale, plain.clip]);
    expect(scalerHash(fitted)).toBe(scalerHash(plain));
  });

  test("winsorised pulls in the rarest hundredth at each end first", () => {
    // 0 … 100 and one wild number: the 1 % and 99 % quantiles of 0 … 99, 1e6 are 1 and 99.
    const wild = [...Array.from({ length: 100 }, (_, at) => at), 1e6];
    const { warps, centre, scale } = fitFeatureScaler(rowsOf(wild, ["x"]), "winsorised");
    expect(warps).toEqual([{ kind: "limits", lower: 1, upper: 99 }]);
    const held = wild.map((value) => Math.min(Math.max(value, 1), 99));
    const mean = held.reduce((sum, value) => sum + value, 0) / held.length;
    expect(centre[0]).toBeCloseTo(mean, 10);
    expect(scale[0]).toBeCloseTo(Math.sqrt(held.reduce((sum, v) => sum + (v - mean) ** 2, 0) / held.length), 10);
    const fitted = fitFeatureScaler(rowsOf(wild, ["x"]), "winsorised");
    expect(scaled(fitted, 1e9)).toEqual(scaled(fitted, 99));
  });

  test("rank-gauss gives the normal score of the share of training rows below", () => {
    const scaler = fitFeatureScaler(nine, "rank-gauss");
    // Nine rows: 5 is the middle, 3 has a quarter of the way below it, 4.5 lies between the shares 3/8 and 4/8.
    const shares = [0.25, 0.4375, 0.5, 0.75];
    const expected = shares.map((share) => Math.fround(inverseNormal(share)));
    expect(scaled(scaler, 3, 4.5, 5, 7)).toEqual(expected);
    const [least, most] = [inverseNormal(0.5 / 9), inverseNormal(1 - 0.5 / 9)].map(Math.fround);
    expect(scaled(scaler, 1, -1e9, 9, 1e9), "held at half a row's share").toEqual([least, least, most, most]);
  });

  test("rank-gauss makes training rows of any shape normal", () => {
    const skewed = Array.from({ length: 999 }, (_, at) => Math.exp(at / 100));
    const scaler = fitFeatureScaler(rowsOf(skewed, ["x"]), "rank-gauss");
    const scores = scaled(scaler, ...skewed);
    const mean = scores.reduce((sum, value) => sum + value, 0) / 999;
    expect(mean).toBeCloseTo(0, 3);
    expect(scores.reduce((sum, value) => sum + value * value, 0) / 999).toBeCloseTo(1, 1);
    expect(scores.every((score, at) => at === 0 || score >= scores[at - 1])).toBe(true);
  });

  test("rank-gauss takes the middle share of equal numbers", () => {
    const scaler = fitFeatureScaler(rowsOf([0, 0, 0, 0, 0, 1, 2, 3, 4], ["x"]), "rank-gauss");
    expect(scaled(scaler, 0)).toEqual([Math.fround(inverseNormal(2 / 8))]);
    expect(scaled(fitFeatureScaler(rowsOf([7, 7, 7], ["x"]), "rank-gauss"), 7)).toEqual([0]);
  });

  test.each(kinds)("%s gives a column that never moves 0, keeps NaN and clips at both ends", (kind) => {
    const still = fitFeatureScaler(rowsOf([7, 7, 7, 7], ["x"]), kind);
    expect(scaled(still, 7, NaN)).toEqual([0, NaN]);
    const clipped = fitFeatureScaler(nine, kind, 0.5);
    expect(scaled(clipped, -1e6, 1e6)).toEqual([-0.5, 0.5]);
  });

  test.each(kinds)("%s keeps the order of numbers", (kind) => {
    const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(fc.array(number, { minLength: 3, maxLength: 40 }), number, number, (rows, a, b) => {
        const scaler = fitFeatureScaler(rowsOf(rows, ["x"]), kind);
        const [low, high] = scaled(scaler, Math.min(a, b), Math.max(a, b));
        expect(low).toBeLessThanOrEqual(high);
      }),
      { numRuns: 60 },
    );
  });

  test.each(kinds)("%s reads the rows of the training fold only", (kind) => {
    const numbers = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 20, maxLength: 50 });
    fc.assert(
      fc.property(numbers, fc.double(), (values, other) => {
        const columns = values.slice(0, values.length - (values.length % 2));
        const to = columns.length / 2 - 3;
        const fitted = fitFeatureScaler(rowsOf(columns, ["a", "b"], 2, to), kind);
        const replaced = columns.map((value, at) => (at < 4 || at >= 2 * to ? other : value));
        expect(fitFeatureScaler(rowsOf(replaced, ["a", "b"], 2, to), kind)).toEqual(fitted);
      }),
      { numRuns: 40 },
    );
  });
});

// Solved for by bisection of the error function of Python 3's `math.erfc`, which shares nothing with the algorithm here.
test.each([
  [0.5, 0],
  [0.975, 1.959963984540054],
  [0.01, -2.3263478740408408],
  [0.3, -0.5244005127080409],
  [1e-12, -7.034483825301131],
])("the normal quantile of %d is %d", (p, expected) => {
  expect(inverseNormal(p)).toBeCloseTo(expected, 12);
});

describe("the adaptive normaliser", () => {
  const columns = [1, 10, 5, 2, 20, 6, 3, 30, 7, 4, 40, 8, 100, 50, 9];
  const features = ["rsi", "trending", "weight"];

  test("scales each group by its kind", () => {
    const rows = rowsOf(columns, features);
    const adaptive = fitAdaptiveScaler(rows, ["technical", "regime", "portfolio"]);
    expect(adaptive.kinds).toEqual(["robust", "robust", "standard"]);
    const [robust, standard] = [fitFeatureScaler(rows, "robust"), fitFeatureScaler(rows, "standard")];
    expect([...adaptive.centre]).toEqual([robust.centre[0], robust.centre[1], standard.centre[2]]);
    expect([...adaptive.scale]).toEqual([robust.scale[0], robust.scale[1], standard.scale[2]]);
  });

  test("takes kinds with warps beside kinds without", () => {
    const groups = { ...adaptiveGroups, regime: "rank-gauss" } as const;
    const adaptive = fitAdaptiveScaler(rowsOf(columns, features), ["technical", "regime", "portfolio"], groups);
    expect(adaptive.warps?.map(({ kind }) => kind)).toEqual(["none", "normal-score", "none"]);
    expect(restoredScaler(JSON.parse(JSON.stringify(storedScaler(adaptive))))).toEqual(adaptive);
  });

  test("refuses a column of a group that nothing is named for, instead of passing it over", () => {
    const fit = (): unknown => fitAdaptiveScaler(rowsOf(columns, features), ["technical", "graph", "portfolio"]);
    expect(fit).toThrow(/trending is of the group graph, and scalers are named for technical, regime, portfolio/);
  });
});

describe("what a scaler may be used on", () => {
  const scaler = fitFeatureScaler(rowsOf([1, 2, 3, 4, 5, 6], ["a", "b"], 0, 2), "standard");
  const later = Date.UTC(2020, 0, 3);

  test("its own features, on later bars", () => {
    expect(() => checkScalerUse(scaler, ["a", "b"], later)).not.toThrow();
  });

  test.each([
    [["b", "a"], /number 1 is a there and b here/],
    [["a", "c"], /number 2 is b there and c here/],
    [["a"], /fitted on 2 features and is given 1; number 2 is b there and absent here/],
    [["a", "b", "c"], /fitted on 2 features and is given 3; number 3 is absent there and c here/],
  ])("not %j", (features, message) => {
    expect(() => checkScalerUse(scaler, features, later)).toThrow(message);
    expect(() => checkScalerUse(scaler, features, later)).toThrow(Failure);
  });

  test("not bars that it was fitted on, its last one included", () => {
    const both = /fitted on 2020-01-01T.* to 2020-01-02T.*, the test begins at 2020-01-02T/;
    expect(() => checkScalerUse(scaler, ["a", "b"], Date.UTC(2020, 0, 2))).toThrow(both);
  });
});

describe("on disk", () => {
  const rows = rowsOf(
    Array.from({ length: 40 }, (_, at) => Math.sin(at) / 3),
    ["a", "b"],
    1,
    18,
  );
  const stored = (kind: ScalerKind): unknown => JSON.parse(JSON.stringify(storedScaler(fitFeatureScaler(rows, kind))));

  test.each(kinds)("%s comes back to the bit", (kind) => {
    const fitted: FittedScaler = fitFeatureScaler(rows, kind);
    expect(restoredScaler(stored(kind))).toEqual(fitted);
  });

  test.each([
    ["a number", { clip: 4 }],
    ["a date", { fittedUntil: 0 }],
    ["a name", { features: ["a", "c"] }],
    ["a kind", { kinds: ["robust", "winsorised"] }],
    ["a limit", { warps: [{ kind: "none" }, { kind: "none" }] }],
    ["its form", { centre: "0" }],
  ])("is refused when %s was changed", (_, change) => {
    expect(() => restoredScaler({ ...(stored("winsorised") as object), ...change })).toThrow(/the scaler has/);
  });
});

test.each(kinds)(
  "%s comes back to the bit from the plain numbers of a model's manifest, and scales the same",
  (kind) => {
    const fitted = fitFeatureScaler(nine, kind);
    const restored = scalerFromPlain(JSON.parse(JSON.stringify(plainScaler(fitted))) as PlainScaler);
    expect(scalerHash(restored)).toBe(scalerHash(fitted));
    expect(scaled(restored, -2, 1, 4.2, 9, 30)).toEqual(scaled(fitted, -2, 1, 4.2, 9, 30));
  },
);

test("a manifest with a warp that is none, or with too few, is refused", () => {
  const plain = plainScaler(fitFeatureScaler(nine, "winsorised"));
  expect(() => scalerFromPlain({ ...plain, warps: [{ kind: "bend" }] })).toThrow(/the scaler has warps\.0/);
  expect(() => scalerFromPlain({ ...plain, warps: [{ kind: "limits", lower: 1 }] })).toThrow(
    /the scaler has warps\.0\.upper/,
  );
  expect(() => scalerFromPlain({ ...plain, warps: [] })).toThrow(/the scaler has warps/);
});

describe("the online scaler", () => {
  const start = { centre: Float64Array.of(10), scale: Float64Array.of(2), clip: 5 };

  /** What it says of each number. */
  function said(scaler: ReturnType<typeof onlineScaler>, values: readonly number[]): number[] {
    const into = new Float32Array(1);
    return values.map((value) => {
      scaler.next(Float64Array.of(value), 0, into, 0);
      return into[0];
    });
  }

  test("begins with the fitted numbers and follows by hand-computed steps", () => {
    // Half-life 1: α = 1/2. δ = 4: μ = 12, σ² = (4 + 8) / 2 = 6. Then 12 + √6 is one deviation away.
    const scaler = onlineScaler(start, 1);
    expect(said(scaler, [14])).toEqual([2]);
    expect(said(scaler, [12 + Math.sqrt(6)])[0]).toBeCloseTo(1, 6);
    expect(scaler.drift()[0]).toBeCloseTo((2 + Math.sqrt(6) / 2) / 2, 12);
  });

  test("forgets half of where it began in a half-life", () => {
    const scaler = onlineScaler(start, 20);
    said(scaler, Array<number>(20).fill(18));
    expect(scaler.drift()[0]).toBeCloseTo(2, 10);
  });

  test("says nothing of a row that later rows could change, and goes on from a copy of its memory to the bit", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 2 }), (values) => {
        const whole = said(onlineScaler(start, 7), values);
        const cut = values.length >> 1;
        const first = onlineScaler(start, 7);
        expect(said(first, values.slice(0, cut))).toEqual(whole.slice(0, cut));
        const second = onlineScaler(start, 7);
        second.memory.forEach((array, at) => array.set(first.memory[at]));
        expect(said(second, values.slice(cut))).toEqual(whole.slice(cut));
      }),
    );
  });

  test("stays finite when a market falls asleep and wakes, and learns nothing from a NaN", () => {
    const scaler = onlineScaler(start, 3);
    expect(said(scaler, [NaN, 14])).toEqual([NaN, 2]);
    expect(said(scaler, [...Array<number>(5000).fill(10), 11, 9]).every(Number.isFinite)).toBe(true);
    expect([...start.centre, ...start.scale], "what it began with is left alone").toEqual([10, 2]);
  });
});

test("the saturation report names the features that hit the clip in more than 1 % of the rows, worst first", () => {
  const columns = new Float64Array(3 * 200);
  for (let t = 0; t < 200; t++) {
    columns[3 * t] = t < 2 ? 9 : 0; // exactly 1 %
    columns[3 * t + 1] = t < 3 ? -9 : 0;
    columns[3 * t + 2] = t < 50 ? 5 : 0;
  }
  const ones = Float64Array.of(1, 1, 1);
  const scaler = { centre: new Float64Array(3), scale: ones, clip: 5 };
  expect(saturatedFeatures(scaler, ["a", "b", "c"], columns, 0, 200)).toEqual([
    { feature: "c", share: 0.25 },
    { feature: "b", share: 0.015 },
  ]);
  expect(saturatedFeatures(scaler, ["a", "b", "c"], columns, 50, 200)).toEqual([]);
});
