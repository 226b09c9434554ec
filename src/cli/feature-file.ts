/** @file A user's own feature, loaded from its file. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Failure } from "#base/failure.ts";
import type { UserFeature } from "#features/user-feature.ts";
import { userFeature } from "#features/user-feature.ts";

/**
 * Runs the file, TypeScript or JavaScript, and reads the feature that it exports. The file is the user's own program and
 * may do whatever a program may.
 * @throws Failure features/bad-file
 */
export async function loadFeatureFile(file: string): Promise<UserFeature> {
  const path = resolve(file);
  if (!existsSync(path)) throw new Failure("features/bad-file", `${file} does not exist`, { file });
  let exported: Record<string, unknown>;
  try {
    exported = (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Failure("features/bad-file", `${file} cannot be loaded (${why})`, { file, cause });
  }
  return userFeature(exported, file);
}
