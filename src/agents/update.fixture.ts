/** @file For tests: a world that notes what happens, and what an update of an actor-critic is made of, in plain numbers. */
import type { VectorEnv } from "#env/env.ts";

const lanes = 3;
export const sizes = [2, 3];

/** What decides advantages, and the optimizer. */
interface UpdateConfig {
  readonly gamma: number;
  readonly gaeLambda: number;
  readonly maxGradientNorm: number;
  /** A number, of the tests that use this. */
  readonly rewardScale: number | "running";
}

export interface Transition {
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
export function recordingEnv(): { env: VectorEnv; transitions: Transition[] } {
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
export function forward(
  parameters: ArrayLike<number>,
  observation: readonly number[],
): { logits: number[]; value: number } {
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

/** log π of the joint action, and the entropy of each head and of both. */
export function policyOf(logits: readonly number[], legal: readonly number[], action: readonly number[]) {
  let logProbability = 0;
  const entropies: number[] = [];
  let from = 0;
  for (const [head, size] of sizes.entries()) {
    const allowed = Array.from({ length: size }, (_, at) => at).filter((at) => legal[from + at] === 1);
    const start = from;
    const total = Math.log(allowed.reduce((sum, at) => sum + Math.exp(logits[start + at]), 0));
    entropies.push(
      -allowed.reduce((sum, at) => sum + Math.exp(logits[start + at] - total) * (logits[start + at] - total), 0),
    );
    logProbability += logits[start + action[head]] - total;
    from += size;
  }
  return { logProbability, entropies, entropy: entropies[0] + entropies[1] };
}

export interface Sample extends Transition {
  readonly oldLogProbability: number;
  readonly advantage: number;
  readonly target: number;
}

/** Generalised advantages from the definition: Σ (γλ)ᵏ δ to the end of the episode or of the rollout. */
export function samplesOf(
  rollout: readonly Transition[],
  parameters: ArrayLike<number>,
  config: UpdateConfig,
): Sample[] {
  const valueOf = (observation: readonly number[]): number => forward(parameters, observation).value;
  return rollout.map((transition) => {
    const own = rollout.filter(({ lane }) => lane === transition.lane);
    let advantage = 0;
    let weight = 1;
    for (const { observation, reward, terminated, truncated, next } of own.slice(own.indexOf(transition))) {
      const beyond = terminated ? 0 : config.gamma * valueOf(next);
      advantage += weight * (reward * Number(config.rewardScale) + beyond - valueOf(observation));
      if (terminated || truncated) break;
      weight *= config.gamma * config.gaeLambda;
    }
    const { logits, value } = forward(parameters, transition.observation);
    const oldLogProbability = policyOf(logits, transition.legal, transition.action).logProbability;
    return { ...transition, oldLogProbability, advantage, target: advantage + value };
  });
}

export const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Adam, Algorithm 1 of Kingma and Ba, 2015, on the gradient clipped to its largest norm. */
export function adamStep(
  state: { parameters: number[]; first: number[]; second: number[]; steps: number },
  loss: (parameters: readonly number[]) => number,
  learningRate: number,
  { maxGradientNorm }: UpdateConfig,
): number {
  const gradient = state.parameters.map((_, at) => {
    const moved = (by: number): number => loss(state.parameters.with(at, state.parameters[at] + by));
    return (moved(1e-6) - moved(-1e-6)) / 2e-6;
  });
  const norm = Math.hypot(...gradient);
  const scale = Math.min(1, maxGradientNorm / norm);
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
