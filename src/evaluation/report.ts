/** @file The report: one page that opens from disk and asks no network for anything, and the same data as JSON. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { ReportData } from "./report-data.ts";
import { day } from "./report/format.ts";
import type { Html } from "./report/html.ts";
import { html, jsonForPage, trusted } from "./report/html.ts";
import { pageScript } from "./report/script.ts";
import { pageStyle } from "./report/style.ts";
import {
  costsSection,
  foldsSection,
  metricsSection,
  settingsSection,
  stressSection,
  warningsSection,
} from "./report/table-sections.ts";
import { statisticsSection } from "./report/statistics-section.ts";
import { verdictSection } from "./report/verdict-section.ts";

export type { ReportData } from "./report-data.ts";

/** Curves with more points are drawn with fewer. */
const mostPoints = 4000;
const dayMs = 86_400_000;

/** The data as it is stored beside the page. A bound without limit becomes `null`, for JSON has no infinity. */
export function reportJson(data: ReportData): string {
  return `${JSON.stringify(data, undefined, 1)}\n`;
}

/** The whole page. Every text in `data` is escaped. */
export function reportHtml(data: ReportData): string {
  const { verdict, market } = data;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
        />
        <title>${verdict.word}: ${verdict.agent} on ${market.name}</title>
        <style>
          ${library("uPlot.min.css")}${trusted(pageStyle)}
        </style>
      </head>
      <body>
        <main>
          ${verdictSection(data)} ${statisticsSection(data)} ${chartSections(data)} ${metricsSection(data)}
          ${foldsSection(data)} ${costsSection(data)} ${stressSection(data)} ${warningsSection(data)}
          ${settingsSection(data)}
          <footer>
            Made by Ploutos on ${day(data.createdAt)}. Past results do not promise future ones. Not investment advice.
          </footer>
        </main>
        <script type="application/json" id="data">
          ${jsonForPage(drawn(data))}
        </script>
        <script>
          ${library("uPlot.iife.min.js")};
        </script>
        <script>
          ${trusted(pageScript)};
        </script>
      </body>
    </html> `;
  return page.html;
}

/** A file of the chart library, found wherever it is installed. */
function library(file: string): Html {
  return trusted(readFileSync(createRequire(import.meta.url).resolve(`uplot/dist/${file}`), "utf8"));
}

function options(labels: readonly string[]): Html[] {
  return labels.map((label, at) => html`<option value="${at}">${label}</option>`);
}

function chartSections({ contenders, prices, trades, market }: ReportData): Html {
  const bands = contenders.filter(({ band }) => band !== undefined).map(({ name }) => name);
  const hedged = trades.some(({ fills }) => fills.some(({ leg }) => leg !== undefined));
  const shading =
    bands.length === 0
      ? ""
      : ` Where there are several runs (${bands.join("; ")}), the line is their mean and the shading reaches from the worst to the best.`;
  return html`<section>
      <h2>Equity</h2>
      <p class="note">
        What the account was worth at each close, after costs, in ${market.currency}.${shading} Drag to zoom,
        double-click to return; click a name to hide it.
      </p>
      <div class="bar-of-tools">
        <label><input type="checkbox" id="log" checked /> Logarithmic: equal heights are equal percentages</label>
      </div>
      <div class="chart" id="equity"></div>
    </section>
    <section>
      <h2>Drawdown</h2>
      <p class="note">
        How far equity stood below its highest value so far: the loss of someone who joined at the worst moment.
      </p>
      <div class="chart" id="drawdown"></div>
    </section>
    <section>
      <h2>Price and trades</h2>
      <p class="note">
        The close of each bar. A triangle that points up is a buy, one that points down a sale, at the price paid or
        received.${hedged ? " Hollow ones are of the short position where there is a long one beside it." : ""}
      </p>
      <div class="bar-of-tools">
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
      <div class="chart" id="price"></div>
    </section>`;
}

/** What the page's script draws: no more points than a screen can show, and no more digits than an eye can see. */
function drawn(data: ReportData): unknown {
  const { time, contenders, prices, trades } = data;
  const step = Math.ceil(time.length / mostPoints);
  const fewer = (values: readonly number[]): number[] => lastOfEach(values, step).map(sixDigits);
  return {
    intraday: time.length > 1 && (time[time.length - 1] - time[0]) / (time.length - 1) < 0.9 * dayMs,
    time: lastOfEach(time, step).map((moment) => moment / 1000),
    contenders: contenders.map(({ name, role, equity, drawdown, band }) => ({
      name,
      role,
      equity: fewer(equity),
      // The deepest of each step, so that fewer points never hide a loss.
      drawdown: deepestOfEach(drawdown, step).map((depth) => Math.round(depth * 1e4) / 1e4),
      band: band === undefined ? undefined : { lower: fewer(band.lower), upper: fewer(band.upper) },
    })),
    prices: prices.map(({ symbol, close }) => ({ symbol, close: fewer(close) })),
    trades: trades.map(({ label, fills }) => ({
      label,
      fills: fills.map(({ symbol, leg, side, price, filledAt }) => ({
        symbol,
        leg,
        side,
        price: sixDigits(price),
        time: filledAt / 1000,
      })),
    })),
  };
}

/** First value, then the last of every `step`; the very last is always among them. */
function lastOfEach(values: readonly number[], step: number): number[] {
  return ends(values.length, step).map((at) => values[at]);
}

function deepestOfEach(values: readonly number[], step: number): number[] {
  const places = ends(values.length, step);
  return places.map((at, which) => Math.max(...values.slice(which === 0 ? 0 : places[which - 1] + 1, at + 1)));
}

function ends(length: number, step: number): number[] {
  const places: number[] = [];
  for (let at = length - 1; at >= 0; at -= step) places.push(at);
  if (places.at(-1) !== 0) places.push(0);
  return places.toReversed();
}

function sixDigits(value: number): number {
  return Number(value.toPrecision(6));
}
