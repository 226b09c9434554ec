/** @file A strategy from a user's own file, to be verified. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { Failure } from "#base/failure.ts";
import { fileHash } from "#base/hash.ts";
import { loadModule } from "#training/own-module.ts";
import type { CreateStrategy } from "./subject.ts";

export interface StrategyFile {
  readonly name: string;
  readonly create: CreateStrategy;
  /** Bars that it needs before its first decision. */
  readonly historyBars: number;
}

/**
 * Runs a file that exports `create({ universe, from })`, which returns a policy of weights; `name` and `historyBars` where they are
 * not to be the file's and 0.
 * @throws Failure evaluation/bad-strategy
 */
export async function loadStrategy(path: string): Promise<StrategyFile> {
  const refuse = (found: string, cause?: unknown): never => {
    throw new Failure("evaluation/bad-strategy", `${path} ${found}`, { file: path, cause });
  };
  if (!existsSync(path)) refuse("does not exist");
  const file = basename(path);
  const text = await readFile(path, "utf8").catch((cause: unknown) => refuse(`cannot be read (${said(cause)})`, cause));
  const exported = await loadModule({ file, text, sha256: fileHash(text) }).catch((cause: unknown) =>
    refuse(`cannot be loaded (${said(cause)})`, cause),
  );
  const { create, name = file.replace(/\.[^.]*$/, ""), historyBars = 0 } = exported;
  if (typeof create !== "function") return refuse("exports no create");
  if (typeof name !== "string") return refuse("exports a name that is no text");
  if (typeof historyBars !== "number" || !Number.isInteger(historyBars) || historyBars < 0) {
    return refuse("exports historyBars that are no whole number");
  }
  return { name, create: create as CreateStrategy, historyBars };
}

function said(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
