/** @file The table of statistics: is it real, or luck, in the field's own numbers. */
import type { ReportData } from "../report-data.ts";
import type { BaselineTest } from "../statistics/baseline-tests.ts";
import type { Evidence, Profiles, Shown } from "../statistics/evidence.ts";
import type { Verdict } from "../significance.ts";
import { decimal, percent, whole } from "./format.ts";
import { lineChart } from "./line-chart.ts";
import { toldRange } from "./metric-rows.ts";
import type { Row, Section, SectionPart } from "./section.ts";
import { signedCell, tablePart } from "./section.ts";

export function statisticsSection({ statistics, verdict }: ReportData): Section | undefined {
  if (statistics === undefined) return undefined;
  return {
    title: "Real, or luck?",
    note: "What the field asks of a track record beside the verdict, which does not rest on these numbers. Small print: 95 % intervals.",
    parts: [
      tablePart(["Statistic", { text: "Value", agent: true }], rows(statistics)),
      ...againstBaselines(statistics.againstBaselines, verdict),
      ...profileChart(statistics.profile, verdict.agent),
    ],
  };
}

function pValue(value: number): string {
  return value < 0.001 ? "below 0.001" : decimal(value, 3);
}

function rows(statistics: Evidence): Row[] {
  return [
    row(statistics.probabilisticSharpe, (value) => [percent(value)]),
    row(statistics.deflatedSharpe, (value) => [percent(value)]),
    row(statistics.minimumTrackRecord, (value) => [`${whole(Math.ceil(value))} bars`]),
    row(statistics.minimumBacktest, (value) => [`${decimal(value, 1)} years`]),
    row(statistics.overfitting, (value) => [percent(value)]),
    row(statistics.superiorAbility, (value) => [pValue(value)]),
    row(statistics.realityCheck, (value) => [pValue(value)]),
    row(statistics.interquartileMean, (value) => [decimal(value.estimate), toldRange(value, decimal)]),
    row(statistics.improvement, (value) => [percent(value.estimate), toldRange(value, percent)]),
    row(statistics.shortfall, (value) => [decimal(value.estimate), toldRange(value, decimal)]),
  ].flat();
}

/**
 * A number that does not exist is a dash, and its reason stands in the place of the meaning; of a report that has not got it there is
 * nothing.
 * @param print the number, and its interval where it has one
 */
function row<T>(shown: Shown<T> | undefined, print: (value: T) => readonly [string, string?]): Row[] {
  if (shown === undefined) return [];
  const { label, meaning, answer } = shown;
  const [text, small] = answer.known ? print(answer.value) : ["–"];
  return [{ label, said: answer.known ? meaning : answer.reason, cells: [{ text, small, agent: true }] }];
}

function againstBaselines(
  shown: Shown<readonly BaselineTest[]> | undefined,
  { agent, sharpe }: Verdict,
): SectionPart[] {
  if (shown === undefined) return [];
  const { label, meaning, answer } = shown;
  if (!answer.known) return [{ kind: "text", text: `${label}: ${answer.reason}` }];
  return [
    { kind: "text", text: `${label}. ${meaning}` },
    tablePart(
      ["", { text: "Lead in Sharpe ratio", agent: true }, "p", "p, Holm", "p, Benjamini-Hochberg", "Beaten (StepM)"],
      answer.value.map(({ baseline, pValue: alone, familyWise, falseDiscovery, beaten }) => ({
        label: baseline,
        cells: [
          { ...signedCell(sharpe[agent].estimate - sharpe[baseline].estimate), agent: true },
          pValue(alone),
          pValue(familyWise),
          pValue(falseDiscovery),
          beaten ? "yes" : "no",
        ],
      })),
    ),
  ];
}

/** Every so many points are named. */
const labelled = 3;

function profileChart(shown: Shown<Profiles> | undefined, agent: string): SectionPart[] {
  if (shown === undefined) return [];
  const { label, meaning, answer } = shown;
  if (!answer.known) return [{ kind: "text", text: `${label}: ${answer.reason}` }];
  const { baseline, thresholds, agent: own, baselines } = answer.value;
  const shares = thresholds.flatMap((threshold, n) =>
    n % labelled === 0 ? `${decimal(threshold)}: ${percent(own[n], 0)} and ${percent(baselines[n], 0)}` : [],
  );
  const sentence = `Share above each Sharpe ratio, of ${agent} and of ${baseline}: ${shares.join("; ")}.`;
  return [
    { kind: "text", text: `${label}. ${meaning}` },
    {
      kind: "drawing",
      told: sentence,
      html: lineChart({
        label: sentence,
        xTitle: "Sharpe ratio of a seed in a fold",
        yTitle: "Share above it",
        lines: [
          { name: agent, values: own },
          { name: baseline, values: baselines },
        ],
        x: thresholds.map((at, n) => ({ at, text: n % labelled === 0 ? decimal(at) : "" })),
      }),
    },
  ];
}
