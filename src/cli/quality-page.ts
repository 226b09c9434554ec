/** @file The page of a quality report: price with the defects marked on it; it opens from disk and asks no network for anything. */
import type { QualityReport } from "#data/quality.ts";
import { defectKinds, defectMeanings } from "#data/quality.ts";
import type { Bars } from "#domain/bar.ts";
import { day, moment, whole } from "#evaluation/report/format.ts";
import type { Html } from "#evaluation/report/html.ts";
import { html, trusted } from "#evaluation/report/html.ts";
import { pageStyle } from "#evaluation/report/style.ts";

export interface CheckedSeries {
  readonly symbol: string;
  readonly bars: Bars;
  readonly report: QualityReport;
}

const width = 1100;
const height = 260;
/** Places of each kind that the page marks on the price, and that its table has. */
export const markedPlaces = 1000;
const tabled = 20;
const chartStyle = `svg.price path { fill: none; stroke: var(--ink); stroke-width: 1; }
svg.price line { stroke: var(--bad); stroke-width: 1; opacity: 0.5; } svg.price circle { fill: var(--bad); }
table.defects th, table.defects td { text-align: left; } table.defects td { white-space: normal; }
table.defects td.time { white-space: nowrap; }`;

/** The whole page, one part for each series. Every text in it is escaped. */
export function qualityPage(title: string, series: readonly CheckedSeries[], createdAt: number): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>Quality of ${title}</title>
        <style>
          ${trusted(pageStyle + chartStyle)}
        </style>
      </head>
      <body>
        <main>
          <h1>Quality of ${title}</h1>
          ${series.map(seriesSection)}
          <footer>Made by Ploutos on ${day(createdAt)}.</footer>
        </main>
      </body>
    </html> `.html;
}

function seriesSection({ symbol, bars, report }: CheckedSeries): Html {
  const kinds = defectKinds.filter((kind) => report.defects[kind].count > 0);
  const judged = report.judgedBy === "calendar" ? `the calendar ${report.calendar}` : "the series' own week";
  const rows = kinds.flatMap((kind) =>
    report.defects[kind].first.slice(0, tabled).map(
      ({ index, time, detail }, at) =>
        html`<tr>
          <td>${at === 0 ? `${defectMeanings[kind]}: ${whole(report.defects[kind].count)}` : ""}</td>
          <td class="time">${Number.isFinite(time) ? moment(time) : "never"}</td>
          <td>${whole(index)}</td>
          <td>${detail}</td>
        </tr>`,
    ),
  );
  return html`<section>
    <h2>${symbol}</h2>
    <p class="note">
      ${whole(report.bars)} bars of ${report.timeframe}, ${day(report.firstTime)} to ${day(report.lastTime)}; missing
      bars are judged by ${judged}.
      ${kinds.length === 0 ? "No defects." : "Marked on the price are the first 1,000 of each kind; the table has the first 20."}
    </p>
    ${priceChart(bars, report)}
    ${
      rows.length === 0
        ? undefined
        : html`<div class="scroll">
            <table class="defects">
              <thead>
                <tr>
                  <th>Defect</th>
                  <th>UTC</th>
                  <th>Bar</th>
                  <th>What was found</th>
                </tr>
              </thead>
              <tbody>
                ${rows}
              </tbody>
            </table>
          </div>`
    }
  </section>`;
}

/** Closes as a line, on a logarithmic scale, by the bars' numbers; for each point of width the extremes of its bars. */
function priceChart({ close }: Bars, report: QualityReport): Html {
  const { low, high } = limits(close);
  const x = (t: number): number => (width * (t + 0.5)) / close.length;
  const y = (price: number): number =>
    high > low ? height - (height * Math.log(price / low)) / Math.log(high / low) : height / 2;
  const drawable = (price: number): boolean => price > 0 && price < Infinity;
  const points: string[] = [];
  const perPoint = Math.max(1, Math.ceil(close.length / width));
  for (let from = 0; from < close.length; from += perPoint) {
    const part = close.subarray(from, from + perPoint).filter(drawable);
    if (part.length === 0) continue;
    const extremes =
      part.length === 1 ? [part[0]] : [part.reduce((a, b) => Math.min(a, b)), part.reduce((a, b) => Math.max(a, b))];
    for (const price of extremes) points.push(`${x(from).toFixed(1)},${y(price).toFixed(1)}`);
  }
  const marks = defectKinds.flatMap((kind) =>
    report.defects[kind].first.map(({ index, detail }) => {
      const at = x(index).toFixed(1);
      const price = close[index];
      return html`<g>
        <title>${kind}, bar ${whole(index)}: ${detail}</title>
        <line x1="${at}" x2="${at}" y1="0" y2="${height}" />
        ${drawable(price) ? html`<circle cx="${at}" cy="${y(price).toFixed(1)}" r="3" />` : undefined}
      </g>`;
    }),
  );
  return html`<svg class="price" viewBox="0 0 ${width} ${height}" role="img" aria-label="Price with defects marked">
    <path d="M${points.join("L")}" />
    ${marks}
  </svg>`;
}

/** The lowest and highest price that can be drawn. */
function limits(close: Float64Array): { readonly low: number; readonly high: number } {
  let low = Infinity;
  let high = 0;
  for (const price of close) {
    if (!(price > 0 && price < Infinity)) continue;
    low = Math.min(low, price);
    high = Math.max(high, price);
  }
  return { low, high };
}
