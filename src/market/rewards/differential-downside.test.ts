import * as fc from "fast-check";
import { expect, test } from "vitest";
import { rewardContract } from "../reward.contract.ts";
import { differentialDownside, downsideDerivative } from "./differential-downside.ts";

// As with the differential Sharpe ratio, a fee in the past lowers what later steps are held against.
rewardContract("differential-downside", () => [{ term: differentialDownside(), weight: 1 }], { feesMayHelp: true });

const gains = fc.double({ min: -0.1, max: 0.1, noNaN: true });
const means = fc.double({ min: -0.01, max: 0.01, noNaN: true });
const deviations = fc.double({ min: 0.002, max: 0.05, noNaN: true });

test("is the derivative of mean over downside deviation by the rate of the moments, by finite differences", () => {
  fc.assert(
    fc.property(means, deviations, gains, fc.constantFrom(0, 1e-6), (a, deviation, gain, floor) => {
      const ratio = (eta: number): number => {
        const loss = Math.min(gain, 0);
        const downside = deviation ** 2 + eta * (loss * loss - deviation ** 2);
        return (a + eta * (gain - a)) / Math.sqrt(downside + floor);
      };
      const slope = (ratio(1e-5) - ratio(-1e-5)) / 2e-5;
      const found = downsideDerivative(a, deviation ** 2, gain, floor);
      expect(Math.abs(found - slope)).toBeLessThanOrEqual(1e-3 * (1 + Math.abs(slope)));
    }),
  );
});

test("without a floor is Moody and Saffell's pair of formulas", () => {
  fc.assert(
    fc.property(means, deviations, gains, (a, deviation, gain) => {
      const paper =
        gain > 0
          ? (gain - 0.5 * a) / deviation
          : (deviation ** 2 * (gain - 0.5 * a) - 0.5 * a * gain ** 2) / deviation ** 3;
      expect(Math.abs(downsideDerivative(a, deviation ** 2, gain, 0) - paper)).toBeLessThanOrEqual(
        1e-9 * (1 + Math.abs(paper)),
      );
    }),
  );
});

test("pays gains in proportion, without the Sharpe ratio's dislike of large ones", () => {
  const at = (gain: number): number => downsideDerivative(0.001, 1e-4, gain, 0);
  expect(at(0.2) - at(0.1)).toBeCloseTo(at(0.3) - at(0.2), 9);
  expect(at(-0.02)).toBeLessThan(0);
});
