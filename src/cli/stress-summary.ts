/** @file A run in stressed copies of its market, and what is said of it in the terminal and in the report. */
import type { Backtest } from "#evaluation/backtest.ts";
import type { ReportData } from "#evaluation/report-data.ts";
import type { StressFigures, StressTest } from "#evaluation/stress-test.ts";
import type { StressPresetName } from "#market/stress/presets.ts";
import type { Terminal } from "./terminal.ts";
import { fixed, percent, table } from "./terminal.ts";
import type { TestedRun } from "./tested-run.ts";
import { stressedRun } from "./tested-run.ts";

export interface StressedCopies {
  /** For the report: the first copy, with the figures of the others. */
  readonly told: NonNullable<ReportData["stress"]>;
  /** The first copy, every event of it included. */
  readonly kept: StressTest;
}

/** Trades a run in so many stressed copies of its market, from `seed` on. */
export async function stressCopies(
  tested: TestedRun,
  calm: Backtest,
  asked: { readonly preset: StressPresetName; readonly copies: number; readonly seed: number },
  terminal: Terminal,
): Promise<StressedCopies> {
  const { preset, seed } = asked;
  const copies = Math.max(1, asked.copies);
  const bar = terminal.progress("trading under stress", copies);
  try {
    const kept = await stressedRun(tested, calm, preset, seed);
    const others: (StressFigures & { readonly seed: number })[] = [];
    for (let copy = 1; copy < copies; copy++) {
      bar.update(copy);
      const { stressed } = await stressedRun(tested, calm, preset, seed + copy);
      others.push({ ...stressed, seed: seed + copy });
    }
    const told = { ...kept, events: kept.events.length, preset, seed };
    return { told: others.length === 0 ? told : { ...told, copies: others }, kept };
  } finally {
    bar.stop();
  }
}

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
