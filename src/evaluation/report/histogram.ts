/** @file How many values lie where, as a drawing, with one value marked. */
import { decimal } from "./format.ts";
import type { Html } from "./html.ts";
import { html } from "./html.ts";
import { niceTicks, tickDigits } from "./ticks.ts";

export interface Histogram {
  readonly label: string;
  readonly values: readonly number[];
  readonly marked: { readonly name: string; readonly value: number };
  readonly xTitle: string;
  readonly yTitle: string;
}

const [width, height] = [560, 200];
const [left, right, top, bottom] = [40, 12, 32, 40];
const mostColumns = 20;

export function histogram({ label, values, marked, xTitle, yTitle }: Histogram): Html {
  const all = [...values, marked.value];
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const room = (most - least || 1) * 0.04;
  const [from, to] = [least - room, most + room];
  const columns = Math.min(mostColumns, Math.max(4, Math.ceil(Math.sqrt(values.length) * 1.5)));
  const counts = counted(values, from, to, columns);
  const tallest = Math.max(...counts);
  const x = (value: number): number => left + ((value - from) / (to - from)) * (width - left - right);
  const y = (count: number): number => height - bottom - (count / tallest) * (height - top - bottom);
  const each = (width - left - right) / columns;
  const ticks = niceTicks(from, to);
  // The name stays inside the drawing.
  const end = x(marked.value) > width / 2 ? "end" : "start";
  return html`<figure class="small-chart">
    <svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">
      ${counts.map(
        (count, n) =>
          html`<rect
            class="column"
            x="${(left + n * each + 1).toFixed(1)}"
            y="${y(count).toFixed(1)}"
            width="${(each - 2).toFixed(1)}"
            height="${(height - bottom - y(count)).toFixed(1)}"
          />`,
      )}
      <line class="axis" x1="${left}" x2="${width - right}" y1="${height - bottom}" y2="${height - bottom}" />
      ${ticks.map(
        (tick) =>
          html`<text x="${x(tick).toFixed(1)}" y="${height - bottom + 16}">${decimal(tick, tickDigits(ticks))}</text>`,
      )}
      <text x="${(left + width - right) / 2}" y="${height - 4}">${xTitle}</text>
      <text class="left" x="${left - 6}" y="${y(tallest) + 4}">${tallest}</text>
      <text class="start" x="2" y="12">${yTitle}</text>
      <line
        class="marked"
        x1="${x(marked.value).toFixed(1)}"
        x2="${x(marked.value).toFixed(1)}"
        y1="${top - 8}"
        y2="${height - bottom}"
      />
      <text class="value ${end}" x="${(x(marked.value) + (end === "end" ? -6 : 6)).toFixed(1)}" y="${top - 10}">
        ${marked.name}: ${decimal(marked.value)}
      </text>
    </svg>
  </figure>`;
}

function counted(values: readonly number[], from: number, to: number, columns: number): number[] {
  const counts = Array.from({ length: columns }, () => 0);
  for (const value of values) {
    counts[Math.min(columns - 1, Math.floor(((value - from) / (to - from)) * columns))]++;
  }
  return counts;
}
