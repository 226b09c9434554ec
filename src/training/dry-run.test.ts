import { expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";
import { dryRun } from "./dry-run.ts";
import { runConfigSchema } from "./run.ts";

const walk = randomWalk({ bars: 700, volatility: 0.01, seed: 3 });
const config = (transitions: number) =>
  runConfigSchema.parse({
    market: "walk",
    experiment: {
      transitions,
      lanes: 16,
      episodeBars: 60,
      ppo: { rolloutSteps: 32, minibatchSize: 256 },
      network: { hidden: [16] },
    },
  });

test("says what a training would take, of what it has measured", async () => {
  const found = await dryRun(walk, config(4096));
  const { market, account } = found.inputs;
  // A policy of three levels and a value, each with a body of 16.
  const seen = market + account;
  expect(found.parameters).toBe(2 * (seen * 16 + 16) + (16 * 3 + 3) + (16 + 1));
  expect(found.measuredSteps).toBe(4096 - 512);
  expect(found.stepsPerSecond).toBeGreaterThan(0);
  const looks = 4096 / 20_000;
  const expected = 4096 / found.stepsPerSecond + looks * found.secondsOfALook;
  expect(found.secondsToFinish).toBeCloseTo(expected, 9);
  expect(found.memory.measured).toBeLessThan(found.memory.available);
});

test("counts all that will be remembered, before it is", async () => {
  const { experiment, ...rest } = config(2048);
  const dqn = { agent: "dqn", dqn: { capacity: 200_000, learningStarts: 512 } };
  const found = await dryRun(walk, runConfigSchema.parse({ ...rest, experiment: { ...experiment, ...dqn } }));
  // A transition holds two accounts, an action, a reward, a discount and two bars at least, 4 bytes each; what is collected meanwhile is missed.
  const leastBytes = 200_000 * (2 * found.inputs.account + 5) * 4;
  expect(found.memory.arrays).toBeGreaterThan(0.9 * leastBytes);
  expect(found.memory.arrays).toBeLessThan(2 * leastBytes);
});

test("takes the only iteration there is for its measure", async () => {
  expect((await dryRun(walk, config(512))).measuredSteps).toBe(512);
});
