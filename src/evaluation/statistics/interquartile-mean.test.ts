/** @file Scores over seeds and folds against SciPy 1.17.1 (stats.trim_mean, stats.mannwhitneyu), and the bootstrap against every possible draw. */
import { expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import { quantile } from "../bootstrap.ts";
import { improvementProbability } from "./improvement-probability.ts";
import { interquartileMean, middleMean } from "./interquartile-mean.ts";
import { optimalityGap } from "./optimality-gap.ts";
import { performanceProfile } from "./performance-profile.ts";
import { autoregression } from "./series.fixture.ts";

const one = [0, 1, 2].map((task) => [...autoregression(7, 300 + task)].map((value) => 2 * value + 0.3 * task));
const other = [0, 1, 2].map((task) => [...autoregression(5, 400 + task)].map((value) => 2 * value + 0.2));
const settings = () => ({ rng: createRng(1), resamples: 200 });

test("agrees with SciPy", () => {
  expect(interquartileMean(one, settings())).toMatchObject({
    value: { estimate: expect.closeTo(0.5431648924692788, 10) },
  });
  expect(improvementProbability(one, other, settings())).toMatchObject({
    value: { estimate: expect.closeTo(0.6285714285714286, 10) },
  });
  expect(optimalityGap(one, 1, settings())).toMatchObject({
    value: { estimate: expect.closeTo(0.5664593427974198, 10) },
  });
});

test("neither the best nor the worst score moves it", () => {
  expect(middleMean([1, 2, 3, 4, 5, 6, 7, 1000])).toBe(4.5);
  expect(middleMean([-1000, 2, 3, 4, 5, 6, 7, 8])).toBe(4.5);
});

test("its interval is that of all draws of runs within tasks", () => {
  const table = [
    [0, 1],
    [2, 4],
  ];
  // All 2² · 2² draws are equally likely.
  const all: number[] = [];
  for (const a of table[0])
    for (const b of table[0]) for (const c of table[1]) for (const d of table[1]) all.push(middleMean([a, b, c, d]));
  const answer = interquartileMean(table, { rng: createRng(2), resamples: 4000 });
  if (!answer.known) throw new Error(answer.reason);
  expect(answer.value.lower).toBe(
    quantile(
      all.toSorted((x, y) => x - y),
      0,
    ),
  );
  expect(answer.value.upper).toBe(Math.max(...all));
});

test("a profile counts the scores above each threshold, task by task", () => {
  const table = [
    [1, 2, 3, 4],
    [3, 5],
  ];
  expect(performanceProfile(table, [0, 2, 4, 9])).toEqual({ known: true, value: [1, 0.75, 0.25, 0] });
});

test("equal runs improve on each other half the time; too few are no number", () => {
  expect(improvementProbability([[1, 1]], [[1, 1]], settings())).toMatchObject({
    value: { estimate: 0.5, lower: 0.5 },
  });
  expect(interquartileMean([[1], [2], [3], [4]], settings())).toMatchObject({ known: false, needed: 2, found: 1 });
  expect(interquartileMean([[1, 2]], settings())).toMatchObject({ known: false, needed: 4, found: 2 });
  expect(performanceProfile([], [0]).known).toBe(false);
  expect(optimalityGap([], 1, settings()).known).toBe(false);
});
