/** @file The scaler: robust by hand-computed numbers, and blind to every row but its own. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { fitScaler, scalerHash, scaleRow } from "./scaler.ts";

test("centres by the median and scales by the interquartile range / 1.349", () => {
  // Column 0: 1 … 9, quartiles 3 and 7. Column 1: ten times that, with one wild outlier that changes neither.
  const columns = new Float64Array(18);
  for (let row = 0; row < 9; row++) {
    columns[2 * row] = 9 - row;
    columns[2 * row + 1] = row === 0 ? 1e9 : 10 * (9 - row);
  }
  const { centre, scale, clip } = fitScaler(columns, 2, 0, 9);
  expect([...centre]).toEqual([5, 50]);
  expect(scale[0]).toBeCloseTo(4 / 1.349, 12);
  expect(scale[1]).toBeCloseTo(40 / 1.349, 12);
  expect(clip).toBe(5);
});

test("interpolates quantiles between the rows", () => {
  const { centre, scale } = fitScaler(Float64Array.of(4, 1, 3, 2), 1, 0, 4);
  expect(centre[0]).toBe(2.5);
  expect(scale[0]).toBeCloseTo((3.25 - 1.75) / 1.349, 12);
});

test("gives a column that never changes the scale 1, also when it differs by rounding only", () => {
  const { centre, scale } = fitScaler(Float64Array.of(7, 7, 7), 1, 0, 3);
  expect([centre[0], scale[0]]).toEqual([7, 1]);
  expect(fitScaler(Float64Array.of(0.3, 0.1 + 0.2, 0.3, 0.1 + 0.2), 1, 0, 4).scale[0]).toBe(1);
});

test("takes the standard deviation where more than half of a column is one value", () => {
  const { scale } = fitScaler(Float64Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 10), 1, 0, 10);
  expect(scale[0]).toBeCloseTo(3, 12);
});

test("law 4: reads its rows only", () => {
  const rows = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 20, maxLength: 60 });
  fc.assert(
    fc.property(rows, fc.double(), (values, other) => {
      const columns = Float64Array.from(values.slice(0, values.length - (values.length % 2)));
      const count = columns.length / 2;
      const [from, to] = [2, count - 3];
      const fitted = fitScaler(columns, 2, from, to);
      const replaced = columns.map((value, at) => (at < 2 * from || at >= 2 * to ? other : value));
      expect(fitScaler(replaced, 2, from, to)).toEqual(fitted);
    }),
    { numRuns: 50 },
  );
});

test("changes nothing in the columns", () => {
  const columns = Float64Array.of(3, 1, 2);
  fitScaler(columns, 1, 0, 3);
  expect([...columns]).toEqual([3, 1, 2]);
});

test.each([NaN, Infinity, -Infinity])("refuses %d in its rows", (bad) => {
  expect(() => fitScaler(Float64Array.of(1, 2, bad, 4), 1, 0, 4)).toThrow(/finite numbers \(row=2, feature=0/);
  expect(() => fitScaler(Float64Array.of(bad, 2, 3, 4), 1, 1, 4)).not.toThrow();
});

test.each([
  [0, 0],
  [2, 1],
  [-1, 2],
  [0, 4],
])("refuses rows %d to %d of a table of three", (from, to) => {
  expect(() => fitScaler(new Float64Array(3), 1, from, to)).toThrow(/rows of the table/);
});

test("clips at both ends, keeps NaN", () => {
  const scaler = { centre: Float64Array.of(1, 1, 1, 1), scale: Float64Array.of(2, 2, 2, 2), clip: 5 };
  const into = new Float32Array(6);
  scaleRow(scaler, Float64Array.of(9, 4, 100, -100, NaN), 1, into, 1);
  expect([...into]).toEqual([0, 1.5, 5, -5, NaN, 0]);
});

test("has one hash for equal numbers and another for each that differs", () => {
  const scaler = { centre: Float64Array.of(1, 2), scale: Float64Array.of(3, 4), clip: 5 };
  expect(scalerHash(structuredClone(scaler))).toBe(scalerHash(scaler));
  const others = [
    { ...scaler, clip: 6 },
    { ...scaler, centre: Float64Array.of(1, 2 + 1e-15) },
    { ...scaler, scale: Float64Array.of(4, 3) },
    { ...scaler, centre: scaler.scale, scale: scaler.centre },
  ];
  expect(new Set([scaler, ...others].map(scalerHash)).size).toBe(5);
});
