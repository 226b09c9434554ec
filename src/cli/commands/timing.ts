/** @file `ploutos timing`: were buys and sells better timed than random ones? */
import type { Command } from "commander";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createRng } from "#base/rng.ts";
import { Failure } from "#base/failure.ts";
import { barRange } from "#data/split.ts";
import { firstBarFrom, sliceUniverse } from "#domain/universe.ts";
import { storedReport } from "#evaluation/report.ts";
import type { DecidedFill, TimedBars } from "#evaluation/timing-entries.ts";
import { decidedFill, runsTiming } from "#evaluation/timing-entries.ts";
import type { SideTiming, Timing } from "#evaluation/timing.ts";
import { usualTiming } from "#evaluation/timing.ts";
import { dataHash } from "#storage/data-hash.ts";
import { readStored } from "#storage/stored-json.ts";
import { action, command, count, positiveNumber } from "../command.ts";
import { day, fixed, percent, table } from "../terminal.ts";
import type { TestOptions } from "../tested-run.ts";
import { projectMarket } from "../project.ts";
import { openTestedRun, tradedOnce, withTestOptions } from "../tested-run.ts";

interface TimingOptions extends TestOptions {
  readonly horizon: number;
  readonly atrMultiple: number;
}

export function timingCommand(): Command {
  return withTestOptions(
    command(
      "timing <run>",
      "Says whether an agent's buys and sells were followed by a move its way more often than random ones: of a trained run, or of the folder of a stored report, such as a walk-forward's.",
      "ploutos timing runs/first\nploutos timing runs/walked --horizon 10 --atr-multiple 1.5",
    ),
  )
    .option("--horizon <bars>", "bars that the price is given", count, usualTiming.horizonBars)
    .option("--atr-multiple <number>", "how far it has to go, in ATR", positiveNumber, usualTiming.atrMultiple)
    .action(
      action<TimingOptions>(async ({ options, terminal, args: [path], given }) => {
        const { horizon, atrMultiple, seed } = options;
        const file = join(path, "report.json");
        const venue = (["finer", "latency", "rejects", "minConfidence"] as const).find((name) => given(name));
        if (existsSync(file) && venue !== undefined) {
          const found = `--${venue.replace(/[A-Z]/, (letter) => `-${letter.toLowerCase()}`)} is for trading again`;
          throw new Failure("cli/bad-option", `${found}, and ${path} is a report that has its fills`);
        }
        const { runs, bars } = existsSync(file) ? await storedFills(file, options) : await tradedFills(path, options);
        const found = runsTiming(runs, bars, { horizonBars: horizon, atrMultiple }, createRng(seed, "timing"));
        const { openTime } = bars.universe;
        const tested = { from: openTime[bars.from], until: openTime[bars.to - 1], runs: runs.length };
        const said = [
          `Decisions of ${day(tested.from)} to ${day(tested.until)}, ${runs.length} ${runs.length === 1 ? "run" : "runs"}`,
          shown(found),
          ...(found.undecided === 0
            ? []
            : [`Not counted: ${found.undecided} fills of stops, targets and liquidations.`]),
        ];
        terminal.result({ ...tested, ...found }, said.join("\n"));
      }),
    );
}

interface Fills {
  /** One list for each run of the agent. */
  readonly runs: readonly (readonly DecidedFill[])[];
  readonly bars: TimedBars;
}

/** A trained run, traded as `evaluate` does. */
async function tradedFills(path: string, options: TestOptions): Promise<Fills> {
  const tested = await openTestedRun(path, options);
  const { run, setting } = tested;
  await run.policy.dispose();
  const { fills } = await tradedOnce(tested, options);
  return { runs: [fills.map(decidedFill)], bars: setting };
}

/**
 * The fills of a stored report, on the bars of its market.
 * @throws Failure evaluation/not-comparable where the market has other bars now, or the report did not keep when fills were decided
 */
async function storedFills(file: string, { market, from, until, store, ledger }: TestOptions): Promise<Fills> {
  const absent = (): Failure => new Failure("storage/not-found", `${file} is gone`, { file });
  const report = storedReport((await readStored(file, absent)).toString("utf8"), file);
  const { universe: whole } = await projectMarket(market ?? report.market.name, { store, ledger }, { from, until });
  const universe = sliceUniverse(whole, 0, firstBarFrom(whole.openTime, report.market.to + 1));
  if (dataHash(universe) !== report.market.dataHash) {
    const [its, ours] = [report.market.dataHash, dataHash(universe)].map((hash) => hash.slice(0, 12));
    throw new Failure(
      "evaluation/not-comparable",
      `${file} is of bars with the hash ${its}, ${whole.name} has ${ours}`,
    );
  }
  const runs = report.trades.map(({ fills }) =>
    fills.map(({ symbol, side, decidedAt }): DecidedFill => ({ symbol, side, decidedAt })),
  );
  if (runs.flat().length > 0 && runs.flat().every(({ decidedAt }) => decidedAt === undefined)) {
    const found = `${file} does not say when its fills were decided; make the report again with this version`;
    throw new Failure("evaluation/not-comparable", found);
  }
  const asked = barRange(universe.openTime, { from, until });
  // As of a trained run: the decision before the first day is what the first day's return comes of.
  const first = Math.max(firstBarFrom(universe.openTime, report.time[0]), asked.from - 1);
  if (first >= asked.to) {
    const found = `${file} was tested from ${day(report.time[0])} on, which ${from ?? "the first"} to ${until ?? "the last"} holds no bar of`;
    throw new Failure("data/not-enough-bars", found);
  }
  return { runs, bars: { universe, from: first, to: asked.to } };
}

function shown({ buy, sell, settings: { horizonBars, atrMultiple } }: Timing): string {
  const rows = [row("BUY", buy), row("SELL", sell)];
  const reasons = [
    ["BUY", buy],
    ["SELL", sell],
  ] as const;
  return [
    table(
      ["", "decided", "good", "bad", "neutral", "good share", "at random bars", "lift", "95 % interval", "p"],
      rows,
    ),
    ...reasons.flatMap(([name, { skill }]) => (skill.known ? [] : [`${name}: ${skill.reason} Found: ${skill.found}.`])),
    `Good: the price goes ${atrMultiple} ATR its way before as far against it, within ${horizonBars} bars. A lift of 1 is chance.`,
  ].join("\n");
}

function row(name: string, { entries, good, bad, neutral, skill }: SideTiming): string[] {
  const counts = [name, ...[entries, good, bad, neutral].map(String)];
  if (!skill.known) return [...counts, "–", "–", "–", "–", "–"];
  const { share, randomShare, lift, pValue } = skill.value;
  const bounds = `${fixed(lift.lower)} … ${fixed(lift.upper)}`;
  return [...counts, percent(share), percent(randomShare), fixed(lift.estimate), bounds, fixed(pValue, 3)];
}
