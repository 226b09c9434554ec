/** @file The agent's trades on the price. */
import type { ReportData } from "../report-data.ts";
import type { Html } from "./html.ts";
import { html } from "./html.ts";
import type { Section } from "./section.ts";

export function priceSection({ prices, trades }: ReportData): Section {
  const hedged = trades.some(({ fills }) => fills.some(({ leg }) => leg !== undefined));
  return {
    title: "Price and trades",
    note: `The close of each bar. A triangle that points up is a buy, one that points down a sale, at the price paid or received.${hedged ? " Hollow ones are of the short position where there is a long one beside it." : ""}`,
    parts: [
      {
        kind: "drawing",
        html: html`<div class="bar-of-tools">
            <label
              >Instrument
              <select id="symbol">
                ${options(prices.map(({ symbol }) => symbol))}
              </select></label
            >
            <label
              >Run
              <select id="run">
                ${options(trades.map(({ label }) => label))}
              </select></label
            >
            <span id="trade-count"></span>
          </div>
          <div class="chart" id="price"></div>`,
        told: told(trades),
      },
    ],
  };
}

function options(labels: readonly string[]): Html[] {
  return labels.map((label, at) => html`<option value="${at}">${label}</option>`);
}

function told(trades: ReportData["trades"]): string {
  const counts = trades.map(({ label, fills }) => `${label}: ${fills.length}`);
  return `Fills of the agent: ${counts.join("; ")}. The page shows each on the price.`;
}
