/** @file Month by month. */
import type { ReportData } from "../report-data.ts";
import { percent } from "./format.ts";
import type { Section } from "./section.ts";
import { signedCell, tablePart } from "./section.ts";

const names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

export function monthsSection({ months, seeds }: ReportData): Section | undefined {
  if (months === undefined) return undefined;
  const runs = seeds.length > 1 ? ", mean over its runs" : "";
  return {
    title: "Months",
    note: `Return of the agent in each calendar month (UTC), after costs${runs}. A month or year that was tested in part counts what was tested.`,
    parts: [
      tablePart(
        ["Year", ...names, "Year"],
        months.map(({ year, months: each, total }) => ({
          label: `${year}`,
          cells: [...each.map((value) => signedCell(value, percent)), { ...signedCell(total, percent), agent: true }],
        })),
      ),
    ],
  };
}
