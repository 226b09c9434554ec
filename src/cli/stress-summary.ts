/** @file What a backtest under stress says in the terminal. */
import type { StressFigures, StressTest } from "#evaluation/stress-test.ts";
import { fixed, percent, table } from "./terminal.ts";

/** The figures with and without stress, their difference, and what each kind of event cost the same positions. */
export function stressSummary(
  preset: string,
  { calm, stressed, events, costElsewhere, kinds }: StressTest,
): {
  readonly values: object;
  readonly text: string;
} {
  const difference = {
    sharpe: stressed.sharpe - calm.sharpe,
    maxDrawdown: stressed.maxDrawdown - calm.maxDrawdown,
    totalReturn: stressed.totalReturn - calm.totalReturn,
  };
  const cost = events.reduce((sum, event) => sum + event.cost, costElsewhere);
  const row = (name: string, { sharpe, maxDrawdown, totalReturn, ruined }: StressFigures): string[] => [
    name,
    fixed(sharpe),
    percent(maxDrawdown),
    percent(totalReturn),
    ruined ? "yes" : "no",
  ];
  const rows = [
    row("as it was", calm),
    row(`under ${preset}`, stressed),
    ["difference", fixed(difference.sharpe), percent(difference.maxDrawdown), percent(difference.totalReturn), ""],
  ];
  const costs = Object.entries(kinds).map(([kind, some]) => [kind, fixed(some.events, 0), fixed(some.cost, 0)]);
  const text = [
    `Under stress (${events.length} events)`,
    table(["agent", "Sharpe", "drawdown", "return", "ruined"], rows),
    "",
    table(
      ["event", "times", "cost of the same positions"],
      [
        ...costs,
        ["prices elsewhere after gaps", "", fixed(costElsewhere, 0)],
        ["together", fixed(events.length, 0), fixed(cost, 0)],
      ],
    ),
  ].join("\n");
  return {
    values: { stress: { preset, calm, stressed, difference, events: events.length, cost, costElsewhere, kinds } },
    text,
  };
}
