/** @file Gradient boosting: the trees that XGBoost grows, the laws that it keeps, and what it refuses. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import type { Forest } from "#policy/trees/forest.ts";
import { importance, predictions } from "#policy/trees/forest.ts";
import { forestFromXgboost } from "#policy/trees/xgboost-json.ts";
import { golden } from "../../test/peers/golden.ts";
import type { BoostingData } from "./boosting.ts";
import { createBoosting, estimatedBase } from "./boosting.ts";
import type { BoostingConfig } from "./boosting/config.ts";
import { boostingDefaults } from "./boosting/config.ts";
import { boostingMemory } from "./boosting/memory.ts";
import { alone } from "./boosting/work.ts";

const names = (count: number): string[] => Array.from({ length: count }, (_, f) => `feature ${f}`);

/** All rounds at once. */
async function trained(data: BoostingData, settings: Partial<BoostingConfig>, seed = 1): Promise<Forest> {
  const boosting = await createBoosting(data, { ...boostingDefaults, ...settings }, seed);
  while (!boosting.done) boosting.next();
  await boosting.dispose();
  return boosting.forest();
}

/** y = sin(3 x₀) + x₁ x₂ and noise, of five features of which two say nothing. */
function table(rows: number, seed: number): { readonly values: Float32Array; readonly labels: Float32Array } {
  const rng = createRng(seed, "table");
  const values = Float32Array.from({ length: rows * 5 }, () => 2 * rng.uniform() - 1);
  const labels = Float32Array.from({ length: rows }, (_, row) => {
    const [a, b, c] = values.subarray(row * 5);
    return Math.sin(3 * a) + b * c + 0.1 * rng.normal();
  });
  return { values, labels };
}

/** Rounds until `stopAt`, then a fresh boosting that goes on from the snapshot. */
async function interrupted(data: BoostingData, config: BoostingConfig, stopAt: number): Promise<Forest> {
  const first = await createBoosting(data, config, 1);
  while (first.rounds < stopAt) first.next();
  const snapshot = first.snapshot();
  first.next();
  await first.dispose();
  const second = await createBoosting(data, config, 1);
  second.restore(snapshot);
  expect(second.rounds).toBe(stopAt);
  while (!second.done) second.next();
  await second.dispose();
  return second.forest();
}

const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i])));

describe("the trees", () => {
  test.each(golden.cases)(
    "are those of XGBoost, split by split, with missing values: $objective",
    async ({ objective, baseScore, labels, model, predictions: expected }) => {
      const data = {
        featureNames: names(golden.features),
        train: { values: golden.values, labels: Float32Array.from(labels) },
      };
      const classes = objective === "softmax" ? 3 : 1;
      const forest = await trained(data, { objective, classes, rounds: 2, maxDepth: 3, baseScore });
      const theirs = forestFromXgboost(JSON.stringify(model), "golden");
      expect(forest.trees.map(({ feature }) => [...feature])).toEqual(theirs.trees.map(({ feature }) => [...feature]));
      expect(
        forest.trees.map(({ defaultLeft, feature }) => [...defaultLeft].filter((_, n) => feature[n] >= 0)),
      ).toEqual(theirs.trees.map(({ defaultLeft, feature }) => [...defaultLeft].filter((_, n) => feature[n] >= 0)));
      for (const kind of ["gain", "cover"] as const) {
        importance(forest, kind).forEach((value, f) =>
          expect(value / (importance(theirs, kind)[f] || 1), kind).toBeCloseTo(
            importance(theirs, kind)[f] === 0 ? 0 : 1,
            4,
          ),
        );
      }
      expect(distance(predictions(forest, golden.values), expected)).toBeLessThan(1e-6);
    },
  );

  test("split where the definition says, found by trying every split of every feature", async () => {
    const cell = fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: 0, max: 5 }) },
      { weight: 1, arbitrary: fc.constant(NaN) },
    );
    const rows = fc.array(fc.tuple(cell, cell, fc.integer({ min: -4, max: 4 })), { minLength: 4, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(rows, fc.constantFrom(0, 1), fc.constantFrom(0, 0.5, 2), async (list, alpha, lambda) => {
        const values = Float32Array.from(list.flatMap(([a, b]) => [a, b]));
        const labels = Float32Array.from(list, ([, , label]) => label);
        const settings = { rounds: 1, maxDepth: 1, alpha, lambda, baseScore: 0, learningRate: 1 };
        const { trees } = await trained({ featureNames: names(2), train: { values, labels } }, settings);
        const best = bestGain(values, labels, alpha, lambda);
        if (best < 1e-5) return;
        expect(trees[0].feature[0]).toBeGreaterThanOrEqual(0);
        expect(trees[0].gain[0] / best).toBeCloseTo(1, 4);
      }),
      { numRuns: 60 },
    );
  });

  /** The largest gain of any split of squared error from 0: each threshold, missing values on either side. */
  function bestGain(values: Float32Array, labels: Float32Array, alpha: number, lambda: number): number {
    const part = (rows: number[]): number => {
      const gradient = -rows.reduce((sum, row) => sum + labels[row], 0);
      return Math.max(0, Math.abs(gradient) - alpha) ** 2 / (rows.length + lambda);
    };
    const all = [...labels.keys()];
    let best = 0;
    for (const f of [0, 1]) {
      for (const threshold of [1, 2, 3, 4, 5, 6]) {
        for (const missingLeft of [true, false]) {
          const goesLeft = (row: number): boolean =>
            Number.isNaN(values[2 * row + f]) ? missingLeft : values[2 * row + f] < threshold;
          const left = all.filter(goesLeft);
          const right = all.filter((row) => !goesLeft(row));
          if (left.length > 0 && right.length > 0) best = Math.max(best, part(left) + part(right) - part(all));
        }
      }
    }
    return best;
  }

  test("keep to their limits of depth, of leaves, of weight and of gain", async () => {
    const train = table(500, 1);
    const data = { featureNames: names(5), train };
    const depth = ({ left, right }: Forest["trees"][number], node = 0): number =>
      left[node] < 0
        ? 0
        : 1 +
          Math.max(
            depth({ left, right } as Forest["trees"][number], left[node]),
            depth({ left, right } as Forest["trees"][number], right[node]),
          );
    const leaves = ({ feature }: Forest["trees"][number]): number => feature.filter((f) => f < 0).length;
    const shallow = await trained(data, { rounds: 3, maxDepth: 2 });
    expect(Math.max(...shallow.trees.map((tree) => depth(tree)))).toBe(2);
    const few = await trained(data, { rounds: 3, maxDepth: 0, maxLeaves: 9, growth: "leaf-wise" });
    expect(few.trees.map(leaves)).toEqual([9, 9, 9]);
    const heavy = await trained(data, { rounds: 3, minChildWeight: 60 });
    expect(Math.min(...heavy.trees.flatMap(({ cover }) => [...cover]))).toBeGreaterThanOrEqual(60);
    const picky = await trained(data, { rounds: 3, gamma: 5 });
    const gains = picky.trees.flatMap(({ gain, feature }) => [...gain].filter((_, node) => feature[node] >= 0));
    expect(Math.min(...gains)).toBeGreaterThanOrEqual(5 * 0.999);
    expect((await trained(data, { rounds: 1, gamma: 1e9 })).trees[0].feature).toEqual(Int32Array.of(-1));
  });

  test("grown leaf by leaf split what gains most first", async () => {
    const data = { featureNames: names(5), train: table(500, 2) };
    const { trees } = await trained(data, { rounds: 1, maxDepth: 0, maxLeaves: 20, growth: "leaf-wise" });
    // Children are numbered when their parent is split: the order of the splits is that of their left children.
    const order = [...trees[0].left.keys()]
      .filter((node) => trees[0].left[node] >= 0)
      .sort((a, b) => trees[0].left[a] - trees[0].left[b]);
    order.forEach((node, at) => {
      const parentAt = order.findIndex((other) => trees[0].left[other] === node || trees[0].right[other] === node);
      const waiting = order.slice(0, at).filter((_, other) => other > parentAt);
      for (const before of waiting) expect(trees[0].gain[before] * 1.01).toBeGreaterThanOrEqual(trees[0].gain[node]);
    });
  });

  test("never go against a monotone constraint", async () => {
    const train = table(400, 3);
    const monotone = [1, -1, 0, 0, 0];
    const forest = await trained({ featureNames: names(5), train }, { rounds: 20, monotone });
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1.2, max: 1.2, noNaN: true }), { minLength: 5, maxLength: 5 }),
        fc.constantFrom(0, 1),
        fc.double({ min: 0, max: 2, noNaN: true }),
        (row, feature, more) => {
          const raised = row.map((value, f) => (f === feature ? value + more : value));
          const change =
            predictions(forest, Float32Array.from(raised))[0] - predictions(forest, Float32Array.from(row))[0];
          expect(change * monotone[feature]).toBeGreaterThanOrEqual(-1e-6);
        },
      ),
    );
  });
});

describe("learning", () => {
  test("finds what there is to find, and splits by what says something", async () => {
    const [train, validation] = [table(3000, 4), table(1000, 5)];
    const boosting = await createBoosting(
      { featureNames: names(5), train, validation },
      { ...boostingDefaults, rounds: 150, learningRate: 0.1, maxDepth: 4 },
      1,
    );
    let last = boosting.next();
    const first = last.validationLoss!;
    while (!boosting.done) last = boosting.next();
    // The noise is 0.1; nobody gets below it.
    expect(last.validationLoss).toBeLessThan(0.2);
    expect(first).toBeGreaterThan(0.5);
    const gain = importance(boosting.forest(), "gain");
    expect(Math.min(gain[0], gain[1], gain[2])).toBeGreaterThan(3 * Math.max(gain[3], gain[4]));
    const residual = predictions(boosting.forest(), validation.values).map(
      (value, row) => value - validation.labels[row],
    );
    const rmse = Math.sqrt(residual.reduce((sum, error) => sum + error * error, 0) / residual.length);
    const best = boosting.bestRounds;
    expect(best).toBeGreaterThan(20);
    expect(rmse).toBeLessThanOrEqual(last.validationLoss! + 1e-6);
  });

  test("stops when validation does not get better, and keeps the best rounds", async () => {
    const rng = createRng(6);
    const noise = (rows: number) => ({
      values: Float32Array.from({ length: rows * 3 }, () => rng.normal()),
      labels: Float32Array.from({ length: rows }, () => rng.integer(2)),
    });
    const data = { featureNames: names(3), train: noise(200), validation: noise(200) };
    const boosting = await createBoosting(data, { ...boostingDefaults, objective: "logistic", patience: 5 }, 1);
    const losses: number[] = [];
    while (!boosting.done) losses.push(boosting.next().validationLoss!);
    expect(boosting.rounds).toBe(losses.length);
    expect(losses.length).toBeLessThan(100);
    expect(boosting.bestRounds).toBe(losses.indexOf(Math.min(...losses)) + 1);
    expect(boosting.rounds - boosting.bestRounds).toBe(5);
    expect(boosting.forest().trees).toHaveLength(boosting.bestRounds);
    expect(boosting.forest(2).trees).toHaveLength(2);
    const p = predictions(boosting.forest(), data.validation.values);
    const loss =
      p.reduce((sum, one, row) => sum - Math.log(data.validation.labels[row] === 1 ? one : 1 - one), 0) / 200;
    expect(loss, "the loss by bins is that of the forest").toBeCloseTo(Math.min(...losses), 5);
  });

  test("of a weighted row is that of the row so many times", async () => {
    const { values, labels } = table(200, 7);
    const weights = Float32Array.from({ length: 200 }, (_, row) => 1 + (row % 3));
    const many = [...labels.keys()].flatMap((row) => Array<number>(weights[row]).fill(row));
    const repeated = {
      values: Float32Array.from(many.flatMap((row) => [...values.subarray(row * 5, row * 5 + 5)])),
      labels: Float32Array.from(many, (row) => labels[row]),
    };
    const settings = { rounds: 5, maxDepth: 3 };
    const one = await trained({ featureNames: names(5), train: { values, labels, weights } }, settings);
    const other = await trained({ featureNames: names(5), train: repeated }, settings);
    expect(distance(predictions(one, values), predictions(other, values))).toBeLessThan(1e-5);
  });

  test("on a share of rows and columns follows its seed, and leaves out what it says", async () => {
    const data = { featureNames: names(5), train: table(300, 8) };
    const settings = { rounds: 10, rowShare: 0.5, columnShare: 0.4, maxDepth: 3 };
    const first = await trained(data, settings, 1);
    expect(await trained(data, settings, 1)).toEqual(first);
    expect(await trained(data, settings, 2)).not.toEqual(first);
    for (const { feature, cover } of first.trees) {
      expect(cover[0], "rows at the root").toBe(150);
      expect(new Set(feature.filter((f) => f >= 0)).size).toBeLessThanOrEqual(2);
    }
  });

  test("of the rows that a round leaves out is judged by its trees", async () => {
    const data = { featureNames: names(5), train: table(300, 9) };
    const boosting = await createBoosting(data, { ...boostingDefaults, rounds: 4, rowShare: 0.5 }, 1);
    let loss = 0;
    while (!boosting.done) loss = boosting.next().trainLoss;
    const errors = predictions(boosting.forest(), data.train.values).map((p, row) => (p - data.train.labels[row]) ** 2);
    expect(loss).toBeCloseTo(Math.sqrt(errors.reduce((sum, one) => sum + one, 0) / 300), 5);
  });

  test("with histograms that nobody could keep grows the same trees", async () => {
    const train = table(600, 10);
    const config = { ...boostingDefaults, rounds: 3 };
    const data = { featureNames: names(5), train };
    const roomy = await trained(data, config);
    const small = boostingMemory(config, 5, train, undefined, 0);
    expect(small.slots).toBe(0);
    const tight = await createBoosting(data, config, 1, (memory) => alone(Object.assign(memory, { slots: 0 })));
    while (!tight.done) tight.next();
    expect(tight.forest()).toEqual(roomy);
  });

  test("begins where XGBoost does: at the mean, at one Newton step, or at a half", () => {
    const labels = Float32Array.of(0, 1, 1, 1);
    const rows = { values: new Float32Array(4), labels };
    const base = (objective: BoostingConfig["objective"]): number =>
      estimatedBase({ ...boostingDefaults, objective }, rows);
    expect(base("squared-error")).toBe(0.75);
    // G = Σ(½ − y) = −1, H = 4/4: one step to margin 1.
    expect(base("logistic")).toBeCloseTo(1 / (1 + Math.exp(-1)), 7);
    expect(base("softmax")).toBe(0.5);
  });
});

describe("is refused by one message that names what is wrong", () => {
  const { values, labels } = table(20, 11);
  const data = { featureNames: names(5), train: { values, labels } };

  test.each<[string, Partial<BoostingConfig>, RegExp]>([
    ["no rounds", { rounds: 0 }, /boosting.rounds: must be whole, 1 to/],
    ["no limit", { maxDepth: 0 }, /boosting.maxDepth: must be above 0 where maxLeaves is 0/],
    ["too deep", { maxDepth: 20 }, /boosting.maxDepth: must be 16 at most/],
    ["many bins", { maxBins: 257 }, /boosting.maxBins: must be whole, 2 to 256; found 257/],
    ["a rate of 0", { learningRate: 0 }, /boosting.learningRate: must be above 0/],
    ["a negative penalty", { lambda: -1 }, /boosting.lambda: must be 0 or more; found -1/],
    ["no number", { gamma: NaN }, /boosting.gamma: must be 0 or more; found NaN/],
    ["a share above 1", { rowShare: 1.5 }, /boosting.rowShare/],
    ["classes of a value", { classes: 3 }, /boosting.classes: must be 1 where the objective is squared-error/],
    ["constraints of other features", { monotone: [1] }, /boosting.monotone: must be one of each of 5 features/],
    ["patience without validation", { patience: 3 }, /boosting.patience: must be 0 without validation/],
    [
      "a base that is no probability",
      { objective: "logistic", baseScore: 2 },
      /boosting.baseScore: must be a probability/,
    ],
  ])("%s", async (_, settings, message) => {
    await expect(createBoosting(data, { ...boostingDefaults, ...settings }, 1)).rejects.toThrow(message);
  });

  const changedLabels = (label: number): Float32Array => labels.map((one, row) => (row === 3 ? label : one));
  test.each<[string, BoostingData["train"], Partial<BoostingConfig>, RegExp]>([
    ["a label that is no number", { values, labels: changedLabels(NaN) }, {}, /training: label NaN of row 3/],
    [
      "a label that is no class",
      { values, labels: labels.map(() => 4) },
      { objective: "softmax", classes: 3 },
      /label 4 of row 0 is none of softmax/,
    ],
    [
      "a label that is no probability",
      { values, labels: labels.map(() => 1.5) },
      { objective: "logistic" },
      /label 1.5 of row 0 is none of logistic/,
    ],
    ["rows of another width", { values: values.slice(1), labels }, {}, /99 numbers are not 20 rows of 5 features/],
    [
      "an infinite value",
      { values: values.map((x, i) => (i === 7 ? Infinity : x)), labels },
      {},
      /row 1, feature 2 is infinite/,
    ],
    ["a negative weight", { values, labels, weights: labels.map(() => -1) }, {}, /weight -1 of row 0/],
    ["no weight at all", { values, labels, weights: labels.map(() => 0) }, {}, /all weights are 0/],
    ["no rows", { values: new Float32Array(0), labels: new Float32Array(0) }, {}, /there are no rows/],
  ])("%s", async (_, train, settings, message) => {
    await expect(createBoosting({ ...data, train }, { ...boostingDefaults, ...settings }, 1)).rejects.toThrow(message);
  });
});

describe("a snapshot", () => {
  const { values, labels } = table(600, 4);
  const rows = (from: number, to: number, label: (value: number) => number) => ({
    values: values.slice(5 * from, 5 * to),
    labels: labels.slice(from, to).map(label),
  });
  test.each<[string, Partial<BoostingConfig>, (value: number) => number]>([
    ["returns, on parts of rows and columns", { rowShare: 0.7, columnShare: 0.6 }, (value) => value],
    ["a probability", { objective: "logistic", growth: "leaf-wise", maxLeaves: 5 }, (value) => (value > 0 ? 1 : 0)],
    [
      "classes",
      { objective: "softmax", classes: 3, rowShare: 0.5 },
      (value) => (value > 0.5 ? 2 : value > -0.5 ? 1 : 0),
    ],
  ])("goes on to the same trees, at whatever round it was taken: %s", async (_, settings, label) => {
    const data = { featureNames: names(5), train: rows(0, 400, label), validation: rows(400, 600, label) };
    const config = { ...boostingDefaults, rounds: 12, maxDepth: 3, patience: 4, ...settings };
    const whole = await trained(data, config);
    expect(whole.trees.length).toBeGreaterThan(3);
    for (const stopAt of [0, 1, 5]) expect(await interrupted(data, config, stopAt), `${stopAt}`).toEqual(whole);
  });

  test("of other rows is refused", async () => {
    const config = { ...boostingDefaults, rounds: 3 };
    const one = await createBoosting({ featureNames: names(5), train: rows(0, 400, Number) }, config, 1);
    const other = await createBoosting({ featureNames: names(5), train: rows(0, 399, Number) }, config, 1);
    expect(() => other.restore(one.snapshot())).toThrow(/a snapshot is of the same rows/);
  });
});
