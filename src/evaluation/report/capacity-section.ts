/** @file How much money it can carry. */
import type { Crossing } from "../sweep.ts";
import type { ReportData } from "../report-data.ts";
import { decimal, whole } from "./format.ts";
import type { Section } from "./section.ts";
import { sweepParts } from "./sweep-parts.ts";

export function capacitySection({ capacity, verdict, contenders, market }: ReportData): Section | undefined {
  if (capacity === undefined) return undefined;
  const capital = contenders[0].equity[0];
  const money = (times: number): string => `${whole(times * capital)} ${market.currency}`;
  return {
    title: "Capacity",
    note:
      `Agent and best rule traded again with more capital, where an order of q units moves the price against itself by ${decimal(capacity.impact, 1)} · σ · √(q / V), ` +
      "σ the deviation and V the volume of a day (Almgren et al., 2005; Tóth et al., 2011). It knows no order book, and no one who reacts.",
    parts: [
      { kind: "text", text: leaves(capacity.nothingLeft, money) },
      ...sweepParts(capacity, {
        agent: verdict.agent,
        swept: "Times the capital",
        pointText: (at) => whole(at),
        place: Math.log10,
      }),
    ],
  };
}

function leaves({ kind, at }: Crossing, money: (times: number) => string): string {
  if (kind === "below") return `Nothing is earned at ${money(at)}, and so at no more.`;
  if (kind === "above") return `It still earns with ${money(at)}.`;
  return `Nothing is left at about ${money(Number(at.toPrecision(2)))}.`;
}
