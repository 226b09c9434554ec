import { expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import { randomWalk } from "#data/synthetic.ts";
import { createDataset, createFold } from "./dataset.ts";
import { experiment } from "./experiment.ts";
import { startTraining } from "./trainer.ts";

const columns = 7;
const bars = 2600;
const [train, validation] = [
  { from: 0, to: 2000 },
  { from: 2000, to: 2600 },
];
const universe = randomWalk({ bars, volatility: 0.01, seed: 21 });
const rng = createRng(21, "noise columns");
const noise = Float32Array.from({ length: bars * columns }, () => rng.normal());

/** Turnover of a model after a training at 5 bps a trade, on the validation span, and before it. */
async function turnover(values: Float32Array, turnoverPenalty?: number) {
  const settings = experiment({
    agent: "dqn",
    transitions: 200_000,
    evaluateEvery: 100_000,
    dqn: { learningRate: 3e-4 },
    costs: { profile: "ideal", commissionBps: 5 },
    turnoverPenalty,
  });
  const dataset = createDataset(universe, settings);
  const fitted = createFold(dataset, train, validation, settings);
  const fold = { ...fitted, train: [train], table: { values, rows: bars, columns, blocks: 1, firstRow: 0 } };
  const training = await startTraining(dataset, fold, settings);
  while (!training.done) await training.next();
  const { first, best } = training;
  await training.dispose();
  return { first: first.turnover, last: best.score.turnover };
}

test(
  "an agent that sees nothing but noise stops trading, and trades on what there is to see",
  { timeout: 60_000 },
  async () => {
    const left = await turnover(noise);
    expect(left.last).toBeLessThan(0.1 * left.first);
    expect((await turnover(noise, 0)).last, "without the penalty it trades on noise").toBeGreaterThan(0.1 * left.first);
    const [{ close }] = universe.bars;
    const sign = noise.map((value, at) =>
      at % columns === 0 && at / columns < bars - 1 ? Math.sign(close[at / columns + 1] - close[at / columns]) : value,
    );
    expect((await turnover(sign)).last, "a sign of each return is worth a turn at every other bar").toBeGreaterThan(
      0.8,
    );
  },
);
