/** @file Clusters of trials against SciPy 1.17.1 (cluster.hierarchy linkage "average" on 1 − correlation, fcluster at 0.5). */
import { expect, test } from "vitest";
import { effectiveTrials } from "./effective-trials.ts";
import { autoregression } from "./series.fixture.ts";

const base = [100, 101, 102, 103].map((seed) => autoregression(200, seed));

test("counts the clusters that SciPy finds among mixed, added and mirrored series", () => {
  const mix = (one: Float64Array, a: number, other: Float64Array, b: number): Float64Array =>
    one.map((value, t) => a * value + b * other[t]);
  const trials = [
    base[0],
    base[1],
    mix(base[0], 0.9, base[2], 0.3),
    mix(base[1], 1, base[3], 0.8),
    base[2],
    base[3],
    mix(base[0], 1, base[1], 1),
    base[0].map((value) => -value),
  ];
  expect(effectiveTrials(trials)).toEqual({ known: true, value: 5 });
});

test("copies count as one, strangers each, and what never moves as itself", () => {
  expect(effectiveTrials([base[0], base[0].map((value) => 3 * value + 1), base[0]])).toEqual({ known: true, value: 1 });
  expect(effectiveTrials(base)).toEqual({ known: true, value: 4 });
  expect(effectiveTrials([base[0], new Float64Array(200), new Float64Array(200)])).toEqual({ known: true, value: 3 });
  expect(effectiveTrials([])).toMatchObject({ known: false, needed: 30, found: 0 });
});
