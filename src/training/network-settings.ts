/** @file How an experiment names its network: which body, and its sizes, checked at the border. */
import { z } from "zod";

const count = z.int().positive();

/** Of agents with a policy and a value: one body under both. */
const shared = z.boolean().default(false);

/** What every body has: the dense layers that it ends with, and whether it is shared. */
const common = {
  shared,
  hidden: z.array(count).min(1).default([64, 64]),
  activation: z.enum(["tanh", "relu", "gelu"]).default("relu"),
};

const mlp = z.strictObject({ body: z.literal("mlp"), ...common });

const gru = z.strictObject({ body: z.literal("gru"), units: count.default(64), ...common });

const convolution = z.strictObject({
  body: z.literal("convolution"),
  channels: z.array(count).min(1).default([32, 32, 32]),
  kernel: z.int().min(2).default(3),
  ...common,
});

const transformer = z
  .strictObject({
    body: z.literal("transformer"),
    width: count.default(64),
    heads: count.default(4),
    feedForward: count.default(128),
    layers: count.default(2),
    acrossLayers: z.int().min(0).default(1),
    ...common,
  })
  .refine(({ width, heads }) => width % heads === 0, "network.heads: must divide network.width");

/** One body with its settings; an MLP where none is named. */
export const networkSchema = z
  .preprocess(
    (given) => (typeof given === "object" && given !== null && !("body" in given) ? { body: "mlp", ...given } : given),
    z.discriminatedUnion("body", [mlp, gru, convolution, transformer]),
  )
  .prefault({});
