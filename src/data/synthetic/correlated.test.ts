import { expect, test } from "vitest";
import { syntheticContract } from "../synthetic.contract.ts";
import { correlated } from "./correlated.ts";
import { closeReturns, correlation, covariance, estimates, expectTheory } from "./statistics.fixture.ts";

syntheticContract(correlated, { volatility: [0.01, 0.03], correlation: -0.4 });

const matrix = [
  [1, 0.8, -0.3],
  [0.8, 1, 0.1],
  [-0.3, 0.1, 1],
];
const volatility = [0.01, 0.02, 0.005];

test("has the correlations and volatilities that it names", () => {
  const markets = estimates(60, (seed) =>
    correlated
      .create({ bars: 1001, seed, instruments: 3 }, { correlation: matrix, volatility })
      .bars.map((bars) => closeReturns(bars)),
  );
  for (const [i, row] of matrix.entries()) {
    for (const [k, expected] of row.entries()) {
      if (k > i) {
        const found = markets.map((returns) => correlation(returns[i], returns[k]));
        expectTheory(found, expected, 0.05, `correlation ${i}, ${k}`);
      } else if (k === i) {
        const found = markets.map((returns) => covariance(returns[i], returns[i]));
        expectTheory(found, volatility[i] ** 2, 0.02, `variance ${i}`);
      }
    }
  }
});

test("takes one number as the correlation of every pair", () => {
  const { bars } = correlated.create({ bars: 4001, seed: 1, instruments: 4 }, { correlation: 0.6 });
  const returns = bars.map((each) => closeReturns(each));
  // Deviation of a correlation of T bars: (1 − ρ²)/√T.
  for (const k of [1, 2, 3])
    expect(Math.abs(correlation(returns[0], returns[k]) - 0.6)).toBeLessThan((4 * 0.64) / Math.sqrt(4000));
});

test.each([
  [{ correlation: -0.6 }, 3, "positive definite"],
  [{ correlation: matrix }, 2, "2 × 2"],
  [
    {
      correlation: [
        [1, 0.5],
        [0.4, 1],
      ],
    },
    2,
    "symmetric",
  ],
  [{ volatility: [0.01] }, 2, "1 numbers for 2"],
  [{ correlation: 1.5 }, 2, "correlated.correlation"],
])("refuses %o for %i instruments", (settings, instruments, message) => {
  expect(() => correlated.create({ bars: 10, seed: 1, instruments }, settings)).toThrow(message);
});
