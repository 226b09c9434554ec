/** @file A judged result: its report as files, its verdict in the terminal. Shared by demo, walk-forward and backtest. */
import { mkdir } from "node:fs/promises";
import { join, relative } from "node:path";
import type { ReportData } from "#evaluation/report-data.ts";
import { reportHtml, reportJson, reportMarkdown } from "#evaluation/report.ts";
import { trialsSentence } from "#evaluation/trial-count.ts";
import { vaultNotes } from "#evaluation/vault-note.ts";
import { writeFileWhole } from "#storage/atomic-file.ts";
import type { Scaling } from "./scaling.ts";
import { notVerified, verificationLines } from "./verified-run.ts";
import type { Terminal } from "./terminal.ts";
import { day, fixed, percent, table } from "./terminal.ts";

/** Writes `report.html`, `report.md` and `report.json` into a folder; gives the path of the page. */
export async function writeReport(folder: string, data: ReportData): Promise<string> {
  await mkdir(folder, { recursive: true });
  const page = join(folder, "report.html");
  await writeFileWhole(join(folder, "report.json"), reportJson(data));
  await writeFileWhole(join(folder, "report.md"), reportMarkdown(data));
  await writeFileWhole(page, reportHtml(data));
  return page;
}

/**
 * Ends a command: the contenders in a table, the verdict with its reasons, what scaling hides, what more there is to say, the
 * path of the report.
 */
export function showVerdict(
  terminal: Terminal,
  data: ReportData,
  page: string,
  scaling: Scaling,
  more?: { readonly values: object; readonly text: string },
): void {
  const { verdict, contenders, time } = data;
  const rows = contenders.map(({ name, role, metrics }) => [
    role === "agent" ? `${name} (agent)` : name,
    fixed(metrics.sharpe),
    `${fixed(verdict.sharpe[name].lower)} … ${fixed(verdict.sharpe[name].upper)}`,
    percent(metrics.annualReturn),
    percent(metrics.maxDrawdown),
    fixed(metrics.turnover, 1),
    fixed(metrics.trades, 0),
  ]);
  const head = ["after costs", "Sharpe", "95 % interval", "a year", "drawdown", "turnover", "trades"];
  const path = relative(process.cwd(), page);
  const text = [
    "",
    `Tested ${day(time[1])} to ${day(time[time.length - 1])}, ${time.length - 1} bars`,
    table(head, rows),
    "",
    verdict.word,
    ...verdict.reasons.map((reason) => `  ${reason}`),
    ...(data.lookAhead === undefined ? [] : ["", data.lookAhead]),
    "",
    data.trials === undefined ? "Nobody counted how many agents and settings were tried." : trialsSentence(data.trials),
    ...vaultNotes(data.vault),
    ...(more === undefined ? [] : ["", more.text]),
    "",
    ...(data.verification === undefined ? [notVerified] : verificationLines(data.verification)),
    "",
    ...scaling.warnings.flatMap((warning) => [warning, ""]),
    `Report: ${path}`,
  ].join("\n");
  const summary = contenders.map(({ name, role, metrics }) => ({ name, role, ...metrics }));
  const { runId, lookAhead, warnings, trials, vault, verification } = data;
  const told = { runId, contenders: summary, lookAhead, warnings, trials, vault, verification, scaling };
  const values = { verdict, report: path, ...told, ...more?.values };
  terminal.result(values, text);
}
