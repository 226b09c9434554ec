/** @file The five numbers at the top, and what the word means. */
import type { Metrics } from "../metrics.ts";
import type { ReportData } from "../report-data.ts";
import type { VerdictWord } from "../significance.ts";
import { decimal, multiple, percent, whole } from "./format.ts";
import type { MetricRow } from "./metric-rows.ts";
import { toldMetric } from "./metric-rows.ts";

/** What each word means, for someone who meets it for the first time. */
export const meanings: Readonly<Record<VerdictWord, string>> = {
  BEATS:
    "Even the low end of what luck allows leaves the agent ahead of the best simple alternative, after costs. It is a statement about these bars, not a promise about the next ones.",
  "NO BEATS":
    "A simple alternative did at least as well after costs. That is the usual and honest outcome; do not trade this agent.",
  INCONCLUSIVE:
    "The agent came out ahead, or there was too little to go by, and the difference is no larger than luck can make it. More bars or more seeds may settle it.",
};

export interface KeyNumber {
  readonly label: string;
  readonly agent: string;
  /** Of the best baseline. */
  readonly best: string;
}

export function keyNumbers({ verdict, contenders, time }: ReportData): KeyNumber[] {
  const agent = contenders.find(({ name }) => name === verdict.agent)?.metrics;
  const best = contenders.find(({ name }) => name === verdict.bestBaseline)?.metrics;
  if (agent === undefined || best === undefined) return [];
  const number = (label: string, name: keyof Metrics, print: MetricRow["print"]): KeyNumber => ({
    label,
    agent: toldMetric(name, agent[name], time.length - 1, print),
    best: toldMetric(name, best[name], time.length - 1, print),
  });
  return [
    number("Sharpe ratio", "sharpe", decimal),
    number("Return a year", "annualReturn", percent),
    number("Maximum drawdown", "maxDrawdown", percent),
    number("Turnover a year", "turnover", multiple),
    number("Round trips", "trades", whole),
  ];
}
