/** @file Finds a stored report again: that of a folder, or the newest of a run. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "#base/failure.ts";
import { fileHash } from "#base/hash.ts";
import type { ReportData } from "#evaluation/report-data.ts";
import { storedReport } from "#evaluation/report.ts";
import { readStored } from "#storage/stored-json.ts";

/**
 * The report of a folder, or else the newest of a run that it is of.
 * @throws Failure storage/not-found, storage/damaged-file
 */
export async function latestReport(
  path: string,
): Promise<{ readonly file: string; readonly data: ReportData; readonly sha256: string }> {
  const file = reportFile(path);
  const absent = (): Failure => new Failure("storage/not-found", `${file} is gone`, { file });
  const text = (await readStored(file, absent)).toString("utf8");
  return { file, data: storedReport(text, file), sha256: fileHash(text) };
}

/**
 * `report.json` of a folder, or else the newest of what a run holds; their folders are named by when they were made.
 * @throws Failure storage/not-found
 */
function reportFile(path: string): string {
  const own = join(path, "report.json");
  if (existsSync(own)) return own;
  const stored = ["backtests", "evaluations"]
    .map((kind) => join(path, kind))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((name) => ({ name, file: join(folder, name, "report.json") })))
    .filter(({ file }) => existsSync(file))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const newest = stored.at(-1);
  if (newest === undefined) {
    const found = `${path} holds no report; \`ploutos evaluate RUN\` or \`ploutos backtest RUN\` makes one`;
    throw new Failure("storage/not-found", found, { folder: path });
  }
  return newest.file;
}
