/** @file Cross-validation: each group is traded by models that never learned of it, whatever the workers. */
import { beforeAll, expect, test } from "vitest";
import { combinations } from "#data/combinatorial.ts";
import { randomWalk } from "#data/synthetic.ts";
import { boostingSettings } from "#training/boosting-settings.ts";
import { experiment } from "#training/experiment.ts";
import type { FoldModel } from "#training/fold.worker.ts";
import type { CrossValidationOptions } from "./cross-validation.ts";
import { crossValidate, groupsSetting } from "./cross-validation.ts";
import { sharpe, simpleReturns } from "./metrics.ts";
import type { PathRun } from "./selection.ts";
import { trainParts } from "./trained-parts.ts";

const count = 725;
const universe = randomWalk({ bars: count, volatility: 0.01, seed: 12 });
const settings = experiment({ costs: { profile: "ideal" } });
// Trees so deep that they learn the bars by heart.
const boosting = boostingSettings({
  rounds: 3,
  maxDepth: 10,
  learningRate: 1,
  minChildWeight: 0,
  threshold: 0.0001,
  label: { kind: "fixed-horizon", horizonBars: 1 },
});
const gap = { purgeBars: 1, embargoBars: 4 };
const combined = combinations({ groups: 4, heldOut: 2 }, { from: 125, to: count }, gap);
const options = { universe, settings, boosting, combinations: combined, seeds: [1, 2], workers: 2 };

const models = new Map<string, FoldModel>();
const kept: CrossValidationOptions["kept"] = {
  find: async (split, seed) => models.get(`${split} ${seed}`),
  keep: async (split, seed, model) => void models.set(`${split} ${seed}`, model),
};
let runs: readonly PathRun[];

beforeAll(async () => {
  runs = await crossValidate({ ...options, kept });
});

test("trades every path with every seed over the same bars", () => {
  expect(runs.map(({ path, seed }) => [path, seed])).toEqual([
    [1, 1],
    [2, 1],
    [3, 1],
    [1, 2],
    [2, 2],
    [3, 2],
  ]);
  expect(new Set(runs.map(({ returns }) => returns.length))).toEqual(new Set([600]));
});

test("what was learned by heart earns nothing, but where a model trades bars that it learned from", async () => {
  for (const { returns } of runs) expect(Math.abs(sharpe(returns, 252))).toBeLessThan(2);

  const { account } = await trainParts({ ...options, parts: combined.splits, kept });
  const knowing = combined.groups.map((bars, group) => {
    const split = combined.splits.findIndex(({ heldOut }) => !heldOut.includes(group));
    return { test: bars, model: models.get(`${split} 1`)! };
  });
  const { curve } = await account("knows", knowing).trade(groupsSetting(options));
  expect(sharpe(simpleReturns(curve.equity), 252)).toBeGreaterThan(4);
});

test("comes to the same on another number of workers, and goes on from models that were kept", async () => {
  expect(await crossValidate({ ...options, seeds: [1], workers: 1 })).toEqual(runs.slice(0, 3));
  const some = new Map([...models].slice(0, 5));
  const again = await crossValidate({
    ...options,
    kept: { ...kept, find: async (split, seed) => some.get(`${split} ${seed}`) },
  });
  expect(again).toEqual(runs);
});
