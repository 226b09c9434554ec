import { expect, test } from "vitest";
import { randomWalk } from "../synthetic.ts";
import { syntheticContract } from "../synthetic.contract.ts";
import { geometricBrownian } from "./geometric-brownian.ts";
import { closeReturns, covariance, estimates, expectTheory, mean } from "./statistics.fixture.ts";

syntheticContract(geometricBrownian, { drift: 0.001, volatility: 0.03 });

test("is the random walk that it always was, to the bit", () => {
  const shape = { bars: 100, seed: 7, instruments: 2 };
  expect(geometricBrownian.create(shape, { volatility: 0.02 })).toEqual(randomWalk({ ...shape, volatility: 0.02 }));
  // The first close of seed 1, as it was before there were other kinds.
  expect(randomWalk({ bars: 2, seed: 1, volatility: 0.01 }).bars[0].close[0]).toBe(99.77735111129876);
});

test("has the mean, the variance and the kurtosis of normal returns", () => {
  const returns = estimates(40, (seed) =>
    closeReturns(geometricBrownian.create({ bars: 2001, seed }, { drift: 0.001, volatility: 0.02 }).bars[0]),
  );
  expectTheory(
    returns.map((values) => mean(values)),
    0.001,
    0.1,
    "mean",
  );
  expectTheory(
    returns.map((values) => covariance(values, values)),
    0.0004,
    0.01,
    "variance",
  );
  const fourth = (values: Float64Array): number => mean(values.map((value) => (value - 0.001) ** 4));
  expectTheory(
    returns.map((values) => fourth(values)),
    3 * 0.02 ** 4,
    0.02,
    "fourth moment",
  );
});
