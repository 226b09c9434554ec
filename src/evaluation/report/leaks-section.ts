/** @file What the leak battery did with the agent, and found. */
import { failedChecks, outcomesOf } from "../leaks/verify.ts";
import type { ReportData } from "../report-data.ts";
import type { Section } from "./section.ts";

const title = "Leaks";
const note =
  "The battery asks whether anything knows what it could not have known. It looks at the bars that the agent was trained and chosen on; " +
  "a check that is not applicable or was not run says nothing.";

export function leaksSection({ verification }: ReportData): Section {
  if (verification === undefined) return { title, parts: [{ kind: "text", text: "verify was not run." }] };
  const { subject, checks } = verification;
  return {
    title,
    note,
    parts: [
      { kind: "text", text: `${subject}: ${outcomesOf(verification)}.` },
      {
        kind: "facts",
        rows: checks.map(({ name, outcome, did, found }) => ({
          name: `${name}: ${outcome}`,
          value: did === undefined ? found : `${did} ${found}`,
        })),
      },
    ],
  };
}

/** What must stand above everything else: a sentence where a check failed. */
export function leakWarning({ verification }: ReportData): string | undefined {
  const failed = verification === undefined ? [] : failedChecks(verification);
  if (failed.length === 0) return undefined;
  const names = failed.map(({ name }) => name).join(", ");
  return `Warning: it failed its leak battery (${names}). Whatever it earned may rest on what nobody could have known.`;
}
