/** @file The deepest falls, by hand. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { drawdown } from "./metrics.ts";
import { worstDrawdowns } from "./worst-drawdowns.ts";

test("names the deepest falls first, with their peak, trough and recovery", () => {
  //        0    1   2    3    4   5   6    7
  const equity = [100, 90, 100, 120, 60, 90, 120, 114];
  expect(worstDrawdowns(equity, 5)).toEqual([
    { peak: 3, trough: 4, recovered: 6, depth: 0.5, bars: 2 },
    { peak: 0, trough: 1, recovered: 2, depth: 0.1, bars: 1 },
    { peak: 6, trough: 7, recovered: undefined, depth: 0.05, bars: 1 },
  ]);
  expect(worstDrawdowns(equity, 1)).toHaveLength(1);
});

test("finds none in a curve that never falls, and in one that never moves", () => {
  expect(worstDrawdowns([1, 2, 3], 5)).toEqual([]);
  expect(worstDrawdowns([5, 5, 5, 5], 5)).toEqual([]);
});

test("begins with the maximum drawdown of the metrics", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 2, maxLength: 40 }), (equity) => {
      const worst = worstDrawdowns(equity, equity.length);
      const { depth, longestBars } = drawdown(equity);
      expect(worst[0]?.depth ?? 0).toBe(depth);
      expect(Math.max(0, ...worst.map(({ bars }) => bars))).toBe(longestBars);
    }),
  );
});
