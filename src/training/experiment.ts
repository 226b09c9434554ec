/** @file What an experiment is: every setting that decides its result, with its default, checked once at the border. */
import { z } from "zod";
import { Failure } from "#base/failure.ts";
import { deviceNames } from "#tensor/onnx/session.ts";
import { featureSets } from "#features/feature-set.ts";
import type { ScalerKind } from "#features/scalers/fitted-scaler.ts";
import { scalerKinds } from "#features/scalers/fitted-scaler.ts";
import type { FeatureSetName } from "#features/feature-set.ts";
import { actionSpaceNames, isContinuous } from "#market/action-spaces.ts";
import type { AccountRules } from "#market/account-rules.ts";
import { checkRules } from "#market/account-rules.ts";
import type { Costs } from "#market/costs.ts";
import type { ProfileName } from "#market/costs/profiles.ts";
import { profileCosts, profileNames, profileRules } from "#market/costs/profiles.ts";
import { checkPlan } from "#market/position-plan.ts";
import { rewardParts } from "#market/rewards/rewards.ts";
import { checkStress } from "#market/stress.ts";
import { defaultSizing } from "#market/sizing.ts";
import { agentIssue, agentNames, agentSchemas, learnsTo, withOwnSettings } from "./agents.ts";
import { calibrationMethods } from "./confidence.ts";
import { networkSchema } from "./network-settings.ts";
import { bracketSchema, planSchema } from "./plan-settings.ts";
import { rewardSchema } from "./reward-settings.ts";
import { stageSettings, stagesSchema } from "./stage.ts";
import { stressOfVariants, stressSchema } from "./stress-settings.ts";
import { warmStartIssue, warmStartSchema } from "./warm-start-settings.ts";

const setNames = Object.keys(featureSets) as [FeatureSetName, ...FeatureSetName[]];
const fraction = z.number().min(0).max(1);
const positive = z.number().positive();
const count = z.int().positive();

const adverse = z.number().min(0);

/** Each cost in place of the profile's; `market/costs.ts` says what each means. */
const costsShape = {
  spreadBps: adverse.optional(),
  spreadPips: adverse.optional(),
  spreadByHour: z.array(adverse).length(168).optional(),
  spreadFrom: z.literal("quotes").optional(),
  slippageAtr: adverse.optional(),
  slippageRange: z.number().min(0).lt(1).optional(),
  slippageSeed: z.int().min(0).optional(),
  commissionBps: adverse.optional(),
  makerBps: z.number().optional(),
  commissionPerUnit: adverse.optional(),
  commissionMinimum: adverse.optional(),
  regulatory: z.enum(["us-equities", "none"]).optional(),
  impact: adverse.optional(),
  participation: z.number().gt(0).max(1).optional(),
  borrowBps: adverse.optional(),
  swapLongPips: z.number().optional(),
  swapShortPips: z.number().optional(),
  fundingBps: z.number().optional(),
} satisfies Record<keyof Costs, z.ZodType>;

/** Each rule in place of the profile's; `market/account-rules.ts` says what each means. */
const rulesShape = {
  leverage: z.number().min(1).optional(),
  shorts: z.boolean().optional(),
  maintenance: z.number().min(0).lt(1).optional(),
  liquidation: z.enum(["next-open", "within-bar"]).optional(),
  positions: z.enum(["netting", "hedging"]).optional(),
  dayTrading: z.enum(["free", "pattern-day-trader"]).optional(),
  minHoldingBars: z.int().min(0).optional(),
  maxTradesPerDay: z.int().min(0).optional(),
  currency: z
    .string()
    .regex(/^[A-Z]{3,5}$/)
    .optional(),
} satisfies Record<keyof AccountRules, z.ZodType>;

const settingsSchema = z.strictObject({
  /** The algorithm; its own settings stand under its name. */
  agent: z.enum(agentNames).default("ppo"),
  seed: z.int().min(0).default(1),
  /** Env steps to train for, over all lanes. */
  transitions: count.default(200_000),
  /** A curriculum: its transitions together take the place of `transitions`. */
  stages: stagesSchema,
  /** Env steps between two looks at the validation span. */
  evaluateEvery: count.default(20_000),
  /** Ends a training that does no better on the validation span; absent: it takes all its transitions. */
  earlyStopping: z
    .strictObject({
      patience: count,
      minimum: z.int().min(0).default(0),
      improvement: z.number().min(0).default(0),
    })
    .optional(),
  featureSet: z.enum(setNames).default("first-light"),
  /** Files of a user's own features, computed beside the set; see docs/how-to/add-your-own-feature.md. */
  featureFiles: z.array(z.string().min(1)).default([]),
  lookbackBars: count.default(1),
  /** How features are scaled: all by one kind, or each by its group; always fitted on the training span alone. */
  scaler: z.enum(["adaptive", ...(Object.keys(scalerKinds) as ScalerKind[])]).default("robust"),
  /** The numbers that an agent acts by. */
  actions: z.enum(actionSpaceNames).default("levels"),
  /** Of `levels`: positions an agent may choose, as fractions of an instrument's equal share of the equity. */
  levels: z.array(z.number().min(-1).max(1)).min(2).default([-1, 0, 1]),
  /** Of `bracket`. */
  bracket: bracketSchema,
  /** Of all spaces of signals: how much a signal is, and how a position is steered from then on. */
  plan: planSchema,
  lanes: count.default(64),
  episodeBars: count.default(126),
  capital: positive.default(100_000),
  ruinFraction: fraction.default(0.3),
  /** A broker's profile, and what differs from it. */
  costs: z.strictObject({ profile: z.enum(profileNames).default("index-fund"), ...costsShape }).prefault({}),
  /** What differs from the account of the profile. */
  account: z.strictObject(rulesShape).prefault({}),
  rebalanceBand: fraction.default(defaultSizing.rebalanceBand),
  /** What an agent is paid for; the validation span is always judged by the log return. */
  reward: rewardSchema,
  /**
   * What a unit of turnover costs in learning beside its real costs, in multiples of what luck seems to offer in a bar
   * (`turnover-penalty.ts`); grows over the first half of the training. Absent: 2 where the log return is all that is paid, else 0:
   * other rewards have other units, and terms of their own.
   */
  turnoverPenalty: z.number().min(0).optional(),
  /** Stressed variants of the market to train in beside the real one; absent: none. Validation is never under stress. */
  stress: stressSchema,
  /** How a model's confidence is mended on the validation span (`confidence.ts`). */
  calibration: z.enum(calibrationMethods).default("isotonic"),
  /** Whom the agent imitates before it learns by trial; absent: nobody. */
  warmStart: warmStartSchema,
  network: networkSchema,
  /** Threads of the tensor run-time. Part of the configuration, never of the machine, so that results do not depend on it. */
  threads: count.default(1),
  /** What learning is computed on; looks at the validation span are taken on the processor. */
  device: z.enum(deviceNames).default("cpu"),
  ...agentSchemas,
});

/**
 * Settings as they are given, to all that they mean: costs and rules of the profile are written out, so that a stored
 * configuration says every number and reads back as the same.
 */
export const experimentSchema = settingsSchema.transform((settings, context) => {
  const { profile, ...costs } = settings.costs;
  try {
    const { stages, transitions, reward, turnoverPenalty } = settings;
    const plain = reward.every(({ term }) => term === "log-return");
    return {
      ...withOwnSettings(settings),
      turnoverPenalty: turnoverPenalty ?? (plain ? 2 : 0),
      transitions: stages === undefined ? transitions : stages.reduce((sum, stage) => sum + stage.transitions, 0),
      costs: { profile, ...profileCosts(profile, costs) },
      account: { ...rulesOf(profile, settings) },
    };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    context.addIssue({ code: "custom", message: error.found });
    return z.NEVER;
  }
});

function rulesOf(profile: ProfileName, { account, actions, levels }: z.output<typeof settingsSchema>): AccountRules {
  const rules = profileRules(profile, account);
  checkRules(rules);
  if (rules.positions === "hedging" && (actions === "levels" || isContinuous(actions))) {
    throw new Failure("config/invalid", `account.positions: ${actions} hold one position in each instrument, not two`);
  }
  if (actions === "weights" && !rules.shorts) {
    throw new Failure(
      "config/invalid",
      "actions: weights may be short, which the account does not allow; weights-long are not",
    );
  }
  if (actions !== "levels") return rules;
  const short = levels.find((level) => level < 0);
  if (short !== undefined && !rules.shorts) {
    throw new Failure("config/invalid", `levels: ${short} is a short position, which the account does not allow`);
  }
  return rules;
}

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
    // What costs and rules say of themselves names its setting already.
    const issues = parsed.error.issues.map(({ code, path, message }) =>
      code === "custom" ? message : `${path.join(".") || "(all)"}: ${message}`,
    );
    throw new Failure("config/invalid", issues.join("; "));
  }
  const { levels, actions, agent } = parsed.data;
  if (isContinuous(actions) && !learnsTo("reals", parsed.data)) {
    throw new Failure("config/invalid", `actions: ${actions} are real numbers, and ${agent} learns to choose`);
  }
  if (!isContinuous(actions) && !learnsTo("choices", parsed.data)) {
    throw new Failure("config/invalid", `actions: ${actions} are choices, and ${agent} learns real numbers`);
  }
  if (!levels.includes(0)) throw new Failure("config/invalid", "levels: must hold 0, the flat position");
  checkPlan(parsed.data.plan, parsed.data.account, actions === "bracket");
  checkStages(parsed.data);
  const issue = agentIssue(parsed.data) ?? (parsed.data.warmStart && warmStartIssue(parsed.data.warmStart));
  if (issue !== undefined) throw new Failure("config/invalid", issue);
  rewardParts(parsed.data.reward);
  if (parsed.data.stress !== undefined) stressOfVariants(parsed.data.stress).forEach(checkStress);
  return parsed.data;
}

/** Each stage must be as sound as the whole. */
function checkStages(settings: Experiment): void {
  const { stages = [] } = settings;
  for (const [at, { stress, instruments }] of stages.entries()) {
    const issue = agentIssue(stageSettings(settings, at));
    if (issue !== undefined) throw new Failure("config/invalid", `stages.${at}: ${issue}`);
    if (stress !== undefined) stressOfVariants(stress).forEach(checkStress);
    if (instruments !== undefined && isContinuous(settings.actions)) {
      throw new Failure(
        "config/invalid",
        `stages.${at}.instruments: ${settings.actions} cannot leave some of them alone`,
      );
    }
  }
}
