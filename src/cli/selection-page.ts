/** @file The page of `select`: which agent was chosen, how its paths are spread, and what the choice is worth. */
import type { NamedBar } from "#evaluation/report/bar-chart.ts";
import { barChart } from "#evaluation/report/bar-chart.ts";
import { decimal, percent } from "#evaluation/report/format.ts";
import type { Section } from "#evaluation/report/section.ts";
import { tablePart } from "#evaluation/report/section.ts";
import type { TriedResult } from "#evaluation/selection.ts";
import type { PageHead } from "./section-page.ts";
import { sectionPage } from "./section-page.ts";
import type { SelectionResult } from "./selection-job.ts";

export interface SelectionPage extends PageHead {
  readonly result: SelectionResult;
  /** What to do next, and what the vault asks to say. */
  readonly notes: readonly string[];
}

export function selectionPage({ result, notes, ...head }: SelectionPage): string {
  const { reasons } = result.selection;
  const choice: Section = {
    title: "The choice",
    parts: [...reasons, ...notes].map((text) => ({ kind: "text", text }) as const),
  };
  return sectionPage(head, [choice, spreadSection(result), leadSection(result), pathSection(result)]);
}

function spreadSection({ selection: { candidates }, buyAndHold, paths }: SelectionResult): Section {
  const bar = ({ name, sharpe, annualReturn, maxDrawdown, turnover }: TriedResult): NamedBar => ({
    name,
    value: sharpe.mean,
    interval: { estimate: sharpe.mean, lower: sharpe.worst, upper: sharpe.best },
    told: [
      `${decimal(sharpe.mean)} (${decimal(sharpe.lowerQuartile)} to ${decimal(sharpe.upperQuartile)})`,
      percent(annualReturn),
      percent(maxDrawdown),
      decimal(turnover, 1),
    ],
  });
  const { sharpe, annualReturn, maxDrawdown, turnover } = buyAndHold;
  const held = {
    name: "buy and hold",
    value: sharpe,
    told: [decimal(sharpe), percent(annualReturn), percent(maxDrawdown), decimal(turnover, 1)],
  };
  const headings = [
    "Sharpe ratio, from the worst path to the best",
    "mean (and middle half)",
    "a year",
    "drawdown",
    "turnover",
  ];
  return {
    title: "How the paths are spread",
    note: `${paths} paths with each seed, after costs. The line goes from the worst to the best of them and is no interval: paths share models and bars. A bar is faint where some lost and some gained.`,
    parts: [{ kind: "drawing", html: barChart([...candidates.map(bar), held], headings) }],
  };
}

function leadSection({ selection: { chosen, leads } }: SelectionResult): Section {
  const rows = leads.map(({ over, difference: { estimate, lower, upper }, aheadIn }) => ({
    label: over,
    cells: [decimal(estimate), `${decimal(lower)} to ${decimal(upper)}`, percent(aheadIn, 0)],
  }));
  return {
    title: `${chosen} over each other`,
    note: "Difference of mean Sharpe ratios over the same bars; blocks of bars are redrawn for both alike.",
    parts: [tablePart(["Over", "Sharpe ratio", "95 % interval", "Ahead in"], rows)],
  };
}

function pathSection({ selection: { candidates } }: SelectionResult): Section {
  const rows = candidates[0].runs.map(({ path, seed }, run) => ({
    label: `path ${path}, seed ${seed}`,
    cells: candidates.map(({ runs }) => decimal(runs[run].sharpe)),
  }));
  return {
    title: "Every path",
    note: "Annualised Sharpe ratios.",
    parts: [tablePart(["", ...candidates.map(({ name }) => name)], rows)],
  };
}
