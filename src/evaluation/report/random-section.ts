/** @file The agent among random agents of the same turnover: their whole distribution. */
import { randomAgentName } from "../baselines.ts";
import { randomRank } from "../random-rank.ts";
import type { ReportData } from "../report-data.ts";
import { decimal, percent, whole } from "./format.ts";
import { histogram } from "./histogram.ts";
import type { Section } from "./section.ts";

export function randomSection({ contenders, verdict }: ReportData): Section | undefined {
  const agent = contenders.find(({ role }) => role === "agent");
  const sharpes = contenders.find(({ name }) => name === randomAgentName)?.runs.map(({ sharpe }) => sharpe) ?? [];
  if (agent === undefined || sharpes.length === 0) return undefined;
  const { percentile, pValue } = randomRank(agent.metrics.sharpe, sharpes);
  const told =
    `The agent's Sharpe ratio of ${decimal(agent.metrics.sharpe)} is above that of ${percent(percentile, 0)} of ${whole(sharpes.length)} random agents; ` +
    `the chance that one of them does as well is ${decimal(pValue, 3)}.`;
  return {
    title: "Among random agents",
    note: "Each random agent holds what the agent held, begun at a random bar: the same positions for as long, at other times. They pay the same costs: what the agent has beyond them is timing.",
    parts: [
      { kind: "text", text: told },
      {
        kind: "drawing",
        html: histogram({
          label: told,
          values: sharpes,
          marked: { name: verdict.agent, value: agent.metrics.sharpe },
          xTitle: "Sharpe ratio",
          yTitle: "Random agents",
        }),
      },
    ],
  };
}
