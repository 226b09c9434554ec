/** @file The page of a feature analysis. */
import { day, decimal, whole } from "#evaluation/report/format.ts";
import type { Html } from "#evaluation/report/html.ts";
import { html, trusted } from "#evaluation/report/html.ts";
import type { FeatureAnalysis } from "#features/analysis/feature-analysis.ts";
import { htmlPage } from "./section-page.ts";

export interface AnalysisPage {
  readonly market: string;
  readonly symbol: string;
  readonly set: string;
  /** First and last bar of the training fold, Unix ms UTC. */
  readonly from: number;
  readonly until: number;
  readonly createdAt: number;
  readonly analysis: FeatureAnalysis;
}

/** The whole page. Every text in it is escaped. */
export function analysisPage(page: AnalysisPage): string {
  const { market, symbol, set, from, until, createdAt, analysis } = page;
  const title = `Features of ${symbol}: ${set}`;
  return htmlPage(
    { title, createdAt },
    html`<p class="kicker">
        ${set} on ${symbol} of ${market}, ${day(from)} to ${day(until)}, ${whole(analysis.rows)} bars of the training
        fold. Nothing later was looked at.
      </p>
      <h1>${whole(analysis.features.length)} features</h1>
      ${featureSection(analysis)} ${groupSection(analysis)} ${correlationSection(analysis)}`,
  );
}

function featureSection({ features }: FeatureAnalysis): Html {
  const ordered = features.toSorted((a, b) => b.information.correctedNats - a.information.correctedNats);
  return html`<section>
    <h2>What each tells of the next return, and how it drifts</h2>
    <p class="note">
      Mutual information with the log return of the next bar, in thousandths of a nat, from bins of equal counts. The
      estimate is biased upwards: it is shown less its bias, and what is not well above the bias is noise. Telling how
      far the price will move counts as much as telling which way. Drift is the population stability index of each later
      quarter of the fold against the first; above 0.25 is a shift.
    </p>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">feature</th>
            <th scope="col">information</th>
            <th scope="col">its bias</th>
            <th scope="col">drift, 2nd quarter</th>
            <th scope="col">3rd</th>
            <th scope="col">4th</th>
          </tr>
        </thead>
        <tbody>
          ${ordered.map(
            ({ feature, information, stability }) =>
              html`<tr>
                <th scope="row">${feature}</th>
                <td>${decimal(1000 * information.correctedNats)}</td>
                <td>${decimal(1000 * information.biasNats)}</td>
                ${stability.map((index) => html`<td class="${index > 0.25 ? "loss" : ""}">${decimal(index)}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

function groupSection({ clusters, threshold }: FeatureAnalysis): Html {
  const groups = clusters.map((names) => html`<li>${names.join(", ")}</li>`);
  return html`<section>
    <h2>Which stand for each other</h2>
    <p class="note">
      Groups joined by a correlation of ${decimal(threshold)} or more, either sign. The first of each tells most of the
      next return.
    </p>
    ${
      groups.length === 0
        ? html`<p>None.</p>`
        : html`<ul>
            ${groups}
          </ul>`
    }
  </section>`;
}

const cell = 12;
/** Width of a letter of a name, at most: of 10 px. */
const letter = 6.5;

function correlationSection({ features, correlations }: FeatureAnalysis): Html {
  const width = features.length;
  /** Room for names beside and above the squares. */
  const margin = Math.ceil(10 + letter * Math.max(...features.map(({ feature }) => feature.length)));
  const size = margin + width * cell;
  const squares = Array.from(correlations, (value, at): string => {
    const [row, column] = [Math.floor(at / width), at % width];
    const colour = value < 0 ? "#d55e00" : "#0072b2";
    const place = `x="${margin + column * cell}" y="${margin + row * cell}"`;
    return `<rect ${place} width="${cell}" height="${cell}" fill="${colour}" fill-opacity="${Math.abs(value).toFixed(2)}"/>`;
  });
  const names = features.map(({ feature }, at) => {
    const middle = margin + at * cell + cell - 3;
    return html`<text x="${margin - 4}" y="${middle}" style="font-size:10px;text-anchor:end">${feature}</text>
      <text transform="translate(${middle} ${margin - 4}) rotate(-90)" style="font-size:10px;text-anchor:start">
        ${feature}
      </text>`;
  });
  return html`<section>
    <h2>Correlations</h2>
    <p class="note">Blue: they move together. Orange: against each other. The fuller the colour, the more.</p>
    <figure class="scroll">
      <svg
        viewBox="0 0 ${size} ${size}"
        style="width:${size}px;max-width:none"
        role="img"
        aria-label="Correlation of each feature with each other"
      >
        ${trusted(squares.join(""))} ${names}
      </svg>
    </figure>
  </section>`;
}
