/**
 * @file Soft actor-critic for choices (Christodoulou, 2019, https://arxiv.org/abs/1910.07207): expectations over actions are sums
 * instead of samples. One or several heads, masked or not. The phases are in `soft-learner.ts`.
 */
import { invariant } from "#base/invariant.ts";
import type { VectorEnv } from "#env/env.ts";
import { logitWidth } from "#env/space.ts";
import type { Actor } from "#policy/actor.ts";
import { chosenLogProbability, entropy, logProbabilities, normalisedEntropy, sample } from "#policy/categorical.ts";
import type { HeadedNetwork, TwinCritics } from "#policy/soft-networks.ts";
import { policyNetwork, twinCritics } from "#policy/soft-networks.ts";
import { seenShape } from "#policy/seen.ts";
import type { Node } from "#tensor/graph.ts";
import { constant } from "#tensor/graph.ts";
import { add, exp, log, mul, square, sub } from "#tensor/ops/elementwise.ts";
import { clamp, maximum, stopGradient } from "#tensor/ops/logic.ts";
import { split } from "#tensor/ops/movement.ts";
import { mean, sum } from "#tensor/ops/reduction.ts";
import type { Learner } from "./agent.ts";
import type { SoftBatch, SoftConfig, SoftForm, SoftLosses, SoftParameters } from "./soft-learner.ts";
import { createSoftLearner } from "./soft-learner.ts";

export interface DiscreteSacConfig extends SoftConfig {
  /** H̄ as a share of ln(number of legal actions), the entropy of a policy without any preference. */
  readonly targetEntropyShare: number;
  /** c: how far from its slow copy a critic may be before the difference no longer counts, in scaled rewards; absent: any distance. */
  readonly valueClip?: number;
}

export const discreteSacDefaults: DiscreteSacConfig = {
  rolloutSteps: 32,
  updatesPerTransition: 0.25,
  learningStarts: 1000,
  minibatchSize: 64,
  capacity: 1_000_000,
  learningRate: 3e-4,
  finalLearningRate: 3e-4,
  totalTransitions: 100_000,
  policyRate: 1,
  policyDelay: 0,
  gamma: 0.99,
  targetRate: 0.005,
  initialTemperature: 1,
  targetEntropyShare: 0.5,
  valueClip: 0.5,
  rewardScale: 1,
  network: { body: "mlp", hidden: [256, 256], activation: "relu" },
  threads: 1,
};

/** A discrete SAC learner that lives in `env`, whose actions are choices. */
export async function createDiscreteSac(env: VectorEnv, config: DiscreteSacConfig, seed: number): Promise<Learner> {
  const { observationSpace, actionSpace } = env;
  invariant(actionSpace.kind === "discrete", "discrete SAC learns choices; real actions are for SAC", {
    found: actionSpace.kind,
  });
  const shape = seenShape(observationSpace);
  const logits = logitWidth(actionSpace);
  const policy = policyNetwork(shape, logits, config.network);
  const critics = twinCritics(shape, 0, logits, config.network);
  return createSoftLearner(env, discreteForm(policy, critics, actionSpace.sizes, env, config), config, seed);
}

function discreteForm(
  policy: HeadedNetwork,
  critics: TwinCritics,
  sizes: readonly number[],
  { lanes, policyEntropy }: VectorEnv,
  config: DiscreteSacConfig,
): SoftForm {
  const logits = sizes.reduce((total, size) => total + size, 0);
  const even = new Float32Array(lanes * logits);
  return {
    policy,
    critics,
    keptWidth: logits,
    noiseWidth: 0,
    actor: discreteSacActor(policy),
    say: (parameters, seen) => ({ logits: policy.forward(parameters, seen) }),
    losses: (batch, parameters) => discreteSacLosses(policy, critics, sizes, batch, parameters, config),
    choose(said, lane, legal, rng, actions, kept, keptAt) {
      const [at, actionAt] = [lane * logits, lane * sizes.length];
      const scores = said?.["logits"] ?? even;
      sample(scores, legal, at, sizes, rng, actions as Int32Array, actionAt);
      if (policyEntropy) normalisedEntropy(scores, legal, at, sizes, policyEntropy, actionAt);
      kept.fill(0, keptAt, keptAt + logits);
      for (let head = 0, offset = keptAt; head < sizes.length; offset += sizes[head++]) {
        kept[offset + actions[actionAt + head]] = 1;
      }
    },
  };
}

/** What acts: the policy alone. */
export function discreteSacActor(policy: HeadedNetwork): Actor {
  return {
    answers: "logits",
    parameters: policy.parameters,
    forward: (parameters, seen) => ({ answer: policy.forward(parameters, seen) }),
  };
}

/**
 * The critics give a number for each choice of each head, and Q(s, a) is the sum over heads of those chosen, so that with heads
 * that are drawn independently every expectation is a sum: V(s) = Σ π·(Q − α·ln π).
 * - critics ½·E[max((Qᵢ − y)², (Q̄ᵢ + clip(Qᵢ − Q̄ᵢ, ±c) − y)²)] each, with y = r + γ·V̄(s′) and the mean of both slow critics in
 *   V̄: double average and clip, against the underestimation and the drift that the smaller of two brings where actions are
 *   few (Zhou et al., 2022, https://arxiv.org/abs/2209.10081);
 * - policy E[Σ π·(α·ln π − Q)] with the mean of both critics;
 * - temperature ln α · E[H(π) − H̄(s)], H̄(s) = share · Σ ln(number of legal actions) over heads.
 * All three look at the parameters as they were before the update.
 */
export function discreteSacLosses(
  policy: HeadedNetwork,
  critics: TwinCritics,
  sizes: readonly number[],
  { seen, next, kept, reward, discount, legal, nextLegal }: SoftBatch,
  parameters: SoftParameters,
  { targetEntropyShare, valueClip }: Pick<DiscreteSacConfig, "targetEntropyShare" | "valueClip">,
): SoftLosses {
  const temperature = stopGradient(exp(parameters.logTemperature));
  const nextLog = logProbabilities(policy.forward(parameters.policy, next), sizes, nextLegal);
  const nextValue = average(critics.forward(parameters.targetCritics, next));
  const worth = expectation(nextLog, sub(nextValue, mul(nextLog, temperature)));
  const goal = stopGradient(add(reward, mul(discount, worth)));

  const values = critics.forward(parameters.critics, seen);
  const slow = valueClip === undefined ? undefined : critics.forward(parameters.targetCritics, seen);
  const [one, other] = values.map((value, at) => {
    const chosen = chosenLogProbability(value, kept);
    const error = square(sub(chosen, goal));
    if (valueClip === undefined || slow === undefined) return mean(error);
    const before = stopGradient(chosenLogProbability(slow[at], kept));
    const held = add(before, clamp(sub(chosen, before), -valueClip, valueClip));
    return mean(maximum(error, square(sub(held, goal))));
  });

  const logProbability = logProbabilities(policy.forward(parameters.policy, seen), sizes, legal);
  const value = stopGradient(average(values));
  const uncertainty = entropy(logProbability);
  const surplus = stopGradient(sub(uncertainty, targetEntropy(sizes, targetEntropyShare, legal)));
  return {
    criticLoss: mul(add(one, other), 0.5),
    policyLoss: mean(expectation(logProbability, sub(mul(logProbability, temperature), value))),
    temperatureLoss: mean(mul(surplus, parameters.logTemperature)),
    entropy: mean(uncertainty),
    actionValue: mean(chosenLogProbability(value, kept)),
  };
}

/** Σ π·x over all choices of all heads, `[B, 1]`. */
function expectation(logProbability: Node, x: Node): Node {
  return sum(mul(exp(logProbability), x), [1], true);
}

function average([one, other]: readonly [Node, Node]): Node {
  return mul(add(one, other), 0.5);
}

/** share · Σ ln(number of legal actions) over heads, `[B, 1]`, or a single number where all are always legal. */
function targetEntropy(sizes: readonly number[], share: number, legal: Node | undefined): Node {
  if (legal === undefined) return constant(share * sizes.reduce((total, size) => total + Math.log(size), 0));
  const counts = split(legal, sizes, 1).map((head) => log(sum(head, [1], true)));
  return mul(counts.reduce(add), share);
}
