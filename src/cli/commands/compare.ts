/** @file `ploutos compare`: two agents over the same folds and seeds, and which of them is better, if that can be told. */
import type { Command } from "commander";
import { existsSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { systemClock } from "#base/clock.ts";
import { Failure } from "#base/failure.ts";
import { invariant } from "#base/invariant.ts";
import type { Universe } from "#domain/universe.ts";
import type { Comparison } from "#evaluation/comparison.ts";
import { compare } from "#evaluation/comparison.ts";
import { simpleReturns } from "#evaluation/metrics.ts";
import { writeFileWhole } from "#storage/atomic-file.ts";
import { dataHash } from "#storage/data-hash.ts";
import type { CommonOptions } from "../command.ts";
import { action, collect, command, count, typed } from "../command.ts";
import type { FoldOptions } from "../fold-options.ts";
import { foldingLike, foldingOf, seedsOf, withFoldOptions } from "../fold-options.ts";
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
import type { WalkForwardJob } from "../walk-forward-job.ts";
import { foldsOfJob, runWalkForward } from "../walk-forward-job.ts";

interface CompareOptions extends CommonOptions, CountingOptions, FoldOptions {
  readonly seed: number;
  readonly market?: string;
  readonly transitions?: number;
  readonly workers?: number;
  readonly out?: string;
  readonly resume: boolean;
  /** False with --no-verify. */
  readonly verify: boolean;
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
    .option("--resume", "go on with the comparison in --out that was interrupted", false)
    .option(
      "--no-verify",
      "do not look for leaks in the last fold's model of what is trained; where some are found it ends with exit code 2",
    )
    .option(
      "--set <name=value>",
      "one setting of both, or of the one that has a use for it, e.g. lanes=32; may be repeated",
      collect,
      [],
    )
    .action(
      action<CompareOptions>(async ({ options, terminal, args: [a, b] }) => {
        const out = outOf(options);
        // All that could keep them from being compared is known before anything is trained.
        const sides = await sidesOf(namedSides([a, b], options), options, terminal);
        expectSameTest(sides[0].tested, sides[1].tested);
        const one = await contender(sides[0], join(out, "a"), options, terminal);
        const other = await contender(sides[1], join(out, "b"), options, terminal);
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
  if (sides[0] === sides[1]) {
    throw new Failure("cli/bad-option", `compare holds an agent against another; ${sides[0]} was given twice`);
  }
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

/** @throws Failure cli/bad-option, storage/not-found where nothing is there that could go on */
function outOf({ out, resume }: CompareOptions): string {
  if (!resume) return out ?? join("runs", runId(systemClock, "compare"));
  if (out === undefined) throw new Failure("cli/bad-option", "--resume needs --out, the folder that was begun");
  if (["a", "b"].some((side) => isBegun(join(out, side)))) return out;
  throw new Failure("storage/not-found", `${out} holds no comparison that could go on`, { folder: out });
}

function isBegun(folder: string): boolean {
  return existsSync(join(folder, "folds"));
}

/** What two sides that are compared must have in common. */
interface Tested {
  readonly market: string;
  readonly dataHash: string;
  /** Opens of the tested bars, as `KeptEquity.time`. */
  readonly time: ArrayLike<number>;
  readonly seeds: readonly number[];
}

/** One side before anything is trained. */
interface Side {
  readonly given: string;
  readonly tested: Tested;
  /** What was kept of a walk-forward, or what one is made of. */
  readonly from: KeptEquity | Pick<WalkForwardJob, "universe" | "settings" | "boosting" | "folding" | "seeds">;
}

/**
 * Both sides: what is trained is trained on the folds and seeds of what was kept, where it says which, or else as is asked, with the gap
 * of the one that reaches further.
 */
async function sidesOf(named: readonly Named[], options: CompareOptions, terminal: Terminal): Promise<Side[]> {
  const kept = await Promise.all(
    named.map(async ({ given, learner }) => (learner === undefined ? keptEquity(given) : undefined)),
  );
  const known = kept.find((each) => each !== undefined);
  const learners = named.flatMap(({ learner }) => learner ?? []);
  const universe = learners.length === 0 ? undefined : await marketOf(named, options, terminal);
  return Promise.all(
    named.map(async ({ given, learner }, side): Promise<Side> => {
      const equity = kept[side];
      if (equity !== undefined) {
        const { market, dataHash: hash, time, runs } = equity;
        return { given, from: equity, tested: { market, dataHash: hash, time, seeds: runs.map(({ seed }) => seed) } };
      }
      invariant(learner !== undefined && universe !== undefined, "what was not kept is trained on a market", { given });
      const folding =
        known?.folding === undefined
          ? foldingOf(options, universe.openTime.length, learners)
          : foldingLike(known.folding, options, learners);
      const seeds = options.seeds ?? known?.runs.map(({ seed }) => seed) ?? seedsOf(options);
      const { folds } = await foldsOfJob({ universe, ...learner, folding });
      const time = universe.openTime.subarray(folds[0].test.from - 1, folds[folds.length - 1].test.to);
      const tested = { market: universe.name, dataHash: dataHash(universe), time, seeds };
      return { given, from: { universe, ...learner, folding, seeds }, tested };
    }),
  );
}

async function marketOf(named: readonly Named[], options: CompareOptions, terminal: Terminal): Promise<Universe> {
  if (options.market === undefined) {
    const trained = named.filter(({ learner }) => learner !== undefined).map(({ given }) => given);
    throw new Failure("cli/bad-option", `compare needs --market NAME to train ${trained.join(" and ")}`);
  }
  const { universe, leftOut } = await projectMarket(options.market, options);
  if (leftOut !== undefined) terminal.say(leftOut.note);
  return universe;
}

/** The equity of a side, which is trained where it is not kept. */
async function contender(
  { given, from }: Side,
  folder: string,
  options: CompareOptions,
  terminal: Terminal,
): Promise<KeptEquity> {
  if ("runs" in from) {
    const looks = looksAgain(from);
    expectOutsideVault(options, from.market, looks[0]?.symbols ?? [], from.time.at(-1)!);
    countTrials(options, looks);
    if (looks.length === 0) terminal.say(`${given} is of a version that did not count looks: this one is not counted.`);
    return from;
  }
  terminal.say(`${basename(folder).toUpperCase()}: ${given}`);
  await runWalkForward(
    {
      ...from,
      // One side may have been begun before the other.
      resumed: options.resume && isBegun(folder),
      workers: options.workers,
      out: folder,
      runId: folder,
      command: typed(),
      source: `market ${from.universe.name}`,
      quality: qualityOf(from.universe),
      warnings: [],
      verified: options.verify,
      project: options,
    },
    terminal,
  );
  return keptEquity(folder);
}

/** @throws Failure evaluation/not-comparable */
function expectSameTest(one: Tested, other: Tested): void {
  const differ = (what: string, a: unknown, b: unknown): Failure =>
    new Failure("evaluation/not-comparable", `${what}: ${String(a)} and ${String(b)}`);
  if (one.dataHash !== other.dataHash) throw differ("other bars", one.market, other.market);
  const [times, others] = [Array.from(one.time), Array.from(other.time)];
  if (times.length !== others.length || times.some((time, at) => time !== others[at])) {
    const [first, second] = [times, others].map((time) => `${day(time[1])} to ${day(time.at(-1)!)}`);
    throw differ("other tested days", first, second);
  }
  const seeds = [one, other].map((each) => each.seeds.join(","));
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
