import { expect, test } from "vitest";
import { autoregressionChain, expectedLogGrowth, usualPoints } from "./autoregression.ts";

test.each([0, 0.5, 0.95])(
  "the chain of persistence %f has rows of chances and the moments of the autoregression",
  (persistence) => {
    const points = usualPoints(persistence);
    const { states, transition } = autoregressionChain(persistence, points);
    const step = states[1] - states[0];
    for (let s = 0; s < points; s++) {
      const row = transition.subarray(s * points, (s + 1) * points);
      expect(row.every((chance) => chance >= 0)).toBe(true);
      const moment = (power: number): number => row.reduce((sum, chance, to) => sum + chance * states[to] ** power, 0);
      expect(Math.abs(moment(0) - 1)).toBeLessThan(1e-12);
      // Near the ends the rest of the distribution is cut off.
      if (Math.abs(states[s]) > 2) continue;
      expect(Math.abs(moment(1) - persistence * states[s]), "mean").toBeLessThan(2e-3);
      // A cell spreads its point by step²/12.
      const variance = 1 - persistence ** 2 + step ** 2 / 12;
      expect(Math.abs(moment(2) - moment(1) ** 2 - variance), "variance").toBeLessThan(3e-3);
    }
  },
);

test("expects the log growth that is known of one unit held, of nothing held, and of little held", () => {
  expect(expectedLogGrowth(1, 0.003, 0.02)).toBeCloseTo(0.003, 14);
  expect(expectedLogGrowth(0, 0.003, 0.02)).toBe(0);
  // To second order: w·(μ + σ²/2) − w²σ²/2 (Kelly; Thorp, 2006).
  const [weight, mean, deviation] = [-0.5, 0.0002, 0.01];
  const second = weight * (mean + deviation ** 2 / 2) - (weight * deviation) ** 2 / 2;
  expect(Math.abs(expectedLogGrowth(weight, mean, deviation) - second)).toBeLessThan(1e-7);
});
