/** @file Boosted trees walked forward: each fold's own, whatever the workers, and each with a rule that knows what came before. */
import { beforeAll, expect, test } from "vitest";
import { walkForwardFolds } from "#data/split.ts";
import { randomWalk } from "#data/synthetic.ts";
import { sliceUniverse } from "#domain/universe.ts";
import { featureSpec, firstWindowRow, scaledTable } from "#features/pipeline.ts";
import { createTreesFold, startBoosting } from "#training/boosted-training.ts";
import { boostingSettings } from "#training/boosting-settings.ts";
import { createDataset } from "#training/dataset.ts";
import { experiment } from "#training/experiment.ts";
import { decisionOf, treesPolicy } from "#training/trees-policy.ts";
import type { Backtest } from "./backtest.ts";
import { backtest, tableWindow } from "./backtest.ts";
import type { WalkForward, WalkForwardOptions } from "./walk-forward.ts";
import { walkForward } from "./walk-forward.ts";

const universe = randomWalk({ bars: 620, volatility: 0.01, seed: 7, instruments: 2 });
const settings = experiment({ seed: 4 });
const boosting = boostingSettings({ rounds: 8, maxDepth: 2, label: { horizonBars: 5 }, agreeWithRule: true });
const firstBar = firstWindowRow(featureSpec(settings.featureSet, universe, settings.lookbackBars));
const lengths = { trainBars: 200, validationBars: 60, testBars: 110, embargoBars: 5 };
const folds = walkForwardFolds({ bars: 620, firstBar, mode: "expanding", ...lengths });
const walked = (more: Partial<WalkForwardOptions> = {}): Promise<WalkForward> =>
  walkForward({ universe, settings, boosting, folds, seeds: [1, 2], workers: 1, ...more });

let one: WalkForward;

beforeAll(async () => {
  expect(folds.length).toBeGreaterThan(1);
  one = await walked();
});

test("comes to the same bytes and trades on other numbers of workers", async () => {
  const progress: number[][] = [];
  const two = await walked({
    workers: 2,
    onProgress: ({ stepsDone, steps, trainingsDone }) => void progress.push([stepsDone, steps, trainingsDone]),
  });
  expect(two.models).toEqual(one.models);
  expect(two.runs).toEqual(one.runs);
  const trainings = 2 * folds.length;
  expect(progress.at(-1), "rounds of both instruments").toEqual([trainings * 16, trainings * 16, trainings]);
});

test("each fold's trees are those that its own spans give, on any threads, and seeds differ", async () => {
  const [{ train, validation }] = folds;
  const dataset = createDataset(sliceUniverse(universe, 0, validation.to), settings);
  const fold = createTreesFold(dataset, train, validation, settings);
  const training = startBoosting(dataset, fold, 2, boosting, 2);
  while (!training.done) await training.next();
  const [[first, second]] = one.models;
  expect(second).toMatchObject({ kind: "boosted-trees", instruments: training.instruments });
  expect(Buffer.from(training.model()).equals(second.onnx)).toBe(true);
  expect(Buffer.from(training.model()).equals(first.onnx)).toBe(false);
});

/** At which bars the last fold's model wants a change, where its rule has seen the bars before `knows`. */
async function lastFoldAlone(from: number, knows: number): Promise<boolean[]> {
  const { onnx, scaler } = one.models.at(-1)![0];
  const { spec, raw } = createDataset(universe, settings);
  const policy = await treesPolicy("alone", onnx, decisionOf(boosting), settings, sliceUniverse(universe, 0, knows));
  const { costs, account: rules, rebalanceBand, capital } = settings;
  const setting = { universe, from, to: one.to, costs, rules, sizing: { rebalanceBand }, capital };
  const run = await backtest(policy, tableWindow(scaledTable(spec, scaler, raw), 1, from), setting);
  await policy.dispose();
  return changes(run);
}

const changes = ({ wanted }: Backtest): boolean[] => wanted.map((weights) => weights !== undefined);

test("the rule of each fold has seen every bar before its span, and none of it", async () => {
  const from = folds.at(-1)!.test.from - 1;
  const together = changes(one.runs[0]).slice(from - one.from);
  expect(new Set(together), "it speaks and it is silent").toEqual(new Set([true, false]));
  expect(await lastFoldAlone(from, from)).toEqual(together);
  expect(await lastFoldAlone(from, 0), "and would be silent for long").not.toEqual(together);
});

test("short spans are refused by one message that says how many labels they hold", async () => {
  const long = boostingSettings({ label: { kind: "fixed-horizon", horizonBars: 55 } });
  await expect(walked({ boosting: long, seeds: [1] })).rejects.toThrow(
    /S1: the validation span, bars \d+ to \d+, has 5 labels that are settled in time, and 10 are needed/,
  );
});

test("actions that are no votes are refused before anything is trained", async () => {
  const weights = experiment({ agent: "sac", actions: "weights" });
  await expect(walked({ settings: weights })).rejects.toThrow(
    /boosted trees say BUY, SELL or HOLD, which weights cannot/,
  );
});
