/** @file A small chart of a few points, as a drawing of lines: what a sweep found. Two lines differ in colour, dashes and marks. */
import { percent } from "./format.ts";
import type { Html } from "./html.ts";
import { html } from "./html.ts";
import { niceTicks } from "./ticks.ts";

export interface LineChart {
  /** For who cannot see it. */
  readonly label: string;
  readonly xTitle: string;
  readonly yTitle: string;
  /** The agent first. */
  readonly lines: readonly { readonly name: string; readonly values: readonly number[] }[];
  /** Where each point stands, ascending, and what is written there. */
  readonly x: readonly { readonly at: number; readonly text: string }[];
}

const [width, height] = [560, 240];
const [left, right, top, bottom] = [64, 28, 26, 44];

/** Values are fractions and are printed as percent. */
export function lineChart({ label, xTitle, yTitle, lines, x }: LineChart): Html {
  const values = [...lines.flatMap((line) => line.values), 0];
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const room = (most - least || 1) * 0.08;
  const [from, to] = [least - room, most + room];
  const first = x[0].at;
  const span = x[x.length - 1].at - first || 1;
  const across = (at: number): string => (left + ((at - first) / span) * (width - left - right)).toFixed(1);
  const up = (value: number): string => (top + ((to - value) / (to - from)) * (height - top - bottom)).toFixed(1);
  return html`<figure class="small-chart">
    <svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">
      ${niceTicks(from, to).map(
        (tick) =>
          html`<line class="grid" x1="${left}" x2="${width - right}" y1="${up(tick)}" y2="${up(tick)}" />
            <text class="left" x="${left - 6}" y="${Number(up(tick)) + 4}">${percent(tick, 0)}</text>`,
      )}
      <line class="zero" x1="${left}" x2="${width - right}" y1="${up(0)}" y2="${up(0)}" />
      ${x.map(({ at, text }) => html`<text x="${across(at)}" y="${height - bottom + 18}">${text}</text>`)}
      <text x="${(left + width - right) / 2}" y="${height - 6}">${xTitle}</text>
      <text class="start" x="${left}" y="14">${yTitle}</text>
      ${lines.map(({ values: own }, which) => {
        const points = own.map((value, n) => `${across(x[n].at)},${up(value)}`).join(" ");
        const kind = which === 0 ? "agent" : "other";
        return html`<polyline class="line ${kind}" points="${points}" />${own.map((value, n) =>
            mark(kind, Number(across(x[n].at)), Number(up(value))),
          )}`;
      })}
    </svg>
    <figcaption>
      ${lines.map(
        ({ name }, which) =>
          html`<span class="swatch ${which === 0 ? "agent" : "other"}"></span
            >${name}${which + 1 < lines.length ? " · " : ""}`,
      )}
    </figcaption>
  </figure>`;
}

function mark(kind: "agent" | "other", x: number, y: number): Html {
  return kind === "agent"
    ? html`<circle class="mark agent" cx="${x}" cy="${y}" r="4" />`
    : html`<rect class="mark other" x="${x - 3.5}" y="${y - 3.5}" width="7" height="7" />`;
}
