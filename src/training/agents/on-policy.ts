/** @file Settings that learners on the policy share, as schemas. */
import { z } from "zod";

export const fraction = z.number().min(0).max(1);
export const positive = z.number().positive();
export const notNegative = z.number().min(0);
export const count = z.int().positive();

/** One number for all parts of an action, or one for each. */
export const coefficient = z.union([notNegative, z.array(notNegative).min(1)]);

export const rewardScale = z.union([positive, z.literal("running")]);

/** How real-valued actions are drawn; see docs/algorithms/ppo.md. */
export const gaussianSchema = z
  .strictObject({
    squashed: z.boolean().optional(),
    deviation: z.enum(["free", "seen"]).optional(),
    logDeviation: z.number().min(-10).max(2).optional(),
  })
  .optional();
