/** @file `ploutos report`: draws a stored report again. Nothing is traded, and no market is opened. */
import type { Command } from "commander";
import { dirname, join } from "node:path";
import type { CommonOptions } from "../command.ts";
import { action, command } from "../command.ts";
import { writeReport } from "../judged.ts";
import { latestReport } from "../latest-report.ts";

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
        const { file, data } = await latestReport(path);
        const folder = options.out ?? dirname(file);
        const page = await writeReport(folder, data);
        const files = { html: page, markdown: join(folder, "report.md"), json: join(folder, "report.json") };
        const { word, reasons } = data.verdict;
        const text = [`${word}: ${reasons[0]}`, "", `Page: ${files.html}`, `Markdown: ${files.markdown}`];
        terminal.result({ from: file, ...files, word }, text.join("\n"));
      }),
    );
}
