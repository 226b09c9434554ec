import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import type { Outcome } from "./calibration.ts";
import {
  brierScore,
  calibrated,
  calibrationError,
  isotonic,
  reliability,
  temperature,
  tempered,
} from "./calibration.ts";

/** Decisions that are right less often than their confidence says: with probability confidence². */
function overconfident(count: number, seed: number): Outcome[] {
  const rng = createRng(seed);
  return Array.from({ length: count }, () => {
    const confidence = rng.uniform();
    return { confidence, right: rng.uniform() < confidence * confidence };
  });
}

describe("isotonic calibration", () => {
  test("is the least-squares never falling fit: pools of a worked example", () => {
    const rights = [0, 1, 0, 0, 1, 1];
    const outcomes = rights.map((right, at) => ({ confidence: at / 10, right: right === 1 }));
    const { confidence, right } = isotonic(outcomes);
    expect(right).toEqual([0, 1 / 3, 1]);
    expect(confidence[0]).toBe(0);
    expect(confidence[1]).toBeCloseTo(0.2, 12);
    expect(confidence[2]).toBeCloseTo(0.45, 12);
  });

  test("makes new decisions' confidence believable", () => {
    const fitted = isotonic(overconfident(4000, 1));
    const fresh = overconfident(20_000, 2);
    const after = fresh.map(({ confidence, right }) => ({ confidence: calibrated(fitted, confidence), right }));
    expect(calibrationError(fresh)).toBeGreaterThan(0.1);
    expect(calibrationError(after)).toBeLessThan(0.03);
  });

  test("never falls, stays within 0 and 1, and does not depend on the order of decisions", () => {
    const outcome = fc.record({ confidence: fc.constantFrom(0, 0.1, 0.25, 0.5, 0.5, 0.9, 1), right: fc.boolean() });
    fc.assert(
      fc.property(
        fc.array(outcome, { minLength: 1, maxLength: 30 }),
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        (outcomes, values) => {
          const fitted = isotonic(outcomes);
          const other = isotonic(outcomes.toReversed());
          const at = Array.from({ length: 20 }, () => values.next().value as number).toSorted((a, b) => a - b);
          const mapped = at.map((value) => calibrated(fitted, value));
          mapped.forEach((value, n) => {
            expect(value).toBeGreaterThanOrEqual(n === 0 ? 0 : mapped[n - 1] - 1e-12);
            expect(value).toBeLessThanOrEqual(1);
            expect(calibrated(other, at[n])).toBeCloseTo(value, 9);
          });
        },
      ),
    );
  });
});

test("temperature finds by how much logits were stretched", () => {
  const rng = createRng(3);
  const logits: number[][] = [];
  const labels: number[] = [];
  for (let n = 0; n < 20_000; n++) {
    const honest = [rng.normal(), rng.normal(), rng.normal()];
    const total = honest.reduce((sum, logit) => sum + Math.exp(logit), 0);
    let [label, left] = [0, rng.uniform() * total];
    while (label < 2 && (left -= Math.exp(honest[label])) > 0) label++;
    logits.push(honest.map((logit) => 2.5 * logit));
    labels.push(label);
  }
  // The standard error of an estimate from 20,000 decisions is about 0.03.
  expect(temperature(logits, labels)).toBeGreaterThan(2.4);
  expect(temperature(logits, labels)).toBeLessThan(2.6);
});

describe("tempered confidence", () => {
  /** Right as often as the logit over 2.5 says. */
  function stretched(count: number, seed: number): Outcome[] {
    const rng = createRng(seed);
    return Array.from({ length: count }, () => {
      const honest = 1.5 * rng.normal();
      const right = rng.uniform() < 1 / (1 + Math.exp(-honest));
      return { confidence: 1 / (1 + Math.exp(-2.5 * honest)), right };
    });
  }

  test("follows σ(logit p / T) everywhere, and makes new decisions' confidence believable", () => {
    const outcomes = stretched(8000, 5);
    const fitted = tempered(outcomes);
    const found = temperature(
      outcomes.map(({ confidence }) => [Math.log(confidence / (1 - confidence)), 0]),
      outcomes.map(({ right }) => (right ? 0 : 1)),
    );
    for (let p = 0.001; p < 1; p += 0.007) {
      const exact = 1 / (1 + Math.exp(-Math.log(p / (1 - p)) / found));
      expect(Math.abs(calibrated(fitted, p) - exact)).toBeLessThan(1e-3);
    }
    expect(calibrated(fitted, 0.5)).toBeCloseTo(0.5, 12);
    const fresh = stretched(20_000, 6);
    const after = fresh.map(({ confidence, right }) => ({ confidence: calibrated(fitted, confidence), right }));
    expect(calibrationError(fresh)).toBeGreaterThan(0.1);
    expect(calibrationError(after)).toBeLessThan(0.03);
  });

  test("takes what was sure and wrong, and is a finite, rising map within 0 and 1", () => {
    const fitted = tempered([
      { confidence: 1, right: false },
      { confidence: 0, right: true },
      { confidence: 0.9, right: true },
    ]);
    fitted.confidence.forEach((confidence, at) => {
      expect(confidence).toBeGreaterThan(at === 0 ? 0 : fitted.confidence[at - 1]);
      expect(fitted.right[at]).toBeGreaterThan(at === 0 ? 0 : fitted.right[at - 1]);
    });
    expect(fitted.right.at(-1)).toBeLessThan(1);
  });
});

test("the Brier score of a worked example", () => {
  const outcomes = [
    { confidence: 0.8, right: true },
    { confidence: 0.6, right: false },
    { confidence: 1, right: true },
  ];
  expect(brierScore(outcomes)).toBeCloseTo((0.04 + 0.36) / 3, 12);
});

test("decisions of equal confidence share a bin, whatever their order", () => {
  const outcomes = [0.5, 0.7, 0.5, 0.7, 0.5, 0.5, 0.9].map((confidence, at) => ({ confidence, right: at % 2 === 0 }));
  const curve = reliability(outcomes);
  expect(curve.map(({ count }) => count)).toEqual([4, 2, 1]);
  [0.5, 0.7, 0.9].forEach((confidence, at) => expect(curve[at].confidence).toBeCloseTo(confidence, 12));
  expect(reliability(outcomes.toReversed())).toEqual(curve);
});

test("the reliability curve counts every decision once, in bins of like size", () => {
  const outcomes = overconfident(95, 4);
  const curve = reliability(outcomes);
  expect(curve).toHaveLength(10);
  expect(curve.reduce((sum, { count }) => sum + count, 0)).toBe(95);
  for (const { count } of curve) expect([9, 10]).toContain(count);
  expect(curve.map(({ confidence }) => confidence)).toEqual(
    curve.map(({ confidence }) => confidence).toSorted((a, b) => a - b),
  );
  expect(reliability(outcomes.slice(0, 3))).toHaveLength(3);
  expect(reliability([])).toEqual([]);
});
