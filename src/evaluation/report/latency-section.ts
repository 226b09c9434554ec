/** @file What is left where every order comes late. */
import type { ReportData } from "../report-data.ts";
import type { Section } from "./section.ts";
import { sweepParts } from "./sweep-parts.ts";

export function latencySection({ latencySweep, verdict }: ReportData): Section | undefined {
  if (latencySweep === undefined) return undefined;
  return {
    title: "With late orders",
    note:
      "Agent and best rule traded again with every order so many bars on its way beyond the next open. A result that is gone after one bar " +
      "rests on speed, or on a price that nobody could have had.",
    parts: sweepParts(latencySweep, {
      agent: verdict.agent,
      swept: "Bars late",
      pointText: (at) => `${at}`,
    }),
  };
}
