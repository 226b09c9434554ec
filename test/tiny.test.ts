/** @file The whole road in seconds: bars → features → train → backtest → paper. First to run, last to break. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";
import { timeframeMs } from "#domain/bar.ts";
import { backtest, tableWindow } from "#evaluation/backtest.ts";
import { featureWindow } from "#features/pipeline.ts";
import { defaultLimits } from "#guardian/gate.ts";
import { replay } from "#live/replay.ts";
import { networkPolicy } from "#policy/network-policy.ts";
import { openJournal } from "#storage/journal.ts";
import { simulatedBroker } from "#trading/simulated-broker.ts";
import { createDataset, createFold } from "#training/dataset.ts";
import { experiment } from "#training/experiment.ts";
import { modelBytes } from "#training/model.ts";
import { startTraining } from "#training/trainer.ts";

const folder = mkdtempSync(join(tmpdir(), "ploutos-tiny-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test(
  "goes from bars to a trained model to paper trades that are those of the backtest",
  { timeout: 10_000 },
  async () => {
    // A market that rises most days: what there is to learn is to be long.
    const market = randomWalk({ bars: 600, seed: 3, volatility: 0.01, drift: 0.005 });
    const settings = experiment({
      transitions: 8192,
      evaluateEvery: 4096,
      lanes: 32,
      episodeBars: 60,
      ppo: { rolloutSteps: 16, minibatchSize: 256, learningRate: 2e-3 },
      network: { hidden: [16] },
    });
    const dataset = createDataset(market, settings);
    const fold = createFold(dataset, { from: 0, to: 350 }, { from: 355, to: 430 }, settings);
    const training = await startTraining(dataset, fold, settings);
    while (!training.done) await training.next();
    const { first, best } = training;
    expect(best.score.meanReward, "training helped").toBeGreaterThan(first.meanReward);
    const model = modelBytes(training, dataset);
    await training.dispose();

    const [from, to] = [440, 600];
    const { costs, capital, levels, lookbackBars, rebalanceBand } = settings;
    const sizing = { rebalanceBand };
    const policy = await networkPolicy("tiny", model, { levels }, 1);
    const setting = { universe: market, from, to, costs, sizing, capital };
    const tested = await backtest(policy, tableWindow(fold.table, lookbackBars, from), setting);
    expect(tested.fills.length).toBeGreaterThan(0);
    expect(
      tested.curve.equity.at(-1)! / capital,
      "long for 159 bars that rise by half a per cent each",
    ).toBeGreaterThan(1.5);

    const journal = openJournal(join(folder, "journal.sqlite"));
    const broker = simulatedBroker({ ...market, costs, capital });
    await replay(
      {
        timeframe: market.timeframe,
        features: featureWindow(dataset.spec, fold.scaler),
        policy,
        sizing,
        limits: defaultLimits(timeframeMs[market.timeframe]),
        broker,
        journal,
      },
      { universe: market, from, to, warmUp: (bars) => broker.warmUp(bars), pace: () => Promise.resolve() },
    );
    const entries = journal.entries();
    journal.close();
    await policy.dispose();
    expect(entries.flatMap((entry) => (entry.kind === "fill" ? entry.fill : []))).toEqual(tested.fills);
    expect(entries.flatMap((entry) => (entry.kind === "equity" ? entry.equity : []))).toEqual([...tested.curve.equity]);
  },
);
