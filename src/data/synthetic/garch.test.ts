import { expect, test } from "vitest";
import { syntheticContract } from "../synthetic.contract.ts";
import { garch } from "./garch.ts";
import { closeReturns, correlation, covariance, estimates, expectTheory, mean } from "./statistics.fixture.ts";

syntheticContract(garch, { volatility: 0.02, alpha: 0.2, beta: 0.7 });

const [alpha, beta] = [0.1, 0.6];
const variance = 0.01 ** 2;
const squares = estimates(200, (seed) =>
  closeReturns(garch.create({ bars: 4101, seed }, { volatility: 0.01, alpha, beta }).bars[0])
    .slice(100)
    .map((value) => value * value),
);

test("has the unconditional variance that it names, and the kurtosis of Bollerslev (1986)", () => {
  expectTheory(
    squares.map((values) => mean(values)),
    variance,
    0.01,
    "variance",
  );
  const kurtosis = (3 * (1 - (alpha + beta) ** 2)) / (1 - (alpha + beta) ** 2 - 2 * alpha ** 2);
  expectTheory(
    squares.map((values) => mean(values.map((value) => value * value))),
    kurtosis * variance ** 2,
    0.03,
    "fourth moment",
  );
});

test("has squared returns whose autocorrelation falls by α + β a bar, and returns without any", () => {
  const kurtosis = (3 * (1 - (alpha + beta) ** 2)) / (1 - (alpha + beta) ** 2 - 2 * alpha ** 2);
  const first = (alpha * (1 - alpha * beta - beta ** 2)) / (1 - 2 * alpha * beta - beta ** 2);
  for (const lag of [1, 3]) {
    expectTheory(
      squares.map((values) => covariance(values, values, lag, variance, variance)),
      (kurtosis - 1) * variance ** 2 * first * (alpha + beta) ** (lag - 1),
      0.06,
      `autocovariance of squared returns at ${lag}`,
    );
  }
  const plain = estimates(40, (seed) => {
    const values = closeReturns(garch.create({ bars: 2001, seed }, {}).bars[0]);
    return correlation(values, values, 1);
  });
  const error = Math.sqrt(covariance(plain, plain) / 39);
  expect(Math.abs(mean(plain)), "autocorrelation of returns").toBeLessThan(4 * error);
});

test("refuses a variance that would grow without end", () => {
  expect(() => garch.create({ bars: 2, seed: 1 }, { alpha: 0.3, beta: 0.7 })).toThrow("less than 1");
});
