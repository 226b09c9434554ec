import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import type { Outcome } from "./calibration.ts";
import { calibrated, calibrationError, isotonic, reliability, temperature } from "./calibration.ts";

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
