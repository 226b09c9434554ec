/** @file The equity of every run of a walk-forward, kept beside its report so that it can be compared later. */
import { join } from "node:path";
import { z } from "zod";
import { Failure } from "#base/failure.ts";
import { invariant } from "#base/invariant.ts";
import type { Timeframe } from "#domain/bar.ts";
import { timeframeMs } from "#domain/bar.ts";
import { splitPresets } from "#data/split.ts";
import type { Trial } from "#domain/trial.ts";
import { simpleReturns } from "#evaluation/metrics.ts";
import { writeFileWhole } from "#storage/atomic-file.ts";
import { readStoredJson } from "#storage/stored-json.ts";

/** A look in the ledger of trials, without its returns: those are in the equity. */
const lookSchema = z.strictObject({
  kind: z.enum(["look", "in-sample look"]),
  agent: z.string(),
  settings: z.string(),
  configHash: z.string(),
  seed: z.int(),
  market: z.string(),
  symbols: z.array(z.string()),
  timeframe: z.enum(Object.keys(timeframeMs) as [Timeframe, ...Timeframe[]]),
  dataHash: z.string(),
  from: z.number(),
  until: z.number(),
});

const mode = z.enum(["rolling", "expanding"]);

/** How bars were parted into folds, as `walk-forward-job.ts` was told. */
const foldingSchema = z.strictObject({
  plan: z.discriminatedUnion("by", [
    z.strictObject({
      by: z.literal("bars"),
      trainBars: z.int(),
      validationBars: z.int(),
      testBars: z.int(),
      mode,
    }),
    z.strictObject({
      by: z.literal("months"),
      trainMonths: z.number(),
      validationMonths: z.number(),
      testMonths: z.number(),
      mode,
    }),
    z.strictObject({
      by: z.literal("days"),
      split: z.enum(Object.keys(splitPresets) as [keyof typeof splitPresets]),
    }),
  ]),
  gap: z.strictObject({ purgeBars: z.int(), embargoBars: z.int() }),
});

const schema = z.strictObject({
  formatVersion: z.literal(1),
  agent: z.string(),
  market: z.string(),
  dataHash: z.string(),
  barsPerYear: z.number(),
  /** Absent in files of earlier versions. */
  folding: foldingSchema.optional(),
  /** Opens of the tested bars, that of the starting capital first, `[T+1]`, Unix ms UTC. */
  time: z.array(z.number()),
  /** One for each run: its seed, its equity `[T+1]` and, but in files of earlier versions, the look that it was. */
  runs: z.array(z.strictObject({ seed: z.int(), equity: z.array(z.number()), look: lookSchema.optional() })).min(1),
});

export type KeptEquity = z.infer<typeof schema>;

const file = "equity.json";

export async function keepEquity(folder: string, kept: KeptEquity): Promise<void> {
  await writeFileWhole(join(folder, file), JSON.stringify(kept));
}

/**
 * What was kept of a walk-forward in `folder`.
 * @throws Failure storage/not-found, storage/damaged-file
 */
export async function keptEquity(folder: string): Promise<KeptEquity> {
  const absent = (): Failure =>
    new Failure("storage/not-found", `${folder} holds no walk-forward with ${file}`, { folder });
  return readStoredJson(join(folder, file), schema, absent);
}

/** A look as it is kept beside its equity. */
export function keptLook(trial: Trial): z.infer<typeof lookSchema> {
  const { kind, agent, settings, configHash, seed, market, symbols, timeframe, dataHash, from, until } = trial;
  invariant(kind !== "training", "what has equity is a look");
  const bars = { market, symbols: [...symbols], timeframe, dataHash, from, until };
  return { kind, agent, settings, configHash, seed, ...bars };
}

/** The looks that are taken again by whoever reads this; those of files of earlier versions are not known. */
export function looksAgain({ runs }: KeptEquity): Trial[] {
  return runs.flatMap(({ look, equity }) => (look === undefined ? [] : [{ ...look, returns: simpleReturns(equity) }]));
}
