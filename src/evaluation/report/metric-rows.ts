/** @file Metrics as rows of a table: a name, what it means, one column for each contender. */
import type { Interval } from "../bootstrap.ts";
import type { Metrics } from "../metrics.ts";
import { leastYearlyBars, yearlyMetrics } from "../metrics.ts";
import type { ReportContender, ReportData } from "../report-data.ts";
import type { SectionPart } from "./section.ts";
import { tablePart } from "./section.ts";

export interface MetricRow {
  readonly name: keyof Metrics;
  readonly label: string;
  /** What it is, for a reader who never met it. */
  readonly meaning: string;
  readonly print: (value: number | undefined) => string;
}

/** A number as it is printed, or that there are too few bars for it. */
export function toldMetric(
  name: keyof Metrics,
  value: number | undefined,
  bars: number,
  print: MetricRow["print"],
): string {
  return bars < leastYearlyBars && yearlyMetrics.includes(name) ? "not enough data" : print(value);
}

export function metricTable({ contenders, verdict, time }: ReportData, rows: readonly MetricRow[]): SectionPart {
  const bars = time.length - 1;
  return tablePart(
    ["", ...contenders.map(({ name, role }) => ({ text: name, agent: role === "agent" }))],
    rows.map(({ name, label, meaning, print }) => ({
      label,
      meaning,
      cells: contenders.map((contender) => ({
        text: toldMetric(name, contender.metrics[name], bars, print),
        small: bars < leastYearlyBars ? undefined : intervalOf(contender, name, verdict.sharpe, print),
        agent: contender.role === "agent",
      })),
    })),
  );
}

/** The verdict's interval for the Sharpe ratio, so that one number has one interval on the page. */
function intervalOf(
  { name, intervals }: ReportContender,
  metric: keyof Metrics,
  sharpes: Readonly<Record<string, Interval>>,
  print: MetricRow["print"],
): string | undefined {
  const known: Partial<Record<keyof Metrics, Interval>> = {
    ...intervals,
    sharpe: sharpes[name] ?? intervals.sharpe,
  };
  const interval = known[metric];
  if (interval === undefined || print(interval.lower) === print(interval.upper)) return undefined;
  return toldRange(interval, print);
}

/** An interval in words; a bound without limit has no number. */
export function toldRange({ lower, upper }: Pick<Interval, "lower" | "upper">, print: MetricRow["print"]): string {
  if (upper === Infinity) return Number.isFinite(lower) ? `${print(lower)} or more` : "no limit";
  return lower === -Infinity ? `${print(upper)} or less` : `${print(lower)} to ${print(upper)}`;
}
