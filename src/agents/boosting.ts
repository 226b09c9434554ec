/** @file Histogram gradient boosting of trees (Friedman, 2001; Chen and Guestrin, XGBoost, 2016): round by round, second order. */
import { Failure } from "#base/failure.ts";
import { invariant } from "#base/invariant.ts";
import { createRng } from "#base/rng.ts";
import type { Rng } from "#base/rng.ts";
import type { Snapshot } from "#env/env.ts";
import { named, part } from "#env/snapshot.ts";
import type { Forest, Tree } from "#policy/trees/forest.ts";
import { baseMargin } from "#policy/trees/forest.ts";
import type { BoostingConfig } from "./boosting/config.ts";
import { checkBoosting } from "./boosting/config.ts";
import { grownForest, restoredTrees, treesSnapshot } from "./boosting/forest-snapshot.ts";
import { growTrees } from "./boosting/grow.ts";
import { grownTree } from "./boosting/grown-tree.ts";
import { chooseQuanta } from "./boosting/histogram.ts";
import type { BoostingMemory, BoostingRows } from "./boosting/memory.ts";
import { boostingMemory, sliceRows } from "./boosting/memory.ts";
import type { Crew } from "./boosting/work.ts";
import { alone } from "./boosting/work.ts";

/** What is learned from, and what the rounds are judged by. */
export interface BoostingData {
  /** Columns of a row, by name. */
  readonly featureNames: readonly string[];
  readonly train: BoostingRows;
  readonly validation?: BoostingRows;
}

/** How a round ended: the root of the mean squared error, or the mean −ln p of what was true. */
export interface RoundMetrics {
  readonly trainLoss: number;
  /** Absent without validation rows. */
  readonly validationLoss?: number;
  /** Leaves of the round's trees together. */
  readonly leaves: number;
}

/** A boosting at work. What it will do follows from data, configuration and seed, whatever the crew. */
export interface Boosting {
  /** Rounds so far. */
  readonly rounds: number;
  /** All rounds are over, or none of the last `patience` was better than the best before. */
  readonly done: boolean;
  /** Rounds until the lowest validation loss; without validation rows all of them. */
  readonly bestRounds: number;
  /** How the last of the best rounds ended; NaN before the first, and of validation rows that there are none of. */
  readonly bestLosses: { readonly train: number; readonly validation: number };
  /** One round: a tree of each output. */
  next(): RoundMetrics;
  /** The trees of the best rounds, or of so many. */
  forest(rounds?: number): Forest;
  /** All that the next round depends on beside data, configuration and seed. */
  snapshot(): Snapshot;
  /** Goes on from a snapshot of the same data, configuration and seed, to the same trees as if never stopped. */
  restore(snapshot: Snapshot): void;
  dispose(): Promise<void>;
}

/** Makes the threads that work on a memory; `alone` is the one that asks. */
export type Recruit = (memory: BoostingMemory) => Crew | Promise<Crew>;

/**
 * Cuts the data into bins and makes ready for the first round.
 * @throws Failure config/invalid, agents/bad-data
 */
export async function createBoosting(
  data: BoostingData,
  config: BoostingConfig,
  seed: number,
  recruit: Recruit = alone,
): Promise<Boosting> {
  const features = data.featureNames.length;
  checkBoosting(config, features, data.validation !== undefined);
  checkRows("training", data.train, features, config);
  if (data.validation !== undefined) checkRows("validation", data.validation, features, config);
  const memory = boostingMemory(config, features, data.train, data.validation);
  const crew = await recruit(memory);
  crew.perform("bin", memory.blocks.length);
  const base = config.baseScore ?? estimatedBase(config, data.train);
  memory.margins.fill(baseMargin(config.objective, base));
  return boosting(data, memory, crew, base, seed);
}

function boosting(data: BoostingData, memory: BoostingMemory, crew: Crew, base: number, seed: number): Boosting {
  const { config, outputs, trainRows, rows } = memory;
  const rng = createRng(seed, "boosting");
  const learnedSlices = Math.ceil(trainRows / sliceRows);
  const judgedSlices = Math.ceil((rows - trainRows) / sliceRows);
  const trees: Tree[] = [];
  let rounds = 0;
  let best = { rounds: 0, train: NaN, validation: NaN };
  const derive = (): void => crew.perform("derive", learnedSlices + judgedSlices);
  derive();
  return {
    get rounds() {
      return rounds;
    },
    get done() {
      return rounds === config.rounds || (config.patience > 0 && rounds - best.rounds >= config.patience);
    },
    get bestRounds() {
      return best.rounds;
    },
    get bestLosses() {
      const { train, validation } = best;
      return { train, validation };
    },
    next() {
      chooseQuanta(memory);
      crew.perform("pack", learnedSlices);
      drawRows(memory, rng.fork(`rows ${rounds}`));
      drawColumns(memory, rng.fork(`columns ${rounds}`));
      crew.perform("plant", outputs);
      const nodes = growTrees(memory, crew);
      nodes.forEach((count, output) => trees.push(grownTree(memory, output, count)));
      crew.perform("judge", Math.ceil((rows - memory.settings[0]) / sliceRows));
      derive();
      rounds++;
      const trainLoss = meanLoss(memory, 0, learnedSlices);
      const leaves = nodes.reduce((sum, count) => sum + (count + 1) / 2, 0);
      if (judgedSlices === 0) {
        best = { rounds, train: trainLoss, validation: NaN };
        return { trainLoss, leaves };
      }
      const validationLoss = meanLoss(memory, learnedSlices, learnedSlices + judgedSlices);
      const isBetter = best.rounds === 0 || validationLoss < best.validation;
      if (isBetter) best = { rounds, train: trainLoss, validation: validationLoss };
      return { trainLoss, validationLoss, leaves };
    },
    forest: (wanted = best.rounds) => grownForest(config, data.featureNames, base, trees.slice(0, wanted * outputs)),
    snapshot: () => ({
      margins: memory.margins.slice(),
      best: Float64Array.of(best.rounds, best.train, best.validation),
      ...named("trees", treesSnapshot(trees)),
    }),
    restore(snapshot) {
      const { margins } = snapshot;
      invariant(margins.length === memory.margins.length, "a snapshot is of the same rows", { rows });
      memory.margins.set(margins);
      const [bestRounds, train, validation] = snapshot["best"];
      best = { rounds: bestRounds, train, validation };
      trees.splice(0, trees.length, ...restoredTrees(part("trees", snapshot)));
      rounds = trees.length / outputs;
      derive();
    },
    dispose: () => crew.dismiss(),
  };
}

/**
 * Where the outputs begin: one Newton step from 0 over the rows, w = −ΣG / ΣH, as XGBoost estimates it since version 2; for squared
 * error that is the mean label, for logistic a probability near it. Softmax begins at 0.5 for all classes, which says nothing.
 */
export function estimatedBase({ objective }: BoostingConfig, { labels, weights }: BoostingRows): number {
  if (objective === "softmax") return 0.5;
  let sum = 0;
  let total = 0;
  labels.forEach((label, row) => {
    const weight = weights?.[row] ?? 1;
    sum += weight * label;
    total += weight;
  });
  const mean = sum / total;
  // At margin 0 every p is ½: G = Σw(½ − y), H = Σw/4.
  return Math.fround(objective === "logistic" ? 1 / (1 + Math.exp(-4 * (mean - 0.5))) : mean);
}

/** Labels and weights that the objective can be computed of. */
function checkRows(name: string, rows: BoostingRows, features: number, { objective, classes }: BoostingConfig): void {
  const { values, labels, weights } = rows;
  const refuse = (found: string): never => {
    throw new Failure("agents/bad-data", `${name}: ${found}`);
  };
  if (labels.length === 0) refuse("there are no rows");
  if (features === 0) refuse("there are no features");
  if (values.length !== labels.length * features) {
    refuse(`${values.length} numbers are not ${labels.length} rows of ${features} features`);
  }
  const infinite = values.findIndex((value) => value === Infinity || value === -Infinity);
  if (infinite >= 0) {
    refuse(
      `row ${Math.floor(infinite / features)}, feature ${infinite % features} is infinite; NaN stands for missing`,
    );
  }
  const right = (label: number): boolean => {
    if (objective === "softmax") return Number.isInteger(label) && label >= 0 && label < classes;
    return objective === "logistic" ? label >= 0 && label <= 1 : Number.isFinite(label);
  };
  const wrong = labels.findIndex((label) => !right(label));
  if (wrong >= 0) refuse(`label ${labels[wrong]} of row ${wrong} is none of ${objective}`);
  if (weights === undefined) return;
  if (weights.length !== labels.length) refuse(`${weights.length} weights for ${labels.length} rows`);
  const bad = weights.findIndex((weight) => !(weight >= 0 && weight < Infinity));
  if (bad >= 0) refuse(`weight ${weights[bad]} of row ${bad} is negative or not finite`);
  if (weights.every((weight) => weight === 0)) refuse("all weights are 0");
}

/** The rows that a round learns from, then the others, either in order: drawn without replacement (Knuth's algorithm S). */
function drawRows({ drawn, settings, trainRows, config }: BoostingMemory, rng: Rng): void {
  const wanted = config.rowShare === 1 ? trainRows : Math.max(1, Math.floor(config.rowShare * trainRows));
  settings[0] = wanted;
  let taken = 0;
  for (let row = 0; row < trainRows; row++) {
    const yes = wanted === trainRows || rng.uniform() * (trainRows - row) < wanted - taken;
    drawn[yes ? taken++ : wanted + row - taken] = row;
  }
}

/** The features that each tree of a round may split by. */
function drawColumns({ allowed, outputs, features, config }: BoostingMemory, rng: Rng): void {
  const wanted = config.columnShare === 1 ? features : Math.max(1, Math.floor(config.columnShare * features));
  for (let tree = 0; tree < outputs; tree++) {
    let taken = 0;
    for (let feature = 0; feature < features; feature++) {
      const yes = wanted === features || rng.uniform() * (features - feature) < wanted - taken;
      allowed[tree * features + feature] = yes ? 1 : 0;
      if (yes) taken++;
    }
  }
}

function meanLoss({ sliceLoss, config }: BoostingMemory, fromSlice: number, toSlice: number): number {
  let loss = 0;
  let weight = 0;
  for (let slice = fromSlice; slice < toSlice; slice++) {
    loss += sliceLoss[2 * slice];
    weight += sliceLoss[2 * slice + 1];
  }
  return config.objective === "squared-error" ? Math.sqrt(loss / weight) : loss / weight;
}
