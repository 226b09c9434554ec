/** @file Boosted trees as a baseline: the agent's folds, features, account and costs, and nothing fitted to the test. */
import { expect, test } from "vitest";
import { walkForwardFolds } from "#data/split.ts";
import { randomWalk } from "#data/synthetic.ts";
import { featureSpec, firstWindowRow } from "#features/pipeline.ts";
import { boostingSettings } from "#training/boosting-settings.ts";
import { experiment } from "#training/experiment.ts";
import { runBaselines } from "./baselines.ts";
import { boostedRival, rivalNotes } from "./boosted-rival.ts";
import { walkForward } from "./walk-forward.ts";

const universe = randomWalk({ bars: 560, volatility: 0.01, seed: 5 });
const settings = experiment({ seed: 6, costs: { profile: "ideal" } });
const firstBar = firstWindowRow(featureSpec(settings.featureSet, universe, settings.lookbackBars));
const lengths = { trainBars: 200, validationBars: 60, testBars: 100, embargoBars: 5 };
const folds = walkForwardFolds({ bars: 560, firstBar, mode: "expanding", ...lengths });
const asked = { universe, settings, folds, workers: 2 };

test("trades what a walk-forward of the same trees trades, beside the rules", async () => {
  const boosting = boostingSettings({ agreeWithRule: true });
  const { runs, from, to } = await walkForward({ ...asked, boosting, seeds: [6] });
  const { costs, account: rules, rebalanceBand, capital } = settings;
  const setting = { universe, from, to, costs, rules, sizing: { rebalanceBand }, capital };
  const rival = await boostedRival("rule-and-boosting", asked);
  const baselines = await runBaselines(setting, runs, { seed: 1, rivals: [rival], randomAgents: 1 });
  const found = baselines.find(({ name }) => name === "rule and boosted trees");
  expect(found?.runs[0].curve).toEqual(runs[0].curve);
  expect(found?.runs[0].fills.length).toBeGreaterThan(0);
  const dear = await rival.trade({ ...setting, costs: { ...costs, commissionBps: 50 } });
  expect(dear.wanted, "the same trees at other costs").toEqual(found?.runs[0].wanted);
  expect(dear.curve.equity.at(-1)).toBeLessThan(found!.runs[0].curve.equity.at(-1)!);
});

test("acts in positions that the account allows, where the agent's actions are no votes, and says so", async () => {
  const long = experiment({
    ...{ agent: "sac", actions: "weights-long", lookbackBars: 3 },
    account: { shorts: false },
  });
  const rival = await boostedRival("boosting", { ...asked, settings: long });
  const { costs, account: rules, rebalanceBand, capital } = long;
  const span = { from: folds[0].test.from - 1, to: folds.at(-1)!.test.to };
  const run = await rival.trade({ universe, ...span, costs, rules, sizing: { rebalanceBand }, capital });
  const weights = run.wanted.flatMap((each) => each ?? []);
  expect(new Set(weights)).toEqual(new Set([0, 1]));
  expect(rivalNotes(long).join(" ")).toMatch(/last of the 3 bars.*cannot act in weights-long/);
  expect(rivalNotes(settings)).toEqual([]);
});
