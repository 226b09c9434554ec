/** @file How an experiment names its reward: terms and composites with their settings, checked at the border. */
import { z } from "zod";
import type { RewardPresetName } from "#market/rewards/rewards.ts";
import { rewardPresets } from "#market/rewards/rewards.ts";
import { differentialDefaults } from "#market/rewards/differential-sharpe.ts";

const weight = z.number().default(1);
const positive = z.number().positive();
const presetNames = Object.keys(rewardPresets).filter((name) => name !== "alpha") as Exclude<
  RewardPresetName,
  "alpha"
>[];

/** Of a single term: does its weight count for the term over its standard deviation on the training span? */
const normalise = z.boolean().default(false);

const differential = {
  weight,
  normalise,
  eta: z.number().positive().max(1).default(differentialDefaults.eta),
  warmUpSteps: z.int().min(1).default(differentialDefaults.warmUpSteps),
  deviationFloor: positive.default(differentialDefaults.deviationFloor),
  limit: positive.optional(),
};
const lossAversion = z.number().min(1).default(1.5);

const settingSchema = z.discriminatedUnion("term", [
  z.strictObject({ term: z.enum(["log-return", "drawdown-increase", "turnover", "win-rate"]), weight, normalise }),
  z.strictObject({ term: z.enum(presetNames), weight }),
  z.strictObject({ term: z.literal("differential-sharpe"), ...differential }),
  z.strictObject({ term: z.literal("differential-downside"), ...differential }),
  z.strictObject({ term: z.literal("asymmetric"), weight, normalise, lossAversion }),
  z.strictObject({ term: z.literal("alpha"), weight, lossAversion }),
]);

/** A list of terms, or the name of one term or composite alone. */
export const rewardSchema = z
  .preprocess(
    (given) => (typeof given === "string" ? [{ term: given }] : given),
    z.array(settingSchema).min(1, "names no term"),
  )
  .prefault("log-return");
