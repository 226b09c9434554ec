/**
 * @file Advantage actor-critic, its lanes in step with each other (Mnih et al., 2016, https://arxiv.org/abs/1602.01783):
 * one gradient step for each short rollout. Reads from top to bottom.
 */
import { invariant } from "#base/invariant.ts";
import { createRng, restoreRng } from "#base/rng.ts";
import type { Snapshot, VectorEnv } from "#env/env.ts";
import { observationWidth } from "#env/space.ts";
import { actionHead } from "#policy/action-head.ts";
import type { ActionHead } from "#policy/action-head.ts";
import type { ActorCritic } from "#policy/network.ts";
import { actorCritic } from "#policy/network.ts";
import { seen, seenShape } from "#policy/seen.ts";
import { gradients } from "#tensor/gradient.ts";
import type { Node } from "#tensor/graph.ts";
import { input } from "#tensor/graph.ts";
import type { Program } from "#tensor/onnx/session.ts";
import { compile } from "#tensor/onnx/session.ts";
import { add, mul, neg, square, sub } from "#tensor/ops/elementwise.ts";
import { mean } from "#tensor/ops/reduction.ts";
import { adam, clipByGlobalNorm } from "#tensor/optimizer.ts";
import type { IterationMetrics, Learner } from "./agent.ts";
import { meansOf, reported, taken } from "./agent.ts";
import { entropyBonus, entropyMetrics } from "./entropy-bonus.ts";
import type { OnPolicyConfig } from "./learner-config.ts";
import type { Columns, Look, Row } from "./rollout.ts";
import { columnsOf, createCollector, explainedVariance, rowOf } from "./rollout.ts";
import { scheduled } from "./schedule.ts";

/** With a `gaeLambda` of 1, advantages are those of n-step returns, n = `rolloutSteps` at most, as in the paper. */
export type A2cConfig = OnPolicyConfig;

/** The paper's rollout and coefficients, with Adam. */
export const a2cDefaults: A2cConfig = {
  rolloutSteps: 5,
  learningRate: 7e-4,
  finalLearningRate: 0,
  totalTransitions: 100_000,
  schedule: "linear",
  gamma: 0.99,
  gaeLambda: 1,
  entropyCoefficient: 0.01,
  valueCoefficient: 0.5,
  maxGradientNorm: 0.5,
  rewardScale: 1,
  network: { body: "mlp", hidden: [64, 64], activation: "tanh" },
  threads: 1,
};

/**
 * Adam in place of the paper's RMSprop: both divide by the running size of each gradient, and Adam corrects what is wrong
 * with that at the start (Kingma and Ba, 2015, §5).
 */
const optimizer = adam({ epsilon: 1e-5 });

/** An A2C learner that lives in `env`: choices of one or several heads, masked or not, or real numbers in a box. */
export async function createA2c(env: VectorEnv, config: A2cConfig, seed: number): Promise<Learner> {
  const { observationSpace } = env;
  const head = actionHead(env.actionSpace, config.gaussian);
  const network = actorCritic(seenShape(observationSpace), head, config.network);
  const row = rowOf(env, head, { value: false });
  const programs = await compilePrograms(env, head, network, row, config);
  const tableFeed = observationSpace.kind === "windowed" ? { table: observationSpace.table.values } : {};

  let parameters = network.initialise(createRng(seed, "parameters"));
  let first = new Float32Array(network.parameters);
  let second = new Float32Array(network.parameters);
  let updates = 0;
  let rng = createRng(seed, "actions");
  const transitionsPerRollout = env.lanes * config.rolloutSteps;
  const collector = createCollector(env, head, row, config, createRng(seed, "env"));

  const look: Look = (observations) => programs.act.run({ parameters, observations, ...tableFeed }) as ReturnType<Look>;

  return {
    actor: network.actor,
    get transitions() {
      return updates * transitionsPerRollout;
    },

    async iterate(): Promise<IterationMetrics> {
      const progress = (updates * transitionsPerRollout) / config.totalTransitions;
      const learningRate = scheduled(config.schedule, config.learningRate, config.finalLearningRate, progress);
      await collector.collect(look, rng);
      const after = (await programs.update.run({
        batch: collector.rows,
        parameters,
        first,
        second,
        ...optimizer.rates([learningRate], updates),
        ...tableFeed,
      })) as Readonly<Record<string, Float32Array>>;
      const transitions = (updates + 1) * transitionsPerRollout;
      const { policyLoss, valueLoss, gradientNorm } = after;
      const metrics: IterationMetrics = {
        ...collector.takeEpisodes(),
        ...meansOf({ policyLoss, valueLoss, gradientNorm }, 1, updates, transitions),
        ...entropyMetrics(after["entropies"]),
        explainedVariance: explainedVariance(collector),
        learningRate,
      };
      reported(metrics, transitions);
      parameters = taken("parameters", after["nextParameters"], transitions);
      first = Float32Array.from(after["nextFirst"]);
      second = Float32Array.from(after["nextSecond"]);
      updates++;
      return metrics;
    },

    parameters: () => parameters.slice(),

    adopt(start) {
      invariant(updates === 0, "other parameters are adopted before anything is learned", { updates });
      parameters = start.slice();
    },

    snapshot(): Snapshot {
      return {
        parameters: parameters.slice(),
        first: first.slice(),
        second: second.slice(),
        counts: Float64Array.of(updates),
        rng: rng.state(),
        ...collector.snapshot(),
      };
    },

    restore(snapshot) {
      parameters = Float32Array.from(snapshot["parameters"]);
      first = Float32Array.from(snapshot["first"]);
      second = Float32Array.from(snapshot["second"]);
      [updates] = snapshot["counts"];
      rng = restoreRng(Uint32Array.from(snapshot["rng"]));
      collector.restore(snapshot);
    },

    async dispose() {
      for (const program of Object.values(programs)) await program.dispose();
    },
  };
}

/** Two graphs: one that acts on all lanes, one that learns from a rollout. */
async function compilePrograms(
  env: VectorEnv,
  head: ActionHead,
  network: ActorCritic,
  row: Row,
  config: A2cConfig,
): Promise<{ readonly act: Program; readonly update: Program }> {
  const space = env.observationSpace;
  const table = space.kind === "windowed" ? input("table", [space.table.rows, space.table.columns]) : undefined;
  const parameters = input("parameters", [network.parameters]);
  const state = {
    parameters,
    first: input("first", [network.parameters]),
    second: input("second", [network.parameters]),
  };
  const options = { threads: config.threads, device: config.device ?? "cpu" };

  const observations = input("observations", [env.lanes, observationWidth(space)]);
  const acting = network.forward(parameters, seen(space, observations, table));

  const columns = columnsOf(input("batch", [env.lanes * config.rolloutSteps, row.width]), row);
  const { said, value } = network.forward(parameters, seen(space, columns.observation, table));
  const { loss, ...statistics } = losses(said, value, head, columns, config);
  const clipped = clipByGlobalNorm(gradients(loss, [parameters])[0], config.maxGradientNorm);
  const rates = { rate: input("rate", [1]), epsilon: input("epsilon", [1]) };
  const next = optimizer.update(state, clipped.gradient, rates);
  const after = { nextParameters: next.parameters, nextFirst: next.first, nextSecond: next.second };
  return {
    act: await compile({ ...acting.said, value: acting.value }, options),
    update: await compile({ ...after, ...statistics, gradientNorm: clipped.norm }, options),
  };
}

/** −E[ln π(a|s)·A] + c_v · E[(V − R)²] / 2 − the entropy bonus (§4), with A and R as they were while collecting. */
function losses(
  said: Readonly<Record<string, Node>>,
  value: Node,
  head: ActionHead,
  { action, advantage, target, legal }: Columns,
  config: A2cConfig,
) {
  const { logProbability, entropies } = head.judge(said, action, legal);
  const policyLoss = neg(mean(mul(logProbability, advantage)));
  const valueLoss = mul(mean(square(sub(value, target))), 0.5);
  const bonus = entropyBonus(entropies, config.entropyCoefficient);
  const fitting = add(policyLoss, mul(valueLoss, config.valueCoefficient));
  return {
    loss: bonus === undefined ? fitting : sub(fitting, bonus),
    policyLoss,
    valueLoss,
    entropies: mean(entropies, [0]),
  };
}
