import { expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import { ornsteinUhlenbeck } from "#data/synthetic.ts";
import { expectedLogGrowth } from "./autoregression.ts";
import { batchMean, playedGrowth } from "./optimum.fixture.ts";
import { shareOfOptimum } from "./optimum.ts";
import { ornsteinUhlenbeckOptimum, stationaryDeviation } from "./ornstein-uhlenbeck.ts";

const law = { volatility: 0.01, halfLifeBars: 10 };
const levels = [-1, 0, 1];
const deviation = stationaryDeviation(law);
const kept = 2 ** (-1 / law.halfLifeBars);
const noise = deviation * Math.sqrt(1 - kept * kept);

/** Long below the mean, short above it, as far as it pays in this one bar. */
function greedy(state: number): number {
  const growth = levels.map((level) => expectedLogGrowth(level, (kept - 1) * state * deviation, noise));
  return levels[growth.indexOf(Math.max(...growth))];
}

test("without costs it follows the sign of the deviation, whatever is held", () => {
  const { weight } = ornsteinUhlenbeckOptimum(law, 0, levels);
  for (const held of levels) {
    for (let state = -4.01; state < 4; state += 0.1) {
      // Next to the mean the nearest point of the grid is the mean itself.
      if (Math.abs(state) < 0.15) continue;
      expect(weight(state, held), `deviation ${state}`).toBe(greedy(state));
      expect(weight(state, held)).toBe(-Math.sign(state));
    }
  }
});

test("without costs it earns E max of the levels, a number that is known", () => {
  const { growthPerBar } = ornsteinUhlenbeckOptimum(law, 0, [0, 1]);
  // E (1 − φ)·deviation·z⁺ over a standard normal z.
  expect(Math.abs(growthPerBar / (((1 - kept) * deviation) / Math.sqrt(2 * Math.PI)) - 1)).toBeLessThan(1e-3);
});

test("costs open a band in which nothing is traded, and the band widens with them", () => {
  let before = { from: -1e-9, to: 1e-9 };
  let growth = Infinity;
  for (const cost of [0.0002, 0.001, 0.004, 0.01]) {
    const optimum = ornsteinUhlenbeckOptimum(law, cost, levels);
    const band = optimum.keptBetween(0)!;
    expect(band.from, `band at ${cost}`).toBeLessThan(before.from);
    expect(band.to, `band at ${cost}`).toBeGreaterThan(before.to);
    // A long position outlives the mean, a short one does as well.
    expect(optimum.keptBetween(1)!.from).toBe(-Infinity);
    expect(optimum.keptBetween(-1)!.to).toBe(Infinity);
    expect(optimum.keptBetween(1)!.to).toBeGreaterThan(0);
    expect(optimum.keptBetween(-1)!.from).toBeLessThan(0);
    expect(optimum.growthPerBar).toBeLessThan(growth);
    growth = optimum.growthPerBar;
    before = band;
  }
  // Nothing is worth a trade that costs more than the way back from four deviations.
  const dear = ornsteinUhlenbeckOptimum(law, 0.3, levels);
  expect(Math.abs(dear.growthPerBar)).toBeLessThan(1e-9);
  expect(dear.weight(3, 0)).toBe(0);
  expect(shareOfOptimum(0.001, dear), "a share of nothing").toBeUndefined();
});

test("earns in a long simulation of its own rule what it promises", () => {
  const cost = 0.0005;
  const optimum = ornsteinUhlenbeckOptimum(law, cost, levels, 801);
  const rng = createRng(3, "deviations");
  let [state, held] = [0, 0];
  const growth = Float64Array.from({ length: 400_000 }, () => {
    const next = optimum.weight(state, held);
    const paid = Math.log(1 - cost * Math.abs(next - held));
    held = next;
    const after = kept * state + Math.sqrt(1 - kept * kept) * rng.normal();
    const earned = Math.log(1 + held * Math.expm1((after - state) * deviation));
    state = after;
    return paid + earned;
  });
  const { mean, error } = batchMean(growth);
  expect(error, "the simulation is long enough").toBeLessThan(0.02 * optimum.growthPerBar);
  expect(Math.abs(mean - optimum.growthPerBar), `${mean} ± ${error}`).toBeLessThan(3 * error);
});

test("earns in the simulated market what it promises, and more than rules with other bands", () => {
  const cost = 0.001;
  const optimum = ornsteinUhlenbeckOptimum(law, cost, levels, 401);
  const market = ornsteinUhlenbeck({ bars: 200_000, seed: 4, timeframe: "1h", ...law });
  const stateAt = (t: number): number => Math.log(market.bars[0].close[t] / 100) / deviation;
  const played = (rule: (state: number, held: number) => number): { mean: number; error: number } =>
    batchMean(playedGrowth(market, stateAt, rule, cost));
  const { mean, error } = played(optimum.weight);
  expect(error, "the market is long enough").toBeLessThan(0.03 * optimum.growthPerBar);
  expect(Math.abs(mean - optimum.growthPerBar), `${mean} ± ${error}`).toBeLessThan(3 * error);
  expect(played((state) => -Math.sign(state)).mean, "without a band").toBeLessThan(0.95 * mean);
  const tooLate = (state: number, held: number): number => (Math.abs(state) > 1.2 ? -Math.sign(state) : held);
  expect(played(tooLate).mean, "with too wide a band").toBeLessThan(0.95 * mean);
  expect(shareOfOptimum(mean, optimum)).toBe(mean / optimum.growthPerBar);
});

test("finer grids converge, by a quarter of the error at half the step", () => {
  const [coarse, middle, fine, finest] = [101, 201, 401, 801].map(
    (points) => ornsteinUhlenbeckOptimum(law, 0.0005, levels, points).growthPerBar,
  );
  expect(Math.abs(fine - middle)).toBeLessThan(0.5 * Math.abs(middle - coarse));
  expect(Math.abs(finest - fine)).toBeLessThan(0.5 * Math.abs(fine - middle));
  expect(Math.abs(finest / fine - 1)).toBeLessThan(5e-4);
});

test("refuses weights that a bar could ruin, and costs that leave nothing", () => {
  expect(() => ornsteinUhlenbeckOptimum({ volatility: 0.3, halfLifeBars: 10 }, 0, levels)).toThrow("ruined");
  expect(() => ornsteinUhlenbeckOptimum(law, 0.5, levels)).toThrow("costs of 0.5");
});
