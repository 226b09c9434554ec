/** @file What all sweeps show: a chart of yearly returns and a table of both sides. */
import type { Sweep } from "../sweep.ts";
import { decimal, percent, whole } from "./format.ts";
import { lineChart } from "./line-chart.ts";
import type { SectionPart } from "./section.ts";
import { signedCell, tablePart } from "./section.ts";

export interface SweepWords {
  readonly agent: string;
  /** What is swept, as a heading and as the name of the axis. */
  readonly swept: string;
  readonly pointText: (at: number) => string;
  /** Where a point stands on the axis; absent: at its value. */
  readonly place?: (at: number) => number;
}

export function sweepParts({ baseline, points }: Sweep, words: SweepWords): SectionPart[] {
  const { agent, swept, pointText, place = (at) => at } = words;
  const found = points.map(({ at, agent: own }) => `${pointText(at)}: ${percent(own.annualReturn)}`).join(", ");
  return [
    {
      kind: "drawing",
      html: lineChart({
        label: `Return a year of ${agent} by ${swept}: ${found}`,
        xTitle: swept,
        yTitle: "Return a year",
        lines: [
          { name: agent, values: points.map((point) => point.agent.annualReturn) },
          { name: baseline, values: points.map((point) => point.baseline.annualReturn) },
        ],
        x: points.map(({ at }) => ({ at: place(at), text: pointText(at) })),
      }),
    },
    tablePart(
      [
        swept,
        { text: `Sharpe, ${agent}`, agent: true },
        { text: "Return a year", agent: true },
        { text: "Drawdown", agent: true },
        { text: "Fills", agent: true },
        `Sharpe, ${baseline}`,
        "Return a year",
      ],
      points.map(({ at, agent: own, baseline: other }) => ({
        label: pointText(at),
        cells: [
          { ...signedCell(own.sharpe), agent: true },
          { ...signedCell(own.annualReturn, percent), agent: true },
          { text: percent(own.maxDrawdown), agent: true },
          { text: whole(own.fills), agent: true },
          decimal(other.sharpe),
          percent(other.annualReturn),
        ],
      })),
    ),
  ];
}
