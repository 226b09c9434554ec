/** @file One whole PPO update against the same update written again in plain numbers, with gradients by finite differences. */
import { expect, test } from "vitest";
import type { PpoConfig } from "./ppo.ts";
import { createPpo, ppoDefaults } from "./ppo.ts";
import type { Sample } from "./update.fixture.ts";
import { adamStep, forward, meanOf, policyOf, recordingEnv, samplesOf, sizes } from "./update.fixture.ts";

const config: PpoConfig = {
  ...ppoDefaults,
  rolloutSteps: 4,
  minibatchSize: 12, // the whole rollout, so that its order does not matter
  epochs: 3, // the first has ratios of 1, the others do not
  learningRate: 0.05, // large enough that ratios leave the clip
  totalTransitions: 48,
  gamma: 0.9,
  gaeLambda: 0.8,
  entropyCoefficient: 0.02,
  rewardScale: 0.5,
  network: { body: "mlp", hidden: [3], activation: "tanh" },
};

/** The parts of the loss of Schulman et al., 2017, eq. 9, with the advantages as they are. */
function lossParts(parameters: ArrayLike<number>, samples: readonly Sample[]) {
  const rows = samples.map(({ observation, legal, action, oldLogProbability, advantage, target }) => {
    const { logits, value } = forward(parameters, observation);
    const { logProbability, entropy } = policyOf(logits, legal, action);
    const ratio = Math.exp(logProbability - oldLogProbability);
    const clipped = Math.min(Math.max(ratio, 1 - config.clip), 1 + config.clip);
    return { ratio, entropy, gain: Math.min(ratio * advantage, clipped * advantage), error: (value - target) ** 2 };
  });
  return {
    policyLoss: -meanOf(rows.map(({ gain }) => gain)),
    valueLoss: meanOf(rows.map(({ error }) => error)) / 2,
    entropy: meanOf(rows.map(({ entropy }) => entropy)),
    approximateKl: meanOf(rows.map(({ ratio }) => ratio - 1 - Math.log(ratio))),
    clipFraction: meanOf(rows.map(({ ratio }) => (Math.abs(ratio - 1) > config.clip ? 1 : 0))),
  };
}

test("equals the same update written again in plain numbers, over two rollouts", async () => {
  const { env, transitions } = recordingEnv();
  const learner = await createPpo(env, config, 4);
  const zeros = [...learner.parameters()].map(() => 0);
  const state = { parameters: [...learner.parameters()], first: [...zeros], second: [...zeros], steps: 0 };
  expect(state.parameters).toHaveLength(2 * 3 + 3 + 3 * 5 + 5 + (2 * 3 + 3) + 4);
  let clipped = 0;
  for (const progress of [0, 12 / 48]) {
    transitions.length = 0;
    const metrics = await learner.iterate();
    expect(transitions).toHaveLength(12);
    const samples = samplesOf(transitions, state.parameters, config);
    const mean = meanOf(samples.map(({ advantage }) => advantage));
    const deviation = Math.sqrt(meanOf(samples.map(({ advantage }) => (advantage - mean) ** 2)));
    const normalised = samples.map((sample) => ({
      ...sample,
      advantage: (sample.advantage - mean) / (deviation + 1e-8),
    }));
    const loss = (parameters: readonly number[]): number => {
      const { policyLoss, valueLoss, entropy } = lossParts(parameters, normalised);
      return policyLoss + config.valueCoefficient * valueLoss - (0.02 / sizes.length) * entropy;
    };
    const rate = config.learningRate * (1 - progress);
    const norms = Array.from({ length: config.epochs }, () => adamStep(state, loss, rate, config));

    learner.parameters().forEach((value, at) => {
      expect(Math.abs(value - state.parameters[at]), `parameter ${at}`).toBeLessThan(2e-3 * rate);
    });
    const expected = lossParts(state.parameters, samples);
    for (const [name, value] of Object.entries(expected)) expect(metrics[name], name).toBeCloseTo(value, 4);
    expect(metrics["gradientNorm"]).toBeCloseTo(meanOf(norms), 4);
    expect(metrics["learningRate"]).toBeCloseTo(rate, 9);
    expect(metrics["updates"]).toBe(config.epochs);
    const targets = samples.map(({ target }) => target);
    const variance = (values: readonly number[]): number =>
      meanOf(values.map((value) => (value - meanOf(values)) ** 2));
    const explained = 1 - variance(samples.map(({ advantage }) => advantage)) / variance(targets);
    expect(metrics["explainedVariance"]).toBeCloseTo(explained, 4);
    clipped += expected.clipFraction;
  }
  expect(clipped, "some ratios left the clip, so that it was tested").toBeGreaterThan(0);
  expect(
    transitions.some(({ legal }) => legal.includes(0)),
    "so were masks",
  ).toBe(true);
  await learner.dispose();
});
