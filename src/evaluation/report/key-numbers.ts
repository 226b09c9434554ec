/** @file The five numbers at the top, and what the word means. */
import type { ReportData } from "../report-data.ts";
import type { VerdictWord } from "../significance.ts";
import { decimal, multiple, percent, whole } from "./format.ts";

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

export function keyNumbers({ verdict, contenders }: ReportData): KeyNumber[] {
  const agent = contenders.find(({ name }) => name === verdict.agent)?.metrics;
  const best = contenders.find(({ name }) => name === verdict.bestBaseline)?.metrics;
  if (agent === undefined || best === undefined) return [];
  return [
    { label: "Sharpe ratio", agent: decimal(agent.sharpe), best: decimal(best.sharpe) },
    { label: "Return a year", agent: percent(agent.annualReturn), best: percent(best.annualReturn) },
    { label: "Maximum drawdown", agent: percent(agent.maxDrawdown), best: percent(best.maxDrawdown) },
    { label: "Turnover a year", agent: multiple(agent.turnover), best: multiple(best.turnover) },
    { label: "Round trips", agent: whole(agent.trades), best: whole(best.trades) },
  ];
}
