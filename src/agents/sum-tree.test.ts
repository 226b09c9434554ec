import fc from "fast-check";
import { expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import { createSumTree } from "./sum-tree.ts";

const weights = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 1000 })), { minLength: 1, maxLength: 70 });

/** The same by walking along the line. */
function naive(all: readonly number[], point: number): number {
  let end = 0;
  return all.findIndex((weight) => (end += weight) > point);
}

test("finds what a walk along all weights finds, whatever was there before", () => {
  fc.assert(
    fc.property(weights, weights, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (old, now, share) => {
      fc.pre(now.some((weight) => weight > 0));
      const places = Math.max(old.length, now.length);
      const tree = createSumTree(places);
      old.forEach((weight, at) => tree.set(at, weight));
      const all = Array.from({ length: places }, (_, at) => now[at] ?? 0);
      all.forEach((weight, at) => tree.set(at, weight));
      const total = all.reduce((sum, weight) => sum + weight, 0);
      expect(tree.total).toBe(total);
      expect(tree.find(share * total)).toBe(naive(all, share * total));
      all.forEach((weight, at) => expect(tree.weight(at)).toBe(weight));
    }),
  );
});

test("never finds a place without weight, not even by rounding", () => {
  const fractions = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 1e-9, max: 10, noNaN: true })), {
    minLength: 1,
    maxLength: 40,
  });
  fc.assert(
    fc.property(fractions, fc.double({ min: 0, max: 1, noNaN: true }), (all, share) => {
      fc.pre(all.some((weight) => weight > 0));
      const tree = createSumTree(all.length);
      all.forEach((weight, at) => tree.set(at, weight));
      for (const point of [share * tree.total, 0, tree.total]) {
        expect(all[tree.find(point)], `${point} of ${tree.total}`).toBeGreaterThan(0);
      }
    }),
  );
});

test("depends on its weights alone, so that a million changes leave no rounding behind", () => {
  const places = 37;
  const rng = createRng(1);
  const changed = createSumTree(places);
  for (let n = 0; n < 1_000_000; n++) changed.set(rng.integer(places), 1e6 * rng.uniform());
  const final = Float64Array.from({ length: places }, () => rng.uniform());
  const fresh = createSumTree(places);
  final.forEach((weight, at) => changed.set(at, weight));
  final.forEach((weight, at) => fresh.set(at, weight));
  expect(changed.total).toBe(fresh.total);
  expect(changed.total).toBeCloseTo(
    final.reduce((sum, weight) => sum + weight, 0),
    12,
  );
});

test("refuses weights that are none, and to draw where there are none", () => {
  const tree = createSumTree(3);
  for (const weight of [-1, NaN, Infinity]) expect(() => tree.set(0, weight)).toThrow("a place has a weight");
  expect(() => tree.set(3, 1)).toThrow("a place has a weight");
  expect(() => tree.find(0)).toThrow("some place has a weight");
});
