/** @file How an experiment names its network: which body, and its sizes, checked at the border. */
import { z } from "zod";

const count = z.int().positive();

/** Of agents with a policy and a value: one body under both. */
const shared = z.boolean().default(false);

const mlp = z.strictObject({
  body: z.literal("mlp"),
  shared,
  hidden: z.array(count).min(1).default([64, 64]),
  activation: z.enum(["tanh", "relu", "gelu"]).default("relu"),
});

/** One body with its settings; an MLP where none is named. */
export const networkSchema = z
  .preprocess(
    (given) => (typeof given === "object" && given !== null && !("body" in given) ? { body: "mlp", ...given } : given),
    z.discriminatedUnion("body", [mlp]),
  )
  .prefault({});
