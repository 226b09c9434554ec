/** @file The equity of every run of a walk-forward, kept beside its report so that it can be compared later. */
import { join } from "node:path";
import { z } from "zod";
import { Failure } from "#base/failure.ts";
import { writeFileWhole } from "#storage/atomic-file.ts";
import { readStoredJson } from "#storage/stored-json.ts";

const schema = z.strictObject({
  formatVersion: z.literal(1),
  agent: z.string(),
  market: z.string(),
  dataHash: z.string(),
  barsPerYear: z.number(),
  /** Opens of the tested bars, that of the starting capital first, `[T+1]`, Unix ms UTC. */
  time: z.array(z.number()),
  /** One for each run: its seed and equity `[T+1]`. */
  runs: z.array(z.strictObject({ seed: z.int(), equity: z.array(z.number()) })).min(1),
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
