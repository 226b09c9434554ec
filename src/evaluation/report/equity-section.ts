/** @file What the account was worth, beside the baselines. */
import type { ReportData } from "../report-data.ts";
import { html } from "./html.ts";
import type { Section } from "./section.ts";

export function equitySection({ contenders, market, equityBand }: ReportData): Section {
  const bands = contenders.filter(({ band }) => band !== undefined).map(({ name }) => name);
  const shading =
    bands.length === 0
      ? ""
      : ` Where there are several runs (${bands.join("; ")}), the line is their mean and the shading reaches from the worst to the best.`;
  const dotted =
    equityBand === undefined
      ? ""
      : ` The two dotted lines hold the middle ${100 * equityBand.confidence} % of ${equityBand.resamples} curves that are made of the agent's own returns in another order and number: that wide is luck.`;
  return {
    title: "Equity",
    note: `What the account was worth at each close, after costs, in ${market.currency}.${shading}${dotted} Drag to zoom, double-click to return; click a name to hide it.`,
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
