/** @file permutation entropy: the contract, the example of its paper, and the ends of its range. */
import { expect, test } from "vitest";
import { indicatorContract, lastOf } from "../indicator.contract.ts";
import { growingBars, sampleBars, stillBars } from "../sample-bars.ts";
import { permutationEntropy } from "./permutation-entropy.ts";

indicatorContract("permutation entropy", () => permutationEntropy(64));

const barsOf = (closes: readonly number[]) =>
  closes.map((close, t) => ({ openTime: t, open: close, high: close, low: close, close, volume: 1 }));

// Bandt and Pompe, Physical Review Letters 88, 174102, 2002: order 3 of (4, 7, 9, 10, 6, 11, 3) is 1.522 bits.
test("agrees with the example of the paper", () => {
  const bits = lastOf(permutationEntropy(5), barsOf([4, 7, 9, 10, 6, 11, 3]))[0] * Math.log2(6);
  expect(bits).toBeCloseTo(-2 * 0.4 * Math.log2(0.4) - 0.2 * Math.log2(0.2), 12);
  expect(bits).toBeCloseTo(1.522, 3);
});

test("is 1 where all six orders are equally frequent, whatever went before", () => {
  const closes = [2, 6, 5, 3, 4, 1, 7, 8];
  const orders = closes.slice(2).map((_, t) => {
    const three = closes.slice(t, t + 3);
    return [0, 1, 2].sort((one, other) => three[one] - three[other]).join("");
  });
  expect(new Set(orders).size, "each order once").toBe(6);
  expect(lastOf(permutationEntropy(6), barsOf(closes))[0]).toBeCloseTo(1, 12);
  expect(lastOf(permutationEntropy(6), [...sampleBars(50), ...barsOf(closes)])[0]).toBeCloseTo(1, 12);
});

test("is 0 in one direction and without movement: equal closes count in the order of time", () => {
  expect(lastOf(permutationEntropy(64), growingBars(1.001))).toEqual([0]);
  expect(lastOf(permutationEntropy(64), growingBars(0.999))).toEqual([0]);
  expect(lastOf(permutationEntropy(64), stillBars(100, 100, 1))).toEqual([0]);
});
