/** @file The top of the page: one word, why, and the interval as a drawing. */
import type { Verdict, VerdictWord } from "../significance.ts";
import type { ReportData } from "../report-data.ts";
import { strongestReasons } from "../reasons.ts";
import { vaultMarks } from "../vault-note.ts";
import { day, decimal } from "./format.ts";
import type { Html } from "./html.ts";
import { html } from "./html.ts";
import { keyNumbers, meanings } from "./key-numbers.ts";
import { leakWarning } from "./leaks-section.ts";
import { niceTicks, tickDigits } from "./ticks.ts";

const classes: Readonly<Record<VerdictWord, string>> = {
  BEATS: "beats",
  "NO BEATS": "no-beats",
  INCONCLUSIVE: "inconclusive",
};

export function verdictSection(data: ReportData): Html {
  const { verdict, market } = data;
  const span = `${day(data.time[1])} to ${day(data.time[data.time.length - 1])}`;
  return html`<header>
    <p class="kicker">Ploutos report · ${market.name} · ${market.timeframe} bars · tested ${span}</p>
    <p class="question">Does the agent beat the best simple alternative, after costs?</p>
    <h1 class="word ${classes[verdict.word]}">${verdict.word}</h1>
    <p class="lead">${verdict.reasons[0]}</p>
    ${leakWarning(data) === undefined ? "" : html`<p class="note"><strong>${leakWarning(data)}</strong></p>`}
    ${data.lookAhead === undefined ? "" : html`<p class="note">${data.lookAhead}</p>`}
    ${vaultMarks(data.vault).map((mark) => html`<p class="note">${mark}</p>`)}
    <div class="why">
      <figure>
        ${intervalFigure(verdict)}
        <figcaption>
          Sharpe ratio of ${verdict.agent} less that of ${verdict.bestBaseline}, a year. The dot is what was measured,
          the bar the ${verdict.confidence * 100} % interval. BEATS needs the whole bar to the right of 0.
        </figcaption>
      </figure>
      <div>
        <ol class="reasons">
          ${strongestReasons(data).map((reason) => html`<li>${reason}</li>`)}
        </ol>
        <p>${meanings[verdict.word]}</p>
        <details>
          <summary>How it was reckoned</summary>
          <ul>
            ${verdict.reasons.slice(1).map((reason) => html`<li>${reason}</li>`)}
          </ul>
        </details>
      </div>
    </div>
    ${keyTable(data)}
  </header>`;
}

function keyTable(data: ReportData): Html {
  return html`<dl class="key">
    ${keyNumbers(data).map(
      ({ label, agent, best }) =>
        html`<div>
          <dt>${label}</dt>
          <dd>${agent}</dd>
          <dd class="other">${data.verdict.bestBaseline}: ${best}</dd>
        </div>`,
    )}
  </dl>`;
}

const width = 420;
const margin = 28;

/** The interval on an axis with 0 marked, as a drawing of lines. */
function intervalFigure({ difference, confidence }: Verdict): Html {
  const { estimate, lower, upper } = difference;
  const bounds = [lower, estimate, upper, 0].filter(Number.isFinite);
  const least = Math.min(...bounds);
  const most = Math.max(...bounds);
  const room = (most - least || 1) * 0.08;
  const from = least - room;
  const to = most + room;
  const x = (value: number): string => {
    const inside = Math.min(Math.max(value, from), to);
    return (margin + ((inside - from) / (to - from)) * (width - 2 * margin)).toFixed(1);
  };
  const label = `Difference in Sharpe ratio ${decimal(estimate)}, ${confidence * 100} % interval ${decimal(lower)} to ${decimal(upper)}`;
  const ticks = niceTicks(from, to);
  return html`<svg viewBox="0 0 ${width} 92" role="img" aria-label="${label}">
    <line class="axis" x1="${margin}" x2="${width - margin}" y1="66" y2="66" />
    ${ticks.map(
      (tick) =>
        html`<line class="axis" x1="${x(tick)}" x2="${x(tick)}" y1="66" y2="70" />
          <text x="${x(tick)}" y="84" class="tick">${decimal(tick, tickDigits(ticks))}</text>`,
    )}
    <line class="zero" x1="${x(0)}" x2="${x(0)}" y1="10" y2="66" />
    <line class="bar" x1="${x(lower)}" x2="${x(upper)}" y1="42" y2="42" />
    <line class="bar" x1="${x(lower)}" x2="${x(lower)}" y1="34" y2="50" />
    <line class="bar" x1="${x(upper)}" x2="${x(upper)}" y1="34" y2="50" />
    <circle class="dot" cx="${x(estimate)}" cy="42" r="6" />
    <text x="${x(estimate)}" y="26" class="value">${decimal(estimate)}</text>
  </svg>`;
}
