/** @file Law 1: whatever comes after bar t, everything up to t stays what it was, to the bit. With canaries that must be caught. */
import { describe, expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";
import type { Universe } from "#domain/universe.ts";
import { backtest, tableWindow } from "#evaluation/backtest.ts";
import type { Known } from "#evaluation/leaks/known.ts";
import { differences } from "#evaluation/leaks/known.ts";
import { otherFuture } from "#evaluation/leaks/other-bars.ts";
import { clairvoyant, shifted } from "#evaluation/leaks/planted.ts";
import { walkForward } from "#evaluation/walk-forward.ts";
import type { FeatureTable } from "#features/pipeline.ts";
import { featureColumns, featureNames, featureSpec, firstWindowRow, scaledTable } from "#features/pipeline.ts";
import { fitScaler } from "#features/scaler.ts";
import { createAccounts, createMarket, startLane, stepLane } from "#market/world.ts";
import { networkPolicy } from "#policy/network-policy.ts";
import { createDataset, createFold } from "#training/dataset.ts";
import type { BoostingSettings } from "#training/boosting-settings.ts";
import { boostingSettings } from "#training/boosting-settings.ts";
import { experiment } from "#training/experiment.ts";
import { modelBytes } from "#training/model.ts";
import { startTraining } from "#training/trainer.ts";
import { levels, randomModel } from "./fixtures/random-model.ts";

const bars = 320;
/** The scaler is fitted before `trainedUntil`; trading is from `from` on. */
const [trainedUntil, from] = [140, 150];
const costs = { spreadBps: 3, slippageAtr: 0.02, commissionBps: 1 };
const sizing = { rebalanceBand: 0.2 };
const capital = 100_000;

const market = (instruments: number): Universe => randomWalk({ bars, seed: 77, volatility: 0.015, instruments });

type Pipeline = (universe: Universe) => Promise<Known>;

/** The names of all that was known at bar t or before, and is different when the bars after t are. */
async function seesTheFuture(observe: Pipeline, universe: Universe, t: number): Promise<string[]> {
  const one = await observe(universe);
  const two = await observe(otherFuture(universe, t, t));
  expect(two, "the future was replaced, and it matters").not.toEqual(one);
  for (const [name, moments] of Object.entries(one)) {
    expect(
      moments.some((each) => each.t <= t),
      `${name} says something up to bar ${t}`,
    ).toBe(true);
  }
  return differences(one, two, t).map(({ name }) => name);
}

interface Leaks {
  /** Rows of the table are those of the bar after. */
  readonly feature?: boolean;
  /** The scaler is fitted on all bars. */
  readonly scaler?: boolean;
  /** The policy knows the close of the next bar. */
  readonly policy?: boolean;
}

/** From bars to features, decisions, fills, equity and the rewards of the training world. */
function pipeline(lookbackBars: number, leaks: Leaks = {}): Pipeline {
  return async (universe) => {
    const spec = featureSpec("first-light", universe, lookbackBars);
    const raw = featureColumns(spec, universe);
    const columns = featureNames(spec).length;
    const scaler = fitScaler(raw, columns, firstWindowRow(spec), leaks.scaler === true ? bars : trainedUntil);
    const honest = scaledTable(spec, scaler, raw);
    const table: FeatureTable =
      leaks.feature === true ? { ...honest, values: shifted(honest.values, columns) } : honest;
    const model = randomModel(spec, 8);
    const network = await networkPolicy("net", model, { levels }, spec.instruments.length);
    const policy = leaks.policy === true ? clairvoyant({ universe, from }) : network;
    const setting = { universe, from, to: bars, costs, sizing, capital };
    const { fills, wanted, curve } = await backtest(policy, tableWindow(table, lookbackBars, from), setting);
    await network.dispose();

    const world = createMarket(universe, costs, sizing);
    const accounts = createAccounts(world, 1);
    startLane(world, accounts, 0, from, capital);
    const rewards = wanted.map((weights, n) => {
      const before = accounts.equity[0];
      return { t: from + n + 1, values: [Math.log(stepLane(world, accounts, 0, weights!, 0) / before)] };
    });
    return {
      features: Array.from({ length: bars }, (_, t) => ({
        t,
        values: [...table.values.subarray(t * columns, (t + 1) * columns)],
      })),
      decisions: wanted.map((weights, n) => ({ t: from + n, values: weights! })),
      fills: fills.map((fill) => ({ t: universe.openTime.indexOf(fill.filledAt), values: Object.values(fill) })),
      equity: [...curve.equity].map((equity, n) => ({ t: from + n, values: [equity] })),
      rewards,
    };
  };
}

describe.each([
  { instruments: 1, lookbackBars: 1 },
  { instruments: 3, lookbackBars: 3 },
])("$instruments instrument(s), a lookback of $lookbackBars", ({ instruments, lookbackBars }) => {
  test.each([trainedUntil + 40, 231, bars - 2])("nothing up to bar %i knows what comes after it", async (t) => {
    expect(await seesTheFuture(pipeline(lookbackBars), market(instruments), t)).toEqual([]);
  });
});

describe("the same check catches", () => {
  test("a feature that is one bar early, and all that follows from it", async () => {
    const caught = await seesTheFuture(pipeline(1, { feature: true }), market(1), 231);
    expect(caught).toContain("features");
  });

  test("a scaler that was fitted on bars to come", async () => {
    const caught = await seesTheFuture(pipeline(1, { scaler: true }), market(1), 231);
    expect(caught).toContain("features");
  });

  test("a policy that looks one bar ahead, in its decisions and in nothing that was known before", async () => {
    expect(await seesTheFuture(pipeline(1, { policy: true }), market(1), 231)).toEqual(["decisions"]);
  });
});

const settings = experiment({
  transitions: 2048,
  evaluateEvery: 1024,
  lanes: 16,
  // Little: on 200 bars the usual penalty keeps an agent flat, and what it is shown would not matter.
  turnoverPenalty: 0.1,
  episodeBars: 30,
  ppo: { rolloutSteps: 32, minibatchSize: 256, learningRate: 0.01 },
  network: { hidden: [8] },
});

describe("training", () => {
  const [train, validation] = [
    { from: 0, to: 200 },
    { from: 205, to: 240 },
  ];

  /** The bytes of the model, its scaler, and how it did on the way. */
  async function trained(universe: Universe): Promise<unknown[]> {
    const dataset = createDataset(universe, settings);
    const fold = createFold(dataset, train, validation, settings);
    const training = await startTraining(dataset, fold, settings);
    const metrics = [];
    while (!training.done) metrics.push(await training.next());
    const result = [modelBytes(training, dataset), fold.scaler, metrics, training.best.score];
    await training.dispose();
    return result;
  }

  test("makes the same bytes of a model whatever comes after the validation span", async () => {
    const known = market(1);
    const model = await trained(known);
    expect(await trained(otherFuture(known, validation.to - 1, 5))).toEqual(model);
    expect(await trained(otherFuture(known, validation.to - 2, 5)), "and would show it otherwise").not.toEqual(model);
  });

  test("fits its scaler on the training span alone", () => {
    const scalerOf = (universe: Universe): unknown =>
      createFold(createDataset(universe, settings), train, validation, settings).scaler;
    const known = market(1);
    expect(scalerOf(otherFuture(known, train.to - 1, 5))).toEqual(scalerOf(known));
    expect(scalerOf(otherFuture(known, train.to - 2, 5))).not.toEqual(scalerOf(known));
  });
});

describe("walk-forward", () => {
  const folds = [
    { index: 0, train: { from: 0, to: 160 }, validation: { from: 165, to: 190 }, test: { from: 195, to: 250 } },
    { index: 1, train: { from: 0, to: 215 }, validation: { from: 220, to: 245 }, test: { from: 250, to: bars } },
  ];

  const walked =
    (boosting?: BoostingSettings): Pipeline =>
    async (universe) => {
      const { runs, from: first } = await walkForward({ universe, settings, boosting, folds, seeds: [1], workers: 1 });
      const [{ fills, wanted, curve }] = runs;
      return {
        decisions: wanted.map((weights, n) => ({ t: first + n, values: weights ?? [] })),
        fills: fills.map((fill) => ({ t: universe.openTime.indexOf(fill.filledAt), values: Object.values(fill) })),
        equity: [...curve.equity].map((equity, n) => ({ t: first + n, values: [equity] })),
      };
    };

  test.each([230, 290])("nothing up to bar %i knows what comes after it, whichever model it came from", async (t) => {
    expect(await seesTheFuture(walked(), market(1), t)).toEqual([]);
  });

  test.each([false, true])("nor do boosted trees, in agreement with the rule: %s", async (agreeWithRule) => {
    const boosting = boostingSettings({ rounds: 20, agreeWithRule, label: { horizonBars: 5 } });
    expect(await seesTheFuture(walked(boosting), market(1), 290)).toEqual([]);
  });
});
