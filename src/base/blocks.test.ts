/** @file Blocks against what was asked for, and their best length against `arch` 8.0.0 (optimal_block_length). */
import { expect, test } from "vitest";
import { blockIndices, drawBlocks, emptyBlocks, optimalBlockLength } from "./blocks.ts";
import { createRng } from "./rng.ts";

/** yₜ = φ yₜ₋₁ + eₜ with uniform e from the 32-bit generator of Numerical Recipes, easy to repeat elsewhere. */
function autoregression(bars: number, seed: number, phi: number): Float64Array {
  let state = seed;
  let last = 0;
  return Float64Array.from({ length: bars }, () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return (last = phi * last + state / 2 ** 32 - 0.5);
  });
}

test.each([
  [1000, 1, 0, 1.6840799172145982],
  [1000, 1, 0.5, 11.07065769276539],
  [1000, 2, 0.9, 40.39459135310572],
  [4000, 3, -0.4, 15.936438949443591],
  [250, 4, 0.3, 5.177177255894325],
])("agrees with arch on the block length of %i bars (seed %i, φ = %f)", (bars, seed, phi, expected) => {
  expect(optimalBlockLength(autoregression(bars, seed, phi))).toBeCloseTo(expected, 8);
});

test("asks for blocks of at least one bar, also where arch says 0.40 and where nothing varies", () => {
  expect(optimalBlockLength(autoregression(60, 5, 0.2))).toBe(1);
  expect(optimalBlockLength(new Float64Array(100))).toBe(1);
  expect(optimalBlockLength([1, 2, 3])).toBe(1);
});

test("draws blocks of the mean length that was asked for, which fill the history exactly", () => {
  const rng = createRng(1);
  const blocks = emptyBlocks(5000);
  const indices = new Int32Array(5000);
  let count = 0;
  for (let round = 0; round < 40; round++) {
    drawBlocks(rng, 5000, 8, blocks);
    count += blocks.count;
    blockIndices(blocks, indices);
    expect(blocks.length.subarray(0, blocks.count).reduce((sum, length) => sum + length, 0)).toBe(5000);
    expect(Math.min(...indices)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...indices)).toBeLessThan(5000);
  }
  // 25,000 blocks of deviation 7.5: the mean is known to 0.05.
  expect((40 * 5000) / count).toBeCloseTo(8, 0);
});
