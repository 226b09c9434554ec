/** @file Named bars from 0 with their intervals, one below the other: a table whose drawings stretch with the page. */
import type { Interval } from "../bootstrap.ts";
import type { Html } from "./html.ts";
import { html } from "./html.ts";

export interface NamedBar {
  readonly name: string;
  readonly value: number;
  /** Drawn as a line; a bar whose interval covers 0 is drawn faint. */
  readonly interval?: Interval | undefined;
  /** What is printed beside it. */
  readonly told: readonly string[];
}

/** What a page with such bars adds to its style. */
export const barChartStyle = `
table.bars { width: 100%; } table.bars td, table.bars th { padding: 4px 8px; vertical-align: middle; }
table.bars td.drawn { width: 50%; min-width: 120px; padding: 0 8px; }
table.bars thead th.drawn { text-align: left; }
table.bars svg { height: 22px; }
table.bars rect { fill: var(--agent); } table.bars rect.faint { opacity: 0.35; }
table.bars line { stroke: var(--ink); stroke-width: 1.5; vector-effect: non-scaling-stroke; }
table.bars line.zero { stroke: var(--soft); stroke-width: 1; stroke-dasharray: none; }
@media (max-width: 760px) { table.bars { font-size: 13px; } table.bars td.drawn { width: 36%; min-width: 84px; } }
`;

/** @param head of the drawings, then of what is told beside them */
export function barChart(bars: readonly NamedBar[], head: readonly string[]): Html {
  const ends = bars.flatMap(({ value, interval }) => [value, interval?.lower ?? value, interval?.upper ?? value]);
  const [low, high] = [Math.min(0, ...ends), Math.max(0, ...ends)];
  const span = high - low || 1;
  const x = (value: number): string => ((1000 * (value - low)) / span).toFixed(1);
  const row = ({ name, value, interval, told }: NamedBar): Html => {
    const faint = interval !== undefined && interval.lower <= 0 && interval.upper >= 0;
    const [from, to] = [Math.min(0, value), Math.max(0, value)];
    const width = ((1000 * (to - from)) / span).toFixed(1);
    return html`<tr>
      <th scope="row">${name}</th>
      <td class="drawn">
        <svg viewBox="0 0 1000 22" preserveAspectRatio="none" aria-hidden="true">
          <rect class="${faint ? "faint" : ""}" x="${x(from)}" y="4" width="${width}" height="14" />
          <line class="zero" x1="${x(0)}" x2="${x(0)}" y1="0" y2="22" />
          ${interval && html`<line x1="${x(interval.lower)}" x2="${x(interval.upper)}" y1="11" y2="11" />`}
        </svg>
      </td>
      ${told.map((text) => html`<td>${text}</td>`)}
    </tr>`;
  };
  return html`<div class="scroll" tabindex="0">
    <table class="bars">
      <thead>
        <tr>
          <th></th>
          ${head.map((text, at) => html`<th scope="col" class="${at === 0 ? "drawn" : ""}">${text}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${bars.map(row)}
      </tbody>
    </table>
  </div>`;
}
