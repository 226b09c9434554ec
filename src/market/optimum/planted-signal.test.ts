import { expect, test } from "vitest";
import { plantedSignal, signalOf } from "#data/synthetic/planted-signal.ts";
import { batchMean, playedGrowth } from "./optimum.fixture.ts";
import { plantedSignalOptimum } from "./planted-signal.ts";

const law = { volatility: 0.01, correlation: 0.3, persistence: 0.9, form: "normal" } as const;

test("without costs it holds where the signal is positive, and earns ρσ/√(2π)", () => {
  const { weight, growthPerBar } = plantedSignalOptimum(law, 0, [0, 1]);
  for (const held of [0, 1]) expect([weight(-0.1, held), weight(0.1, held)]).toEqual([0, 1]);
  expect(Math.abs(growthPerBar / ((0.3 * 0.01) / Math.sqrt(2 * Math.PI)) - 1)).toBeLessThan(1e-3);
});

test("of a sign it follows every turn as long as turns cost less than they bring, as worked out by hand", () => {
  const sign = { ...law, form: "sign" } as const;
  for (const cost of [0, 0.001, 0.005]) {
    // Half the bars earn ρσ; a turn comes with the chance (1 − 0.9)/2 and costs ln(1 − cost).
    const followed = 0.0015 + 0.05 * Math.log(1 - cost);
    const { growthPerBar, weight } = plantedSignalOptimum(sign, cost, [0, 1]);
    expect(Math.abs(growthPerBar - followed)).toBeLessThan(1e-8);
    expect([weight(1, 0), weight(-1, 1)]).toEqual([1, 0]);
  }
  // 20 bars of ρσ = 0.003 are worth 0.06 a stay; in and out at 0.03 and more leaves nothing.
  const dear = plantedSignalOptimum(sign, 0.031, [0, 1]);
  expect(dear.growthPerBar).toBeCloseTo(0, 9);
  expect(dear.weight(1, 0)).toBe(0);
});

test("the band widens with costs, and the less the signal is remembered, the less is traded on it", () => {
  const entry = (persistence: number, cost: number): number =>
    plantedSignalOptimum({ ...law, persistence }, cost, [-1, 0, 1]).keptBetween(0)!.to;
  expect(entry(0.9, 0.0005)).toBeGreaterThan(entry(0.9, 0));
  expect(entry(0.9, 0.002)).toBeGreaterThan(entry(0.9, 0.0005));
  expect(entry(0.5, 0.002)).toBeGreaterThan(entry(0.9, 0.002));
});

test.each(["normal", "sign"] as const)("earns in the simulated market what it promises: %s", (form) => {
  const [cost, levels] = [0.0005, [-1, 0, 1]];
  const optimum = plantedSignalOptimum({ ...law, form }, cost, levels, 401);
  const market = plantedSignal.create({ bars: 200_000, seed: 6, timeframe: "1h" }, { ...law, form });
  const signal = signalOf(market.bars[0]);
  const { mean, error } = batchMean(playedGrowth(market, (t) => signal[t], optimum.weight, cost));
  expect(error, "the market is long enough").toBeLessThan(0.02 * optimum.growthPerBar);
  expect(Math.abs(mean - optimum.growthPerBar), `${mean} ± ${error}`).toBeLessThan(3 * error);
});

test("finer grids converge", () => {
  const [coarse, middle, fine] = [101, 201, 401].map(
    (points) => plantedSignalOptimum(law, 0.001, [-1, 0, 1], points).growthPerBar,
  );
  expect(Math.abs(fine - middle)).toBeLessThan(0.5 * Math.abs(middle - coarse));
  expect(Math.abs(fine / middle - 1)).toBeLessThan(1e-3);
});
