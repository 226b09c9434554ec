/** @file Histogram gradient boosting of trees (Friedman, 2001; Chen and Guestrin, XGBoost, 2016): round by round, second order. */
import { Failure } from "#base/failure.ts";
import { createRng } from "#base/rng.ts";
import type { Rng } from "#base/rng.ts";
import type { Forest, Tree } from "#policy/trees/forest.ts";
import { baseMargin } from "#policy/trees/forest.ts";
import type { BoostingConfig } from "./boosting/config.ts";
import { checkBoosting } from "./boosting/config.ts";
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
  /** One round: a tree of each output. */
  next(): RoundMetrics;
  /** The trees of the best rounds, or of so many. */
  forest(rounds?: number): Forest;
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
  let best = { rounds: 0, loss: Infinity };
  crew.perform("derive", learnedSlices + judgedSlices);
  const bestRounds = (): number => (rows > trainRows ? best.rounds : rounds);
  return {
    get rounds() {
      return rounds;
    },
    get done() {
      return rounds === config.rounds || (config.patience > 0 && rounds - best.rounds >= config.patience);
    },
    get bestRounds() {
      return bestRounds();
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
      crew.perform("derive", learnedSlices + judgedSlices);
      rounds++;
      const trainLoss = meanLoss(memory, 0, learnedSlices);
      const leaves = nodes.reduce((sum, count) => sum + (count + 1) / 2, 0);
      if (judgedSlices === 0) return { trainLoss, leaves };
      const validationLoss = meanLoss(memory, learnedSlices, learnedSlices + judgedSlices);
      if (validationLoss < best.loss) best = { rounds, loss: validationLoss };
      return { trainLoss, validationLoss, leaves };
    },
    forest(wanted = bestRounds()) {
      const kept = trees.slice(0, wanted * outputs);
      return {
        objective: config.objective,
        features: memory.features,
        featureNames: [...data.featureNames],
        outputs,
        baseScore: Array.from({ length: outputs }, () => base),
        trees: kept,
        treeOutput: kept.map((_, t) => t % outputs),
      };
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
