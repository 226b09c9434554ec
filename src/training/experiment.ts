/** @file What an experiment is: every setting that decides its result, with its default, checked once at the border. */
import { z } from "zod";
import { Failure } from "#base/failure.ts";
import { ppoDefaults } from "#agents/ppo.ts";
import { featureSets } from "#features/feature-set.ts";
import type { ScalerKind } from "#features/scalers/fitted-scaler.ts";
import { scalerKinds } from "#features/scalers/fitted-scaler.ts";
import type { FeatureSetName } from "#features/feature-set.ts";
import { indexFundCosts } from "#market/costs.ts";
import { rewardOf } from "#market/rewards/rewards.ts";
import { checkStress } from "#market/stress.ts";
import { defaultSizing } from "#market/sizing.ts";
import { rewardSchema } from "./reward-settings.ts";
import { stressOfVariants, stressSchema } from "./stress-settings.ts";

const setNames = Object.keys(featureSets) as [FeatureSetName, ...FeatureSetName[]];
const fraction = z.number().min(0).max(1);
const positive = z.number().positive();
const count = z.int().positive();

/**
 * Settings of PPO for trading: rewards are log returns of about 1 % a bar, hence the scale. One pass over each rollout and
 * relu, because the same bars come back hundreds of times: more passes learn their noise. See docs/algorithms/ppo.md.
 */
const ppoSchema = z
  .strictObject({
    rolloutSteps: count.default(64),
    minibatchSize: count.default(1024),
    epochs: count.default(1),
    learningRate: positive.default(1e-3),
    finalLearningRate: z.number().min(0).default(0),
    gamma: fraction.default(0.9),
    gaeLambda: fraction.default(0.9),
    clip: positive.default(ppoDefaults.clip),
    entropyCoefficient: z.number().min(0).default(0),
    valueCoefficient: z.number().min(0).default(ppoDefaults.valueCoefficient),
    maxGradientNorm: positive.default(ppoDefaults.maxGradientNorm),
    targetKl: positive.optional(),
    rewardScale: positive.default(100),
    hidden: z.array(count).min(1).default([64, 64]),
    activation: z.enum(["tanh", "relu", "gelu"]).default("relu"),
    threads: count.default(1),
  })
  .prefault({});

export const experimentSchema = z.strictObject({
  agent: z.enum(["ppo"]).default("ppo"),
  seed: z.int().min(0).default(1),
  /** Env steps to train for, over all lanes. */
  transitions: count.default(200_000),
  /** Env steps between two looks at the validation span. */
  evaluateEvery: count.default(20_000),
  featureSet: z.enum(setNames).default("first-light"),
  lookbackBars: count.default(1),
  /** How features are scaled; always fitted on the training span alone. */
  scaler: z.enum(Object.keys(scalerKinds) as [ScalerKind, ...ScalerKind[]]).default("robust"),
  /** Positions an agent may choose, as fractions of an instrument's equal share of the equity. */
  levels: z.array(z.number().min(-1).max(1)).min(2).default([-1, 0, 1]),
  lanes: count.default(64),
  episodeBars: count.default(126),
  capital: positive.default(100_000),
  ruinFraction: fraction.default(0.3),
  costs: z
    .strictObject({
      spreadBps: z.number().min(0).default(indexFundCosts.spreadBps),
      slippageAtr: z.number().min(0).default(indexFundCosts.slippageAtr),
      commissionBps: z.number().min(0).default(indexFundCosts.commissionBps),
    })
    .prefault({}),
  rebalanceBand: fraction.default(defaultSizing.rebalanceBand),
  /** What an agent is paid for; the validation span is always judged by the log return. */
  reward: rewardSchema,
  /** Stressed variants of the market to train in beside the real one; absent: none. Validation is never under stress. */
  stress: stressSchema,
  ppo: ppoSchema,
});

export type Experiment = z.output<typeof experimentSchema>;

/** Settings as a user may write them: any part, the rest is default. */
export type ExperimentInput = z.input<typeof experimentSchema>;

/**
 * Checks settings and fills in the defaults.
 * @throws Failure config/invalid that names each setting that is wrong
 */
export function experiment(settings: unknown): Experiment {
  const parsed = experimentSchema.safeParse(settings);
  if (!parsed.success) {
    const issues = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "(all)"}: ${message}`);
    throw new Failure("config/invalid", issues.join("; "));
  }
  const { levels, lanes, ppo } = parsed.data;
  if (!levels.includes(0)) throw new Failure("config/invalid", "levels: must hold 0, the flat position");
  if ((lanes * ppo.rolloutSteps) % ppo.minibatchSize !== 0) {
    const found = `ppo.minibatchSize: ${ppo.minibatchSize} does not divide lanes × ppo.rolloutSteps = ${lanes * ppo.rolloutSteps}`;
    throw new Failure("config/invalid", found);
  }
  rewardOf(parsed.data.reward);
  if (parsed.data.stress !== undefined) stressOfVariants(parsed.data.stress).forEach(checkStress);
  return parsed.data;
}
