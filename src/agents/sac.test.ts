import { describe, expect, test } from "vitest";
import type { VectorEnv, World } from "#env/env.ts";
import { corridor } from "#env/toys/corridor.ts";
import { pendulum } from "#env/toys/pendulum.ts";
import { vectorEnv } from "#env/vector.ts";
import { seen } from "#policy/seen.ts";
import { input } from "#tensor/graph.ts";
import { compile } from "#tensor/onnx/session.ts";
import type { IterationMetrics, Learner } from "./agent.ts";
import { learnerContract } from "./learner.contract.ts";
import type { SacConfig } from "./sac.ts";
import { createSac, sacDefaults } from "./sac.ts";

/** Small and quick; what a test is about is named in it. */
const quick: SacConfig = {
  ...sacDefaults,
  rolloutSteps: 8,
  updatesPerTransition: 0.25,
  learningStarts: 64,
  minibatchSize: 64,
  capacity: 20_000,
  learningRate: 3e-3,
  finalLearningRate: 3e-3,
  network: { body: "mlp", hidden: [32], activation: "relu" },
};

learnerContract("SAC", {
  acts: ["reals"],
  create: (env, settings, seed) => createSac(env, { ...quick, ...settings }, seed),
  enough: 5000,
  breakDown: (env) => createSac(env, { ...quick, learningRate: 1e30 }, 1),
  saysHowSure: false,
});

learnerContract("SAC whose critics see changes", {
  acts: ["reals"],
  create: (env, settings, seed) => createSac(env, { ...quick, changeSeen: true, ...settings }, seed),
  enough: 5000,
  breakDown: (env) => createSac(env, { ...quick, changeSeen: true, learningRate: 1e30 }, 1),
  saysHowSure: false,
});

/** One step an episode: the closer to a point that depends on what is seen, the better. Boxes are not symmetrical. */
function target(onAction: (action: ArrayLike<number>) => void = () => undefined): World<{ place: number }> {
  return {
    name: "target",
    observationSpace: { kind: "vector", size: 1 },
    actionSpace: { kind: "box", low: [0, -3], high: [4, -1] },
    initial: (rng) => ({ place: 2 * rng.integer(2) - 1 }),
    step: (state, action) => {
      onAction(action);
      const [one, two] = [action[0] - (2 + state.place), action[1] + 1.5];
      return { state, reward: -(one ** 2) - two ** 2, terminated: true };
    },
    observe: ({ place }, into, at) => void (into[at] = place),
  };
}

/** The deterministic answers to some observations. */
async function answers(learner: Learner, env: VectorEnv, observations: readonly number[]): Promise<Float32Array> {
  const { observationSpace } = env;
  const node = input("observations", [observations.length, 1]);
  const { answer } = learner.actor.forward(
    input("parameters", [learner.actor.parameters]),
    seen(observationSpace, node),
  );
  const program = await compile({ answer });
  const feeds = { parameters: learner.parameters(), observations: Float32Array.from(observations) };
  const found = (await program.run(feeds))["answer"] as Float32Array;
  await program.dispose();
  return found;
}

describe("learns", () => {
  test("where to act in each of two places, in boxes of their own", async () => {
    const env = vectorEnv(target(), 16);
    const learner = await createSac(env, { ...quick, gamma: 0 }, 1);
    while (learner.transitions < 5000) await learner.iterate();
    const [left, leftTwo, right, rightTwo] = await answers(learner, env, [-1, 1]);
    for (const [found, best] of [
      [left, 1],
      [right, 3],
      [leftTwo, -1.5],
      [rightTwo, -1.5],
    ]) {
      expect(Math.abs(found - best)).toBeLessThan(0.2);
    }
    await learner.dispose();
  });

  test("to keep its entropy near the target, whatever the rewards' scale", async () => {
    for (const rewardScale of [0.3, 3]) {
      const config = { ...quick, gamma: 0, rewardScale, targetEntropy: -0.5 };
      const learner = await createSac(vectorEnv(target(), 16), config, 1);
      let metrics: IterationMetrics = {};
      while (learner.transitions < 6000) metrics = await learner.iterate();
      expect(Math.abs(metrics["entropy"] + 1), "−0.5 for each of two dimensions").toBeLessThan(0.4);
      await learner.dispose();
    }
  });
});

describe("acts", () => {
  test("within its box always, evenly over it while warming up", async () => {
    const actions: number[][] = [];
    const env = vectorEnv(
      target((action) => actions.push([...(action as Float32Array)])),
      8,
    );
    const learner = await createSac(env, { ...quick, learningStarts: 4000, rolloutSteps: 50 }, 2);
    while (learner.transitions < 4000) await learner.iterate();
    expect(actions).toHaveLength(4000);
    const quarters = [0, 0, 0, 0];
    for (const [one] of actions) quarters[Math.min(3, Math.floor(one))]++;
    // A count has a standard deviation of √(4000 · ¼ · ¾) = 27.
    for (const count of quarters) expect(Math.abs(count - 1000)).toBeLessThan(5 * 27);
    await learner.iterate();
    for (const [one, two] of actions) {
      expect(one >= 0 && one <= 4 && two >= -3 && two <= -1, `${one}, ${two}`).toBe(true);
    }
    await learner.dispose();
  });
});

describe("learns from as many batches as transitions ask for", () => {
  test.each([
    { rolloutSteps: 1, updatesPerTransition: 1, updates: [4, 4, 4] },
    { rolloutSteps: 4, updatesPerTransition: 1 / 32, updates: [0, 1, 0] },
    { rolloutSteps: 50, updatesPerTransition: 2, updates: [400, 400, 400] },
  ])(
    "$updatesPerTransition for each, after phases of $rolloutSteps steps",
    async ({ rolloutSteps, updatesPerTransition, updates }) => {
      const config = { ...quick, rolloutSteps, updatesPerTransition, minibatchSize: 8, learningStarts: 8 };
      const learner = await createSac(vectorEnv(target(), 4), config, 1);
      while (learner.transitions + 4 * rolloutSteps < 8) expect((await learner.iterate())["updates"]).toBe(0);
      const found: number[] = [];
      for (let n = 0; n < 3; n++) found.push((await learner.iterate())["updates"]);
      expect(found).toEqual(updates);
      await learner.dispose();
    },
  );
});

test("remembers as much as it has room for, the newest", async () => {
  const learner = await createSac(vectorEnv(pendulum(), 3), { ...quick, capacity: 100 }, 5);
  for (let n = 0; n < 5; n++) await learner.iterate();
  expect(learner.snapshot()["replay.rows"].length, "older rows have made room").toBe(100 * (3 + 1 + 2 + 3));
  await learner.dispose();
});

describe("refuses", () => {
  test("choices, boxes without edges, and to learn before there is a batch", async () => {
    await expect(createSac(vectorEnv(corridor(), 2), quick, 1)).rejects.toThrow("SAC learns real actions");
    const endless: VectorEnv = {
      ...vectorEnv(target(), 2),
      actionSpace: { kind: "box", low: [0, -Infinity], high: [1, 1] },
    };
    await expect(createSac(endless, quick, 1)).rejects.toThrow("finite edges");
    await expect(createSac(vectorEnv(target(), 2), { ...quick, learningStarts: 63 }, 1)).rejects.toThrow(
      "a batch of transitions is played",
    );
  });

  test("to go on once a loss is no longer finite, and says which", async () => {
    const world = target();
    const broken: World<{ place: number }> = {
      ...world,
      step: (state, action, rng) => ({ ...world.step(state, action, rng), reward: 1e30 }),
    };
    const learner = await createSac(vectorEnv(broken, 16), quick, 1);
    const before = learner.parameters();
    await expect(learner.iterate()).rejects.toThrow(/criticLoss is Infinity, .* in update 1, after 128 transitions/);
    expect(learner.parameters(), "nothing was learned from them").toEqual(before);
    await learner.dispose();
  });
});
