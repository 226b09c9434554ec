/** @file A user's own features: files that are read once, run from the very text that was hashed, and kept with the run. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { Failure } from "#base/failure.ts";
import { fileHash } from "#base/hash.ts";
import type { Bars } from "#domain/bar.ts";
import type { Universe } from "#domain/universe.ts";
import type { OwnFeature } from "#features/feature.ts";
import type { UserFeature } from "#features/user-feature.ts";
import { checkUserFeature, ownFeature, userFeature } from "#features/user-feature.ts";
import type { FileToWrite } from "#storage/atomic-file.ts";
import type { ModuleFile } from "./own-module.ts";
import { loadModule } from "./own-module.ts";

/** A feature's file as it was read. Plain data: it may be sent to another thread. */
export type FeatureFile = ModuleFile;

/** What is kept of a file elsewhere than in its copy. */
export type FeatureFileRecord = Pick<FeatureFile, "file" | "sha256">;

/**
 * Reads feature files, once.
 * @throws Failure features/bad-file where one cannot be read, features/name-taken where two have one name
 */
export async function readFeatureFiles(paths: readonly string[]): Promise<FeatureFile[]> {
  const names = paths.map((path) => basename(path));
  const twice = names.find((name, at) => names.indexOf(name) < at);
  if (twice !== undefined) throw new Failure("features/name-taken", `two feature files are called ${twice}`);
  return Promise.all(paths.map(readFeatureFile));
}

/** Reads one feature file. @throws Failure features/bad-file */
export async function readFeatureFile(path: string): Promise<FeatureFile> {
  if (!existsSync(path)) throw new Failure("features/bad-file", `${path} does not exist`, { file: path });
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new Failure("features/bad-file", `${path} cannot be read (${said(cause)})`, { file: path, cause });
  });
  return { file: basename(path), text, sha256: fileHash(text) };
}

/** Where the copies of a run's feature files lie, from its folder. */
const copies = "features";

/** The files that a run keeps, to be written into its folder. */
export function featureFileCopies(run: string, files: readonly FeatureFile[]): FileToWrite[] {
  return files.map(({ file, text }) => ({ path: join(run, copies, file), write: text }));
}

/**
 * Reads the copies that a run keeps; `records` says what they were when it began.
 * @throws Failure features/changed-file where one is missing or another than it was
 */
export async function keptFeatureFiles(run: string, records: readonly FeatureFileRecord[]): Promise<FeatureFile[]> {
  return Promise.all(
    records.map(async ({ file, sha256 }) => {
      const path = join(run, copies, file);
      if (!existsSync(path)) throw new Failure("features/changed-file", `${path} is not there`, { file: path });
      const kept = await readFeatureFile(path);
      if (kept.sha256 === sha256) return kept;
      const found = `${path} has the SHA-256 ${kept.sha256.slice(0, 12)}, and had ${sha256.slice(0, 12)} when the run began`;
      throw new Failure("features/changed-file", found, { file: path });
    }),
  );
}

/**
 * Runs a feature file and reads the feature that it exports.
 * @throws Failure features/bad-file
 */
export async function loadFeature(feature: FeatureFile): Promise<UserFeature> {
  const { file } = feature;
  try {
    return userFeature(await loadModule(feature), file);
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    throw new Failure("features/bad-file", `${file} cannot be loaded (${said(cause)})`, { file, cause });
  }
}

function said(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** The bars of each instrument, by symbol: what a feature is checked on. */
export function barsBySymbol({ instruments, bars }: Universe): Record<string, Bars> {
  return Object.fromEntries(instruments.map(({ symbol }, at) => [symbol, bars[at]]));
}

/**
 * The features of files, ready to be computed beside a set.
 * @throws Failure features/bad-file, features/not-tradable
 */
export function ownFeatures(files: readonly FeatureFile[]): Promise<OwnFeature[]> {
  return Promise.all(files.map(async (file) => ownFeature(await loadFeature(file), file)));
}

/**
 * `ownFeatures`, each held to the laws first, on random bars and on those of the universe: before anything is trained.
 * @throws Failure features/refused and what `ownFeatures` throws
 */
export function checkedFeatures(files: readonly FeatureFile[], universe: Universe): Promise<OwnFeature[]> {
  return Promise.all(
    files.map(async (file) => {
      const feature = await loadFeature(file);
      checkUserFeature(feature, barsBySymbol(universe));
      return ownFeature(feature, file);
    }),
  );
}
