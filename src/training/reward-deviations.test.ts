/** @file What a reward is normalised by: of the training span alone, the same for every seed, and one deviation for each term. */
import { expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";
import { legalActor } from "#env/trace.ts";
import { stepBuffers } from "#env/vector.ts";
import type { Universe } from "#domain/universe.ts";
import { actingOf } from "#market/action-spaces.ts";
import type { RewardDeviations } from "#market/reward.ts";
import { rewardOf } from "#market/rewards/rewards.ts";
import { tradingEnv } from "#market/trading-env.ts";
import { createDataset, createFold } from "./dataset.ts";
import type { ExperimentInput } from "./experiment.ts";
import { experiment } from "./experiment.ts";
import { stillTerms } from "./reward-deviations.ts";

const walk = randomWalk({ bars: 700, volatility: 0.01, seed: 3, instruments: 2 });
const [train, validation] = [
  { from: 0, to: 500 },
  { from: 520, to: 690 },
];
const asked = { reward: "v6", episodeBars: 60 } as const;

function deviations(settings: ExperimentInput, universe: Universe = walk): RewardDeviations {
  const checked = experiment({ ...asked, ...settings });
  return createFold(createDataset(universe, checked), train, validation, checked).rewardDeviations;
}

/** Noise in place of all bars from index `first` on. */
function noisyFrom(first: number): Universe {
  const noise = randomWalk({ bars: 700, volatility: 0.1, seed: 99, instruments: 2 });
  const bars = walk.bars.map((series, i) => {
    const mixed = (name: "open" | "high" | "low" | "close" | "volume"): Float64Array =>
      series[name].map((value, t) => (t < first ? value : noise.bars[i][name][t]));
    const [open, high, low, close, volume] = (["open", "high", "low", "close", "volume"] as const).map(mixed);
    return { ...series, open, high, low, close, volume };
  });
  return { ...walk, bars };
}

test("is measured of every term of a composite, and of single terms where they are asked to be normalised", () => {
  expect(Object.keys(deviations({}))).toEqual([
    "differential-sharpe",
    "differential-downside",
    "win-rate",
    "drawdown-increase",
    "turnover",
  ]);
  for (const deviation of Object.values(deviations({}))) expect(deviation).toBeGreaterThan(0);
  expect(deviations({ reward: "log-return" })).toEqual({});
  expect(deviations({ reward: "v6-legacy" })).toEqual({});
  const one = [{ term: "log-return" }, { term: "turnover", normalise: true }] as const;
  expect(Object.keys(deviations({ reward: [...one] }))).toEqual(["turnover"]);
});

test("knows the training span alone, and every bar of it", () => {
  const known = deviations({});
  expect(deviations({}, noisyFrom(train.to))).toEqual(known);
  expect(deviations({}, noisyFrom(train.to - 5))).not.toEqual(known);
});

test("is the same for every seed, lane and stress of a training, and another under other costs", () => {
  const known = deviations({});
  expect(deviations({ seed: 77, lanes: 16, stress: "noise-20", ppo: { minibatchSize: 512 } })).toEqual(known);
  expect(deviations({ costs: { commissionBps: 100 } })).not.toEqual(known);
});

test("makes each term move by its weight", () => {
  const settings = experiment({ ...asked, reward: "v3", actions: "alpha" });
  const dataset = createDataset(walk, settings);
  const fold = createFold(dataset, train, validation, settings);
  const reward = rewardOf(settings.reward, fold.rewardDeviations);
  const env = tradingEnv({
    ...settings,
    market: dataset.market,
    table: fold.table,
    acting: actingOf("alpha", settings, walk.instruments, dataset.market.rules),
    reward,
    lanes: 1,
    ...fold.train[0],
  });
  const buffers = stepBuffers(1, env.observationSpace, env.actionSpace);
  // Other dice than those that it was measured with.
  env.reset(5, buffers);
  const act = legalActor(env, 5, [0]);
  const paid = Array.from({ length: 16_384 }, () => {
    env.step(act(buffers), buffers);
    return env.takeRewardSums();
  });
  const weights = { "log-return": 1, "drawdown-increase": 0.1, "differential-sharpe": 0.1, turnover: 0.01 };
  for (const [name, weight] of Object.entries(weights)) {
    const mean = paid.reduce((sum, each) => sum + each[name], 0) / paid.length;
    const deviation = Math.sqrt(paid.reduce((sum, each) => sum + (each[name] - mean) ** 2, 0) / paid.length);
    expect(Math.abs(deviation / weight - 1), `${name}: ${deviation}`).toBeLessThan(0.05);
  }
});

test("is the same where all prices and the capital are multiplied", () => {
  const scaled = walk.bars.map((series) => ({
    ...series,
    open: series.open.map((price) => 4 * price),
    high: series.high.map((price) => 4 * price),
    low: series.low.map((price) => 4 * price),
    close: series.close.map((price) => 4 * price),
  }));
  const one = deviations({});
  const other = deviations({ capital: 400_000 }, { ...walk, bars: scaled });
  for (const [name, deviation] of Object.entries(one)) expect(other[name] / deviation).toBeCloseTo(1, 9);
});

test("is 0 of a term that never moves, and that is told", () => {
  // Two bars close four positions at most.
  const short = deviations({ episodeBars: 2 });
  expect(short["win-rate"]).toBe(0);
  expect(stillTerms(short)).toMatch(/^reward: .*win-rate.* did not move on the training span, and counts for nothing$/);
  expect(stillTerms(deviations({}))).toBeUndefined();
});
