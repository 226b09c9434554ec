/** @file What a training would take, found by setting it up and learning for a few seconds: nothing is written. */
import { availableMemory, memoryUsage } from "node:process";
import { stopwatch } from "#base/clock.ts";
import type { Universe } from "#domain/universe.ts";
import { seenShape } from "#policy/seen.ts";
import { createDataset, createFold } from "./dataset.ts";
import { checkedFeatures, readFeatureFiles } from "./feature-files.ts";
import type { RunConfig } from "./run.ts";
import { knownBars, partsOf } from "./run-split.ts";
import { startStages } from "./stages.ts";
import type { Training } from "./trainer.ts";

export interface DryRun {
  /** Of the network that acts. */
  readonly parameters: number;
  /** What an observation holds: numbers of the window, and numbers of the account. */
  readonly inputs: { readonly market: number; readonly account: number };
  /** Memory in bytes: the features' table, all other arrays once they are full, the whole program at its most so far, what there is. */
  readonly memory: {
    readonly table: number;
    readonly arrays: number;
    readonly measured: number;
    readonly available: number;
  };
  /** While learning; looks are not in it. */
  readonly stepsPerSecond: number;
  /** Env steps that were learned from to find out. */
  readonly measuredSteps: number;
  /** Of a look at the training and the validation span; setting up is in it. */
  readonly secondsOfALook: number;
  readonly secondsToFinish: number;
  /** How often each training bar is lived through, over all lanes. */
  readonly passes: number;
}

/** Learning is timed for about so long, or for one iteration where that takes longer. */
const patienceMs = 5000;

/**
 * Sets a training up on its data and learns for a few seconds.
 * @throws Failure training/too-large where its arrays do not fit into memory; and what `trainRun` throws
 */
export async function dryRun(universe: Universe, config: RunConfig): Promise<DryRun> {
  const settings = config.experiment;
  const known = knownBars(universe, config);
  const dataset = createDataset(
    known,
    settings,
    await checkedFeatures(await readFeatureFiles(settings.featureFiles), known),
  );
  const { train, validation } = partsOf(known.openTime, dataset.firstBar, config);
  const fold = createFold(dataset, train, validation, settings);
  const setUp = stopwatch();
  const training = await startStages(dataset, fold, settings);
  // What was set up looked at both spans once.
  const secondsOfALook = setUp() / 1000;
  try {
    const first = await timed(training, secondsOfALook);
    // The first iteration warms up; where it alone takes long, that does not matter.
    let { steps, learning } = first.learning > patienceMs ? first : { steps: 0, learning: 0 };
    while (!training.done && learning < patienceMs) {
      const next = await timed(training, secondsOfALook);
      steps += next.steps;
      learning += next.learning;
    }
    if (steps === 0) ({ steps, learning } = first);
    const stepsPerSecond = (1000 * steps) / learning;
    const looks = settings.transitions / settings.evaluateEvery;
    const { lookback, columns, own } = seenShape(training.env.observationSpace);
    return {
      parameters: training.actor.parameters,
      inputs: { market: lookback * columns, account: own },
      memory: {
        table: fold.table.values.byteLength,
        arrays: training.arrayBytes,
        measured: memoryUsage().rss,
        available: availableMemory() + memoryUsage().rss,
      },
      stepsPerSecond,
      measuredSteps: steps,
      secondsOfALook,
      secondsToFinish: settings.transitions / stepsPerSecond + looks * secondsOfALook,
      passes: settings.transitions / fold.train.reduce((sum, { from, to }) => sum + to - from, 0),
    };
  } finally {
    await training.dispose();
  }
}

/** One iteration: its env steps, and the milliseconds that it took without the look that may have been in it. */
async function timed(training: Training, secondsOfALook: number): Promise<{ steps: number; learning: number }> {
  const from = training.transitions;
  const clock = stopwatch();
  const looked = "validationReward" in (await training.next());
  const learning = Math.max(1, clock() - (looked ? 1000 * secondsOfALook : 0));
  return { steps: training.transitions - from, learning };
}
