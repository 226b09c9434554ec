/** @file What the account was worth, beside the baselines. */
import type { ReportData } from "../report-data.ts";
import { html } from "./html.ts";
import type { Section } from "./section.ts";

export function equitySection({ contenders, market, equityBand }: ReportData): Section {
  const agent = contenders.find(({ role }) => role === "agent");
  const means = contenders.filter(({ runs }) => runs.length > 1).map(({ name }) => name);
  const several = means.length === 0 ? "" : ` Of several runs (${means.join("; ")}) the line is the mean.`;
  const shading = agent?.band === undefined ? "" : " The shading reaches from the agent's worst run to its best.";
  const dotted =
    equityBand === undefined
      ? ""
      : ` The two dotted lines hold the middle ${100 * equityBand.confidence} % of ${equityBand.resamples} curves that are made of the agent's own returns in another order and number: that wide is luck.`;
  return {
    title: "Equity",
    note: `What the account was worth at each close, after costs, in ${market.currency}.${several}${shading}${dotted} Drag to zoom, double-click to return; click a name to hide it.`,
    parts: [
      {
        kind: "drawing",
        html: html`<div class="bar-of-tools">
            <label><input type="checkbox" id="log" checked /> Logarithmic: equal heights are equal percentages</label>
          </div>
          <div class="chart" id="equity"></div>`,
      },
    ],
  };
}
