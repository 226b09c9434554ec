/** @file A reliability curve as a drawing: how sure against how often right, each point with its interval, beside the line where both agree. */
import type { Interval } from "../bootstrap.ts";
import { percent } from "./format.ts";
import type { Html } from "./html.ts";
import { html } from "./html.ts";
import { niceTicks } from "./ticks.ts";

export interface ReliabilityPoint {
  /** Mean stated confidence. */
  readonly sure: number;
  readonly right: Interval;
}

interface ReliabilityChart {
  /** For who cannot see it. */
  readonly label: string;
  readonly title: string;
  readonly points: readonly ReliabilityPoint[];
  /** Both axes run over it. */
  readonly span: { readonly from: number; readonly to: number };
}

const size = 360;
const [left, right, top, bottom] = [58, 12, 34, 50];

export function reliabilityChart({ label, title, points, span: { from, to } }: ReliabilityChart): Html {
  const part = (value: number): number => (value - from) / (to - from);
  const x = (value: number): string => (left + part(value) * (size - left - right)).toFixed(1);
  const y = (value: number): string => (size - bottom - part(value) * (size - top - bottom)).toFixed(1);
  const line = points.map(({ sure, right: { estimate } }) => `${x(sure)},${y(estimate)}`).join(" ");
  return html`<figure>
    <svg viewBox="0 0 ${size} ${size}" role="img" aria-label="${label}">
      ${niceTicks(from, to).map(
        (tick) =>
          html`<line class="grid" x1="${left}" x2="${size - right}" y1="${y(tick)}" y2="${y(tick)}" />
            <text class="left" x="${left - 6}" y="${Number(y(tick)) + 4}">${percent(tick, 0)}</text>
            <text x="${x(tick)}" y="${size - bottom + 18}">${percent(tick, 0)}</text>`,
      )}
      <line class="zero" x1="${x(from)}" y1="${y(from)}" x2="${x(to)}" y2="${y(to)}" />
      ${points.map(
        ({ sure, right: { lower, upper } }) =>
          html`<line class="whisker" x1="${x(sure)}" x2="${x(sure)}" y1="${y(lower)}" y2="${y(upper)}" />`,
      )}
      <polyline class="line agent" points="${line}" />
      ${points.map(
        ({ sure, right: { estimate } }) =>
          html`<circle class="mark agent" cx="${x(sure)}" cy="${y(estimate)}" r="4" />`,
      )}
      <text class="start" x="4" y="16">Right</text>
      <text x="${(left + size - right) / 2}" y="${size - 8}">Sure</text>
    </svg>
    <figcaption>${title}</figcaption>
  </figure>`;
}
