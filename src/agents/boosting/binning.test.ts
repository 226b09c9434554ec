/** @file Bins: values in order, ends at quantiles, equal values together, missing values apart. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { boostingDefaults } from "./config.ts";
import { bin, binEnds, orderOf } from "./binning.ts";
import { binStride, boostingMemory, workplace } from "./memory.ts";

const float = fc.float({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 });

test("rows are ordered by value, equal ones as they come, and those that miss it are left out", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(float, fc.constantFrom(0, -0, 1, NaN)), { maxLength: 200 }), (list) => {
      const values = Float32Array.from(list);
      const known = [...values.keys()].filter((row) => !Number.isNaN(values[row]));
      expect([...orderOf(values)]).toEqual(known.sort((a, b) => values[a] - values[b] || a - b));
    }),
  );
});

test("few values have a bin each, and a bin ends where the next value begins", () => {
  expect([...binEnds(Float32Array.of(1, 1, 2, 5, 5), new Float32Array(0), 3)]).toEqual([2, 5, Math.fround(10.00001)]);
  expect([...binEnds(Float32Array.of(-4, -4), new Float32Array(0), 8)]).toEqual([Math.fround(0.00001)]);
});

test("many values are parted into bins of about one weight, equal values together", () => {
  const sorted = fc.array(fc.tuple(float, fc.integer({ min: 1, max: 5 })), { minLength: 40, maxLength: 300 });
  fc.assert(
    fc.property(sorted, fc.integer({ min: 2, max: 16 }), (list, most) => {
      const ordered = list.toSorted(([a], [b]) => a - b);
      const values = Float32Array.from(ordered, ([value]) => value).sort();
      const weights = Float32Array.from(ordered, ([, weight]) => weight);
      const ends = binEnds(values, weights, most);
      expect(ends.length).toBeLessThanOrEqual(most);
      expect(
        ends.every((end, b) => b === 0 || end > ends[b - 1]),
        "ends rise",
      ).toBe(true);
      expect(ends.at(-1)).toBeGreaterThan(values.at(-1)!);
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      const weightOf = (of: (value: number) => boolean): number =>
        values.reduce((sum, value, i) => sum + (of(value) ? weights[i] : 0), 0);
      ends.forEach((end, b) => {
        const low = b === 0 ? -Infinity : ends[b - 1];
        // A bin goes on to the next value only: beyond its share by what one value weighs.
        const heaviest = Math.max(...values.map((one) => weightOf((value) => value === one)));
        if (new Set(values).size > most) {
          expect(weightOf((value) => value >= low && value < end)).toBeLessThanOrEqual(total / most + heaviest + 1e-6);
        }
      });
    }),
    { numRuns: 50 },
  );
});

test("each row's bin is the first whose end lies above it; missing values lie after all, unknown ones at the ends", () => {
  const values = Float32Array.of(3, 1, NaN, 2, 1, 3);
  const judged = { values: Float32Array.of(-9, 99, NaN), labels: new Float32Array(3) };
  const memory = boostingMemory(boostingDefaults, 1, { values, labels: new Float32Array(6) }, judged);
  bin(workplace(memory), 0);
  expect(memory.binCount[0]).toBe(3);
  expect([...memory.cuts.subarray(0, 3)]).toEqual([2, 3, Math.fround(6.00001)]);
  expect([...memory.bins]).toEqual([2, 0, 3, 1, 0, 2, 0, 2, 3]);
  expect(memory.hasMissing[0]).toBe(1);
});

test("a column of 256 values leaves a byte for each, and one less where some are missing", () => {
  const column = Float32Array.from({ length: 1024 }, (_, i) => i % 512);
  const count = (values: Float32Array): number => {
    const memory = boostingMemory(boostingDefaults, 1, { values, labels: new Float32Array(values.length) }, undefined);
    bin(workplace(memory), 0);
    return memory.binCount[0];
  };
  expect(count(column)).toBe(binStride);
  expect(count(column.map((value) => (value === 5 ? NaN : value)))).toBe(binStride - 1);
});
