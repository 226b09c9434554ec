/** @file The pages of `importance`: what an agent looks at, and why it decided so; they open from disk and ask no network for anything. */
import type { Interval } from "#evaluation/bootstrap.ts";
import type { Importance } from "#evaluation/importance.ts";
import type { NamedBar } from "#evaluation/report/bar-chart.ts";
import { barChart } from "#evaluation/report/bar-chart.ts";
import { decimal, percent } from "#evaluation/report/format.ts";
import type { Section } from "#evaluation/report/section.ts";
import type { PageHead } from "./section-page.ts";
import { sectionPage } from "./section-page.ts";

/** An importance with how far the agent's preference moves by it, where that is known. */
export interface UnitImportance extends Importance {
  readonly sensitivity?: number | undefined;
}

export interface ImportancePage extends PageHead {
  readonly units: readonly UnitImportance[];
  readonly repeats: number;
  readonly folds: number;
  /** What there is to say of what could not be told. */
  readonly notes: readonly string[];
}

export function importancePage(told: ImportancePage): string {
  const of = (kind: string): NamedBar[] =>
    told.units.filter(({ unit }) => unit.kind === kind).map((each) => importanceBar(each));
  const head = [
    "Sharpe ratio lost without it",
    "and 95 % interval",
    "Return a year lost",
    "Decisions changed",
    "Moves by",
  ];
  const note =
    `Each was seen at other times: within each of ${told.folds} stretches of the tested bars its rows went round by a random number ` +
    `of bars, ${told.repeats} times, and the agent was traded again. A faint bar's interval covers 0. Of 20 worthless features one ` +
    "shows an interval beside 0 by chance.";
  return sectionPage(told, [
    {
      title: "Groups",
      note,
      parts: [{ kind: "drawing", html: barChart(of("group"), head) }],
    },
    {
      title: "Features",
      note:
        "Features that tell the same stand in for each other: alone each seems to matter little, together in a group they show. " +
        "“Moves by” is how far the agent's preference moves for one standard deviation of the feature, up or down.",
      parts: [
        { kind: "drawing", html: barChart(of("feature"), head) },
        ...told.notes.map((text) => ({ kind: "text", text }) as const),
      ],
    },
  ]);
}

function importanceBar({ unit, sharpe, meanReturn, changed, sensitivity }: UnitImportance): NamedBar {
  return {
    name: unit.name,
    value: sharpe.estimate,
    interval: sharpe,
    told: [
      `${decimal(sharpe.estimate)} (${bounds(sharpe)})`,
      percent(meanReturn.estimate),
      percent(changed.estimate, 0),
      sensitivity === undefined ? "–" : decimal(sensitivity, 3),
    ],
  };
}

function bounds({ lower, upper }: Interval): string {
  return `${decimal(lower)} to ${decimal(upper)}`;
}

/** A part of what was preferred. */
export interface NamedPart {
  readonly name: string;
  readonly part: number;
}

export interface DecisionPage extends PageHead {
  /** What was decided and how much it was preferred, in sentences. */
  readonly sentences: readonly string[];
  readonly groups: readonly NamedPart[];
  readonly features: readonly NamedPart[];
  readonly account: readonly NamedPart[];
}

export function decisionPage(told: DecisionPage): string {
  const bars = (parts: readonly NamedPart[]): NamedBar[] =>
    parts.map(({ name, part }) => ({ name, value: part, told: [decimal(part, 4)] }));
  const section = (title: string, note: string, parts: readonly NamedPart[]): Section => ({
    title,
    note,
    parts: [{ kind: "drawing", html: barChart(bars(parts), ["Part in the preference", ""]) }],
  });
  return sectionPage(told, [
    { title: "The decision", parts: told.sentences.map((text) => ({ kind: "text", text }) as const) },
    section("By group", "Bars to the right spoke for the decision, bars to the left against it.", told.groups),
    section("By feature", "All rows of the window together.", told.features),
    section("The account", "What the agent saw of its own positions.", told.account),
  ]);
}
