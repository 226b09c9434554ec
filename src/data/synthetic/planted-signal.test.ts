import { expect, test } from "vitest";
import { syntheticContract } from "../synthetic.contract.ts";
import { plantedSignal, signalOf } from "./planted-signal.ts";
import { closeReturns, correlation, covariance, estimates, expectTheory, mean } from "./statistics.fixture.ts";

syntheticContract(plantedSignal, { correlation: 0.6, form: "sign", persistence: 0 });

test.each(["normal", "sign"] as const)("tells the next return with the correlation that it names: %s", (form) => {
  const settings = { volatility: 0.02, correlation: 0.4, persistence: 0.8, form };
  const markets = estimates(60, (seed) => {
    const [bars] = plantedSignal.create({ bars: 2001, seed }, settings).bars;
    return { signal: signalOf(bars).slice(0, -1), next: closeReturns(bars) };
  });
  expectTheory(
    markets.map(({ signal, next }) => covariance(next, signal, 0, 0, 0)),
    0.4 * 0.02,
    0.02,
    "covariance with the next return",
  );
  expectTheory(
    markets.map(({ next }) => covariance(next, next, 0, 0, 0)),
    0.02 ** 2,
    0.01,
    "variance of returns",
  );
  // Known one bar earlier it tells only what of it is left.
  expectTheory(
    markets.map(({ signal, next }) => covariance(next, signal, 1, 0, 0)),
    0.8 * 0.4 * 0.02,
    0.03,
    "covariance with the return after the next",
  );
  expectTheory(
    markets.map(({ signal }) => covariance(signal, signal, 3, 0, 0)),
    0.8 ** 3,
    0.05,
    "memory of the signal",
  );
});

test("has a signal of mean 0 and variance 1, or exactly −1 and 1", () => {
  const [bars] = plantedSignal.create({ bars: 5000, seed: 2 }, { form: "sign", persistence: 0.5 }).bars;
  for (const value of signalOf(bars)) expect(Math.abs(Math.abs(value) - 1)).toBeLessThan(1e-5);
  const variances = estimates(40, (seed) => {
    const [normal] = plantedSignal.create({ bars: 1000, seed }, { persistence: 0.5 }).bars;
    return mean(signalOf(normal).map((value) => value * value));
  });
  expectTheory(variances, 1, 0.02, "variance of the signal");
});

test("is a coin of its own where the correlation is 0", () => {
  const [bars] = plantedSignal.create({ bars: 5000, seed: 2 }, { correlation: 0 }).bars;
  expect(Math.abs(correlation(closeReturns(bars), signalOf(bars).slice(0, -1)))).toBeLessThan(4 / Math.sqrt(5000));
});
