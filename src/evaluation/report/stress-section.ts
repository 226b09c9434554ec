/** @file The agent in stressed copies of the market. */
import { mean } from "../metrics.ts";
import type { ReportData } from "../report-data.ts";
import { decimal, percent, whole } from "./format.ts";
import type { Row, Section } from "./section.ts";
import { tablePart } from "./section.ts";

export function stressSection({ stress, market, contenders }: ReportData): Section | undefined {
  if (stress === undefined) return undefined;
  const { calm, stressed, kinds, events, costElsewhere, preset, seed, copies = [] } = stress;
  const agent = contenders.find(({ role }) => role === "agent")?.name ?? "agent";
  const cost = Object.values(kinds).reduce((sum, kind) => sum + kind.cost, costElsewhere);
  const row = (label: string, before: string, after: string): Row => ({
    label,
    cells: [before, { text: after, agent: true }],
  });
  const all = [stressed, ...copies];
  const collapses = all.filter(({ ruined }) => ruined).length;
  const none = `No collapse in ${all.length === 1 ? "this copy" : `${all.length} copies`} of the market: equity never fell below half of what it began with.`;
  return {
    title: "Under stress",
    note:
      `The same agent in a copy of these bars to which ${whole(events)} events of ${preset} happened (seed ${seed}). ` +
      `The verdict does not rest on it. Costs of events are those to the positions that the agent held without them, in ${market.currency}; ` +
      "stress.json beside this page lists each one.",
    parts: [
      tablePart(
        [agent, "as it was", { text: "under stress", agent: true }],
        [
          row("Sharpe ratio", decimal(calm.sharpe), decimal(stressed.sharpe)),
          row("Total return", percent(calm.totalReturn), percent(stressed.totalReturn)),
          row("Maximum drawdown", percent(calm.maxDrawdown), percent(stressed.maxDrawdown)),
          row("Below half of the capital", calm.ruined ? "yes" : "no", stressed.ruined ? "yes" : "no"),
        ],
      ),
      {
        kind: "text",
        text: collapses === 0 ? none : `It collapsed in ${collapses} of ${all.length} copies of the market.`,
      },
      ...(copies.length === 0
        ? []
        : [
            {
              kind: "text",
              text:
                `Over ${all.length} copies, each stressed from a seed of its own, the Sharpe ratio is ${decimal(mean(all.map(({ sharpe }) => sharpe)))} on average, ` +
                `${decimal(Math.min(...all.map(({ sharpe }) => sharpe)))} at worst; the deepest drawdown is ${percent(Math.max(...all.map(({ maxDrawdown }) => maxDrawdown)))}.`,
            } as const,
          ]),
      tablePart(
        ["Event", "Times", "Cost"],
        [
          ...Object.entries(kinds).map(([kind, some]) => eventRow(kind, some.events, some.cost)),
          eventRow("prices elsewhere after gaps", undefined, costElsewhere),
          eventRow("together", events, cost),
        ],
      ),
    ],
  };
}

function eventRow(label: string, times: number | undefined, cost: number): Row {
  return { label, cells: [times === undefined ? "" : whole(times), whole(cost)] };
}
