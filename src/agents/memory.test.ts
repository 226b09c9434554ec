/** @file What is needed to remember: bodies that read a window learn a task that the present alone does not solve. */
import { expect, test } from "vitest";
import { recall, recallByPresent } from "#env/toys/recall.ts";
import { vectorEnv } from "#env/vector.ts";
import type { NetworkConfig } from "#policy/body.ts";
import { createPpo, ppoDefaults } from "./ppo.ts";
import type { Shuffled } from "./shuffle.ts";

const tail = { hidden: [16], activation: "tanh" } as const;
const longestGap = 5;

/** Share of steps in which it is right, over the last of 20 rollouts. */
async function learned(network: NetworkConfig, lookback: number, shuffled: Shuffled = "transitions"): Promise<number> {
  const lanes = 32;
  const maxSteps = 16;
  const settings = { rolloutSteps: 32, minibatchSize: 256, learningRate: 5e-3, gamma: 0, gaeLambda: 0 };
  const learner = await createPpo(
    vectorEnv(recall({ lookback, longestGap, maxSteps, rows: 256 }), lanes),
    { ...ppoDefaults, ...settings, totalTransitions: 20 * lanes * 32, network, shuffled },
    1,
  );
  let share = 0;
  for (let iteration = 0; iteration < 20; iteration++) share = (await learner.iterate())["episodeReturn"] / maxSteps;
  await learner.dispose();
  return share;
}

const gru = { body: "gru", units: 16, ...tail } as const;
const transformer = {
  body: "transformer",
  width: 16,
  heads: 2,
  feedForward: 16,
  layers: 1,
  acrossLayers: 0,
  ...tail,
} as const;

test.each<{ network: NetworkConfig; shuffled: Shuffled }>([
  { network: gru, shuffled: "transitions" },
  { network: gru, shuffled: "bars" },
  { network: transformer, shuffled: "bars" },
])("a $network.body remembers what was said, learning from shuffled $shuffled", async ({ network, shuffled }) => {
  expect(await learned(network, longestGap, shuffled)).toBeGreaterThan(0.95);
});

test("a network that sees the present alone is right where the flag is up, and else by chance", async () => {
  const share = await learned({ body: "mlp", hidden: [32, 32], activation: "tanh" }, 1);
  expect(Math.abs(share - recallByPresent({ longestGap }))).toBeLessThan(0.08);
});
