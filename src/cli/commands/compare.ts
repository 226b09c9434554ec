/** @file `ploutos compare`: two agents over the same folds and seeds, and which of them is better, if that can be told. */
import type { Command } from "commander";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "#base/clock.ts";
import { Failure } from "#base/failure.ts";
import type { Comparison } from "#evaluation/comparison.ts";
import { compare } from "#evaluation/comparison.ts";
import { simpleReturns } from "#evaluation/metrics.ts";
import { writeFileWhole } from "#storage/atomic-file.ts";
import type { CommonOptions } from "../command.ts";
import { action, collect, command, count, typed } from "../command.ts";
import type { FoldOptions } from "../fold-options.ts";
import { foldingOf, seedsOf, withFoldOptions } from "../fold-options.ts";
import type { KeptEquity } from "../kept-equity.ts";
import { keptEquity, looksAgain } from "../kept-equity.ts";
import type { CountingOptions } from "../project.ts";
import { countTrials, expectOutsideVault, projectMarket, vaultMarksOf, withCounting } from "../project.ts";
import { qualityOf } from "../quality-of.ts";
import { runId } from "../run-id.ts";
import type { Learner } from "../learner-settings.ts";
import { namedLearners } from "../named-learners.ts";
import type { Terminal } from "../terminal.ts";
import { day, fixed, table } from "../terminal.ts";
import { runWalkForward } from "../walk-forward-job.ts";

interface CompareOptions extends CommonOptions, CountingOptions, FoldOptions {
  readonly seed: number;
  readonly market?: string;
  readonly transitions?: number;
  readonly workers?: number;
  readonly out?: string;
  readonly set: string[];
}

export function compareCommand(): Command {
  return withFoldOptions(
    withCounting(
      command(
        "compare <a> <b>",
        "Says which of two agents is better over the same folds and seeds. Each is the folder of a walk-forward, a JSON file of settings, a preset or an algorithm; all but the first are trained.",
        "ploutos compare ppo settings.json --market my-stocks --seeds 1,2,3\nploutos compare ppo rule-and-boosting --market my-stocks\nploutos compare runs/first runs/second",
      ),
    ),
  )
    .option("--market <name>", "an imported market, where something is trained")
    .option("--transitions <number>", "env steps of each training", count)
    .option("--workers <number>", "trainings at the same time (default: one for each core)", count)
    .option("--out <folder>", "folder of what is trained (default: runs/<id>)")
    .option(
      "--set <name=value>",
      "one setting of both, or of the one that has a use for it, e.g. lanes=32; may be repeated",
      collect,
      [],
    )
    .action(
      action<CompareOptions>(async ({ options, terminal, args: [a, b] }) => {
        const out = options.out ?? join("runs", runId(systemClock, "compare"));
        // Both are known before anything is trained.
        const named = namedSides([a, b], options);
        // The same folds for both: with the gap of the one that reaches further.
        const learners = named.flatMap(({ learner }) => learner ?? []);
        const one = await contender(named[0], "a", out, learners, options, terminal);
        const other = await contender(named[1], "b", out, learners, options, terminal);
        expectSameTest(one, other);
        const [oneName, otherName] = one.agent === other.agent ? [`A (${a})`, `B (${b})`] : [one.agent, other.agent];
        const returnsOf = ({ runs }: KeptEquity): Float64Array[] =>
          runs.map(({ equity }) => simpleReturns(Float64Array.from(equity)));
        const comparison = compare(
          { name: oneName, runs: returnsOf(one) },
          { name: otherName, runs: returnsOf(other) },
          { barsPerYear: one.barsPerYear, seed: options.seed },
        );
        const path = join(out, "comparison.json");
        const { time, market } = one;
        const marks = vaultMarksOf(options);
        const told = { ...comparison, market, from: time[1], to: time.at(-1), compared: [a, b], vault: marks };
        await writeFileWhole(path, JSON.stringify(told, undefined, 2));
        terminal.result({ ...told, file: path }, [described(comparison, one, path), ...marks].join("\n"));
      }),
    );
}

/** What is compared, as it was typed; settings where it is still to be trained. */
interface Named {
  readonly given: string;
  readonly learner: Learner | undefined;
}

/** What each side is. */
function namedSides(sides: readonly string[], options: CompareOptions): Named[] {
  const trained = namedLearners(
    sides.filter((given) => !isFolder(given)),
    options,
  );
  return sides.map((given) => ({
    given,
    learner: isFolder(given) ? undefined : trained.shift()!.learner,
  }));
}

function isFolder(given: string): boolean {
  return existsSync(given) && statSync(given).isDirectory();
}

/** What was kept of a walk-forward, or what one made now gives. */
async function contender(
  { given, learner }: Named,
  name: "a" | "b",
  out: string,
  learners: readonly Learner[],
  options: CompareOptions,
  terminal: Terminal,
): Promise<KeptEquity> {
  if (learner === undefined) {
    const kept = await keptEquity(given);
    const looks = looksAgain(kept);
    expectOutsideVault(options, kept.market, looks[0]?.symbols ?? [], kept.time.at(-1)!);
    countTrials(options, looks);
    if (looks.length === 0) terminal.say(`${given} is of a version that did not count looks: this one is not counted.`);
    return kept;
  }
  const { market } = options;
  if (market === undefined) {
    throw new Failure("cli/bad-option", `compare needs --market NAME to train ${given}`);
  }
  const { universe, leftOut } = await projectMarket(market, options);
  if (leftOut !== undefined) terminal.say(leftOut.note);
  terminal.say(`${name.toUpperCase()}: ${given}`);
  const folder = join(out, name);
  await runWalkForward(
    {
      universe,
      ...learner,
      folding: foldingOf(options, universe.openTime.length, learners),
      seeds: seedsOf(options),
      workers: options.workers,
      out: folder,
      runId: folder,
      command: typed(),
      source: `market ${market}`,
      quality: qualityOf(universe),
      warnings: [],
      project: options,
    },
    terminal,
  );
  return keptEquity(folder);
}

/** @throws Failure evaluation/not-comparable */
function expectSameTest(one: KeptEquity, other: KeptEquity): void {
  const differ = (what: string, a: unknown, b: unknown): Failure =>
    new Failure("evaluation/not-comparable", `${what}: ${String(a)} and ${String(b)}`);
  if (one.dataHash !== other.dataHash) throw differ("other bars", one.market, other.market);
  const spans = [one, other].map(({ time }) => `${day(time[1])} to ${day(time.at(-1)!)}`);
  if (one.time.length !== other.time.length || one.time.some((time, at) => time !== other.time[at])) {
    throw differ("other tested days", spans[0], spans[1]);
  }
  const seeds = [one, other].map(({ runs }) => runs.map(({ seed }) => seed).join(","));
  if (seeds[0] !== seeds[1]) throw differ("other seeds", seeds[0], seeds[1]);
}

function described({ sharpe, runs, difference, reason, bars }: Comparison, { time }: KeptEquity, path: string): string {
  const interval = ({ lower, upper }: { lower: number; upper: number }): string => `${fixed(lower)} … ${fixed(upper)}`;
  const rows = Object.entries(sharpe).map(([name, each]) => [
    name,
    fixed(each.estimate),
    interval(each),
    `${runs[name]}`,
  ]);
  return [
    "",
    `Tested ${day(time[1])} to ${day(time.at(-1)!)}, ${bars} bars, after costs`,
    table(
      ["", "Sharpe", "95 % interval", "seeds"],
      [...rows, ["difference", fixed(difference.estimate), interval(difference), ""]],
    ),
    "",
    reason,
    `Comparison: ${path}`,
  ].join("\n");
}
