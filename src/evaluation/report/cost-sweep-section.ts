/** @file What is left at other costs, and where it breaks even. */
import type { ReportData } from "../report-data.ts";
import type { Crossing } from "../sweep.ts";
import { decimal } from "./format.ts";
import type { Section } from "./section.ts";
import { sweepParts } from "./sweep-parts.ts";

export function costSweepSection({ costSweep, verdict }: ReportData): Section | undefined {
  if (costSweep === undefined) return undefined;
  const { breakEven, breakEvenBaseline, paidBps, baseline } = costSweep;
  const paid =
    paidBps === undefined
      ? "It never traded"
      : `As tested, it paid ${decimal(paidBps, 1)} basis points of what it traded`;
  return {
    title: "At other costs",
    note:
      "Agent and best rule traded again by the same trader at a flat cost of so many basis points on each side of a trade, in place of spread, " +
      "slippage, impact, commission and fees; what holding costs stays as it is.",
    parts: [
      { kind: "text", text: `${paid}. ${breaksEven(breakEven)} ${staysAhead(breakEvenBaseline, baseline)}` },
      ...sweepParts(costSweep, {
        agent: verdict.agent,
        swept: "Basis points a side",
        pointText: (at) => `${at}`,
      }),
    ],
  };
}

function breaksEven({ kind, at }: Crossing): string {
  if (kind === "below") return "It earns nothing even where trading costs nothing.";
  if (kind === "above") return `It still earns at ${at} basis points: it breaks even somewhere above.`;
  return `It breaks even at ${decimal(at, 1)} basis points.`;
}

function staysAhead({ kind, at }: Crossing, baseline: string): string {
  if (kind === "below") return `Its Sharpe ratio is below that of ${baseline} even without costs.`;
  if (kind === "above") return `Its Sharpe ratio is above that of ${baseline} at all of them.`;
  return `Its Sharpe ratio is above that of ${baseline} up to ${decimal(at, 1)} basis points.`;
}
