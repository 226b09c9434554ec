import { expect, test } from "vitest";
import { syntheticContract } from "../synthetic.contract.ts";
import { heston } from "./heston.ts";
import { closeReturns, covariance, estimates, expectTheory, mean } from "./statistics.fixture.ts";

syntheticContract(heston, { volatility: 0.02, dispersion: 1, correlation: 0.9, halfLifeBars: 3 });

const settings = { volatility: 0.01, halfLifeBars: 8, dispersion: 0.5, correlation: 0 };
const theta = 0.01 ** 2;
const kappa = Math.LN2 / 8;

/** Returns from where the start is forgotten. */
const returns = (seed: number, given: object = settings): Float64Array =>
  closeReturns(heston.create({ bars: 4101, seed }, given).bars[0]).slice(100);
const squares = estimates(120, (seed) => returns(seed).map((value) => value * value));

test("has the mean variance that it names, and the moments of a square-root process (Cox, Ingersoll and Ross, 1985)", () => {
  expectTheory(
    squares.map((values) => mean(values)),
    theta,
    0.01,
    "variance",
  );
  // ∫v over a bar has the variance θ²d²·2(e^−κ − 1 + κ)/κ²; E r⁴ = 3 E(∫v)².
  const integrated = 1 + (0.5 ** 2 * 2 * (Math.exp(-kappa) - 1 + kappa)) / kappa ** 2;
  expectTheory(
    squares.map((values) => mean(values.map((value) => value * value))),
    3 * theta ** 2 * integrated,
    0.02,
    "fourth moment",
  );
});

test("remembers its variance with the half-life that it names", () => {
  const whole = (1 - Math.exp(-kappa)) / kappa;
  for (const lag of [1, 9]) {
    expectTheory(
      squares.map((values) => covariance(values, values, lag, theta, theta)),
      (theta * 0.5 * whole) ** 2 * Math.exp(-kappa * (lag - 1)),
      0.06,
      `autocovariance of squared returns at ${lag}`,
    );
  }
});

test("moves its variance against the price where the correlation is negative, and the other way where it is not", () => {
  const leverage = (correlation: number): number =>
    mean(
      estimates(30, (seed) => {
        const values = returns(seed, { ...settings, correlation });
        return covariance(
          values.map((value) => value * value),
          values,
          1,
        );
      }),
    );
  expect(leverage(-0.8)).toBeLessThan(0);
  expect(leverage(0.8)).toBeGreaterThan(0);
});
