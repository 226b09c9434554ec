/** @file Whole phases of DQN against the same updates written again in plain numbers, with gradients by finite differences. */
import { describe, expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import type { Rng } from "#base/rng.ts";
import type { VectorEnv } from "#env/env.ts";
import { qNetwork } from "#policy/network.ts";
import { gradients } from "#tensor/gradient.ts";
import { input } from "#tensor/graph.ts";
import { compile } from "#tensor/onnx/session.ts";
import type { DqnConfig } from "./dqn.ts";
import { createDqn, dqnDefaults } from "./dqn.ts";
import { qLoss } from "./q-loss.ts";

const lanes = 3;
const hidden = 3;

const base: DqnConfig = {
  ...dqnDefaults,
  rolloutSteps: 6,
  updates: 4,
  minibatchSize: 8,
  capacity: 25, // less than is played, so that old rows are forgotten
  learningStarts: 5,
  learningRate: 0.02,
  totalTransitions: 3 * 18,
  gamma: 0.9,
  epsilon: 1, // always explores, so that the dice are thrown equally often in each step
  finalEpsilon: 1,
  importanceExponent: 0.4,
  huberThreshold: 0.3, // some errors lie within, some beyond
  maxGradientNorm: 0.1, // some gradients are clipped
  rewardScale: 0.5,
  network: { body: "mlp", hidden: [hidden], activation: "tanh" },
};

interface Variant {
  readonly sizes: readonly number[];
  readonly config: DqnConfig;
}

const variants: Readonly<Record<string, Variant>> = {
  "plain, with a hard target": {
    sizes: [3],
    config: { ...base, double: false, dueling: false, targetEvery: 3, targetRate: 1 },
  },
  "double, dueling and prioritised over three steps, with two unlike heads and a soft target": {
    sizes: [2, 3],
    config: { ...base, nSteps: 3, priorityExponent: 0.6, targetRate: 0.1 },
  },
  "double and dueling, with two heads alike": { sizes: [2, 2], config: { ...base, nSteps: 2, targetRate: 0.1 } },
};

interface Transition {
  readonly lane: number;
  readonly observation: number[];
  readonly action: number[];
  readonly reward: number;
  readonly terminated: boolean;
  readonly truncated: boolean;
  /** What the step led to, and what may be done there; of an episode that ended, its last state. */
  readonly next: number[];
  readonly nextLegal: number[];
}

/** A made-up world without chance, with masks, terminations (lane 0) and truncations (lane 1), that notes what happens. */
function recordingEnv(sizes: readonly number[]): { env: VectorEnv; transitions: Transition[] } {
  const transitions: Transition[] = [];
  const steps = new Int32Array(lanes);
  const last = new Float64Array(lanes);
  const logits = sizes.reduce((sum, size) => sum + size, 0);
  const observe = (lane: number): number[] => [Math.fround(Math.sin(steps[lane] + lane)), Math.fround(last[lane])];
  /** The last action of each head is forbidden in every other step, and in a last state the first one is. */
  const legalOf = (lane: number, final = false): number[] =>
    sizes.flatMap((size) =>
      Array.from({ length: size }, (_, at) => ((final ? at > 0 : at < size - 1 || steps[lane] % 2 === 0) ? 1 : 0)),
    );
  const env: VectorEnv = {
    lanes,
    masked: true,
    observationSpace: { kind: "vector", size: 2 },
    actionSpace: { kind: "discrete", sizes },
    reset: (_, into) => {
      for (let lane = 0; lane < lanes; lane++) {
        into.observations.set(observe(lane), lane * 2);
        into.legal.set(legalOf(lane), lane * logits);
      }
    },
    step(actions, into) {
      for (let lane = 0; lane < lanes; lane++) {
        const observation = observe(lane);
        const action = [...actions.subarray(lane * sizes.length, (lane + 1) * sizes.length)];
        const reward = Math.fround(action.reduce((sum, chosen, head) => sum + (chosen - 0.6) * (1 + head), 0));
        steps[lane]++;
        last[lane] = action[0] - 0.5 * steps[lane];
        const terminated = lane === 0 && steps[lane] === 3;
        const truncated = lane === 1 && steps[lane] === 4;
        const ended = terminated || truncated;
        const next = observe(lane);
        const nextLegal = legalOf(lane, ended);
        transitions.push({ lane, observation, action, reward, terminated, truncated, next, nextLegal });
        into.rewards[lane] = reward;
        into.terminated[lane] = terminated ? 1 : 0;
        into.truncated[lane] = truncated ? 1 : 0;
        if (ended) {
          into.finalObservations.set(next, lane * 2);
          into.finalLegal.set(nextLegal, lane * logits);
          steps[lane] = 0;
        }
        into.observations.set(observe(lane), lane * 2);
        into.legal.set(legalOf(lane), lane * logits);
      }
    },
    snapshot: () => ({}),
    restore: () => undefined,
  };
  return { env, transitions };
}

interface Row {
  readonly observation: readonly number[];
  readonly action: readonly number[];
  readonly paid: number;
  readonly beyond: number;
  readonly next: readonly number[];
  readonly nextLegal: readonly number[];
}

/** What is remembered, in the order in which it is: step by step, of each step lane by lane, of each lane the oldest first. */
function remembered(transitions: readonly Transition[], { nSteps, gamma, rewardScale }: DqnConfig): Row[] {
  const byLane = Array.from({ length: lanes }, (_, lane) => transitions.filter((each) => each.lane === lane));
  return byLane
    .flatMap((own, lane) =>
      own.flatMap((from, t) => {
        const until = own.slice(t, t + nSteps).findIndex(({ terminated, truncated }) => terminated || truncated);
        const last = t + (until === -1 ? nSteps : until + 1) - 1;
        if (last >= own.length) return [];
        const { next, nextLegal, terminated } = own[last];
        const paid = own.slice(t, last + 1).reduce((sum, { reward }, k) => sum + gamma ** k * reward * rewardScale, 0);
        const beyond = terminated ? 0 : gamma ** (last - t + 1);
        return [{ ...from, paid, beyond, next, nextLegal, order: (last * lanes + lane) * 100 + t }];
      }),
    )
    .toSorted((one, other) => one.order - other.order);
}

/** Action values of one observation, one list for each head; parameters in the order in which the layers were added. */
function forward(
  parameters: ArrayLike<number>,
  observation: readonly number[],
  { sizes, config }: Variant,
): readonly (readonly number[])[] {
  let at = 0;
  const layer = (x: readonly number[], outputs: number): number[] => {
    const weight = at;
    const bias = weight + x.length * outputs;
    at = bias + outputs;
    return Array.from({ length: outputs }, (_, out) =>
      x.reduce((sum, value, row) => sum + value * parameters[weight + row * outputs + out], parameters[bias + out]),
    );
  };
  const relu = (x: readonly number[]): number[] => x.map((value) => Math.max(value, 0));
  const logits = sizes.reduce((sum, size) => sum + size, 0);
  const body = layer(observation, hidden).map(Math.tanh);
  const value = config.dueling ? layer(relu(layer(body, hidden)), 1)[0] : 0;
  const all = config.dueling ? layer(relu(layer(body, hidden)), logits) : layer(body, logits);
  expect(at, "every parameter is used").toBe(parameters.length);
  let from = 0;
  return sizes.map((size) => {
    const own = all.slice(from, (from += size));
    const mean = config.dueling ? meanOf(own) : 0;
    return own.map((each) => each - mean + value / sizes.length);
  });
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function joint(parameters: ArrayLike<number>, { observation, action }: Row, variant: Variant): number {
  return forward(parameters, observation, variant).reduce((sum, head, at) => sum + head[action[at]], 0);
}

/** R + γᵐ·Q′(s′, the best legal action there). */
function targetOf(row: Row, parameters: ArrayLike<number>, target: ArrayLike<number>, variant: Variant): number {
  const valuing = forward(target, row.next, variant);
  const choosing = variant.config.double ? forward(parameters, row.next, variant) : valuing;
  let from = 0;
  const best = choosing.map((head, at) => {
    const legal = row.nextLegal.slice(from, (from += head.length));
    const allowed = head.map((value, action) => (legal[action] === 1 ? value : -Infinity));
    return valuing[at][allowed.indexOf(Math.max(...allowed))];
  });
  return row.paid + row.beyond * best.reduce((sum, value) => sum + value, 0);
}

interface Judged {
  readonly loss: number;
  readonly errors: number[];
  readonly gradient: number[];
}

/** E[w · huber(target − Q)] and its slope, the target standing still. */
function judged(
  rows: readonly Row[],
  weights: readonly number[],
  parameters: readonly number[],
  target: readonly number[],
  variant: Variant,
): Judged {
  const { huberThreshold } = variant.config;
  const targets = rows.map((row) => targetOf(row, parameters, target, variant));
  const errorsOf = (at: readonly number[]): number[] => rows.map((row, n) => targets[n] - joint(at, row, variant));
  const lossOf = (at: readonly number[]): number =>
    meanOf(
      errorsOf(at).map((error, n) => {
        const size = Math.abs(error);
        const huber = size <= huberThreshold ? (size * size) / 2 : huberThreshold * (size - huberThreshold / 2);
        return weights[n] * huber;
      }),
    );
  const gradient = parameters.map((value, at) => {
    const moved = (by: number): number => lossOf(parameters.with(at, value + by));
    return (moved(1e-6) - moved(-1e-6)) / 2e-6;
  });
  return { loss: lossOf(parameters), errors: errorsOf(parameters), gradient };
}

describe.each(Object.entries(variants))("%s", (_, variant) => {
  const { sizes, config } = variant;
  const logits = sizes.reduce((sum, size) => sum + size, 0);

  test("the loss and its gradient equal the reference on random batches", async () => {
    const network = qNetwork({ lookback: 0, columns: 0, own: 2 }, sizes, config.network, config);
    const batch = 16;
    const [parameters, target] = ["parameters", "target"].map((name) => input(name, [network.parameters]));
    const at = (name: string, width: number) => input(name, [batch, width]);
    const next = at("next", 2);
    const valuing = network.forward(target, { own: next });
    const loss = qLoss(
      {
        values: network.forward(parameters, { own: at("now", 2) }),
        action: at("action", sizes.length),
        reward: at("reward", 1),
        beyond: at("beyond", 1),
        weight: at("weight", 1),
        choosing: config.double ? network.forward(parameters, { own: next }) : valuing,
        valuing,
        legal: at("legal", logits),
      },
      sizes,
      config.huberThreshold,
    );
    const [gradient] = gradients(loss.loss, [parameters]);
    const program = await compile({ ...loss, gradient });
    for (const seed of [1, 2, 3]) {
      const rng = createRng(seed, "batch");
      const near = (values: Float32Array): Float32Array => values.map((value) => value + 0.3 * rng.normal());
      const [own, old] = [1, 2].map((n) => near(network.initialise(createRng(seed, `parameters ${n}`))));
      const normal = (): number => Math.fround(rng.normal());
      const rows = Array.from({ length: batch }, (): Row => ({
        observation: [normal(), normal()],
        action: sizes.map((size) => rng.integer(size)),
        paid: normal(),
        beyond: Math.fround(rng.integer(2) * 0.81),
        next: [normal(), normal()],
        nextLegal: sizes.flatMap((size) => {
          const sure = rng.integer(size);
          return Array.from({ length: size }, (__, action) => (action === sure ? 1 : rng.integer(2)));
        }),
      }));
      const weights = rows.map(() => Math.fround(rng.uniform()));
      const floats = (of: (row: Row) => readonly number[]): Float32Array => Float32Array.from(rows.flatMap(of));
      const found = (await program.run({
        parameters: own,
        target: old,
        now: floats(({ observation }) => observation),
        next: floats(({ next }) => next),
        action: floats(({ action }) => action),
        reward: floats(({ paid }) => [paid]),
        beyond: floats(({ beyond }) => [beyond]),
        weight: Float32Array.from(weights),
        legal: floats(({ nextLegal }) => nextLegal),
      })) as Record<string, Float32Array>;
      const expected = judged(rows, weights, [...own], [...old], variant);
      expect(Math.abs(found["loss"][0] - expected.loss)).toBeLessThan(1e-5);
      expect(found["meanQ"][0]).toBeCloseTo(meanOf(rows.map((row) => joint(own, row, variant))), 5);
      expected.errors.forEach((error, n) => expect(Math.abs(found["tdError"][n] - error)).toBeLessThan(1e-5));
      expected.gradient.forEach((slope, n) => {
        expect(Math.abs(found["gradient"][n] - slope), `slope ${n}`).toBeLessThan(1e-5);
      });
      expect(Math.hypot(...expected.gradient)).toBeGreaterThan(0.01);
      const within = expected.errors.filter((error) => Math.abs(error) < config.huberThreshold).length;
      expect(within, "errors on both sides of the threshold").toBeGreaterThan(0);
      expect(within).toBeLessThan(batch);
    }
    await program.dispose();
  });

  test("three phases equal the same written again in plain numbers", async () => {
    const { env, transitions } = recordingEnv(sizes);
    const seed = 4;
    const learner = await createDqn(env, config, seed);
    const rng = createRng(seed, "actions and minibatches");
    const parameters = [...learner.parameters()];
    const zeros = parameters.map(() => 0);
    const state: State = { parameters, target: [...parameters], first: [...zeros], second: [...zeros], updates: 0 };
    const priorities: number[] = [];
    const clipped: boolean[] = [];
    for (const progress of [0, 1 / 3, 2 / 3]) {
      const metrics = await learner.iterate();
      // Exploring heads throw two dice.
      for (let n = 0; n < 2 * sizes.length * lanes * config.rolloutSteps; n++) rng.uniform();
      const rows = remembered(transitions, config);
      const expected = phase(rows, priorities, rng, state, progress, variant);
      expect(metrics["remembered"]).toBe(Math.min(rows.length, config.capacity));
      for (const [name, value] of Object.entries(expected)) expect(metrics[name], name).toBeCloseTo(value, 4);
      learner.parameters().forEach((value, at) => {
        expect(Math.abs(value - state.parameters[at]), `parameter ${at}`).toBeLessThan(2e-3 * config.learningRate);
      });
      const target = learner.snapshot()["target"];
      state.target.forEach((value, at) => expect(target[at]).toBeCloseTo(value, 4));
      clipped.push(expected.gradientNorm > config.maxGradientNorm);
    }
    expect(clipped).toContain(true);
    expect(rowsForgotten(transitions, config)).toBeGreaterThan(0);
    await learner.dispose();
  });
});

const rowsForgotten = (transitions: readonly Transition[], config: DqnConfig): number =>
  remembered(transitions, config).length - config.capacity;

interface State {
  parameters: number[];
  target: number[];
  first: number[];
  second: number[];
  updates: number;
}

/** One phase: draws, importance weights, gradient steps by Adam (Kingma and Ba, 2015, Algorithm 1), targets, new priorities. */
function phase(
  all: readonly Row[],
  priorities: number[],
  rng: Rng,
  state: State,
  progress: number,
  variant: Variant,
): Record<"loss" | "meanQ" | "tdError" | "gradientNorm" | "learningRate", number> {
  const { config } = variant;
  const { minibatchSize, updates, priorityExponent, capacity } = config;
  const oldest = Math.max(0, all.length - capacity);
  const size = all.length - oldest;
  while (priorities.length < all.length) priorities.push(Math.max(1, ...priorities));
  /** Rows stand in a ring; a place is found by its weight, or evenly. */
  const places = Array.from({ length: size }, (_, place) => {
    const rounds = Math.floor((all.length - 1 - place) / capacity);
    return place + rounds * capacity;
  });
  const total = places.reduce((sum, row) => sum + priorities[row], 0);
  const draw = (): number => {
    if (priorityExponent === 0) return places[rng.integer(size)];
    let left = rng.uniform() * total;
    return places.find((row) => (left -= priorities[row]) < 0)!;
  };
  const drawn = Array.from({ length: updates * minibatchSize }, draw);
  const beta = config.importanceExponent + progress * (1 - config.importanceExponent);
  const rate = config.learningRate * (1 - progress);
  const steps: { loss: number; meanQ: number; tdError: number; gradientNorm: number }[] = [];
  const errors: number[] = [];
  for (let n = 0; n < updates; n++) {
    const own = drawn.slice(n * minibatchSize, (n + 1) * minibatchSize);
    const raw = own.map((row) => (priorityExponent === 0 ? 1 : ((size * priorities[row]) / total) ** -beta));
    const weights = raw.map((weight) => weight / Math.max(...raw));
    const rows = own.map((row) => all[row]);
    const found = judged(rows, weights, state.parameters, state.target, variant);
    const norm = Math.hypot(...found.gradient);
    steps.push({
      loss: found.loss,
      meanQ: meanOf(rows.map((row) => joint(state.parameters, row, variant))),
      tdError: meanOf(found.errors.map(Math.abs)),
      gradientNorm: norm,
    });
    errors.push(...found.errors);
    adamStep(
      state,
      found.gradient.map((slope) => slope * Math.min(1, config.maxGradientNorm / norm)),
      rate,
    );
    if (state.updates % config.targetEvery === 0) {
      const goes = config.targetRate;
      state.target = state.target.map((value, at) => (1 - goes) * value + goes * state.parameters[at]);
    }
  }
  if (priorityExponent > 0)
    drawn.forEach((row, n) => (priorities[row] = (Math.abs(errors[n]) + 1e-3) ** priorityExponent));
  const mean = (of: keyof (typeof steps)[number]): number => meanOf(steps.map((step) => step[of]));
  return {
    loss: mean("loss"),
    meanQ: mean("meanQ"),
    tdError: mean("tdError"),
    gradientNorm: mean("gradientNorm"),
    learningRate: rate,
  };
}

function adamStep(state: State, gradient: readonly number[], rate: number): void {
  state.updates++;
  gradient.forEach((slope, at) => {
    state.first[at] = 0.9 * state.first[at] + 0.1 * slope;
    state.second[at] = 0.999 * state.second[at] + 0.001 * slope * slope;
    const mean = state.first[at] / (1 - 0.9 ** state.updates);
    const spread = Math.sqrt(state.second[at] / (1 - 0.999 ** state.updates));
    state.parameters[at] -= (rate * mean) / (spread + 1e-8);
  });
}
