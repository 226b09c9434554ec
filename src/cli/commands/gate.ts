/** @file `ploutos gate`: go or no-go for a judged run, against a named set of criteria. */
import type { Command } from "commander";
import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { dirname, join, parse } from "node:path";
import { z } from "zod";
import { systemClock } from "#base/clock.ts";
import { Failure } from "#base/failure.ts";
import type { CriteriaSet } from "#evaluation/gate/criterion.ts";
import { criteriaSetSchema } from "#evaluation/gate/criterion.ts";
import type { GateResult } from "#evaluation/gate/gate.ts";
import { passGate } from "#evaluation/gate/gate.ts";
import { criteriaSets } from "#evaluation/gate/sets.ts";
import { writeFilesWhole, writeFileWhole } from "#storage/atomic-file.ts";
import { readStoredJson } from "#storage/stored-json.ts";
import type { CommonOptions } from "../command.ts";
import { action, command, foundWantingExitCode, typed } from "../command.ts";
import { gatePage, outcome } from "../gate-page.ts";
import { latestReport } from "../latest-report.ts";
import { runId } from "../run-id.ts";
import { table } from "../terminal.ts";

interface GateOptions extends CommonOptions {
  readonly criteria: string;
  readonly approve?: string;
}

const names = Object.keys(criteriaSets).join(", ");

export function gateCommand(): Command {
  return command(
    "gate <run>",
    "Go or no-go: holds the stored report of a run, or of a folder, against criteria. Ends with 0 for GO and 2 for NO GO.",
    "ploutos evaluate runs/second --champion runs/first\nploutos gate runs/second --criteria gemini-3-of-4",
  )
    .option("--criteria <name or file>", `a set (${names}), or a JSON file of one`, "gemini-final")
    .option("--approve <name>", "records that this person approves this very report, with the time and its hash")
    .action(
      action<GateOptions>(async ({ options, terminal, args: [path] }) => {
        const set = await criteriaOf(options.criteria);
        const { file, data, sha256 } = await latestReport(path);
        const approvals = await approvalsOf(file);
        if (options.approve !== undefined) {
          if (options.approve.trim() === "")
            throw new Failure("cli/bad-option", "--approve needs the name of a person");
          approvals.push({ who: options.approve, when: systemClock.now(), sha256 });
          await writeFileWhole(approvalsFile(file), JSON.stringify(approvals));
        }
        const result = passGate(set, { report: data, sha256, approvals });
        const about = { criteria: options.criteria, title: set.title, report: file };
        const kept = await keepGate(path, set, { ...about, sha256, approvals }, result);
        terminal.result({ ...about, ...result, ...kept }, told(set, file, result, kept.page));
        if (result.word === "NO GO") process.exitCode = foundWantingExitCode;
      }),
    );
}

/** Keeps what was asked and found beside the run, as data and as a page. */
async function keepGate(
  path: string,
  { criteria }: CriteriaSet,
  about: {
    readonly criteria: string;
    readonly title: string;
    readonly report: string;
    readonly sha256: string;
    readonly approvals: readonly StoredApproval[];
  },
  result: GateResult,
): Promise<{ readonly page: string; readonly file: string }> {
  const createdAt = systemClock.now();
  const id = runId(systemClock, `gate-${parse(about.criteria).name}`);
  const [page, file] = ["html", "json"].map((kind) => join(path, "gate", `${id}.${kind}`));
  const values = { formatVersion: 1, createdAt, command: typed(), ...about, asked: criteria, ...result };
  const kicker = `The report ${about.report}, held against ${about.criteria}.`;
  await mkdir(dirname(file), { recursive: true });
  await writeFilesWhole([
    { path: file, write: JSON.stringify(values) },
    { path: page, write: gatePage({ title: about.title, kicker, createdAt, result }) },
  ]);
  return { page, file };
}

/**
 * A set by its name, or from a file.
 * @throws Failure cli/bad-option, config/invalid
 */
async function criteriaOf(name: string): Promise<CriteriaSet> {
  if (Object.hasOwn(criteriaSets, name)) return criteriaSets[name as keyof typeof criteriaSets];
  if (!existsSync(name)) {
    throw new Failure("cli/bad-option", `--criteria ${name} is neither a set (${names}) nor a file`);
  }
  let value: unknown;
  try {
    value = JSON.parse(await readFile(name, "utf8"));
  } catch (cause) {
    throw new Failure("cli/bad-option", `--criteria ${name} cannot be read as JSON`, { cause });
  }
  const parsed = criteriaSetSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0];
  throw new Failure("config/invalid", `${name} at ${path.join(".") || "its root"}: ${message}`, { file: name });
}

const approvalSchema = z.strictObject({ who: z.string().min(1), when: z.number(), sha256: z.string() });
type StoredApproval = z.infer<typeof approvalSchema>;

function approvalsFile(report: string): string {
  return join(dirname(report), "approvals.json");
}

async function approvalsOf(report: string): Promise<StoredApproval[]> {
  const file = approvalsFile(report);
  if (!existsSync(file)) return [];
  const gone = (): Failure => new Failure("storage/not-found", `${file} is gone`, { file });
  return readStoredJson(file, z.array(approvalSchema), gone);
}

function told(set: CriteriaSet, file: string, { word, rows }: GateResult, page: string): string {
  const cells = rows.map((row) => [
    row.label,
    row.asked,
    row.found,
    row.range ?? "",
    `${outcome(row)}${row.role === "risk" ? " (risk)" : ""}`,
  ]);
  const failing = rows.filter(({ role, passed }) => role !== "shown" && !passed).map(({ label }) => label);
  return [
    set.title,
    table(["criterion", "asked", "found", "95 % interval", ""], cells, 5),
    word,
    ...(failing.length === 0 ? [] : [`  Not passed: ${failing.join(", ")}.`]),
    `Report: ${file}`,
    `Page: ${page}`,
  ].join("\n");
}
