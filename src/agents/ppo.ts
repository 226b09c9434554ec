/**
 * @file Proximal policy optimisation with a clipped objective (Schulman et al., 2017, https://arxiv.org/abs/1707.06347):
 * collect, advantages, update. Reads from top to bottom.
 */
import { createRng, restoreRng } from "#base/rng.ts";
import type { Rng } from "#base/rng.ts";
import { invariant } from "#base/invariant.ts";
import type { Snapshot, VectorEnv } from "#env/env.ts";
import { logitWidth, observationWidth } from "#env/space.ts";
import { named, part } from "#env/snapshot.ts";
import { actionBuffer } from "#env/vector.ts";
import { chosenLogProbability, entropy, logProbabilities, normalisedEntropy, sample } from "#policy/categorical.ts";
import type { NetworkConfig } from "#policy/body.ts";
import type { ActorCritic } from "#policy/network.ts";
import { actorCritic } from "#policy/network.ts";
import { seen, seenShape } from "#policy/seen.ts";
import { gradients } from "#tensor/gradient.ts";
import type { Node } from "#tensor/graph.ts";
import { input } from "#tensor/graph.ts";
import { compileLoop } from "#tensor/onnx/loop.ts";
import type { Program } from "#tensor/onnx/session.ts";
import { compile } from "#tensor/onnx/session.ts";
import { abs, add, exp, mul, neg, square, sub } from "#tensor/ops/elementwise.ts";
import { cast, clamp, less, minimum } from "#tensor/ops/logic.ts";
import { split } from "#tensor/ops/movement.ts";
import { mean } from "#tensor/ops/reduction.ts";
import { adam, clipByGlobalNorm } from "#tensor/optimizer.ts";
import { advantages, normalise } from "./advantage.ts";
import type { Rollout } from "./advantage.ts";
import type { IterationMetrics, Learner } from "./agent.ts";
import { createPlay } from "./play.ts";

export interface PpoConfig {
  /** Steps of each lane between two updates; a rollout holds lanes × rolloutSteps transitions. */
  readonly rolloutSteps: number;
  /** Transitions of one gradient step; must divide the rollout. */
  readonly minibatchSize: number;
  /** Passes over a rollout. */
  readonly epochs: number;
  /** Adam's step size at the start; falls linearly to `finalLearningRate` at `totalTransitions`. */
  readonly learningRate: number;
  readonly finalLearningRate: number;
  readonly totalTransitions: number;
  /** Discount of a step. */
  readonly gamma: number;
  /** λ of the advantage estimate. */
  readonly gaeLambda: number;
  /** ε: how far the probability ratio may move before its gain no longer counts. */
  readonly clip: number;
  readonly entropyCoefficient: number;
  readonly valueCoefficient: number;
  /** Largest norm of a gradient over all parameters. */
  readonly maxGradientNorm: number;
  /** Updates of a rollout stop when the approximate KL divergence from the policy that collected it exceeds this; absent: never. */
  readonly targetKl?: number;
  /** What rewards are multiplied by before learning, so that values are of order 1. Metrics are in raw rewards. */
  readonly rewardScale: number;
  readonly network: NetworkConfig;
  /** Threads of the tensor run-time. Part of the configuration, never of the machine, so that results do not depend on it. */
  readonly threads: number;
}

/** Usual settings for small problems (Schulman et al., 2017, table 3, and Engstrom et al., 2020). */
export const ppoDefaults: PpoConfig = {
  rolloutSteps: 128,
  minibatchSize: 256,
  epochs: 4,
  learningRate: 3e-4,
  finalLearningRate: 0,
  totalTransitions: 100_000,
  gamma: 0.99,
  gaeLambda: 0.95,
  clip: 0.2,
  entropyCoefficient: 0,
  valueCoefficient: 0.5,
  maxGradientNorm: 0.5,
  rewardScale: 1,
  network: { body: "mlp", hidden: [64, 64], activation: "tanh" },
  threads: 1,
};

/** Adam with the ε that PPO is usually run with (Engstrom et al., 2020). */
const optimizer = adam({ epsilon: 1e-5 });

/** A PPO learner that lives in `env` (discrete actions, one or several heads, masked or not). */
export async function createPpo(env: VectorEnv, config: PpoConfig, seed: number): Promise<Learner> {
  const { lanes, observationSpace, actionSpace } = env;
  invariant(actionSpace.kind === "discrete", "PPO here learns discrete actions", { found: actionSpace.kind });
  const { sizes } = actionSpace;
  const transitionsPerRollout = lanes * config.rolloutSteps;
  const minibatches = transitionsPerRollout / config.minibatchSize;
  invariant(Number.isInteger(minibatches), "minibatches divide a rollout without rest", {
    transitionsPerRollout,
    minibatchSize: config.minibatchSize,
  });

  const width = observationWidth(observationSpace);
  const logits = logitWidth(actionSpace);
  const network = actorCritic(seenShape(observationSpace), logits, config.network);
  const row = rowOf(width, logits, env.masked === true);
  const programs = await compilePrograms(env, network, row, config, transitionsPerRollout);
  const tableFeed = observationSpace.kind === "windowed" ? { table: observationSpace.table.values } : {};

  let parameters = network.initialise(createRng(seed, "parameters"));
  let first = new Float32Array(network.parameters);
  let second = new Float32Array(network.parameters);
  let updates = 0;
  let transitions = 0;
  let rng: Rng = createRng(seed, "actions and minibatches");

  const play = createPlay(env, createRng(seed, "env"));
  const { buffers } = play;
  const actions = actionBuffer(lanes, actionSpace) as Int32Array;

  /** Rows of the rollout, `[T × N, row.width]`: everything that a gradient step needs to know of a transition. */
  const rows = new Float32Array(transitionsPerRollout * row.width);
  const rollout: Rollout = {
    rewards: new Float32Array(transitionsPerRollout),
    values: new Float32Array(transitionsPerRollout),
    nextValues: new Float32Array(transitionsPerRollout),
    terminated: new Uint8Array(transitionsPerRollout),
    truncated: new Uint8Array(transitionsPerRollout),
  };
  const batches = new Float32Array(config.epochs * transitionsPerRollout * row.width);

  const look = (observations: Float32Array): Promise<Record<string, Float32Array>> =>
    programs.act.run({ parameters, observations, ...tableFeed }) as Promise<Record<string, Float32Array>>;

  /** Plays `rolloutSteps` steps in every lane with the present policy. */
  async function collect(): Promise<void> {
    let output = await look(buffers.observations);
    for (let step = 0; step < config.rolloutSteps; step++) {
      const from = step * lanes;
      rollout.values.set(output["value"], from);
      for (let lane = 0; lane < lanes; lane++) {
        const at = (from + lane) * row.width;
        const logProbability = sample(
          output["logits"],
          buffers.legal,
          lane * logits,
          sizes,
          rng,
          actions,
          lane * sizes.length,
        );
        if (env.policyEntropy) {
          normalisedEntropy(
            output["logits"],
            buffers.legal,
            lane * logits,
            sizes,
            env.policyEntropy,
            lane * sizes.length,
          );
        }
        rows.fill(0, at + row.chosen, at + row.chosen + logits);
        for (let head = 0, offset = row.chosen; head < sizes.length; offset += sizes[head++]) {
          rows[at + offset + actions[lane * sizes.length + head]] = 1;
        }
        for (let n = 0; n < width; n++) rows[at + n] = buffers.observations[lane * width + n];
        if (row.masked) for (let n = 0; n < logits; n++) rows[at + row.legal + n] = buffers.legal[lane * logits + n];
        rows[at + row.logProbability] = logProbability;
      }
      play.step(actions);
      for (let lane = 0; lane < lanes; lane++) {
        rollout.rewards[from + lane] = buffers.rewards[lane] * config.rewardScale;
      }
      rollout.terminated.set(buffers.terminated, from);
      rollout.truncated.set(buffers.truncated, from);
      output = await look(buffers.observations);
      rollout.nextValues.set(output["value"], from);
      if (buffers.truncated.includes(1)) {
        const final = (await look(buffers.finalObservations))["value"];
        for (let lane = 0; lane < lanes; lane++) {
          if (buffers.truncated[lane] === 1) rollout.nextValues[from + lane] = final[lane];
        }
      }
    }
    transitions += transitionsPerRollout;
  }

  /** Shuffles the rows into `epochs × minibatches` batches, each with its advantages normalised. */
  function shuffleIntoBatches(advantage: Float32Array): void {
    const order = Int32Array.from({ length: transitionsPerRollout }, (_, at) => at);
    const batchAdvantage = new Float32Array(config.minibatchSize);
    for (let batch = 0; batch < config.epochs * minibatches; batch++) {
      if (batch % minibatches === 0) shuffle(order, rng);
      const from = (batch % minibatches) * config.minibatchSize;
      for (let n = 0; n < config.minibatchSize; n++) batchAdvantage[n] = advantage[order[from + n]];
      normalise(batchAdvantage);
      for (let n = 0; n < config.minibatchSize; n++) {
        const source = order[from + n] * row.width;
        const target = (batch * config.minibatchSize + n) * row.width;
        for (let column = 0; column < row.width; column++) batches[target + column] = rows[source + column];
        batches[target + row.advantage] = batchAdvantage[n];
      }
    }
  }

  return {
    actor: network.actor,
    get transitions() {
      return transitions;
    },

    async iterate(): Promise<IterationMetrics> {
      const progress = Math.min(1, transitions / config.totalTransitions);
      const learningRate = config.learningRate + progress * (config.finalLearningRate - config.learningRate);
      await collect();
      const advantage = advantages(rollout, lanes, config.gamma, config.gaeLambda);
      for (let at = 0; at < transitionsPerRollout; at++) {
        rows[at * row.width + row.advantage] = advantage[at];
        rows[at * row.width + row.target] = advantage[at] + rollout.values[at];
      }
      shuffleIntoBatches(advantage);
      const steps = config.epochs * minibatches;
      const after = await programs.update.run({
        iterations: Int32Array.of(steps),
        batch: batches,
        ...optimizer.rates(new Float32Array(steps).fill(learningRate), updates),
        parameters,
        first,
        second,
        ...tableFeed,
      });
      parameters = after["parameters.last"] as Float32Array;
      first = Float32Array.from(after["first.last"] as Float32Array);
      second = Float32Array.from(after["second.last"] as Float32Array);
      const norms = after["gradientNorm"] as Float32Array;
      updates += norms.length;
      const statistics = await programs.judge.run({ batch: rows, parameters, ...tableFeed });
      const metrics: IterationMetrics = {
        ...play.takeEpisodes(),
        ...Object.fromEntries(Object.entries(statistics).map(([name, value]) => [name, (value as Float32Array)[0]])),
        explainedVariance: explainedVariance(rollout.values, advantage),
        gradientNorm: average(norms),
        learningRate,
        updates: norms.length,
      };
      for (const [name, value] of Object.entries(metrics)) {
        invariant(Number.isFinite(value), "what a learner reports is finite", { [name]: value, transitions });
      }
      return metrics;
    },

    parameters: () => parameters.slice(),

    snapshot(): Snapshot {
      return {
        parameters: parameters.slice(),
        first: first.slice(),
        second: second.slice(),
        counts: Float64Array.of(transitions, updates),
        rng: rng.state(),
        ...named("play", play.snapshot()),
      };
    },

    restore(snapshot) {
      parameters = Float32Array.from(snapshot["parameters"]);
      first = Float32Array.from(snapshot["first"]);
      second = Float32Array.from(snapshot["second"]);
      [transitions, updates] = snapshot["counts"];
      rng = restoreRng(Uint32Array.from(snapshot["rng"]));
      play.restore(part("play", snapshot));
    },

    async dispose() {
      for (const program of Object.values(programs)) await program.dispose();
    },
  };
}

/** The three graphs: one that acts on all lanes, one that learns from all minibatches, one that looks back at the rollout. */
async function compilePrograms(
  env: VectorEnv,
  network: ActorCritic,
  row: Row,
  config: PpoConfig,
  transitionsPerRollout: number,
): Promise<{ readonly act: Program; readonly update: Program; readonly judge: Program }> {
  const space = env.observationSpace;
  const table = space.kind === "windowed" ? input("table", [space.table.rows, space.table.columns]) : undefined;
  const parameters = input("parameters", [network.parameters]);
  const first = input("first", [network.parameters]);
  const second = input("second", [network.parameters]);
  const rates = { rate: input("rate", []), epsilon: input("epsilon", []) };
  const options = { threads: config.threads };

  const observations = input("observations", [env.lanes, observationWidth(space)]);
  const acting = network.forward(parameters, seen(space, observations, table));

  const sizes = env.actionSpace.kind === "discrete" ? env.actionSpace.sizes : [];
  const lossOf = (batch: Node): Losses => {
    const parts = split(batch, row.sizes, 1);
    const { logits, value } = network.forward(parameters, seen(space, parts[0], table));
    return losses(logits, value, parts, sizes, config);
  };

  const minibatch = input("batch", [config.minibatchSize, row.width]);
  const learning = lossOf(minibatch);
  const [gradient] = gradients(learning.loss, [parameters]);
  const clipped = clipByGlobalNorm(gradient, config.maxGradientNorm);
  const next = optimizer.update({ parameters, first, second }, clipped.gradient, rates);

  const rollout = input("batch", [transitionsPerRollout, row.width]);
  const { loss: _, ...statistics } = lossOf(rollout);

  return {
    act: await compile(acting, options),
    update: await compileLoop(
      {
        invariants: table ? [table] : [],
        perIteration: [minibatch, rates.rate, rates.epsilon],
        carried: [
          { state: parameters, next: next.parameters },
          { state: first, next: next.first },
          { state: second, next: next.second },
        ],
        metrics: { gradientNorm: clipped.norm },
        ...(config.targetKl === undefined ? {} : { continueWhile: less(learning.approximateKl, config.targetKl) }),
      },
      options,
    ),
    judge: await compile(statistics, options),
  };
}

interface Losses {
  readonly loss: Node;
  readonly policyLoss: Node;
  readonly valueLoss: Node;
  readonly entropy: Node;
  readonly approximateKl: Node;
  readonly clipFraction: Node;
}

/**
 * −E[min(r·A, clip(r, 1 ± ε)·A)] with r = π(a|s) / π_old(a|s) (eq. 7), plus c_v · E[(V − R)²] / 2, less c_e · E[H(π)] (eq. 9).
 * KL from the old policy by the low-variance estimate E[r − 1 − ln r] (Schulman, 2020).
 * @param logits `[B, Σ sizes]` @param value `[B, 1]` @param parts the columns of a batch, see `rowOf`
 */
function losses(
  logits: Node,
  value: Node,
  [, chosen, oldLogProbability, advantage, target, legal]: readonly Node[],
  sizes: readonly number[],
  config: PpoConfig,
): Losses {
  const logProbability = logProbabilities(logits, sizes, legal);
  const logRatio = sub(chosenLogProbability(logProbability, chosen), oldLogProbability);
  const ratio = exp(logRatio);
  const clippedRatio = clamp(ratio, 1 - config.clip, 1 + config.clip);
  const policyLoss = neg(mean(minimum(mul(ratio, advantage), mul(clippedRatio, advantage))));
  const valueLoss = mul(mean(square(sub(value, target))), 0.5);
  const meanEntropy = mean(entropy(logProbability));
  const loss = sub(
    add(policyLoss, mul(valueLoss, config.valueCoefficient)),
    mul(meanEntropy, config.entropyCoefficient),
  );
  return {
    loss,
    policyLoss,
    valueLoss,
    entropy: meanEntropy,
    approximateKl: mean(sub(sub(ratio, 1), logRatio)),
    clipFraction: mean(cast(less(config.clip, abs(sub(ratio, 1))), "float32")),
  };
}

/** Where each part of a transition stands in its row. */
interface Row {
  readonly width: number;
  readonly masked: boolean;
  readonly chosen: number;
  readonly logProbability: number;
  readonly advantage: number;
  readonly target: number;
  readonly legal: number;
  readonly sizes: readonly number[];
}

function rowOf(observation: number, logits: number, masked: boolean): Row {
  const sizes = [observation, logits, 1, 1, 1, ...(masked ? [logits] : [])];
  const chosen = observation;
  const logProbability = chosen + logits;
  return {
    width: sizes.reduce((sum, size) => sum + size, 0),
    masked,
    chosen,
    logProbability,
    advantage: logProbability + 1,
    target: logProbability + 2,
    legal: logProbability + 3,
    sizes,
  };
}

/** Fisher and Yates' shuffle, in place. */
function shuffle(order: Int32Array, rng: Rng): void {
  for (let at = order.length - 1; at > 0; at--) {
    const other = rng.integer(at + 1);
    const kept = order[at];
    order[at] = order[other];
    order[other] = kept;
  }
}

function average(values: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += values[at];
  return sum / values.length;
}

/** 1 − Var(R − V) / Var(R): how much of the returns the values foresaw. 0 where all returns are equal. */
function explainedVariance(values: Float32Array, advantage: Float32Array): number {
  const variance = (list: Float32Array): number => {
    const centre = average(list);
    return average(list.map((value) => (value - centre) ** 2));
  };
  const spread = variance(values.map((value, at) => value + advantage[at]));
  return spread === 0 ? 0 : 1 - variance(advantage) / spread;
}
