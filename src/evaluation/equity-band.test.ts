/** @file The band around an equity curve. */
import { expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import { equityBand } from "./equity-band.ts";

test("is as wide as independent returns make it after as many bars", () => {
  const rng = createRng(3);
  const deviation = 0.01;
  const returns = Float64Array.from({ length: 2000 }, () => Math.expm1(deviation * rng.normal()));
  const { at, lower, upper } = equityBand([returns], 100, { rng, resamples: 2000 });
  expect([lower[0], upper[0]], "the capital is known").toEqual([100, 100]);
  const half = at.findIndex((bar) => bar >= 1000);
  const width = Math.log(upper[half] / lower[half]);
  const expected = 2 * 1.96 * deviation * Math.sqrt(at[half]);
  expect(width / expected).toBeGreaterThan(0.85);
  expect(width / expected).toBeLessThan(1.15);
  expect(at.at(-1)).toBe(2000);
  expect(at.length).toBeLessThanOrEqual(201);
});

test("has no width where nothing varies", () => {
  const { lower, upper } = equityBand([new Float64Array(50)], 7, { rng: createRng(1), resamples: 20 });
  expect(new Set([...lower, ...upper])).toEqual(new Set([7]));
});

test("holds the luck of which run it was", () => {
  const runs = [new Float64Array(30), new Float64Array(30).fill(0.01)];
  const { lower, upper } = equityBand(runs, 1, { rng: createRng(1), resamples: 200 });
  expect(lower.at(-1)).toBe(1);
  expect(upper.at(-1)).toBeCloseTo(1.01 ** 30, 9);
});
