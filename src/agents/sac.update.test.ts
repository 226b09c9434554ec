/** @file SAC's losses, gradients and whole updates against the same written again in plain numbers, with finite differences. */
import { expect, test } from "vitest";
import type { VectorEnv } from "#env/env.ts";
import { policyNetwork, twinCritics } from "#policy/soft-networks.ts";
import type { SacConfig } from "./sac.ts";
import { createSac, sacDefaults, sacLosses } from "./sac.ts";
import type { PlainLosses, PlainParameters } from "./soft-learner.fixture.ts";
import {
  adamStep,
  diceAfter,
  drawnRows,
  graphOf,
  meanOf,
  numbers,
  parametersOf,
  perceptron,
  plainGradient,
} from "./soft-learner.fixture.ts";

const observed = 3;
const dimensions = 2;
const hidden = [5, 4];
const policyWidths = [observed, ...hidden, 2 * dimensions];
/** Numbers that critics judge an action by. */
const judgedWidth = (changeSeen: boolean): number => (changeSeen ? 2 : 1) * dimensions;
const criticWidths = (changeSeen: boolean): number[] => [observed + judgedWidth(changeSeen), ...hidden, 1];
const network = { body: "mlp", hidden, activation: "tanh" } as const;
const shape = { lookback: 0, columns: 0, own: observed };

interface Row {
  readonly seen: readonly number[];
  readonly kept: readonly number[];
  /** The action before it, zeros at the start of an episode; only where critics see the change. */
  readonly before?: readonly number[] | undefined;
  readonly reward: number;
  readonly discount: number;
  readonly next: readonly number[];
  readonly noise: readonly number[];
}

/** ã = tanh(μ + σ·ε), and ln π(ã) from the density of the normal and the slope of tanh. */
function draw(policy: readonly number[], seen: readonly number[], noise: readonly number[]) {
  const said = perceptron(policy, 0, policyWidths, seen);
  let logProbability = 0;
  const action = noise.map((epsilon, n) => {
    const deviation = Math.exp(Math.min(2, Math.max(-20, said[dimensions + n])));
    const drawn = said[n] + deviation * epsilon;
    const density = Math.exp(-0.5 * ((drawn - said[n]) / deviation) ** 2) / (deviation * Math.sqrt(2 * Math.PI));
    // ln (1 − tanh² x) = −2·ln cosh x, which is exact for large x too.
    logProbability += Math.log(density) + 2 * Math.log(Math.cosh(drawn));
    return Math.tanh(drawn);
  });
  return { action, logProbability };
}

/** What both critics say of an action; with the action before it they see the change of each dimension too. */
function twins(
  critics: readonly number[],
  seen: readonly number[],
  action: readonly number[],
  before: readonly number[] | undefined,
): [number, number] {
  const change = before?.map((value, n) => Math.abs(action[n] - value)) ?? [];
  const widths = criticWidths(before !== undefined);
  const both = [0, parametersOf(widths)].map((at) => perceptron(critics, at, widths, [...seen, ...action, ...change]));
  return [both[0][0], both[1][0]];
}

/** Haarnoja et al., 2018, eq. 5, 7 and 18 with ln α in place of α. */
function plain(rows: readonly Row[], parameters: PlainParameters, targetEntropy: number): PlainLosses {
  const alpha = Math.exp(parameters.logTemperature[0]);
  const overRows = (of: (row: Row) => number): number => meanOf(rows.map(of));
  return {
    criticLoss: (critics) =>
      overRows(({ seen, kept, before, reward, discount, next, noise }) => {
        const { action, logProbability } = draw(parameters.policy, next, noise.slice(dimensions));
        const worth =
          Math.min(...twins(parameters.targetCritics, next, action, before && kept)) - alpha * logProbability;
        const goal = reward + discount * worth;
        return twins(critics, seen, kept, before).reduce((sum, value) => sum + 0.5 * (value - goal) ** 2, 0);
      }),
    policyLoss: (policy) =>
      overRows(({ seen, before, noise }) => {
        const { action, logProbability } = draw(policy, seen, noise.slice(0, dimensions));
        return alpha * logProbability - Math.min(...twins(parameters.critics, seen, action, before));
      }),
    temperatureLoss: ([logTemperature]) =>
      -logTemperature *
      overRows(({ seen, noise }) => {
        return draw(parameters.policy, seen, noise.slice(0, dimensions)).logProbability + targetEntropy;
      }),
  };
}

test.each([
  { batch: 1, changeSeen: false },
  { batch: 2, changeSeen: false },
  { batch: 3, changeSeen: true },
  { batch: 4, changeSeen: true },
])(
  "gives the losses and gradients of the paper to 1e-5, on random batches ($batch, change seen: $changeSeen)",
  async ({ batch, changeSeen }) => {
    const rows = 16;
    const criticNumbers = 2 * parametersOf(criticWidths(changeSeen));
    const named = (name: string, count: number, scale?: number) => numbers(`${name} ${batch}`, count, scale);
    const parameters = {
      policy: named("policy", parametersOf(policyWidths), 0.5),
      critics: named("critics", criticNumbers, 0.5),
      targetCritics: named("target", criticNumbers, 0.5),
      logTemperature: named("temperature", 1, 0.3),
    };
    const values = {
      seen: named("seen", rows * observed),
      next: named("next", rows * observed),
      kept: named("kept", rows * judgedWidth(changeSeen)).map((x) => Math.fround(Math.tanh(x))),
      reward: named("reward", rows),
      discount: Array.from({ length: rows }, (_, row) => (row % 4 === 0 ? 0 : Math.fround(0.9))),
      noise: named("noise", rows * 2 * dimensions),
    };
    const samples = Array.from({ length: rows }, (_, row): Row => {
      const part = (of: readonly number[]): readonly number[] => {
        const width = of.length / rows;
        return of.slice(row * width, (row + 1) * width);
      };
      const { seen, next, kept, noise } = values;
      return {
        seen: part(seen),
        next: part(next),
        ...actionsIn(part(kept)),
        noise: part(noise),
        reward: values.reward[row],
        discount: values.discount[row],
      };
    });
    const policy = policyNetwork(shape, 2 * dimensions, network);
    const critics = twinCritics(shape, judgedWidth(changeSeen), 1, network);
    const targetEntropy = -1.5;
    const found = await graphOf(
      (nodes, flat) => sacLosses(policy, critics, nodes, flat, targetEntropy),
      rows,
      values,
      parameters,
    );
    const expected = plain(samples, parameters, targetEntropy);
    for (const [name, loss] of [
      ["criticLoss", expected.criticLoss(parameters.critics)],
      ["policyLoss", expected.policyLoss(parameters.policy)],
      ["temperatureLoss", expected.temperatureLoss(parameters.logTemperature)],
    ] as const) {
      expect(Math.abs(found[name][0] - loss), name).toBeLessThan(1e-5 * Math.max(1, Math.abs(loss)));
    }
    const gradient = [...found["byPolicy"], ...found["byCritics"], ...found["byTemperature"]];
    const direct = plainGradient(expected, parameters);
    expect(gradient).toHaveLength(direct.length);
    const size = Math.max(...direct.map(Math.abs));
    expect(size).toBeGreaterThan(0.1);
    gradient.forEach((value, at) => {
      expect(Math.abs(value - direct[at]), `slope ${at}`).toBeLessThan(1e-5 * Math.max(1, size));
    });
  },
);

/** An action as it is remembered: itself, then the one before it where critics see the change. */
function actionsIn(kept: readonly number[]): Pick<Row, "kept" | "before"> {
  const before = kept.slice(dimensions);
  return { kept: kept.slice(0, dimensions), before: before.length > 0 ? before : undefined };
}

const config: SacConfig = {
  ...sacDefaults,
  rolloutSteps: 2,
  updatesPerTransition: 0.4,
  learningStarts: 8,
  minibatchSize: 6,
  capacity: 100,
  learningRate: 0.05,
  finalLearningRate: 0.01,
  totalTransitions: 48,
  gamma: 0.9,
  targetRate: 0.2,
  initialTemperature: 0.7,
  targetEntropy: -0.75,
  rewardScale: 0.5,
  network,
};

const [low, high] = [
  [-2, 1],
  [4, 3],
];

/** Two lanes without chance: lane 0 terminates at its third step, lane 1 is truncated at its second. */
function recordingEnv(changeSeen: boolean): { env: VectorEnv; rows: Omit<Row, "noise">[] } {
  const none = Array.from({ length: dimensions }, () => 0);
  const before = [none, none];
  const rows: Omit<Row, "noise">[] = [];
  const steps = [0, 0];
  const last = [0, 0];
  const observe = (lane: number): number[] =>
    [Math.sin(steps[lane] + lane), last[lane], lane].map((value) => Math.fround(value));
  const env: VectorEnv = {
    lanes: 2,
    observationSpace: { kind: "vector", size: observed },
    actionSpace: { kind: "box", low, high },
    reset: (_, into) => into.observations.set([...observe(0), ...observe(1)]),
    step(actions, into) {
      for (const lane of [0, 1]) {
        const seen = observe(lane);
        const action = [...actions.subarray(lane * dimensions, (lane + 1) * dimensions)];
        const kept = action.map((value, n) => (2 * (value - low[n])) / (high[n] - low[n]) - 1);
        const reward = Math.fround(action[0] - action[1] ** 2);
        steps[lane]++;
        last[lane] = kept[0];
        const terminated = lane === 0 && steps[lane] === 3;
        const truncated = lane === 1 && steps[lane] === 2;
        const next = observe(lane);
        const discount = terminated ? 0 : Math.fround(0.9);
        rows.push({ seen, kept, before: changeSeen ? before[lane] : undefined, reward: reward * 0.5, discount, next });
        before[lane] = terminated || truncated ? none : kept;
        into.rewards[lane] = reward;
        into.terminated[lane] = terminated ? 1 : 0;
        into.truncated[lane] = truncated ? 1 : 0;
        if (terminated || truncated) {
          into.finalObservations.set(next, lane * observed);
          [steps[lane], last[lane]] = [0, 0];
        }
        into.observations.set(observe(lane), lane * observed);
      }
    },
    snapshot: () => ({}),
    restore: () => undefined,
  };
  return { env, rows };
}

test.each([false, true])(
  "remembers what was played, and equals its own updates written again in plain numbers (change seen: %s)",
  async (changeSeen) => {
    const { env, rows } = recordingEnv(changeSeen);
    const learner = await createSac(env, { ...config, changeSeen }, 3);
    const judged = judgedWidth(changeSeen);
    const width = observed + judged + 2 + observed;
    const begun = learner.snapshot();
    const zeros = [...begun["parameters"]].map(() => 0);
    const state = { parameters: [...begun["parameters"]], first: [...zeros], second: [...zeros], steps: 0 };
    const policyCount = parametersOf(policyWidths);
    let targetCritics = [...begun["targetCritics"]];
    expect(targetCritics).toEqual(state.parameters.slice(policyCount, -1));
    expect(state.parameters.at(-1)).toBeCloseTo(Math.log(0.7), 6);
    const dealt: number[] = [];
    for (let iteration = 0; iteration < 5; iteration++) {
      const before = learner.snapshot();
      const metrics = await learner.iterate();
      const after = learner.snapshot();
      const known = [...after["replay.rows"]];
      expect(known).toHaveLength(rows.length * width);
      rows.forEach(({ seen, kept, before: last = [], reward, discount, next }, row) => {
        const direct = [...seen, ...kept, ...last, reward, discount, ...next];
        direct.forEach((value, at) => expect(known[row * width + at]).toBeCloseTo(value, 5));
      });
      dealt.push(metrics["updates"]);
      if (metrics["updates"] === 0) continue;
      const acted = iteration < 2 ? 0 : 2 * 2 * dimensions;
      const rng = diceAfter(before, (dice) => {
        for (let n = 0; n < acted; n++) dice.normal();
        for (let n = 0; n < (iteration < 2 ? 2 * 2 * dimensions : 0); n++) dice.uniform();
      });
      const drawn = drawnRows(after, width, metrics["updates"] * config.minibatchSize, rng);
      const progress = (4 * (iteration + 1)) / 48;
      for (let update = 0; update < metrics["updates"]; update++) {
        const batch = drawn.slice(update * config.minibatchSize, (update + 1) * config.minibatchSize);
        const samples = batch.map((row): Row => ({
          seen: row.slice(0, observed),
          ...actionsIn(row.slice(observed, observed + judged)),
          reward: row[observed + judged],
          discount: row[observed + judged + 1],
          next: row.slice(observed + judged + 2),
          noise: Array.from({ length: 2 * dimensions }, () => Math.fround(rng.normal())),
        }));
        const parameters = {
          policy: state.parameters.slice(0, policyCount),
          critics: state.parameters.slice(policyCount, -1),
          logTemperature: state.parameters.slice(-1),
          targetCritics,
        };
        const gradient = plainGradient(plain(samples, parameters, 2 * config.targetEntropy), parameters);
        adamStep(state, gradient, 0.05 + progress * (0.01 - 0.05));
        targetCritics = targetCritics.map((value, at) => value + 0.2 * (state.parameters[policyCount + at] - value));
      }
      after["parameters"].forEach((value, at) =>
        expect(Math.abs(value - state.parameters[at]), `parameter ${at} after ${iteration}`).toBeLessThan(2e-4),
      );
      after["targetCritics"].forEach((value, at) => expect(Math.abs(value - targetCritics[at])).toBeLessThan(2e-4));
      expect([...learner.parameters()]).toEqual(Array.from(after["parameters"].slice(0, policyCount)));
    }
    // 1.6 updates are due in each of the last four iterations: the fraction waits.
    expect(dealt).toEqual([0, 1, 2, 1, 2]);
    await learner.dispose();
  },
);
