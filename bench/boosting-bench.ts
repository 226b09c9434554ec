/** @file Benchmark of gradient boosting, beside XGBoost's own where Debian's python3-xgboost is there. */
import { availableParallelism } from "node:os";
import { createBoosting } from "#agents/boosting.ts";
import { boostingDefaults } from "#agents/boosting/config.ts";
import { createRng } from "#base/rng.ts";
import { threadCrew } from "#training/boosting-crew.ts";
import { askXgboost } from "../test/peers/xgboost.ts";
import { pythonHas } from "../test/requirements.ts";
import type { Figure } from "./figure.ts";

const rows = 100_000;
const features = 50;
const classes = 3;
const rounds = 200;
const maxDepth = 6;
const learningRate = 0.1;
/**
 * How XGBoost's threads wait for each other: spinning, which is best where nothing else runs, or asleep, which is best where
 * something does. Both are run, ours in between, and the best of each counts.
 */
const waits = [{}, { OMP_WAIT_POLICY: "passive" }] as const;

/** Classes by thirds of x₀x₁ + sin 2x₂ + x₃/2 + 0.7 ε, and 46 features that say nothing. */
function table(): { readonly values: Float32Array; readonly labels: Float32Array } {
  const rng = createRng(1, "boosting bench");
  const values = Float32Array.from({ length: rows * features }, () => rng.normal());
  const scores = Float32Array.from({ length: rows }, (_, row) => {
    const [a, b, c, d] = values.subarray(row * features);
    return a * b + Math.sin(2 * c) + 0.5 * d + 0.7 * rng.normal();
  });
  const cuts = [1, 2].map((third) => scores.toSorted()[Math.floor((third * rows) / classes)]);
  return { values, labels: scores.map((score) => (score < cuts[0] ? 0 : score < cuts[1] ? 1 : 2)) };
}

interface Run {
  readonly seconds: number;
  readonly trainLoss: number;
}

/** From the rows to the forest: binning and starting the threads included. */
async function own(train: ReturnType<typeof table>, threads: number): Promise<Run> {
  const featureNames = Array.from({ length: features }, (_, f) => `f${f}`);
  const config = { ...boostingDefaults, objective: "softmax", classes, rounds, maxDepth, learningRate } as const;
  const start = performance.now();
  const boosting = await createBoosting({ featureNames, train }, config, 1, threadCrew(threads));
  let trainLoss = NaN;
  while (!boosting.done) ({ trainLoss } = boosting.next());
  boosting.forest();
  const seconds = (performance.now() - start) / 1000;
  await boosting.dispose();
  return { seconds, trainLoss };
}

/** Training alone, which cuts the features as well; reading the rows is not counted. */
function peer(
  { values, labels }: ReturnType<typeof table>,
  threads: number,
  wait: (typeof waits)[number],
): Run & { readonly version: string } {
  const params = {
    objective: "multi:softprob",
    num_class: classes,
    max_depth: maxDepth,
    eta: learningRate,
    nthread: threads,
  };
  const [{ seconds, version, predictions }] = askXgboost(
    [{ features, values, labels, work: { params, rounds } }],
    wait,
  );
  const loss = labels.reduce((sum, label, row) => sum - Math.log(predictions[row * classes + label]), 0) / rows;
  return { seconds, version, trainLoss: loss };
}

/** 100,000 × 50, 3 classes, 200 rounds, depth 6, on 2 threads: seconds of ours over those of XGBoost. */
export async function benchBoosting(): Promise<Figure> {
  const train = table();
  const threads = Math.min(2, availableParallelism());
  const hasPeer = pythonHas("xgboost");
  const ours: Run[] = [];
  const theirs: ReturnType<typeof peer>[] = [];
  for (const wait of waits) {
    ours.push(await own(train, threads));
    if (hasPeer) theirs.push(peer(train, threads, wait));
  }
  const best = (runs: readonly Run[]): number => Math.min(...runs.map(({ seconds }) => seconds));
  const shared = {
    rows,
    features,
    classes,
    rounds,
    maxDepth,
    threads,
    seconds: best(ours),
    trainLoss: ours[0].trainLoss,
    runs: ours,
  };
  if (!hasPeer) return { ...shared, value: NaN, unit: "× XGBoost's time: not measured, python3-xgboost is not here" };
  return {
    ...shared,
    value: best(ours) / best(theirs),
    unit: "× XGBoost's time",
    peer: {
      name: `XGBoost ${theirs[0].version}, hist`,
      seconds: best(theirs),
      trainLoss: theirs[0].trainLoss,
      runs: theirs,
    },
  };
}
