/** @file What trading cost each contender. */
import type { ReportData } from "../report-data.ts";
import { multiple, percent, whole } from "./format.ts";
import type { MetricRow } from "./metric-rows.ts";
import { metricTable } from "./metric-rows.ts";
import type { Section } from "./section.ts";

export const costRows: readonly MetricRow[] = [
  {
    name: "turnover",
    label: "Turnover a year",
    meaning: "Value bought and sold in a year, over the mean equity: 2 × is one full exchange.",
    print: multiple,
  },
  { name: "costs", label: "Costs", meaning: "Fees, half spreads and slippage paid over the whole span.", print: whole },
  {
    name: "costShare",
    label: "Costs over gross gain",
    meaning: "How much of the gain before costs went to costs; none where there was no gain.",
    print: percent,
  },
  { name: "finalEquity", label: "Final equity", meaning: "What the account was worth at the end.", print: whole },
];

export function costsSection(data: ReportData): Section {
  const note = "All numbers on this page are after costs, and all contenders pay the same ones.";
  return {
    title: "Costs and turnover",
    note: `${note} Money in ${data.market.currency}.`,
    parts: [metricTable(data, costRows)],
  };
}
