/** @file How long the leak battery takes on the demo's model: PPO on the S&P 500, the last fold, as `demo` verifies it. */
import { alignUniverse } from "#data/align.ts";
import { sp500 } from "#data/sample.ts";
import { walkForwardFolds } from "#data/split.ts";
import { instrument } from "#domain/instrument.ts";
import { sliceUniverse } from "#domain/universe.ts";
import { modelSubject } from "#evaluation/leaks/model-subject.ts";
import { outcomesOf, verify } from "#evaluation/leaks/verify.ts";
import { signalSettings } from "#market/action-spaces.ts";
import { networkPolicy } from "#policy/network-policy.ts";
import { choicesOf } from "#training/choices.ts";
import { createDataset, createFold } from "#training/dataset.ts";
import { experiment } from "#training/experiment.ts";
import { modelBytes } from "#training/model.ts";
import { startTraining } from "#training/trainer.ts";
import type { Figure } from "./figure.ts";
import { median } from "./figure.ts";

/** The folds of the demo: six years, one, two, a month between them. */
const lengths = { trainBars: 1512, validationBars: 252, testBars: 504, embargoBars: 21, mode: "expanding" } as const;
const rounds = 3;

/** Seconds of the whole battery, median of three; the seconds of each check of the last round beside it. */
export async function benchVerify(): Promise<Figure> {
  const { symbol, bars, timeframe, calendar } = await sp500();
  const { universe: whole } = alignUniverse("sp500", [
    { instrument: instrument(symbol, { calendar }), bars, timeframe },
  ]);
  const settings = experiment({});
  const { firstBar } = createDataset(whole, settings);
  const { train, validation } = walkForwardFolds({ bars: whole.openTime.length, firstBar, ...lengths }).at(-1)!;
  const universe = sliceUniverse(whole, 0, validation.to);
  const dataset = createDataset(universe, settings);
  const fold = createFold(dataset, train, validation, settings);
  const training = await startTraining(dataset, fold, settings);
  while (!training.done) await training.next();
  const onnx = modelBytes(training, dataset);
  const { meanReward } = training.best.score;
  await training.dispose();
  const subject = modelSubject({
    name: "PPO",
    universe,
    train,
    validation,
    settings,
    own: [],
    scaler: fold.scaler,
    signals: signalSettings(settings.actions, settings),
    policy: () => networkPolicy("PPO", onnx, choicesOf(settings.actions, settings), 1),
    meanReward,
    byTrial: true,
  });
  const seconds: number[] = [];
  let checks: Record<string, number> = {};
  let found = "";
  for (let round = 0; round < rounds; round++) {
    const begun = performance.now();
    let last = begun;
    let before: string | undefined;
    checks = {};
    const verification = await verify(subject, {
      onProgress: (_done, _total, name) => {
        const now = performance.now();
        if (before !== undefined) checks[before] = (now - last) / 1000;
        [last, before] = [now, name];
      },
    });
    seconds.push((performance.now() - begun) / 1000);
    found = outcomesOf(verification);
  }
  return {
    value: median(seconds),
    unit: "s",
    best: Math.min(...seconds),
    found,
    checks,
    bars: universe.openTime.length,
  };
}
