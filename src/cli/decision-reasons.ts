/** @file `importance --at`: why one decision was made, in numbers that add up to it. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "#base/clock.ts";
import { Failure } from "#base/failure.ts";
import { closeTime } from "#domain/bar.ts";
import { dayMs } from "#domain/day.ts";
import { firstBarFrom } from "#domain/universe.ts";
import { watchedPolicy } from "#evaluation/decision-log.ts";
import { moment } from "#evaluation/report/format.ts";
import { featureGroups, featureNames } from "#features/pipeline.ts";
import { integratedGradients } from "#policy/integrated-gradients.ts";
import type { Decision, Observation } from "#policy/policy.ts";
import { writeFilesWhole } from "#storage/atomic-file.ts";
import { typed } from "./command.ts";
import type { NamedPart } from "./importance-page.ts";
import { decisionPage } from "./importance-page.ts";
import { runId } from "./run-id.ts";
import type { RunPreferences } from "./run-preferences.ts";
import type { Terminal } from "./terminal.ts";
import { fixed, shownWhile, table } from "./terminal.ts";
import type { TestedRun } from "./tested-run.ts";
import { tradeSeeing } from "./tested-run.ts";

/** What is preferred, by what the network answers. */
const meanings = {
  logits: "probability of what was chosen",
  actionValues: "worth of what was chosen beyond the mean of what was legal",
  action: "number of the action",
} as const;

/** @throws Failure cli/bad-option where no decision was made then, or the model cannot be asked why */
export async function explainedDecision(
  path: string,
  tested: TestedRun,
  known: RunPreferences | string,
  { at, symbol }: { readonly at: string; readonly symbol?: string },
  terminal: Terminal,
): Promise<void> {
  if (typeof known === "string") throw new Failure("cli/bad-option", `--at ${at}: ${known.replace(/\.$/, "")}`);
  const { run, setting, table: seen } = tested;
  const { universe, from } = setting;
  const bar = barAt(at, tested);
  const instrument = symbol === undefined ? 0 : universe.instruments.findIndex((each) => each.symbol === symbol);
  if (instrument < 0) {
    const held = universe.instruments.map((each) => each.symbol).join(", ");
    throw new Failure("cli/bad-option", `--symbol is ${symbol}, and ${universe.name} has ${held}`);
  }
  let asked: { readonly observation: Observation; readonly decision: Decision } | undefined;
  const until = { ...setting, to: Math.max(bar + 1, from + 2) };
  await shownWhile(terminal, "trading up to the decision", () =>
    tradeSeeing(run, seen, until, (policy) =>
      watchedPolicy(policy, (observation, decision, nth) => {
        if (nth === bar - from) asked = { observation: structuredClone(observation), decision };
      }),
    ),
  );
  if (asked === undefined) throw new Failure("cli/bad-option", `--at ${at}: nothing was decided then`);
  const found = await integratedGradients(known, await known.seen(asked.observation), instrument);

  const groups = featureGroups(run.spec);
  const names = featureNames(run.spec);
  const byColumn = names.map((name, column): NamedPart => {
    let part = 0;
    for (let place = column; place < found.market.length; place += names.length) part += found.market[place];
    return { name, part };
  });
  const account = known.accountNames.map((name, place): NamedPart => ({ name, part: found.account[place] }));
  const byGroup = [...new Set(groups)].map((name): NamedPart => ({
    name,
    part: total(byColumn.filter((_, column) => groups[column] === name)),
  }));
  const parts = {
    groups: largestFirst([...byGroup, { name: "account", part: total(account) }]),
    features: largestFirst(byColumn),
    account: largestFirst(account),
  };
  const { decision } = asked;
  const name = universe.instruments[instrument].symbol;
  const said = "signals" in decision ? decision.signals[instrument] : weightOf(decision.weights?.[instrument]);
  const { value, baseline, gap, points } = found;
  const decidedAt = closeTime(universe.openTime[bar], universe.timeframe);
  const sentences = [
    `After the bar of ${moment(universe.openTime[bar])} it decided for ${name}: ${said}.`,
    `The ${meanings[known.answers]} is ${fixed(value, 4)}; of features at their usual values and an account that is flat it would be ${fixed(baseline, 4)}.`,
    `The parts below add up to the difference, ${fixed(value - baseline, 4)}, but for ${fixed(Math.abs(gap), 5)} (${points} steps; integrated gradients, Sundararajan et al., 2017).`,
    "They say what the network made of what it saw, not what moves the market.",
  ];
  const values = {
    command: typed(),
    decidedAt,
    symbol: name,
    decision: said,
    preference: known.answers,
    value,
    baseline,
    gap,
    points,
    ...parts,
  };
  const id = runId(systemClock, "decision");
  const [page, file] = ["html", "json"].map((kind) => join(path, "importance", `${id}.${kind}`));
  const head = {
    title: `Why ${said}`,
    kicker: `${run.name}, ${name} of ${universe.name}, after the bar of ${moment(universe.openTime[bar])}`,
    createdAt: systemClock.now(),
  };
  await mkdir(join(path, "importance"), { recursive: true });
  await writeFilesWhole([
    { path: file, write: JSON.stringify(values) },
    { path: page, write: decisionPage({ ...head, sentences, ...parts }) },
  ]);
  const rows = (some: readonly NamedPart[]): string[][] => some.map(({ name: of, part }) => [of, fixed(part, 4)]);
  const text = [
    ...sentences,
    table(["group", "part"], rows(parts.groups)),
    table(["feature", "part"], rows(parts.features.slice(0, shownParts))),
    `Page: ${page}`,
  ];
  terminal.result({ ...values, page, file }, text.join("\n"));
}

const shownParts = 15;

/** The bar at whose close is decided: the first of a day, or the one that a moment lies in. */
function barAt(at: string, { setting: { universe, from, to } }: TestedRun): number {
  const { openTime, timeframe } = universe;
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(at);
  const time = Date.parse(isDay ? `${at}T00:00:00Z` : `${at}Z`);
  const isMoment = isDay || /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(at);
  if (!isMoment || Number.isNaN(time)) {
    throw new Failure(
      "cli/bad-option",
      `--at is ${at}, and must be a day such as 2019-03-05 or a time such as 2019-03-05T14:30`,
    );
  }
  const bar = isDay ? firstBarFrom(openTime, time) : firstBarFrom(openTime, time + 1) - 1;
  const holds =
    bar >= from && bar < to && (isDay ? openTime[bar] < time + dayMs : time < closeTime(openTime[bar], timeframe));
  if (holds) return bar;
  const [first, last] = [openTime[from], openTime[to - 1]].map((each) => moment(each));
  throw new Failure("cli/bad-option", `--at ${at}: no tested bar is there; they are of ${first} to ${last}`);
}

function total(parts: readonly NamedPart[]): number {
  return parts.reduce((sum, { part }) => sum + part, 0);
}

function largestFirst(parts: readonly NamedPart[]): NamedPart[] {
  return parts.toSorted((a, b) => Math.abs(b.part) - Math.abs(a.part));
}

function weightOf(weight: number | undefined): string {
  return weight === undefined ? "no change" : `a weight of ${fixed(weight)} of the equity`;
}
