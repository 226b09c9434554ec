/** @file `ploutos status`: how one run is doing, or all of them. */
import type { Command } from "commander";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "#base/clock.ts";
import { Failure } from "#base/failure.ts";
import type { RunStatus } from "#training/run-status.ts";
import { runStatus } from "#training/run-status.ts";
import type { CommonOptions } from "../command.ts";
import { action, command } from "../command.ts";
import type { Terminal } from "../terminal.ts";
import { duration, fixed, percent, steps, table } from "../terminal.ts";

interface StatusOptions extends CommonOptions {
  readonly runs: string;
}

export function statusCommand(): Command {
  return command(
    "status [run]",
    "Says how a run is doing: under way, finished, stopped, killed; how far, how well, how long it still takes. Without a run: all.",
    "ploutos status runs/first\nploutos status --json",
  )
    .option("--runs <folder>", "where all runs lie", "runs")
    .action(
      action<StatusOptions>(async ({ options, terminal, args: [path] }) => {
        if (path === undefined) return await showAll(terminal, options.runs);
        const status = await runStatus(path);
        terminal.result(status, told(status));
      }),
    );
}

async function showAll(terminal: Terminal, folder: string): Promise<void> {
  const paths = existsSync(folder)
    ? readdirSync(folder)
        .toSorted()
        .map((name) => join(folder, name))
        .filter((path) => existsSync(join(path, "run.json")))
    : [];
  const rows: string[][] = [];
  const runs: (RunStatus | { path: string; state: "damaged"; message: string })[] = [];
  for (const path of paths) {
    try {
      const status = await runStatus(path);
      runs.push(status);
      rows.push(row(status));
    } catch (error) {
      // One damaged run hides none of the others.
      if (!(error instanceof Failure)) throw error;
      runs.push({ path, state: "damaged", message: error.message });
      rows.push([path, "damaged", "–", "–", "–", "–", "–"]);
    }
  }
  const head = ["run", "state", "agent", "steps or rounds", "validation, bps a bar", "alarms", "to go"];
  terminal.result({ runs }, rows.length === 0 ? `There are no runs in ${folder}.` : table(head, rows, 3));
}

function row({ path, state, agent = "–", transitions, of, best, alarms, secondsToFinish }: RunStatus): string[] {
  return [
    path,
    state,
    agent,
    transitions === undefined || of === undefined ? "–" : `${steps(transitions)} of ${steps(of)}`,
    fixed(best && 1e4 * best.meanReward),
    alarms === undefined ? "–" : String(alarms.length),
    secondsToFinish === undefined ? "–" : duration(secondsToFinish),
  ];
}

function told(status: RunStatus): string {
  const { path, state, message, agent, market, begunBy, counts, stopAsked } = status;
  const lines: [string, string][] = [
    ["state", stopAsked ? `${state}, asked to stop` : state],
    ["agent, market", `${agent ?? "unknown"}, ${market ?? "unknown"}`],
    ["progress", progress(status)],
    ...(status.best === undefined ? [] : [["validation", validation(status.best)] satisfies [string, string]]),
    ["last update", lastUpdate(status)],
    ["checkpoint", status.checkpoint === undefined ? "none" : `after ${steps(status.checkpoint)} ${counts}`],
    ["alarms", status.alarms?.length ? `${status.alarms.length}, told below` : "none"],
  ];
  const alarms = (status.alarms ?? []).map(
    ({ kind, message: said, transitions }) => `Warning (${kind}, after ${steps(transitions)} steps): ${said}.`,
  );
  const next = {
    running: `It ends in good order by: ploutos stop ${path}`,
    stopped: `Go on with: ploutos ${begunBy} --resume --out ${path}`,
    killed: `Go on from the checkpoint, or from the beginning where there is none: ploutos ${begunBy} --resume --out ${path}`,
    failed: message ?? "",
    finished: `Judge it: ploutos backtest ${path}`,
    unfinished: "Nobody trains it, and it left no model.",
  }[state];
  return [table([path, ""], lines, 9), ...alarms, next].join("\n");
}

function progress({ transitions, of, counts, stepsPerSecond, secondsToFinish, stoppedEarly }: RunStatus): string {
  if (transitions === undefined || of === undefined) return "not told";
  return [
    `${steps(transitions)} of ${counts === "rounds" ? "at most " : ""}${steps(of)} ${counts} (${percent(transitions / of, 0)})`,
    ...(stoppedEarly === true ? ["stopped early: the validation span got no better"] : []),
    ...(stepsPerSecond === undefined ? [] : [`${steps(Math.round(stepsPerSecond))} a second`]),
    ...(secondsToFinish === undefined ? [] : [`${duration(secondsToFinish)} to go`]),
  ].join(", ");
}

function validation({ meanReward, sharpe, maxDrawdown, transitions }: NonNullable<RunStatus["best"]>): string {
  return `${fixed(1e4 * meanReward)} bps a bar, Sharpe of a bar ${fixed(sharpe, 3)}, drawdown ${percent(maxDrawdown)}, of the parameters after ${steps(transitions)} steps`;
}

/** What every learner tells comes first where it is there; `--json` has all. */
const foremost = ["symbol", "episodeReturn", "policyLoss", "valueLoss", "entropy", "validationLoss"];

function lastUpdate({ metrics, writtenAt, state }: RunStatus): string {
  if (metrics === undefined) return "none";
  const shown = foremost.filter((name) => metrics[name] !== undefined).map((name) => `${name} ${short(metrics[name])}`);
  const age =
    state === "running" && writtenAt !== undefined
      ? `, told ${duration((systemClock.now() - writtenAt) / 1000)} ago`
      : "";
  return `${shown.join(", ")}${age}`;
}

function short(value: number | string): string {
  return typeof value === "number" ? String(Number(value.toPrecision(3))) : value;
}
