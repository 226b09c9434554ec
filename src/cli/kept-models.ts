/** @file The models of a walk-forward or a cross-validation on disk, one file for each training, so that one that was interrupted goes on. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { z } from "zod";
import { Failure } from "#base/failure.ts";
import { fileHash } from "#base/hash.ts";
import type { CombinatorialSplit } from "#data/combinatorial.ts";
import type { Fold } from "#data/split.ts";
import type { Universe } from "#domain/universe.ts";
import type { KeptModels } from "#evaluation/trained-parts.ts";
import { writeFileWhole } from "#storage/atomic-file.ts";
import { dataHash } from "#storage/data-hash.ts";
import { readStored, readStoredJson } from "#storage/stored-json.ts";
import type { BoostingSettings } from "#training/boosting-settings.ts";
import { codeVersion } from "#training/code-version.ts";
import type { Experiment } from "#training/experiment.ts";
import type { FeatureFile } from "#training/feature-files.ts";
import type { FoldModel } from "#training/fold.worker.ts";

/** All that a model follows from, beside its fold and its seed. */
interface TrainedFrom {
  readonly universe: Universe;
  readonly settings: Experiment;
  readonly boosting: BoostingSettings | undefined;
  readonly folds: readonly (Fold | CombinatorialSplit)[];
  readonly featureFiles: readonly FeatureFile[];
  readonly warmFolds: boolean;
}

const aboutSchema = z.strictObject({ formatVersion: z.literal(1), trainedFrom: z.string(), codeVersion: z.string() });

/**
 * The models under `out`, which what was interrupted left there.
 * @throws Failure storage/exists where there are some and nobody asked to go on, training/config-changed where they follow from other
 * settings or bars, storage/damaged-file, storage/not-found where there is nothing to go on from
 */
export async function keptModels(out: string, from: TrainedFrom, resumed: boolean): Promise<KeptModels> {
  const folder = join(out, "folds");
  const about = { formatVersion: 1 as const, trainedFrom: identity(from), codeVersion: codeVersion() };
  const file = join(folder, "folds.json");
  const isThere = existsSync(file);
  if (isThere && !resumed) {
    throw new Failure("storage/exists", `${out} holds trained models; go on with --resume, or choose another --out`);
  }
  if (!isThere && resumed) {
    throw new Failure("storage/not-found", `${out} holds no trained models to go on from`, { folder: out });
  }
  if (isThere) await expectSame(file, about);
  const pathOf = (fold: number, seed: number): string => join(folder, `fold-${fold + 1}-seed-${seed}.model`);
  return {
    find: async (fold, seed) => (existsSync(pathOf(fold, seed)) ? read(pathOf(fold, seed)) : undefined),
    keep: async (fold, seed, model) => {
      // What fails before anything is learned leaves nothing behind.
      if (!existsSync(file)) await writeFileWhole(file, JSON.stringify(about));
      const content = serialize(model);
      await writeFileWhole(pathOf(fold, seed), Buffer.concat([Buffer.from(`${fileHash(content)}\n`), content]));
    },
  };
}

function identity({ universe, settings, boosting, folds, featureFiles, warmFolds }: TrainedFrom): string {
  // Each training has a seed of its own; the report's is of no model.
  const { seed: _, ...rest } = settings;
  return fileHash(JSON.stringify([dataHash(universe), rest, boosting ?? null, folds, featureFiles, warmFolds]));
}

async function expectSame(file: string, about: z.infer<typeof aboutSchema>): Promise<void> {
  const gone = (): Failure => new Failure("storage/not-found", `${file} is gone`, { file });
  const { trainedFrom, codeVersion: version } = await readStoredJson(file, aboutSchema, gone);
  const other = (found: string): Failure => new Failure("training/config-changed", found, { file });
  if (trainedFrom !== about.trainedFrom) {
    throw other("what is there was trained from other bars, folds or settings; give the same ones, or another --out");
  }
  if (version !== about.codeVersion) {
    throw other(`what is there was trained by version ${version}, this is ${about.codeVersion}; choose another --out`);
  }
}

async function read(file: string): Promise<FoldModel> {
  const gone = (): Failure => new Failure("storage/not-found", `${file} is gone`, { file });
  const stored = await readStored(file, gone);
  const line = stored.indexOf("\n");
  const content = stored.subarray(line + 1);
  if (line < 0 || fileHash(content) !== stored.subarray(0, line).toString("latin1")) {
    throw new Failure("storage/damaged-file", `${file} is cut off or was changed; remove it to train that fold again`, {
      file,
    });
  }
  // The hash says that it is what `keep` was given.
  return deserialize(content) as FoldModel;
}
