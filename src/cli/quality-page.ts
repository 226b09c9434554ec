/** @file The page of a quality report: price with the defects marked on it. */
import type { QualityReport } from "#data/quality.ts";
import { defectKinds, defectMeanings } from "#data/quality.ts";
import type { Bars } from "#domain/bar.ts";
import { day, decimal, moment, whole } from "#evaluation/report/format.ts";
import type { Html } from "#evaluation/report/html.ts";
import { html } from "#evaluation/report/html.ts";
import { htmlPage } from "./section-page.ts";

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
// The chart keeps its height on a narrow screen; lines and dots keep their size however it is stretched.
const chartStyle = `svg.price { height: ${height}px; margin-top: 12px; }
svg.price path, svg.price line { fill: none; stroke-width: 1; vector-effect: non-scaling-stroke; }
svg.price .close { stroke: var(--ink); } svg.price line { stroke: var(--bad); opacity: 0.25; }
svg.price .dot { stroke: var(--bad); stroke-width: 5; stroke-linecap: round; }
figcaption { margin: 4px 0 16px; }
table.defects th, table.defects td { text-align: left; white-space: normal; }
table.defects tbody th { font-weight: 600; padding-top: 16px; }
table.defects td.time { white-space: nowrap; }`;

/** The whole page, one part for each series. Every text in it is escaped. */
export function qualityPage(title: string, series: readonly CheckedSeries[], createdAt: number): string {
  const heading = `Quality of ${title}`;
  return htmlPage(
    { title: heading, createdAt, style: chartStyle },
    html`<h1>${heading}</h1>
      ${series.map(seriesSection)}`,
  );
}

function seriesSection({ symbol, bars, report }: CheckedSeries): Html {
  const kinds = defectKinds.filter((kind) => report.defects[kind].count > 0);
  const judged = report.judgedBy === "calendar" ? `the calendar ${report.calendar}` : "the series' own week";
  const most = Math.max(...kinds.map((kind) => report.defects[kind].count));
  const rows = kinds.flatMap((kind) => [
    html`<tr>
      <th colspan="3" scope="rowgroup">${defectMeanings[kind]}: ${whole(report.defects[kind].count)}</th>
    </tr>`,
    ...report.defects[kind].first.slice(0, tabled).map(
      ({ index, time, detail }) =>
        html`<tr>
          <td class="time">${Number.isFinite(time) ? moment(time) : "never"}</td>
          <td>${whole(index)}</td>
          <td>${detail}</td>
        </tr>`,
    ),
  ]);
  return html`<section>
    <h2>${symbol}</h2>
    <p class="note">
      ${whole(report.bars)} bars of ${report.timeframe}, ${day(report.firstTime)} to ${day(report.lastTime)}; missing
      bars are judged by ${judged}. ${kinds.length === 0 ? "No defects." : undefined}
      ${most > markedPlaces ? `Marked on the price are the first ${whole(markedPlaces)} of each kind.` : undefined}
      ${most > tabled ? `The table has the first ${tabled} of each kind.` : undefined}
    </p>
    ${priceChart(bars, report)}
    ${
      rows.length === 0
        ? undefined
        : html`<div class="scroll">
            <table class="defects">
              <thead>
                <tr>
                  <th>Time</th>
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
      return html`<g class="mark">
        <title>${kind}, bar ${whole(index)}: ${detail}</title>
        <line x1="${at}" x2="${at}" y1="0" y2="${height}" />
        ${drawable(price) ? html`<path class="dot" d="M${at},${y(price).toFixed(1)}h0" />` : undefined}
      </g>`;
    }),
  );
  const range = high > 0 ? `Closes from ${decimal(low, 4)} to ${decimal(high, 4)}` : "No close can be drawn";
  // Marks first: where there are many, the price is still seen on top of them.
  return html`<figure>
    <svg
      class="price"
      viewBox="0 0 ${width} ${height}"
      preserveAspectRatio="none"
      role="img"
      aria-label="Price with defects marked"
    >
      ${marks}
      <path class="close" d="M${points.join("L")}" />
    </svg>
    <figcaption>
      ${range}, on a logarithmic scale, bar by bar${marks.length === 0 ? "" : "; a line and a dot for each defect"}.
    </figcaption>
  </figure>`;
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
