import { expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";
import { createDataset, createFold } from "./dataset.ts";
import { experiment } from "./experiment.ts";
import { stressOfVariants, trainingMarket } from "./stress-settings.ts";
import { startTraining } from "./trainer.ts";

const walk = randomWalk({ bars: 500, volatility: 0.01, seed: 3, instruments: 2 });
const small = {
  transitions: 2048,
  lanes: 16,
  episodeBars: 60,
  ppo: { rolloutSteps: 32, minibatchSize: 256 },
  network: { hidden: [8] },
};
const spans = [
  { from: 0, to: 380 },
  { from: 400, to: 500 },
] as const;

function marketOf(stress: unknown): ReturnType<typeof trainingMarket> {
  const settings = experiment({ ...small, stress });
  const dataset = createDataset(walk, settings);
  const fold = createFold(dataset, ...spans, settings);
  return trainingMarket(dataset, fold, settings.stress, settings);
}

test("without stress trains in the market as it is", () => {
  expect(marketOf(undefined)).toMatchObject({ copies: 1, market: { bars: 500 } });
});

test("takes a preset by its name alone", () => {
  expect(experiment({ stress: "noise-20" }).stress).toEqual({ preset: "noise-20", seed: 1, variants: 4 });
});

test("lays the real market and its variants end to end, with features of their own and nothing after the training span", () => {
  const { market, table, copies } = marketOf({ preset: "noise-20", variants: 3 });
  expect([copies, market.bars, table.rows]).toEqual([4, 4 * 380, 4 * 380]);
  const part = (copy: number): Float64Array => market.quotes.close.subarray(copy * 760, (copy + 1) * 760);
  expect(part(0)).toEqual(marketOf(undefined).market.quotes.close.subarray(0, 760));
  expect(part(1)).not.toEqual(part(0));
  expect(part(2)).not.toEqual(part(1));
  const rows = table.values.length / 4;
  expect(table.values.subarray(0, rows)).toEqual(marketOf(undefined).table.values.subarray(0, rows));
  expect(table.values.subarray(rows, 2 * rows)).not.toEqual(table.values.subarray(0, rows));
  expect(table.values.every(Number.isFinite)).toBe(true);
});

test("a curriculum goes from 10 to 25 % and has opened everything after half of the training", () => {
  const { unlockSteps, copies } = marketOf({ preset: "curriculum", variants: 4 });
  expect([unlockSteps, copies]).toEqual([2048 / 16 / 2 / 3, 5].map(Math.floor));
  const variants = stressOfVariants({ preset: "curriculum", seed: 1, variants: 4 });
  const often = variants.map(({ events }) => 1 - (1 - (events.noise?.probability ?? 0)) ** 4);
  expect(often).toEqual([0.1, 0.15, 0.2, 0.25].map((strength) => expect.closeTo(strength, 9)));
});

test("training under stress learns, is judged on the real market, and is the same for the same seed", async () => {
  const settings = experiment({
    ...small,
    stress: { events: { gap: { probability: 0.05 }, reject: { probability: 0.1 } }, variants: 2 },
  });
  const dataset = createDataset(walk, settings);
  const run = async (): Promise<Float32Array> => {
    const training = await startTraining(dataset, createFold(dataset, ...spans, settings), settings);
    while (!training.done) await training.next();
    const { parameters } = training.best;
    await training.dispose();
    return parameters;
  };
  const one = await run();
  expect(one.every(Number.isFinite)).toBe(true);
  expect(await run()).toEqual(one);
});

test.each([
  ["an unknown preset", "noise-99", /stress\.preset: .*noise-20/],
  ["an unknown kind", { events: { earthquake: { probability: 0.1 } } }, /stress\.events: .*earthquake/],
  [
    "a severity out of range",
    { events: { latency: { probability: 0.1, severity: [0.5, 2] } } },
    /stress\.events\.latency\.severity: 2 is out of range/,
  ],
  ["a probability above 1", { events: { noise: { probability: 3 } } }, /stress\.events\.noise\.probability: 3/],
  ["no variants", { preset: "noise-20", variants: 0 }, /stress\.variants/],
  ["neither a preset nor events", { seed: 2 }, /stress: names either a preset or events/],
  ["a preset with a budget", { preset: "noise-20", budget: { windowBars: 9, events: 1 } }, /budget of its own/],
])("refuses %s, and names the setting", (_, stress, message) => {
  expect(() => experiment({ stress })).toThrow(message);
});
