/** @file The report: one page that opens from disk and asks no network for anything, and the same data as JSON and as Markdown. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { ReportData } from "./report-data.ts";
import { drawnSection } from "./report/draw-section.ts";
import { day } from "./report/format.ts";
import type { Html } from "./report/html.ts";
import { html, jsonForPage, trusted } from "./report/html.ts";
import { pageScript } from "./report/script.ts";
import { pageStyle } from "./report/style.ts";
import { sections } from "./report/sections.ts";
import type { Section } from "./report/section.ts";
import { verdictSection } from "./report/verdict-section.ts";

export { reportMarkdown } from "./report/markdown.ts";
export { reportJson, storedReport } from "./report/stored.ts";
export type { ReportData } from "./report-data.ts";

/** Curves with more points are drawn with fewer. */
const mostPoints = 4000;
const dayMs = 86_400_000;

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
          ${verdictSection(data)} ${sections.map((section) => drawnIfAny(section(data)))}
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

function drawnIfAny(section: Section | undefined): Html {
  return section === undefined ? html`` : drawnSection(section);
}

/** What the page's script draws: no more points than a screen can show, and no more digits than an eye can see. */
function drawn(data: ReportData): unknown {
  const { time, contenders, prices, trades, equityBand, verdict } = data;
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
      // Of random agents their distribution tells more, in a section of its own.
      band:
        band === undefined || role === "baseline" ? undefined : { lower: fewer(band.lower), upper: fewer(band.upper) },
    })),
    leading: [verdict.agent, verdict.bestBaseline, "buy and hold"],
    equityBand: equityBand && {
      time: equityBand.at.map((point) => time[point] / 1000),
      lower: equityBand.lower.map(sixDigits),
      upper: equityBand.upper.map(sixDigits),
    },
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
