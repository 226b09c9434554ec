/** @file How an experiment names the stress that it trains under, and the variants of its market that come of it. */
import { z } from "zod";
import { sliceUniverse } from "#domain/universe.ts";
import type { FeatureTable } from "#features/pipeline.ts";
import { featureTable } from "#features/pipeline.ts";
import { endToEnd, tablesEndToEnd } from "#market/copies.ts";
import type { StressPresetName } from "#market/stress/presets.ts";
import { adversarial, curriculumStrengths, stressPresets } from "#market/stress/presets.ts";
import type { StressKindName } from "#market/stress/events.ts";
import { stressKinds } from "#market/stress/events.ts";
import type { StressSettings } from "#market/stress.ts";
import { stressedMarket, stressedTable } from "#market/stress.ts";
import type { Market } from "#market/world.ts";
import { createMarket } from "#market/world.ts";
import type { Dataset, TrainingFold } from "./dataset.ts";

const range = z.tuple([z.number(), z.number()]);
const occurrence = z.strictObject({
  probability: z.number(),
  severity: range.optional(),
  bars: range.optional(),
});
const presetNames = [...Object.keys(stressPresets), "curriculum"] as [StressPresetName | "curriculum"];
const kinds = Object.fromEntries(Object.keys(stressKinds).map((kind) => [kind, occurrence.optional()])) as Record<
  StressKindName,
  z.ZodOptional<typeof occurrence>
>;

const settingSchema = z
  .strictObject({
    preset: z.enum(presetNames).optional(),
    events: z.strictObject(kinds).optional(),
    budget: z.strictObject({ windowBars: z.number(), events: z.number(), severity: z.number().optional() }).optional(),
    seed: z.int().min(0).default(1),
    variants: z.int().min(1).max(64).default(4),
  })
  .refine(
    ({ preset, events }) => (preset === undefined) !== (events === undefined),
    "stress: names either a preset or events",
  )
  .refine(
    ({ preset, budget }) => preset === undefined || budget === undefined,
    "stress: a preset has a budget of its own",
  );

/** A set of stress by its name, or its events; `variants` stressed markets are trained in beside the real one. */
export const stressSchema = z
  .preprocess((given) => (typeof given === "string" ? { preset: given } : given), settingSchema)
  .optional();

type StressSetting = NonNullable<z.output<typeof stressSchema>>;

/** The stress of each variant. */
export function stressOfVariants({ preset, events = {}, budget, variants }: StressSetting): readonly StressSettings[] {
  if (preset === "curriculum") return curriculumStrengths(variants).map((strength) => adversarial(strength));
  const settings = preset === undefined ? { events, budget } : stressPresets[preset];
  return Array.from({ length: variants }, () => settings);
}

/** Where an agent trains: variants of a market end to end, their table, and what the env has to know of them. */
export interface TrainingMarket {
  readonly market: Market;
  readonly table: FeatureTable;
  readonly copies: number;
  readonly unlockSteps?: number;
}

/**
 * The real market first, then its stressed variants, each with features of its own; nothing after the training span is in
 * them. A curriculum opens them one after the other, the last after half of `transitions`.
 */
export function trainingMarket(
  { universe, market, spec }: Dataset,
  { train, table, scaler }: TrainingFold,
  setting: StressSetting | undefined,
  { transitions, lanes }: { readonly transitions: number; readonly lanes: number },
): TrainingMarket {
  if (setting === undefined) return { market, table, copies: 1 };
  const { to } = train[train.length - 1];
  const known = sliceUniverse(universe, 0, to);
  const stressed = stressOfVariants(setting).map((settings, variant) => {
    const seed = setting.seed + variant;
    const made = stressedMarket(known, market, settings, seed);
    const features = featureTable(spec, scaler, made.universe);
    return { market: made.market, table: stressedTable(features, known, made.events, seed) };
  });
  const calm = createMarket(known, market.costs, market.sizing, market.rules);
  const rows = table.values.subarray(0, to * table.columns);
  const copies = stressed.length + 1;
  const curriculum = setting.preset === "curriculum" && copies > 2;
  return {
    market: endToEnd([calm, ...stressed.map((variant) => variant.market)]),
    table: tablesEndToEnd([{ ...table, values: rows, rows: to }, ...stressed.map((variant) => variant.table)]),
    copies,
    ...(curriculum ? { unlockSteps: Math.max(1, Math.floor(transitions / lanes / 2 / (copies - 2))) } : {}),
  };
}
