/** @file A short training of a subject's own learner, on bars and with numbers of our choice. */
import type { Universe } from "#domain/universe.ts";
import type { FeatureTable } from "#features/pipeline.ts";
import { actingOf } from "#market/action-spaces.ts";
import { createDataset, createFold } from "#training/dataset.ts";
import type { Experiment } from "#training/experiment.ts";
import { createGreedy } from "#training/greedy.ts";
import { startTraining } from "#training/trainer.ts";
import type { Taught } from "./subject.ts";

/** Env steps of a short training, and of one where there is time. */
const usual = 65_536;
const thorough = 262_144;

export interface QuickTraining {
  readonly steps: number;
  /**
   * Log return of each step of the validation span by the parameters that it ended with, after costs. What holding brought more than
   * trading cost is taken off: interest is no foresight.
   */
  readonly logReturns: Float64Array;
  readonly turnover: number;
}

/**
 * Why a short training would say nothing, where it would not; undefined where it is worth a try. Learners that keep a memory of
 * transitions, and networks that are more than dense layers, take longer than a check may.
 */
export function tooSlow({ settings }: Taught): string | undefined {
  const { agent, network } = settings;
  const onPolicy = agent === "ppo" || agent === "a2c";
  const numbers = network.hidden.reduce((sum, width, at) => sum + width * (network.hidden[at - 1] ?? 1), 0);
  if (onPolicy && network.body === "mlp" && numbers <= widestNetwork) return undefined;
  return `${agent.toUpperCase()} with this network (${network.body}) learns too slowly for a short training; \`--thorough\` trains it.`;
}

/** Weights between its layers of a network that is quick to train. */
const widestNetwork = 70_000;

export interface QuickOptions {
  readonly seed: number;
  readonly thorough: boolean;
  /** Adds to what is seen. */
  readonly change?: (table: FeatureTable) => FeatureTable;
  /** Asked now and then: true where no longer training is needed. Given, the training may take four times as long. */
  readonly enough?: (logReturns: Float64Array) => boolean;
}

/** How much longer a training may take that ends as soon as it is good enough. */
const patience = 4;

/** Trains from nothing and acts greedily on the validation span. */
export async function quickTraining(taught: Taught, universe: Universe, options: QuickOptions): Promise<QuickTraining> {
  const { settings, own, train, validation } = taught;
  const { change = (table: FeatureTable) => table, enough } = options;
  const every = options.thorough ? thorough : usual;
  const quick = quickSettings(settings, options.seed, enough === undefined ? every : patience * every);
  const dataset = createDataset(universe, quick, own);
  const made = createFold(dataset, train, validation, quick);
  const fold = { ...made, table: change(made.table) };
  const { market } = dataset;
  const acting = actingOf(quick.actions, quick, universe.instruments, market.rules);
  const training = await startTraining(dataset, fold, quick);
  try {
    const greedy = await createGreedy({ ...quick, market, table: fold.table, acting }, training.actor);
    try {
      for (;;) {
        const before = training.transitions;
        await training.next();
        const due = Math.floor(before / every) !== Math.floor(training.transitions / every);
        if (!due && !training.done) continue;
        const logReturns = new Float64Array(validation.to - validation.from - 1);
        const { turnover, costs } = await greedy.run(training.parameters(), validation, logReturns);
        const received = Math.max(0, -costs) / logReturns.length;
        const earned = logReturns.map((value) => value - received);
        if (training.done || enough?.(earned) === true) {
          return { steps: training.transitions, logReturns: earned, turnover };
        }
      }
    } finally {
      await greedy.dispose();
    }
  } finally {
    await training.dispose();
  }
}

/** The subject's own, without what only a long training needs: stages, stress, a teacher, an early end, a price on turnover. */
function quickSettings(settings: Experiment, seed: number, transitions: number): Experiment {
  return {
    ...settings,
    seed,
    transitions,
    evaluateEvery: transitions,
    turnoverPenalty: 0,
    stages: undefined,
    stress: undefined,
    warmStart: undefined,
    earlyStopping: undefined,
  };
}
