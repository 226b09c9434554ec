import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import { rewardContract, stepFacts } from "../reward.contract.ts";
import type { StepFacts } from "../reward.ts";
import { differentialSharpe, sharpeDerivative } from "./differential-sharpe.ts";

// A fee in the past lowers the mean that later steps are held against, and a gain beyond B / A lowers a Sharpe ratio.
rewardContract("differential-sharpe", () => [{ term: differentialSharpe(), weight: 1 }], { feesMayHelp: true });

const gains = fc.double({ min: -0.1, max: 0.1, noNaN: true });
const means = fc.double({ min: -0.01, max: 0.01, noNaN: true });
const deviations = fc.double({ min: 0.002, max: 0.05, noNaN: true });

test("is the derivative of the Sharpe ratio of exponential moments by their rate, by finite differences", () => {
  fc.assert(
    fc.property(means, deviations, gains, fc.constantFrom(0, 1e-8, 1e-5), (a, deviation, gain, floor) => {
      const b = a * a + deviation * deviation;
      const sharpe = (eta: number): number => {
        const mean = a + eta * (gain - a);
        return mean / Math.sqrt(b + eta * (gain * gain - b) - mean * mean + floor);
      };
      const h = 1e-5;
      const slope = (sharpe(h) - sharpe(-h)) / (2 * h);
      const found = sharpeDerivative(a, b, gain, floor);
      expect(Math.abs(found - slope)).toBeLessThanOrEqual(1e-3 * (1 + Math.abs(slope)));
    }),
  );
});

test("is by hand (B·ΔA − ½A·ΔB) / (B − A²)^{3/2}", () => {
  // A = 0.001, B = 0.0002, R = 0.02: (0.0002 · 0.019 − 0.0005 · 0.0002) / 0.000199^{1.5}
  expect(sharpeDerivative(0.001, 0.0002, 0.02, 0)).toBeCloseTo(3.7e-6 / 0.000199 ** 1.5, 10);
});

test("has the sign of the surprise: a usual gain is paid, a loss is charged, and more of it up to B / A", () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-4, max: 0.005, noNaN: true }), deviations, (a, deviation) => {
      const b = a * a + deviation * deviation;
      const at = (gain: number): number => sharpeDerivative(a, b, gain, 0);
      expect(at(b / a)).toBeGreaterThan(0);
      expect(at(-deviation)).toBeLessThan(0);
      expect(at(0.9 * (b / a))).toBeGreaterThan(at(0.8 * (b / a)));
    }),
  );
});

const facts = (gain: number): StepFacts => stepFacts({ after: 100 * (1 + gain) });

test("pays nothing while it warms up, then holds each step against the moments before it", () => {
  const term = differentialSharpe({ warmUpSteps: 3, deviationFloor: 0 });
  const state = new Float64Array(term.stateWidth);
  const past = [0.01, -0.02, 0.03];
  expect(past.map((gain) => term.value(facts(gain), state, 0))).toEqual([0, 0, 0]);
  const a = (0.01 - 0.02 + 0.03) / 3;
  const b = (0.01 ** 2 + 0.02 ** 2 + 0.03 ** 2) / 3;
  expect(term.value(facts(0.02), state, 0)).toBeCloseTo(sharpeDerivative(a, b, 0.02, 0), 9);
});

test("a limit bends it, and the floor bounds it where nothing varied", () => {
  const bounded = differentialSharpe({ warmUpSteps: 1, deviationFloor: 1e-3, limit: 2 });
  const state = new Float64Array(3);
  bounded.value(facts(1e-9), state, 0);
  const paid = bounded.value(facts(0.05), state, 0);
  expect(paid).toBeGreaterThan(1.9);
  expect(paid).toBeLessThanOrEqual(2);
  const free = differentialSharpe({ warmUpSteps: 1, deviationFloor: 1e-3 });
  free.begin(state, 0);
  free.value(facts(1e-9), state, 0);
  expect(free.value(facts(0.05), state, 0)).toBeCloseTo(50, 1);
});

test("does not pay for staying out after a loss: flat steps change nothing", () => {
  const term = differentialSharpe({ warmUpSteps: 1 });
  const state = new Float64Array(3);
  const rng = createRng(3);
  for (let n = 0; n < 50; n++) term.value(facts(-0.01 + 0.01 * rng.normal()), state, 0);
  const before = state.slice();
  expect(sharpeDerivative(before[0], before[1], 0, 0), "as written it would be paid for").toBeGreaterThan(0);
  expect(term.value({ ...facts(0), gross: 0 }, state, 0)).toBe(0);
  expect(state).toEqual(before);
});
