/**
 * @file The tests of many models. Not studentised: against `arch` 8.0.0 (bootstrap.SPA, bootstrap.StepM), which was given the very
 * indices that our rng draws. Studentised, which arch is not: against the formulas over the same indices in NumPy.
 */
import { expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import { autoregression } from "./series.fixture.ts";
import { stepwiseTest } from "./stepwise-test.ts";
import { realityCheck, superiorAbility } from "./superior-ability.ts";

const differences = [0.02, -0.12, 0, 0.04, -0.02].map((edge, i) =>
  autoregression(250, 200 + i, 0.3).map((value) => value + edge),
);
const settings = () => ({ rng: createRng(5), blockLengthBars: 6, resamples: 500 });

test("agrees with arch on the three p-values and on the reality check", () => {
  expect(superiorAbility(differences, { ...settings(), studentised: false })).toEqual({
    known: true,
    value: { lower: 0.02, consistent: 0.024, upper: 0.042 },
  });
  expect(realityCheck(differences, settings())).toEqual({ known: true, value: 0.042 });
});

test("agrees with NumPy on the studentised p-values", () => {
  expect(superiorAbility(differences, settings())).toEqual({
    known: true,
    value: { lower: 0.03, consistent: 0.044, upper: 0.076 },
  });
});

test.each([
  [0.05, [3], []],
  [0.2, [3], [3]],
  [0.5, [0, 3], [0, 3]],
])("names the models that arch and NumPy name at a level of %f", (level, plain, studentised) => {
  expect(stepwiseTest(differences, { ...settings(), level, studentised: false })).toEqual({
    known: true,
    value: plain,
  });
  expect(stepwiseTest(differences, { ...settings(), level })).toEqual({ known: true, value: studentised });
});

test("rejects no more often than its level among models without skill", () => {
  const root = createRng(8);
  let rejected = 0;
  let named = 0;
  for (let round = 0; round < 200; round++) {
    const rng = root.fork(round);
    const models = Array.from({ length: 5 }, () => Float64Array.from({ length: 100 }, () => rng.normal()));
    const answer = superiorAbility(models, { rng, blockLengthBars: 1, resamples: 200 });
    if (answer.known && answer.value.consistent <= 0.1) rejected++;
    const found = stepwiseTest(models, { rng, blockLengthBars: 1, resamples: 200, level: 0.1 });
    if (found.known && found.value.length > 0) named++;
  }
  // Binomial of 200 at 0.1: mean 20, deviation 4.2.
  for (const count of [rejected, named]) {
    expect(count).toBeGreaterThanOrEqual(6);
    expect(count).toBeLessThanOrEqual(34);
  }
});

test("a best model that is no better has no case, and one that does nothing else none to judge", () => {
  const worse = [autoregression(100, 1).map((value) => value - 1)];
  expect(superiorAbility(worse, settings())).toMatchObject({ value: { lower: 1, consistent: 1, upper: 1 } });
  expect(stepwiseTest(worse, settings())).toEqual({ known: true, value: [] });
  expect(superiorAbility([new Float64Array(100)], settings()).known).toBe(false);
  expect(stepwiseTest([new Float64Array(100)], settings())).toEqual({ known: true, value: [] });
  expect(superiorAbility([new Float64Array(29)], settings())).toMatchObject({ known: false, needed: 30, found: 29 });
  expect(stepwiseTest([], settings())).toMatchObject({ known: false, needed: 30, found: 0 });
});
