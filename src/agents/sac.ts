/**
 * @file Soft actor-critic for real actions (Haarnoja et al., 2018, https://arxiv.org/abs/1812.05905): a policy that earns much and
 * stays as unsure as it is told to, twin critics, a temperature that is learned. The phases are in `soft-learner.ts`.
 */
import { invariant } from "#base/invariant.ts";
import type { VectorEnv } from "#env/env.ts";
import type { Actor } from "#policy/actor.ts";
import { boxed, checkBox, reparameterised, sampleNormal, squash, squashCorrection, toBox } from "#policy/gaussian.ts";
import type { Box } from "#policy/gaussian.ts";
import type { HeadedNetwork, TwinCritics } from "#policy/soft-networks.ts";
import { policyNetwork, twinCritics } from "#policy/soft-networks.ts";
import type { Seen } from "#policy/seen.ts";
import { seenShape } from "#policy/seen.ts";
import type { Node } from "#tensor/graph.ts";
import { abs, add, exp, mul, neg, square, sub, tanh } from "#tensor/ops/elementwise.ts";
import { clamp, minimum, stopGradient } from "#tensor/ops/logic.ts";
import { concat, split } from "#tensor/ops/movement.ts";
import { mean } from "#tensor/ops/reduction.ts";
import type { Learner } from "./agent.ts";
import type { SoftBatch, SoftConfig, SoftForm, SoftLosses, SoftParameters } from "./soft-learner.ts";
import { createSoftLearner } from "./soft-learner.ts";

export interface SacConfig extends SoftConfig {
  /** H̄ for each dimension of an action in [−1, 1]: what the entropy of the policy is led to. */
  readonly targetEntropy: number;
  /**
   * Whether critics see, beside an action, how far each dimension of it is from the lane's action before: where a change costs as much
   * as it is large, what an action is worth has a kink there, which is small against the noise of rewards.
   */
  readonly changeSeen: boolean;
}

/** The paper's (table 1), with as many updates as steps; a phase of 32 steps by measurement: docs/algorithms/sac.md. */
export const sacDefaults: SacConfig = {
  rolloutSteps: 32,
  updatesPerTransition: 1,
  learningStarts: 1000,
  minibatchSize: 256,
  capacity: 1_000_000,
  learningRate: 3e-4,
  finalLearningRate: 3e-4,
  totalTransitions: 100_000,
  policyRate: 1,
  policyDelay: 0,
  gamma: 0.99,
  targetRate: 0.005,
  initialTemperature: 1,
  targetEntropy: -1,
  changeSeen: false,
  rewardScale: 1,
  network: { body: "mlp", hidden: [256, 256], activation: "relu" },
  threads: 1,
};

/** ln σ is held between these, as in the paper's own code. */
const [leastLogDeviation, largestLogDeviation] = [-20, 2];

/** A SAC learner that lives in `env`, whose actions are a box with finite edges. */
export async function createSac(env: VectorEnv, config: SacConfig, seed: number): Promise<Learner> {
  const { observationSpace, actionSpace } = env;
  invariant(actionSpace.kind === "box", "SAC learns real actions; discrete ones are for discrete SAC", {
    found: actionSpace.kind,
  });
  checkBox(actionSpace);
  const shape = seenShape(observationSpace);
  const dimensions = actionSpace.low.length;
  const policy = policyNetwork(shape, 2 * dimensions, config.network);
  const critics = twinCritics(shape, judgedWidth(dimensions, config), 1, config.network);
  return createSoftLearner(env, sacForm(policy, critics, actionSpace, config), config, seed);
}

function sacForm(policy: HeadedNetwork, critics: TwinCritics, box: Box, config: SacConfig): SoftForm {
  const dimensions = box.low.length;
  return {
    policy,
    critics,
    keptWidth: judgedWidth(dimensions, config),
    noiseWidth: 2 * dimensions,
    actor: sacActor(policy, box),
    say: (parameters, seen) => normalOf(policy, parameters, seen),
    losses: (batch, parameters) => sacLosses(policy, critics, batch, parameters, dimensions * config.targetEntropy),
    choose(said, lane, _, rng, actions, kept, keptAt) {
      const at = lane * dimensions;
      if (config.changeSeen) kept.copyWithin(keptAt + dimensions, keptAt, keptAt + dimensions);
      if (said === undefined) {
        for (let n = 0; n < dimensions; n++) kept[keptAt + n] = 2 * rng.uniform() - 1;
      } else {
        sampleNormal(said["means"], said["logDeviations"], at, dimensions, rng, kept, keptAt);
        squash(kept, keptAt, dimensions, kept, keptAt);
      }
      toBox(kept, keptAt, box, actions as Float32Array, at);
    },
  };
}

/** Numbers that critics judge an action by, and that it is remembered by: with the action before it, where they see the change. */
function judgedWidth(dimensions: number, { changeSeen }: SacConfig): number {
  return changeSeen ? 2 * dimensions : dimensions;
}

/** What acts: the mean of the policy, which gives two numbers for each dimension, squashed into the box. */
export function sacActor(policy: HeadedNetwork, box: Box): Actor {
  return {
    answers: "action",
    parameters: policy.parameters,
    forward: (parameters, seen) => ({ answer: boxed(tanh(normalOf(policy, parameters, seen).means), box) }),
  };
}

/** μ and ln σ, each `[B, A]`. */
function normalOf(
  policy: HeadedNetwork,
  parameters: Node,
  seen: Seen,
): { readonly means: Node; readonly logDeviations: Node } {
  const numbers = policy.forward(parameters, seen);
  const dimensions = (numbers.shape[1] as number) / 2;
  const [means, spread] = split(numbers, [dimensions, dimensions], 1);
  return { means, logDeviations: clamp(spread, leastLogDeviation, largestLogDeviation) };
}

/**
 * With ã = tanh(μ + σ·ε) drawn anew for s and for s′:
 * critics ½·E[(Qᵢ(s, a) − y)²] each, y = r + γ·(min Q̄ᵢ(s′, ã′) − α·ln π(ã′|s′)) (eq. 5), γ = 0 where the episode terminated;
 * policy E[α·ln π(ã|s) − min Qᵢ(s, ã)] (eq. 7);
 * temperature −ln α · E[ln π(ã|s) + H̄], which has the sign of eq. 18 and does not slow down as α becomes small.
 * All three look at the parameters as they were before the update.
 * @param targetEntropy H̄, of the whole action
 */
export function sacLosses(
  policy: HeadedNetwork,
  critics: TwinCritics,
  { seen, next, kept, reward, discount, noise }: SoftBatch,
  parameters: SoftParameters,
  targetEntropy: number,
): SoftLosses {
  const temperature = stopGradient(exp(parameters.logTemperature));
  const dimensions = (noise.shape[1] as number) / 2;
  const [noiseNow, noiseNext] = split(noise, [dimensions, dimensions], 1);
  const [acted, before] = kept.shape[1] === dimensions ? [kept] : split(kept, [dimensions, dimensions], 1);
  const draw = (at: Seen, epsilon: Node): { readonly action: Node; readonly logProbability: Node } => {
    const { means, logDeviations } = normalOf(policy, parameters.policy, at);
    const { drawn, logProbability } = reparameterised(means, logDeviations, epsilon);
    return { action: tanh(drawn), logProbability: sub(logProbability, squashCorrection(drawn)) };
  };
  const judged = (action: Node, last: Node | undefined): Node =>
    last === undefined ? action : concat([action, abs(sub(action, last))], 1);

  const following = draw(next, noiseNext);
  const [oneNext, otherNext] = critics.forward(
    parameters.targetCritics,
    next,
    judged(following.action, before && acted),
  );
  const worth = sub(minimum(oneNext, otherNext), mul(following.logProbability, temperature));
  const goal = stopGradient(add(reward, mul(discount, worth)));
  const [one, other] = critics.forward(parameters.critics, seen, judged(acted, before));
  const criticLoss = mul(add(mean(square(sub(one, goal))), mean(square(sub(other, goal)))), 0.5);

  const { action, logProbability } = draw(seen, noiseNow);
  const [oneNow, otherNow] = critics.forward(stopGradient(parameters.critics), seen, judged(action, before));
  const policyLoss = mean(sub(mul(logProbability, temperature), minimum(oneNow, otherNow)));

  const surplus = stopGradient(add(logProbability, targetEntropy));
  return {
    criticLoss,
    policyLoss,
    temperatureLoss: neg(mean(mul(surplus, parameters.logTemperature))),
    entropy: neg(mean(logProbability)),
    actionValue: mean(minimum(one, other)),
  };
}
