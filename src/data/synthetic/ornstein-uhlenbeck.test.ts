import { test } from "vitest";
import { syntheticContract } from "../synthetic.contract.ts";
import { ornsteinUhlenbeck } from "./ornstein-uhlenbeck.ts";
import { covariance, estimates, expectTheory } from "./statistics.fixture.ts";

const settings = { volatility: 0.02, halfLifeBars: 5 };
syntheticContract(ornsteinUhlenbeck, settings);

/** Log prices, from where the start is forgotten. */
const logs = estimates(40, (seed) =>
  ornsteinUhlenbeck
    .create({ bars: 4100, seed }, settings)
    .bars[0].close.slice(100)
    .map((price) => Math.log(price / 100)),
);

test("has the stationary variance volatility²/2κ and the half-life that it names", () => {
  const stationary = 0.02 ** 2 / ((2 * Math.LN2) / 5);
  const autocovariances = (lag: number): number[] => logs.map((values) => covariance(values, values, lag, 0, 0));
  expectTheory(autocovariances(0), stationary, 0.02, "variance");
  expectTheory(autocovariances(5), stationary / 2, 0.03, "autocovariance at the half-life");
  expectTheory(autocovariances(10), stationary / 4, 0.06, "autocovariance at twice the half-life");
});
