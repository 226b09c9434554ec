/** @file One whole PPO update against the same update written again in plain numbers, with gradients by finite differences. */
import { expect, test } from "vitest";
import type { VectorEnv } from "#env/env.ts";
import type { PpoConfig } from "./ppo.ts";
import { createPpo, ppoDefaults } from "./ppo.ts";

const lanes = 3;
const sizes = [2, 3];
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

interface Transition {
  readonly lane: number;
  readonly observation: number[];
  readonly legal: number[];
  readonly action: number[];
  readonly reward: number;
  readonly terminated: boolean;
  readonly truncated: boolean;
  /** What the step led to: of an episode that ended, its last observation. */
  readonly next: number[];
}

/** A made-up world without chance, with masks, terminations (lane 0) and truncations (lane 1), that notes what happens. */
function recordingEnv(): { env: VectorEnv; transitions: Transition[] } {
  const transitions: Transition[] = [];
  const steps = new Int32Array(lanes);
  const last = new Float64Array(lanes);
  const observe = (lane: number): number[] => [Math.fround(Math.sin(steps[lane] + lane)), Math.fround(last[lane])];
  const legalOf = (lane: number): number[] => [1, 1, 1, 1, steps[lane] % 2 === 0 ? 1 : 0];
  const show = (into: Parameters<VectorEnv["step"]>[1]): void => {
    for (let lane = 0; lane < lanes; lane++) {
      into.observations.set(observe(lane), lane * 2);
      into.legal.set(legalOf(lane), lane * 5);
    }
  };
  const env: VectorEnv = {
    lanes,
    masked: true,
    observationSpace: { kind: "vector", size: 2 },
    actionSpace: { kind: "discrete", sizes },
    reset: (_, into) => show(into),
    step(actions, into) {
      for (let lane = 0; lane < lanes; lane++) {
        const observation = observe(lane);
        const legal = legalOf(lane);
        const [one, two] = actions.subarray(lane * 2, lane * 2 + 2);
        const reward = Math.fround(one === 1 ? 1 : 0.4 * two - 0.3);
        steps[lane]++;
        last[lane] = one - 0.5 * two;
        const terminated = lane === 0 && steps[lane] === 3;
        const truncated = lane === 1 && steps[lane] === 2;
        const next = observe(lane);
        transitions.push({ lane, observation, legal, action: [one, two], reward, terminated, truncated, next });
        into.rewards[lane] = reward;
        into.terminated[lane] = terminated ? 1 : 0;
        into.truncated[lane] = truncated ? 1 : 0;
        if (terminated || truncated) {
          into.finalObservations.set(next, lane * 2);
          steps[lane] = 0;
        }
      }
      show(into);
    },
    snapshot: () => ({}),
    restore: () => undefined,
  };
  return { env, transitions };
}

/** Logits and value of one observation; parameters in the order in which the layers were added. */
function forward(parameters: ArrayLike<number>, observation: readonly number[]): { logits: number[]; value: number } {
  let at = 0;
  const layer = (x: readonly number[], outputs: number): number[] => {
    const weight = at;
    const bias = weight + x.length * outputs;
    at = bias + outputs;
    return Array.from({ length: outputs }, (_, out) =>
      x.reduce((sum, value, row) => sum + value * parameters[weight + row * outputs + out], parameters[bias + out]),
    );
  };
  const body = (outputs: number): number[] => layer(layer(observation, 3).map(Math.tanh), outputs);
  const logits = body(5);
  const [value] = body(1);
  return { logits, value };
}

/** log π of the joint action, and the entropy. */
function policyOf(logits: readonly number[], legal: readonly number[], action: readonly number[]) {
  let logProbability = 0;
  let entropy = 0;
  let from = 0;
  for (const [head, size] of sizes.entries()) {
    const allowed = Array.from({ length: size }, (_, at) => at).filter((at) => legal[from + at] === 1);
    const start = from;
    const total = Math.log(allowed.reduce((sum, at) => sum + Math.exp(logits[start + at]), 0));
    for (const at of allowed) entropy -= Math.exp(logits[start + at] - total) * (logits[start + at] - total);
    logProbability += logits[start + action[head]] - total;
    from += size;
  }
  return { logProbability, entropy };
}

interface Sample extends Transition {
  readonly oldLogProbability: number;
  readonly advantage: number;
  readonly target: number;
}

/** Generalised advantages from the definition: Σ (γλ)ᵏ δ to the end of the episode or of the rollout. */
function samplesOf(rollout: readonly Transition[], parameters: ArrayLike<number>): Sample[] {
  const valueOf = (observation: readonly number[]): number => forward(parameters, observation).value;
  return rollout.map((transition) => {
    const own = rollout.filter(({ lane }) => lane === transition.lane);
    let advantage = 0;
    let weight = 1;
    for (const { observation, reward, terminated, truncated, next } of own.slice(own.indexOf(transition))) {
      const beyond = terminated ? 0 : config.gamma * valueOf(next);
      advantage += weight * (reward * config.rewardScale + beyond - valueOf(observation));
      if (terminated || truncated) break;
      weight *= config.gamma * config.gaeLambda;
    }
    const { logits, value } = forward(parameters, transition.observation);
    const oldLogProbability = policyOf(logits, transition.legal, transition.action).logProbability;
    return { ...transition, oldLogProbability, advantage, target: advantage + value };
  });
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

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

/** Adam, Algorithm 1 of Kingma and Ba, 2015, on the gradient clipped to its largest norm. */
function adamStep(
  state: { parameters: number[]; first: number[]; second: number[]; steps: number },
  loss: (parameters: readonly number[]) => number,
  learningRate: number,
): number {
  const gradient = state.parameters.map((_, at) => {
    const moved = (by: number): number => loss(state.parameters.with(at, state.parameters[at] + by));
    return (moved(1e-6) - moved(-1e-6)) / 2e-6;
  });
  const norm = Math.hypot(...gradient);
  const scale = Math.min(1, config.maxGradientNorm / norm);
  state.steps++;
  gradient.forEach((raw, at) => {
    const g = raw * scale;
    state.first[at] = 0.9 * state.first[at] + 0.1 * g;
    state.second[at] = 0.999 * state.second[at] + 0.001 * g * g;
    const mean = state.first[at] / (1 - 0.9 ** state.steps);
    const spread = Math.sqrt(state.second[at] / (1 - 0.999 ** state.steps));
    state.parameters[at] -= (learningRate * mean) / (spread + 1e-5);
  });
  return norm;
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
    const samples = samplesOf(transitions, state.parameters);
    const mean = meanOf(samples.map(({ advantage }) => advantage));
    const deviation = Math.sqrt(meanOf(samples.map(({ advantage }) => (advantage - mean) ** 2)));
    const normalised = samples.map((sample) => ({
      ...sample,
      advantage: (sample.advantage - mean) / (deviation + 1e-8),
    }));
    const loss = (parameters: readonly number[]): number => {
      const { policyLoss, valueLoss, entropy } = lossParts(parameters, normalised);
      return policyLoss + config.valueCoefficient * valueLoss - config.entropyCoefficient * entropy;
    };
    const rate = config.learningRate * (1 - progress);
    const norms = Array.from({ length: config.epochs }, () => adamStep(state, loss, rate));

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
