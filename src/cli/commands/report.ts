/** @file `ploutos report`: draws a stored report again. Nothing is traded, and no market is opened. */
import type { Command } from "commander";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { Failure } from "#base/failure.ts";
import { storedReport } from "#evaluation/report.ts";
import { readStored } from "#storage/stored-json.ts";
import type { CommonOptions } from "../command.ts";
import { action, command } from "../command.ts";
import { writeReport } from "../judged.ts";

interface ReportOptions extends CommonOptions {
  readonly out?: string;
}

export function reportCommand(): Command {
  return command(
    "report <run>",
    "Draws the page and the Markdown of a stored report again, without trading: the latest of a run, or that of a folder.",
    "ploutos report runs/first\nploutos report runs/first/backtests/2026-01-31T12-00-05-backtest --out pages",
  )
    .option("--out <folder>", "where it is written (default: where it is stored)")
    .action(
      action<ReportOptions>(async ({ options, terminal, args: [path] }) => {
        const file = latestReport(path);
        const absent = (): Failure => new Failure("storage/not-found", `${file} is gone`, { file });
        const data = storedReport((await readStored(file, absent)).toString("utf8"), file);
        const folder = options.out ?? dirname(file);
        const page = await writeReport(folder, data);
        const files = { html: page, markdown: join(folder, "report.md"), json: join(folder, "report.json") };
        const { word, reasons } = data.verdict;
        const text = [`${word}: ${reasons[0]}`, "", `Page: ${files.html}`, `Markdown: ${files.markdown}`];
        terminal.result({ from: file, ...files, word }, text.join("\n"));
      }),
    );
}

/**
 * `report.json` of a folder, or else the newest of what a run holds; their folders are named by when they were made.
 * @throws Failure storage/not-found
 */
function latestReport(path: string): string {
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
