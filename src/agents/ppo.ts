/**
 * @file Proximal policy optimisation with a clipped objective (Schulman et al., 2017, https://arxiv.org/abs/1707.06347):
 * collect, advantages, update. Reads from top to bottom.
 */
import { createRng, restoreRng } from "#base/rng.ts";
import type { Rng } from "#base/rng.ts";
import { invariant } from "#base/invariant.ts";
import type { Snapshot, VectorEnv } from "#env/env.ts";
import { observationWidth } from "#env/space.ts";
import type { ActionHead } from "#policy/action-head.ts";
import { actionHead } from "#policy/action-head.ts";
import type { ActorCritic } from "#policy/network.ts";
import { actorCritic } from "#policy/network.ts";
import { seen, seenShape, seenThroughout } from "#policy/seen.ts";
import { gradients } from "#tensor/gradient.ts";
import type { Node } from "#tensor/graph.ts";
import { input } from "#tensor/graph.ts";
import { hoist } from "#tensor/hoist.ts";
import { compileLoop } from "#tensor/onnx/loop.ts";
import type { Program } from "#tensor/onnx/session.ts";
import { compile } from "#tensor/onnx/session.ts";
import { less } from "#tensor/ops/logic.ts";
import { adam, clipByGlobalNorm } from "#tensor/optimizer.ts";
import { normalise } from "./advantage.ts";
import type { IterationMetrics, Learner } from "./agent.ts";
import { average, meansOf, reported, taken } from "./agent.ts";
import { coefficientsOf, entropyMetrics } from "./entropy-bonus.ts";
import type { OnPolicyConfig } from "./learner-config.ts";
import { ppoLosses } from "./ppo-loss.ts";
import type { PpoLosses } from "./ppo-loss.ts";
import type { Look, Row } from "./rollout.ts";
import { columnsOf, createCollector, explainedVariance, rowOf } from "./rollout.ts";
import { scheduled } from "./schedule.ts";
import type { Shuffled } from "./shuffle.ts";
import { barsOfMinibatch, orderOf } from "./shuffle.ts";

export interface PpoConfig extends OnPolicyConfig {
  /** Transitions of one gradient step; must divide the rollout. */
  readonly minibatchSize: number;
  /** What is shuffled before it is cut into minibatches. */
  readonly shuffled: Shuffled;
  /** Passes over a rollout. */
  readonly epochs: number;
  /** ε: how far the probability ratio may move before its gain no longer counts; goes to `finalClip`, or stays where that is absent. */
  readonly clip: number;
  readonly finalClip?: number | undefined;
  /** How far a value may move from what it was while collecting before its gain no longer counts, in scaled rewards; absent: any way. */
  readonly valueClip?: number | undefined;
  /** Where `entropyCoefficient` goes; absent: it stays. */
  readonly finalEntropyCoefficient?: number | readonly number[] | undefined;
  /** Updates of a rollout stop when the approximate KL divergence from the policy that collected it exceeds this; absent: never. */
  readonly targetKl?: number | undefined;
  /** A penalty on that divergence whose coefficient adapts until rollouts end near the target (Schulman et al., 2017, §4). */
  readonly adaptiveKl?: { readonly target: number; readonly coefficient: number } | undefined;
}

/** Usual settings for small problems (Schulman et al., 2017, table 3, and Engstrom et al., 2020). */
export const ppoDefaults: PpoConfig = {
  rolloutSteps: 128,
  minibatchSize: 256,
  shuffled: "transitions",
  epochs: 4,
  learningRate: 3e-4,
  finalLearningRate: 0,
  totalTransitions: 100_000,
  schedule: "linear",
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

/** A PPO learner that lives in `env`: choices of one or several heads, masked or not, or real numbers in a box. */
export async function createPpo(env: VectorEnv, config: PpoConfig, seed: number): Promise<Learner> {
  const { observationSpace } = env;
  const transitionsPerRollout = env.lanes * config.rolloutSteps;
  const minibatches = transitionsPerRollout / config.minibatchSize;
  invariant(Number.isInteger(minibatches), "minibatches divide a rollout without rest", {
    transitionsPerRollout,
    minibatchSize: config.minibatchSize,
  });
  const steps = config.epochs * minibatches;

  const head = actionHead(env.actionSpace, config.gaussian);
  for (const each of [config.entropyCoefficient, config.finalEntropyCoefficient ?? 0]) {
    const fits = typeof each === "number" || each.length === head.parts;
    invariant(fits, "there is one entropy coefficient, or one for each part of an action", { parts: head.parts });
  }
  const network = actorCritic(seenShape(observationSpace), head, config.network);
  const row = rowOf(env, head, { value: config.valueClip !== undefined });
  const programs = await compilePrograms(env, head, network, row, config);
  const tableFeed = observationSpace.kind === "windowed" ? { table: observationSpace.table.values } : {};

  let parameters = network.initialise(createRng(seed, "parameters"));
  let first = new Float32Array(network.parameters);
  let second = new Float32Array(network.parameters);
  let updates = 0;
  let transitions = 0;
  let klCoefficient = config.adaptiveKl?.coefficient ?? 0;
  let rng: Rng = createRng(seed, "actions and minibatches");

  const collector = createCollector(env, head, row, config, createRng(seed, "env"));
  const { rows, advantage } = collector;
  const batches = new Float32Array(steps * config.minibatchSize * row.width);

  /** What the present parameters make of the whole table, where it is made at once. */
  let ready: Awaited<ReturnType<Program["run"]>> | undefined;
  const look: Look = (observations) =>
    programs.act.run({ parameters, observations, ...(ready ?? tableFeed) }) as ReturnType<Look>;

  /** Shuffles the rows into `epochs × minibatches` batches, each with its advantages normalised. */
  function shuffleIntoBatches(): void {
    const reorder = orderOf(config.shuffled, observationSpace, rows, row.width);
    let order: Int32Array = new Int32Array(0);
    const batchAdvantage = new Float32Array(config.minibatchSize);
    for (let batch = 0; batch < steps; batch++) {
      if (batch % minibatches === 0) order = reorder(rng);
      const from = (batch % minibatches) * config.minibatchSize;
      for (let n = 0; n < config.minibatchSize; n++) batchAdvantage[n] = advantage[order[from + n]];
      normalise(batchAdvantage);
      for (let n = 0; n < config.minibatchSize; n++) {
        const source = order[from + n] * row.width;
        const target = (batch * config.minibatchSize + n) * row.width;
        for (let column = 0; column < row.width; column++) batches[target + column] = rows[source + column];
        batches[target + row.at.advantage] = batchAdvantage[n];
      }
    }
  }

  return {
    actor: network.actor,
    get transitions() {
      return transitions;
    },

    async iterate(): Promise<IterationMetrics> {
      const now = settingsAt(config, head.parts, transitions / config.totalTransitions, klCoefficient);
      const feeds = feedsOf(now);
      ready = await programs.prepare?.run({ parameters, ...tableFeed });
      await collector.collect(look, rng);
      transitions += transitionsPerRollout;
      shuffleIntoBatches();
      const after = await programs.update.run({
        iterations: Int32Array.of(steps),
        batch: batches,
        ...optimizer.rates(new Float32Array(steps).fill(now.learningRate), updates),
        ...feeds.update,
        parameters,
        first,
        second,
        ...tableFeed,
      });
      const gradientNorm = after["gradientNorm"] as Float32Array;
      const made = gradientNorm.length;
      const means = meansOf({ gradientNorm }, made, updates, transitions);
      const learned = taken("parameters", after["parameters.last"] as Float32Array, transitions);
      const { entropies, ...found } = await programs.judge.run({
        batch: rows,
        parameters: learned,
        ...feeds.judge,
        ...tableFeed,
      });
      const metrics: IterationMetrics = {
        ...collector.takeEpisodes(),
        ...Object.fromEntries(Object.entries(found).map(([name, value]) => [name, (value as Float32Array)[0]])),
        ...entropyMetrics(entropies as Float32Array),
        explainedVariance: explainedVariance(collector),
        ...means,
        ...shown(now),
        updates: made,
      };
      reported(metrics, transitions);
      parameters = learned;
      first = Float32Array.from(after["first.last"] as Float32Array);
      second = Float32Array.from(after["second.last"] as Float32Array);
      updates += made;
      klCoefficient = adapted(klCoefficient, metrics["approximateKl"], config.adaptiveKl?.target);
      return metrics;
    },

    parameters: () => parameters.slice(),

    adopt(start) {
      invariant(transitions === 0, "other parameters are adopted before anything is learned", { transitions });
      parameters = start.slice();
    },

    snapshot(): Snapshot {
      return {
        parameters: parameters.slice(),
        first: first.slice(),
        second: second.slice(),
        counts: Float64Array.of(transitions, updates, klCoefficient),
        rng: rng.state(),
        ...collector.snapshot(),
      };
    },

    restore(snapshot) {
      parameters = Float32Array.from(snapshot["parameters"]);
      first = Float32Array.from(snapshot["first"]);
      second = Float32Array.from(snapshot["second"]);
      [transitions, updates, klCoefficient] = snapshot["counts"];
      rng = restoreRng(Uint32Array.from(snapshot["rng"]));
      collector.restore(snapshot);
    },

    async dispose() {
      for (const program of Object.values(programs)) await program.dispose();
    },
  };
}

/** The settings of an iteration that change from one to the next, by name. */
interface Now {
  readonly learningRate: number;
  readonly clip?: number;
  readonly entropyCoefficient?: Float32Array;
  readonly klCoefficient?: number;
}

function settingsAt(config: PpoConfig, parts: number, progress: number, klCoefficient: number): Now {
  const { schedule, finalClip, finalEntropyCoefficient, adaptiveKl } = config;
  const at = (first: number, last: number): number => scheduled(schedule, first, last, progress);
  const last = finalEntropyCoefficient === undefined ? undefined : coefficientsOf(finalEntropyCoefficient, parts);
  const first = coefficientsOf(config.entropyCoefficient, parts);
  return {
    learningRate: at(config.learningRate, config.finalLearningRate),
    ...(finalClip === undefined ? {} : { clip: at(config.clip, finalClip) }),
    ...(last === undefined ? {} : { entropyCoefficient: Float32Array.from(first, (c, part) => at(c, last[part])) }),
    ...(adaptiveKl === undefined ? {} : { klCoefficient }),
  };
}

/** Those of them that are inputs of the graphs; the one that looks back asks for the clip alone. */
function feedsOf({ clip, entropyCoefficient, klCoefficient }: Now) {
  const clipFeed = clip === undefined ? {} : { clip: Float32Array.of(clip) };
  return {
    judge: clipFeed,
    update: {
      ...clipFeed,
      ...(entropyCoefficient === undefined ? {} : { entropyCoefficient }),
      ...(klCoefficient === undefined ? {} : { klCoefficient: Float32Array.of(klCoefficient) }),
    },
  };
}

function shown({ entropyCoefficient, ...numbers }: Now): IterationMetrics {
  return { ...numbers, ...(entropyCoefficient ? { entropyCoefficient: average(entropyCoefficient) } : {}) };
}

/** Twice as much where the policy moved more than 1.5 times as far as it should, half as much where less than 1/1.5 (§4). */
function adapted(coefficient: number, kl: number, target: number | undefined): number {
  if (target === undefined) return coefficient;
  return kl > 1.5 * target ? coefficient * 2 : kl < target / 1.5 ? coefficient / 2 : coefficient;
}

/** The graphs: one that prepares acting where that pays, one that acts on all lanes, one that learns from all minibatches, one that looks back at the rollout. */
async function compilePrograms(
  env: VectorEnv,
  head: ActionHead,
  network: ActorCritic,
  row: Row,
  config: PpoConfig,
): Promise<{ readonly prepare?: Program; readonly act: Program; readonly update: Program; readonly judge: Program }> {
  const space = env.observationSpace;
  const table = space.kind === "windowed" ? input("table", [space.table.rows, space.table.columns]) : undefined;
  const parameters = input("parameters", [network.parameters]);
  const first = input("first", [network.parameters]);
  const second = input("second", [network.parameters]);
  const rates = { rate: input("rate", []), epsilon: input("epsilon", []) };
  const options = { threads: config.threads, device: config.device ?? "cpu" };

  const observations = input("observations", [env.lanes, observationWidth(space)]);
  const looked = seenThroughout(space, observations, table, env.lanes * config.rolloutSteps);
  const { said, value } = network.forward(parameters, looked);
  const { before, after } = hoist({ ...said, value }, table, [observations]);

  // What does not change while training is a constant of the graph.
  const changing = {
    clip: config.finalClip === undefined ? undefined : input("clip", []),
    entropyCoefficient:
      config.finalEntropyCoefficient === undefined ? undefined : input("entropyCoefficient", [1, head.parts]),
    klCoefficient: config.adaptiveKl === undefined ? undefined : input("klCoefficient", []),
  };
  const lossOf = (batch: Node, bars?: number): PpoLosses => {
    const columns = columnsOf(batch, row);
    const now = network.forward(parameters, seen(space, columns.observation, table, bars));
    return ppoLosses({ ...now, head, columns, config, changing });
  };

  const minibatch = input("batch", [config.minibatchSize, row.width]);
  const sizes = { transitions: env.lanes * config.rolloutSteps, minibatch: config.minibatchSize };
  const learning = lossOf(minibatch, barsOfMinibatch(config.shuffled, space, sizes));
  const [gradient] = gradients(learning.loss, [parameters]);
  const clipped = clipByGlobalNorm(gradient, config.maxGradientNorm);
  const next = optimizer.update({ parameters, first, second }, clipped.gradient, rates);

  const rollout = input("batch", [env.lanes * config.rolloutSteps, row.width]);
  const { loss: _, ...statistics } = lossOf(rollout);

  return {
    ...(Object.keys(before).length === 0 ? {} : { prepare: await compile(before, options) }),
    act: await compile(after, options),
    update: await compileLoop(
      {
        invariants: [table, ...Object.values(changing)].filter((node) => node !== undefined),
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
