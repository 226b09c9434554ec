/** @file How many tries came before this one, and what the vault has seen. */
import type { ReportData } from "../report-data.ts";
import { trialsSentence } from "../trial-count.ts";
import { vaultNotes } from "../vault-note.ts";
import type { Section } from "./section.ts";

export function trialsSection({ trials, vault }: ReportData): Section {
  const notes = vaultNotes(vault);
  return {
    title: "Number of trials",
    note: "Every agent, setting and look at these bars is a try. The best of many tries looks good by luck alone.",
    parts: [
      { kind: "text", text: trials === undefined ? "Nobody counted." : trialsSentence(trials) },
      ...(notes.length === 0 ? [] : [{ kind: "list" as const, items: notes }]),
    ],
  };
}
