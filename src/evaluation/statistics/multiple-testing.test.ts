/** @file Adjusted p-values against statsmodels 0.15.0 (stats.multitest.multipletests). */
import { expect, test } from "vitest";
import { benjaminiHochberg, benjaminiYekutieli, bonferroni, hochberg, holm } from "./multiple-testing.ts";

const pValues = [0.001, 0.045, 0.012, 0.2, 0.0005, 0.04, 0.9, 0.012];

test.each([
  ["bonferroni", bonferroni, [0.008, 0.36, 0.096, 1, 0.004, 0.32, 1, 0.096]],
  ["holm", holm, [0.007, 0.16, 0.072, 0.4, 0.004, 0.16, 0.9, 0.072]],
  ["hochberg", hochberg, [0.007, 0.135, 0.06, 0.4, 0.004, 0.135, 0.9, 0.06]],
  ["Benjamini and Hochberg", benjaminiHochberg, [0.004, 0.06, 0.024, 0.2285714285714286, 0.004, 0.06, 0.9, 0.024]],
  [
    "Benjamini and Yekutieli",
    benjaminiYekutieli,
    [
      0.01087142857142857, 0.16307142857142856, 0.06522857142857143, 0.6212244897959183, 0.01087142857142857,
      0.16307142857142856, 1, 0.06522857142857143,
    ],
  ],
] as const)("%s", (_, adjust, expected) => {
  adjust(pValues).forEach((value, at) => expect(value).toBeCloseTo(expected[at], 12));
});

test("no test needs no adjustment, and one none either", () => {
  for (const adjust of [bonferroni, holm, hochberg, benjaminiHochberg, benjaminiYekutieli]) {
    expect(adjust([])).toEqual([]);
    expect(adjust([0.03])).toEqual([0.03]);
  }
});
