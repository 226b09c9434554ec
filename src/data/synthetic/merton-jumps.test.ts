import { expect, test } from "vitest";
import { syntheticContract } from "../synthetic.contract.ts";
import { geometricBrownian } from "./geometric-brownian.ts";
import { mertonJumps } from "./merton-jumps.ts";
import { closeReturns, covariance, estimates, expectTheory, mean } from "./statistics.fixture.ts";

syntheticContract(mertonJumps, { drift: 0.001, jumpsPerBar: 2, jumpMean: -0.01 });

const settings = { drift: 0.0005, volatility: 0.01, jumpsPerBar: 0.2, jumpMean: -0.02, jumpDeviation: 0.03 };
const returns = (seed: number, given: object = settings): Float64Array =>
  closeReturns(mertonJumps.create({ bars: 4001, seed }, given).bars[0]);

test("has the first cumulants of diffusion plus a compound Poisson sum", () => {
  const { drift, volatility, jumpsPerBar: rate, jumpMean: m, jumpDeviation: d } = settings;
  const all = estimates(60, (seed) => returns(seed));
  expectTheory(
    all.map((values) => mean(values)),
    drift,
    0.1,
    "mean",
  );
  const central = (power: number): number[] =>
    all.map((values) => mean(values.map((value) => (value - drift) ** power)));
  const variance = volatility ** 2 + rate * (m ** 2 + d ** 2);
  expectTheory(central(2), variance, 0.02, "variance");
  expectTheory(central(3), rate * (m ** 3 + 3 * m * d ** 2), 0.05, "third cumulant");
  expectTheory(central(4), rate * (m ** 4 + 6 * m ** 2 * d ** 2 + 3 * d ** 4) + 3 * variance ** 2, 0.05, "fourth");
});

test("jumps as often as it says: bars without a jump are e^−λ of all", () => {
  const large = { volatility: 1e-6, jumpsPerBar: 0.7, jumpMean: 0.1, jumpDeviation: 0 };
  const quiet = (seed: number): number => mean(returns(seed, large).map((value) => (value < 0 ? 1 : 0)));
  expectTheory(estimates(30, quiet), Math.exp(-0.7), 0.01, "bars without a jump");
  const twice = (seed: number): number =>
    mean(returns(seed, large).map((value) => (Math.round((value + 0.07) / 0.1) === 2 ? 1 : 0)));
  expectTheory(estimates(30, twice), (Math.exp(-0.7) * 0.7 ** 2) / 2, 0.02, "bars of two jumps");
});

test("is a random walk of the same variance where nothing jumps", () => {
  const variance = (kind: { create: typeof geometricBrownian.create }, given: object): number[] =>
    estimates(20, (seed) => {
      const values = closeReturns(kind.create({ bars: 2001, seed }, given).bars[0]);
      return covariance(values, values);
    });
  const without = variance(mertonJumps, { volatility: 0.01, jumpsPerBar: 0 });
  expectTheory(without, mean(variance(geometricBrownian, { volatility: 0.01 })), 0.02, "variance");
  expect(() => mertonJumps.create({ bars: 2, seed: 1 }, { jumpsPerBar: -1 })).toThrow("merton-jumps.jumpsPerBar");
});
