/**
 * @file Deep Q-learning (Mnih et al., 2015, https://www.nature.com/articles/nature14236): double, dueling, over n steps, with
 * prioritised replay. Collect, remember, update. Reads from top to bottom.
 */
import { createRng, restoreRng } from "#base/rng.ts";
import type { Rng } from "#base/rng.ts";
import { invariant } from "#base/invariant.ts";
import type { Snapshot, VectorEnv } from "#env/env.ts";
import { logitWidth, observationWidth } from "#env/space.ts";
import { named, part } from "#env/snapshot.ts";
import { actionBuffer } from "#env/vector.ts";
import type { QNetwork } from "#policy/network.ts";
import { qNetwork } from "#policy/network.ts";
import { seen, seenShape } from "#policy/seen.ts";
import { gradients } from "#tensor/gradient.ts";
import { input } from "#tensor/graph.ts";
import { compileLoop } from "#tensor/onnx/loop.ts";
import type { Program } from "#tensor/onnx/session.ts";
import { compile } from "#tensor/onnx/session.ts";
import { add, mul, sub } from "#tensor/ops/elementwise.ts";
import { split } from "#tensor/ops/movement.ts";
import { adam, clipByGlobalNorm } from "#tensor/optimizer.ts";
import type { IterationMetrics, Learner } from "./agent.ts";
import { average, meansOf, taken } from "./agent.ts";
import { epsilonGreedy } from "./epsilon-greedy.ts";
import type { TransitionRow } from "./n-step.ts";
import { createNStep, transitionRow } from "./n-step.ts";
import type { LearnerConfig } from "./learner-config.ts";
import { createPlay } from "./play.ts";
import { createPrioritisedReplay } from "./prioritised-replay.ts";
import { qLoss } from "./q-loss.ts";
import { createReplay } from "./replay.ts";
import { scheduled } from "./schedule.ts";

export interface DqnConfig extends LearnerConfig {
  /** Steps of each lane between two update phases. */
  readonly rolloutSteps: number;
  /** Gradient steps of an update phase. */
  readonly updates: number;
  /** Transitions of one gradient step. */
  readonly minibatchSize: number;
  /** Transitions that are remembered. */
  readonly capacity: number;
  /** Transitions that are remembered before anything is learned. */
  readonly learningStarts: number;
  /** Steps whose rewards are summed before a value is trusted; 1 is one-step learning. */
  readonly nSteps: number;
  /** Chance of exploring at the start; falls linearly to `finalEpsilon` over this share of `totalTransitions`. */
  readonly epsilon: number;
  readonly finalEpsilon: number;
  readonly explorationFraction: number;
  /** The online network chooses the next action, the target network values it (van Hasselt et al., 2016). */
  readonly double: boolean;
  /** Value and advantages as streams of their own (Wang et al., 2016). */
  readonly dueling: boolean;
  /** α of prioritised replay; 0 draws evenly. */
  readonly priorityExponent: number;
  /** β of its importance weights at the start; rises linearly to 1 at `totalTransitions`. */
  readonly importanceExponent: number;
  /** Every `targetEvery` gradient steps the target network goes `targetRate` of the way: 1 and 0.005 is soft, 1000 and 1 is hard. */
  readonly targetEvery: number;
  readonly targetRate: number;
  /** |δ| from which on the loss grows linearly. */
  readonly huberThreshold: number;
  /** Largest norm of a gradient over all parameters. */
  readonly maxGradientNorm: number;
  /** What rewards are multiplied by before learning, so that values are of order 1. Metrics of episodes are in raw rewards. */
  readonly rewardScale: number;
}

/** Usual settings for small problems (Mnih et al., 2015, with the parts of Hessel et al., 2018, that are here). */
export const dqnDefaults: DqnConfig = {
  rolloutSteps: 16,
  updates: 16,
  minibatchSize: 64,
  capacity: 100_000,
  learningStarts: 1000,
  learningRate: 5e-4,
  finalLearningRate: 0,
  totalTransitions: 100_000,
  gamma: 0.99,
  nSteps: 1,
  epsilon: 1,
  finalEpsilon: 0.05,
  explorationFraction: 0.2,
  double: true,
  dueling: true,
  priorityExponent: 0,
  importanceExponent: 0.4,
  targetEvery: 1,
  targetRate: 0.005,
  huberThreshold: 1,
  maxGradientNorm: 10,
  rewardScale: 1,
  network: { body: "mlp", hidden: [64, 64], activation: "relu" },
  threads: 1,
};

const optimizer = adam();

/** A DQN learner that lives in `env` (discrete actions, one or several heads, masked or not). */
export async function createDqn(env: VectorEnv, config: DqnConfig, seed: number): Promise<Learner> {
  const { lanes, observationSpace, actionSpace } = env;
  invariant(actionSpace.kind === "discrete", "DQN learns discrete actions", { found: actionSpace.kind });
  invariant(
    config.learningStarts > 0 && config.learningStarts <= config.capacity,
    "the replay has room for the transitions that learning starts with",
    { learningStarts: config.learningStarts, capacity: config.capacity },
  );
  const { sizes } = actionSpace;
  const logits = logitWidth(actionSpace);
  const network = qNetwork(seenShape(observationSpace), sizes, config.network, config);
  const row = transitionRow(observationWidth(observationSpace), sizes.length, env.masked === true ? logits : 0);
  const programs = await compilePrograms(env, network, row, sizes, config);
  const tableFeed = observationSpace.kind === "windowed" ? { table: observationSpace.table.values } : {};

  let parameters = network.initialise(createRng(seed, "parameters"));
  let target = parameters.slice();
  let first = new Float32Array(network.parameters);
  let second = new Float32Array(network.parameters);
  let updates = 0;
  let transitions = 0;
  let rng: Rng = createRng(seed, "actions and minibatches");

  const play = createPlay(env, createRng(seed, "env"));
  const { buffers } = play;
  const actions = actionBuffer(lanes, actionSpace) as Int32Array;
  const windows = createNStep(row, { ...config, lanes, steps: config.nSteps });
  const prioritised =
    config.priorityExponent > 0
      ? createPrioritisedReplay(config.capacity, row.width, config.priorityExponent)
      : undefined;
  const replay = prioritised ?? createReplay(config.capacity, row.width);
  const batches = new Float32Array(config.updates * config.minibatchSize * row.width);
  const weights = new Float32Array(config.updates * config.minibatchSize).fill(1);

  const progress = (): number => transitions / config.totalTransitions;
  const epsilon = (): number =>
    scheduled("linear", config.epsilon, config.finalEpsilon, progress() / config.explorationFraction);

  /** Plays `rolloutSteps` steps in every lane, exploring now and then, and remembers them. */
  async function collect(): Promise<void> {
    // What the policy is unsure of, values do not tell.
    env.policyEntropy?.fill(Number.NaN);
    for (let step = 0; step < config.rolloutSteps; step++) {
      const { observations } = buffers;
      const values = (await programs.act.run({ parameters, observations, ...tableFeed }))["values"] as Float32Array;
      const chance = epsilon();
      for (let lane = 0; lane < lanes; lane++) {
        epsilonGreedy(values, buffers.legal, lane * logits, sizes, chance, rng, actions, lane * sizes.length);
      }
      windows.begin(observations, actions);
      play.step(actions);
      windows.end(buffers, (done) => replay.add(done));
      transitions += lanes;
    }
  }

  /** Draws all minibatches of a phase, learns from them in one call, and says how it went. */
  async function learn(learningRate: number, importance: number): Promise<IterationMetrics> {
    replay.sample(rng, batches);
    prioritised?.weigh(importance, config.minibatchSize, weights);
    const steps = config.updates;
    const after = await programs.update.run({
      iterations: Int32Array.of(steps),
      batch: batches,
      weight: weights,
      targetRate: Float32Array.from({ length: steps }, (_, n) =>
        (updates + n + 1) % config.targetEvery === 0 ? config.targetRate : 0,
      ),
      ...optimizer.rates(new Float32Array(steps).fill(learningRate), updates),
      parameters,
      target,
      first,
      second,
      ...tableFeed,
    });
    const { loss, meanQ, gradientNorm, tdError, ...next } = after as Record<string, Float32Array>;
    const means = meansOf({ loss, meanQ, tdError, gradientNorm }, steps, updates, transitions);
    parameters = taken("parameters", next["parameters.last"], transitions);
    target = Float32Array.from(next["target.last"]);
    first = Float32Array.from(next["first.last"]);
    second = Float32Array.from(next["second.last"]);
    updates += steps;
    prioritised?.learned(tdError);
    return {
      ...means,
      tdError: average(tdError.map(Math.abs)),
      learningRate,
      ...(prioritised ? { importance } : {}),
      updates: steps,
    };
  }

  return {
    actor: network.actor,
    get transitions() {
      return transitions;
    },

    async iterate(): Promise<IterationMetrics> {
      const learningRate = scheduled("linear", config.learningRate, config.finalLearningRate, progress());
      const importance = scheduled("linear", config.importanceExponent, 1, progress());
      await collect();
      const learned = replay.size >= config.learningStarts ? await learn(learningRate, importance) : { updates: 0 };
      return { ...play.takeEpisodes(), ...learned, epsilon: epsilon(), remembered: replay.size };
    },

    parameters: () => parameters.slice(),

    adopt(start) {
      invariant(transitions === 0, "other parameters are adopted before anything is learned", { transitions });
      parameters = start.slice();
      target = start.slice();
    },

    snapshot(): Snapshot {
      return {
        parameters: parameters.slice(),
        target: target.slice(),
        first: first.slice(),
        second: second.slice(),
        counts: Float64Array.of(transitions, updates),
        rng: rng.state(),
        ...named("play", play.snapshot()),
        ...named("windows", windows.snapshot()),
        ...named("replay", replay.snapshot()),
      };
    },

    restore(snapshot) {
      parameters = Float32Array.from(snapshot["parameters"]);
      target = Float32Array.from(snapshot["target"]);
      first = Float32Array.from(snapshot["first"]);
      second = Float32Array.from(snapshot["second"]);
      [transitions, updates] = snapshot["counts"];
      rng = restoreRng(Uint32Array.from(snapshot["rng"]));
      play.restore(part("play", snapshot));
      windows.restore(part("windows", snapshot));
      replay.restore(part("replay", snapshot));
    },

    async dispose() {
      for (const program of Object.values(programs)) await program.dispose();
    },
  };
}

/** The two graphs: one that values the actions of all lanes, one that learns from all minibatches of a phase. */
async function compilePrograms(
  env: VectorEnv,
  network: QNetwork,
  row: TransitionRow,
  sizes: readonly number[],
  config: DqnConfig,
): Promise<{ readonly act: Program; readonly update: Program }> {
  const space = env.observationSpace;
  const table = space.kind === "windowed" ? input("table", [space.table.rows, space.table.columns]) : undefined;
  const [parameters, target, first, second] = ["parameters", "target", "first", "second"].map((name) =>
    input(name, [network.parameters]),
  );
  const rates = { rate: input("rate", []), epsilon: input("epsilon", []) };
  const options = { threads: config.threads, device: config.device ?? "cpu" };

  const observations = input("observations", [env.lanes, observationWidth(space)]);
  const values = network.forward(parameters, seen(space, observations, table));

  const batch = input("batch", [config.minibatchSize, row.width]);
  const weight = input("weight", [config.minibatchSize, 1]);
  const [now, action, reward, beyond, next, legal] = split(batch, row.sizes, 1);
  const afterwards = seen(space, next, table);
  const targetValues = network.forward(target, afterwards);
  const { loss, meanQ, tdError } = qLoss(
    {
      values: network.forward(parameters, seen(space, now, table)),
      action,
      reward,
      beyond,
      weight,
      // Without double learning the network that values the next action also chooses it.
      choosing: config.double ? network.forward(parameters, afterwards) : targetValues,
      valuing: targetValues,
      legal,
    },
    sizes,
    config.huberThreshold,
  );
  const [gradient] = gradients(loss, [parameters]);
  const clipped = clipByGlobalNorm(gradient, config.maxGradientNorm);
  const stepped = optimizer.update({ parameters, first, second }, clipped.gradient, rates);
  // At a rate of 1 this is the new network to the bit, at 0 the old target.
  const targetRate = input("targetRate", []);
  const nextTarget = add(mul(target, sub(1, targetRate)), mul(stepped.parameters, targetRate));

  return {
    act: await compile({ values }, options),
    update: await compileLoop(
      {
        invariants: table ? [table] : [],
        perIteration: [batch, weight, targetRate, rates.rate, rates.epsilon],
        carried: [
          { state: parameters, next: stepped.parameters },
          { state: first, next: stepped.first },
          { state: second, next: stepped.second },
          { state: target, next: nextTarget },
        ],
        metrics: { loss, meanQ, tdError, gradientNorm: clipped.norm },
      },
      options,
    ),
  };
}
