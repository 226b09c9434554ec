/** @file The table of statistics: is it real, or luck, in the field's own numbers. */
import type { Answer } from "../statistics/answer.ts";
import type { ReportData } from "../report-data.ts";
import { decimal, percent, whole } from "./format.ts";
import type { Html } from "./html.ts";
import { html } from "./html.ts";

export function statisticsSection({ statistics }: ReportData): Html {
  if (statistics === undefined) return html``;
  const {
    trials,
    probabilisticSharpe,
    deflatedSharpe,
    minimumTrackRecord,
    overfitting,
    superiorAbility,
    interquartileMean,
  } = statistics;
  const rows = [
    row(probabilisticSharpe, (value) => percent(value)),
    row(deflatedSharpe, (value) => percent(value)),
    row(minimumTrackRecord, (value) => `${whole(Math.ceil(value))} bars`),
    row(overfitting, (value) => percent(value)),
    row(superiorAbility, (value) => decimal(value, 3)),
    row(
      interquartileMean,
      ({ estimate, lower, upper }) => `${decimal(estimate)} (95 %: ${decimal(lower)} to ${decimal(upper)})`,
    ),
  ];
  return html`<section>
    <h2>Real, or luck?</h2>
    <p class="note">
      ${
        trials === undefined
          ? "What was tried before this result was not counted."
          : `Counted before this result: ${whole(trials.count)} trials, ${decimal(trials.effective ?? trials.count, 0)} of them not copies of each other.`
      }
      The verdict does not rest on these numbers.
    </p>
    <div class="scroll" tabindex="0">
      <table class="facts">
        <thead>
          <tr>
            <th scope="col">Statistic</th>
            <th scope="col" class="agent">Value</th>
            <th scope="col">What it means</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
  </section>`;
}

interface Shown<T> {
  readonly label: string;
  readonly meaning: string;
  readonly answer: Answer<T>;
}

function row<T>({ label, meaning, answer }: Shown<T>, print: (value: T) => string): Html {
  return html`<tr>
    <th scope="row">${label}</th>
    <td class="agent">${answer.known ? print(answer.value) : "–"}</td>
    <td>${answer.known ? meaning : answer.reason}</td>
  </tr>`;
}
