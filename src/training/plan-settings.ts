/** @file Settings of position plans and action spaces as a user writes them, checked at the border. */
import { z } from "zod";
import { maxPositionFraction } from "#domain/position-limit.ts";
import { legacyPlan } from "#market/plans/legacy.ts";
import { mostVolume } from "#market/plans/petit-poucet.ts";

const fraction = z.number().min(0).max(1);
const positive = z.number().positive();
const count = z.int().positive();

const sizing = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("lots"), lots: positive }),
  z.strictObject({ kind: z.literal("equityFraction"), fraction: positive.optional() }),
  z.strictObject({
    kind: z.literal("riskFraction"),
    fraction: positive.max(1).default(0.01),
    most: positive.optional(),
  }),
]);

const petitPoucet = z.strictObject({
  unit: z.enum(["R", "atr", "pips"]).default("R"),
  adds: z.array(positive).default([1, 2]),
  split: positive.optional(),
  automatic: z.boolean().default(false),
  riskCapped: z.boolean().default(true),
  leastStopAtr: z.number().min(0).default(0.25),
});

const trailingStop = z.strictObject({
  activation: z.number().min(0).default(1),
  activationUnit: z.enum(["R", "atr", "money"]).default("R"),
  distanceAtr: positive.default(2),
  step: z.number().min(0).default(0.25),
  stepUnit: z.enum(["atr", "money"]).default("atr"),
});

const hedging = z.strictObject({
  mode: z.enum(["opposite", "reduce"]).default("reduce"),
  enter: fraction.default(0.7),
  exit: fraction.default(0.5),
  bars: count.default(3),
});

const parts = z.strictObject({
  sizing: sizing.prefault({ kind: "equityFraction" }),
  mostFraction: positive.max(maxPositionFraction).default(maxPositionFraction),
  stopAtr: z.number().optional(),
  targetAtr: z.number().optional(),
  petitPoucet: petitPoucet.optional(),
  breakEven: z.strictObject({ atR: positive.default(1) }).optional(),
  trailingStop: trailingStop.optional(),
  giveBack: z.strictObject({ limitR: positive.default(0.5) }).optional(),
  timeStop: z.strictObject({ bars: count }).optional(),
  hedging: hedging.optional(),
});

/** Sizes that were left open: all of the instrument's share, once a position has grown as far as it may. */
function withSizes({ sizing: size, ...rest }: z.output<typeof parts>) {
  const { petitPoucet: pyramid } = rest;
  const full = pyramid === undefined ? 1 : 1 / Math.min(mostVolume, 1 + pyramid.adds.length);
  if (size.kind === "equityFraction") return { ...rest, sizing: { ...size, fraction: size.fraction ?? full } };
  if (size.kind === "riskFraction") return { ...rest, sizing: { ...size, most: size.most ?? full } };
  return { ...rest, sizing: size };
}

/** A plan: its parts, each with its defaults where it is `{}`, or `legacy` for the documents' fixed numbers. */
export const planSchema = z
  .preprocess((given) => (given === "legacy" ? legacyPlan : given), parts.transform(withSizes))
  .prefault({} satisfies z.input<typeof parts>);

/** Distances that the bracket space chooses from, in ATR. */
export const bracketSchema = z
  .strictObject({
    stopsAtr: z.array(positive).min(1).default([1, 2]),
    targetsAtr: z.array(positive).min(1).default([1.5, 3]),
  })
  .prefault({});
