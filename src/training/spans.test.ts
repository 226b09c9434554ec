/** @file Training on several spans: nothing is learned of what is held out between them, and one span is what it always was. */
import { expect, test } from "vitest";
import { sha256 } from "#base/hash.ts";
import { randomWalk } from "#data/synthetic.ts";
import { combinations } from "#data/combinatorial.ts";
import type { BarRange } from "#data/split.ts";
import type { Universe } from "#domain/universe.ts";
import { createMarket } from "#market/world.ts";
import { createTreesFold, startBoosting } from "./boosted-training.ts";
import { boostingSettings } from "./boosting-settings.ts";
import type { Dataset, TrainingFold } from "./dataset.ts";
import { createDataset, createFold } from "./dataset.ts";
import type { ExperimentInput } from "./experiment.ts";
import { experiment } from "./experiment.ts";
import { modelBytes } from "./model.ts";
import { startTraining } from "./trainer.ts";
import { turnoverPenalty } from "./turnover-penalty.ts";

const bars = 725;
const walk = randomWalk({ bars, volatility: 0.01, seed: 6 });
const noise = randomWalk({ bars, volatility: 0.2, seed: 60 });
const small = {
  transitions: 1024,
  evaluateEvery: 512,
  lanes: 16,
  lookbackBars: 2,
  episodeBars: 20,
  reward: "v3",
  turnoverPenalty: 0.1,
  // Slippage by the ATR remembers the bars before, as features do.
  costs: { slippageAtr: 0 },
  ppo: { rolloutSteps: 32, minibatchSize: 256, learningRate: 0.01 },
  network: { hidden: [8] },
  warmStart: { from: "labels", label: "fixed-horizon", horizonBars: 3, transitions: 512, epochs: 2 },
} as const satisfies ExperimentInput;
const settings = experiment(small);

const gap = { purgeBars: 1, embargoBars: 4 };
const { groups, splits } = combinations({ groups: 6, heldOut: 2 }, { from: 125, to: bars }, gap);
const { heldOut, train, validation } = splits.find((split) => split.heldOut.join() === "1,3")!;

/** A market of which everything in some bars is noise: prices, and the rows of features. Later features are left as they were. */
function noisyIn(spans: readonly BarRange[]): Dataset {
  const inNoise = (t: number): boolean => spans.some(({ from, to }) => t >= from && t < to);
  const [series] = walk.bars;
  const mixed = (name: "open" | "high" | "low" | "close" | "volume"): Float64Array =>
    series[name].map((value, t) => (inNoise(t) ? noise.bars[0][name][t] : value));
  const [open, high, low, close, volume] = (["open", "high", "low", "close", "volume"] as const).map(mixed);
  const universe: Universe = { ...walk, bars: [{ ...series, open, high, low, close, volume }] };
  const known = createDataset(walk, settings);
  const columns = known.raw.length / bars;
  const raw = known.raw.map((value, at) => (inNoise(Math.floor(at / columns)) ? 1e3 * Math.sin(at) : value));
  const { costs, sizing, rules } = known.market;
  return { ...known, universe, raw, market: createMarket(universe, costs, sizing, rules) };
}

/** All that a training takes from its bars, and the bytes of the model that comes of it. */
async function learned(dataset: Dataset, fold: TrainingFold) {
  const training = await startTraining(dataset, fold, settings);
  while (!training.done) await training.next();
  const onnx = sha256(modelBytes(training, dataset));
  await training.dispose();
  const { scaler, rewardDeviations, saturation } = fold;
  const penalty = turnoverPenalty(dataset.market, fold.table, fold.train, settings);
  return { onnx, scaler, rewardDeviations, saturation, penalty };
}

async function trees(dataset: Dataset, spans: BarRange | readonly BarRange[]): Promise<Uint8Array> {
  const fold = createTreesFold(dataset, spans, validation, settings);
  const asked = { rounds: 5, maxDepth: 2, label: { kind: "fixed-horizon", horizonBars: 1 } };
  const boosting = startBoosting(dataset, fold, 1, boostingSettings(asked), 1);
  while (!boosting.done) await boosting.next();
  const model = boosting.model();
  await boosting.dispose();
  return model;
}

test("a network, its scaler, deviations and penalty know nothing of the bars that are held out, and all of those beside them", async () => {
  const plain = createDataset(walk, settings);
  const known = await learned(plain, createFold(plain, train, validation, settings));
  expect(Object.keys(known.rewardDeviations).length).toBeGreaterThan(0);
  const held = noisyIn(heldOut.map((group) => groups[group]));
  expect(await learned(held, createFold(held, train, validation, settings))).toEqual(known);

  const edge = { from: train[1].to - 1, to: train[1].to };
  const touched = noisyIn([edge]);
  const other = await learned(touched, createFold(touched, train, validation, settings));
  for (const name of ["onnx", "scaler", "rewardDeviations", "penalty"] as const) {
    expect(other[name], name).not.toEqual(known[name]);
  }
});

test("trees know nothing of the bars that are held out, and all of those beside them", async () => {
  const known = await trees(createDataset(walk, settings), train);
  expect(await trees(noisyIn(heldOut.map((group) => groups[group])), train)).toEqual(known);
  expect(await trees(noisyIn([{ from: train[1].to - 1, to: train[1].to }]), train)).not.toEqual(known);
});

test("a list of one span is that span, to the byte", async () => {
  const dataset = createDataset(walk, settings);
  const [one] = train;
  const listed = createFold(dataset, [one], validation, settings);
  expect(listed).toEqual(createFold(dataset, one, validation, settings));
  expect(await trees(dataset, [one])).toEqual(await trees(dataset, one));
});

test("a span that is cut in two has the same scaler", () => {
  const dataset = createDataset(walk, settings);
  const [{ from, to }] = train;
  const cut = Math.floor((from + to) / 2);
  const spans = [
    { from, to: cut },
    { from: cut, to },
  ];
  const whole = createFold(dataset, { from, to }, validation, settings);
  const parted = createFold(dataset, spans, validation, settings);
  expect(parted.scaler).toEqual(whole.scaler);
  expect(parted.saturation).toEqual(whole.saturation);
});

test("a span that no episode fits into is refused, and told which", () => {
  const dataset = createDataset(walk, settings);
  const short = [train[0], { from: train[1].from, to: train[1].from + 20 }];
  expect(() => createFold(dataset, short, validation, settings)).toThrow(
    /training span 2 of 2 has 20 usable bars .* episodes need 21/,
  );
});

test("the optimum of a law does not teach on several spans", async () => {
  const optimum = {
    from: "optimum",
    law: "planted-signal",
    volatility: 0.01,
    correlation: 0.1,
    persistence: 0,
  } as const;
  const asked = experiment({ ...small, warmStart: optimum });
  const dataset = createDataset(walk, asked);
  const begun = startTraining(dataset, createFold(dataset, train, validation, asked), asked);
  await expect(begun).rejects.toThrow(/one span of bars, not of several/);
});
