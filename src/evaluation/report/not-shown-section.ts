/** @file What was not tested, and what the reader should not conclude. */
import type { ReportData } from "../report-data.ts";
import { untested } from "../untested.ts";
import type { Section } from "./section.ts";

export function notShownSection(data: ReportData): Section {
  return {
    title: "What was not tested, and what this does not show",
    parts: [{ kind: "list", items: [...data.warnings, ...untested(data)] }],
  };
}
