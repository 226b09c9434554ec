import { expect, test } from "vitest";
import { pendulum } from "#env/toys/pendulum.ts";
import { vectorEnv } from "#env/vector.ts";
import type { A2cConfig } from "./a2c.ts";
import { a2cDefaults, createA2c } from "./a2c.ts";
import type { Learner } from "./agent.ts";
import { learnerContract } from "./learner.contract.ts";
import { adamStep, forward, meanOf, policyOf, recordingEnv, samplesOf } from "./update.fixture.ts";

const quick: A2cConfig = {
  ...a2cDefaults,
  rolloutSteps: 8,
  learningRate: 0.01,
  totalTransitions: 1e9,
  network: { body: "mlp", hidden: [16], activation: "tanh" },
};

learnerContract("A2C", {
  acts: ["choices", "reals"],
  create: (env, settings, seed) => createA2c(env, { ...quick, ...settings }, seed),
  enough: 25_000,
  breakDown: (env) => createA2c(env, { ...quick, learningRate: 1e30 }, 1),
  saysHowSure: true,
});

test("equals the same updates written again in plain numbers, gradients by finite differences", async () => {
  const config: A2cConfig = {
    ...a2cDefaults,
    rolloutSteps: 4,
    learningRate: 0.05,
    totalTransitions: 48,
    gamma: 0.9,
    gaeLambda: 0.8,
    entropyCoefficient: [0.02, 0.3],
    rewardScale: 0.5,
    network: { body: "mlp", hidden: [3], activation: "tanh" },
  };
  const { env, transitions } = recordingEnv();
  const learner = await createA2c(env, config, 4);
  const zeros = [...learner.parameters()].map(() => 0);
  const state = { parameters: [...learner.parameters()], first: [...zeros], second: [...zeros], steps: 0 };
  for (const progress of [0, 12 / 48, 24 / 48]) {
    transitions.length = 0;
    const metrics = await learner.iterate();
    const samples = samplesOf(transitions, state.parameters, config);
    const parts = (parameters: readonly number[]) => {
      const rows = samples.map(({ observation, legal, action, advantage, target }) => {
        const { logits, value } = forward(parameters, observation);
        const whole = policyOf(logits, legal, action);
        return { gain: whole.logProbability * advantage, error: (value - target) ** 2, entropies: whole.entropies };
      });
      const entropies = [0, 1].map((head) => meanOf(rows.map((row) => row.entropies[head])));
      return {
        policyLoss: -meanOf(rows.map(({ gain }) => gain)),
        valueLoss: meanOf(rows.map(({ error }) => error)) / 2,
        "entropy.0": entropies[0],
        "entropy.1": entropies[1],
      };
    };
    const loss = (parameters: readonly number[]): number => {
      const of = parts(parameters);
      return (
        of.policyLoss + config.valueCoefficient * of.valueLoss - (0.02 * of["entropy.0"] + 0.3 * of["entropy.1"]) / 2
      );
    };
    for (const [name, value] of Object.entries(parts(state.parameters)))
      expect(metrics[name], name).toBeCloseTo(value, 4);
    const rate = 0.05 * (1 - progress);
    const norm = adamStep(state, loss, rate, config);
    expect(metrics["gradientNorm"]).toBeCloseTo(norm, 4);
    expect(metrics["learningRate"]).toBeCloseTo(rate, 9);
    learner.parameters().forEach((value, at) => {
      expect(Math.abs(value - state.parameters[at]), `parameter ${at}`).toBeLessThan(2e-3 * rate);
    });
  }
  await learner.dispose();
});

test("has the running scale of rewards in its snapshot", async () => {
  const make = (seed: number): Promise<Learner> =>
    createA2c(vectorEnv(pendulum(), 4), { ...quick, rewardScale: "running" }, seed);
  const [one, other] = [await make(1), await make(2)];
  for (let n = 0; n < 4; n++) await one.iterate();
  other.restore(structuredClone(one.snapshot()));
  for (let n = 0; n < 3; n++) expect(await other.iterate()).toEqual(await one.iterate());
  expect(other.snapshot()).toEqual(one.snapshot());
  expect(other.transitions).toBe(7 * 4 * 8);
  for (const learner of [one, other]) await learner.dispose();
});
