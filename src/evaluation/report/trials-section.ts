/** @file How many tries came before this one. */
import type { ReportData, ReportTrials } from "../report-data.ts";
import { decimal, whole } from "./format.ts";
import type { Section } from "./section.ts";

export function trialsSection({ trials }: ReportData): Section {
  const text =
    trials === undefined
      ? "Not counted: no ledger of trials was at hand."
      : `${whole(trials.count)} ${trials.count === 1 ? "trial" : "trials"}${copies(trials)}, ${trials.counted}.`;
  return {
    title: "Number of trials",
    note: "Every agent, setting and look at these bars is a try. The best of many tries looks good by luck alone.",
    parts: [{ kind: "text", text }],
  };
}

function copies({ count, effective = count }: ReportTrials): string {
  return effective < count ? ` (${decimal(effective, 0)} that are not copies of each other)` : "";
}
