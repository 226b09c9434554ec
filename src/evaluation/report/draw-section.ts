/** @file Draws a section as HTML. */
import type { Html } from "./html.ts";
import { html } from "./html.ts";
import type { Cell, Fact, Heading, Row, Section, SectionPart, Table } from "./section.ts";

/** Labels of so many characters need no room to be read in. */
const briefLabel = 5;

/** Wider tables are set smaller. */
const mostColumns = 9;

export function drawnSection({ title, note, parts }: Section): Html {
  return html`<section>
    <h2>${title}</h2>
    ${note === undefined ? "" : html`<p class="note">${note}</p>`} ${parts.map(drawnPart)}
  </section>`;
}

function drawnPart(part: SectionPart): Html {
  switch (part.kind) {
    case "text":
      return html`<p>${inline(part.text)}</p>`;
    case "list":
      return html`<ul class="points">
        ${part.items.map((item) => html`<li>${inline(item)}</li>`)}
      </ul>`;
    case "table":
      return drawnTable(part.table);
    case "facts":
      return part.folded === undefined
        ? facts(part.rows)
        : html`<details>
            <summary>${part.folded}</summary>
            ${facts(part.rows)}
          </details>`;
    case "drawing":
      return part.html;
  }
}

/** What stands between backticks is a command. */
function inline(text: string): Html[] {
  return text.split("`").map((part, at) => (at % 2 === 0 ? html`${part}` : html`<code>${part}</code>`));
}

function facts(rows: readonly Fact[]): Html {
  return html`<table class="facts">
    <tbody>
      ${rows.map(
        ({ name, value, code }) =>
          html`<tr>
            <th scope="row">${name}</th>
            <td>${code ? html`<code>${value}</code>` : value}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function drawnTable({ head, rows }: Table): Html {
  return html`<div class="scroll" tabindex="0">
    <table class="${head.length > mostColumns ? "dense" : ""}">
      <thead>
        <tr>
          ${head.map(heading)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(row)}
      </tbody>
    </table>
  </div>`;
}

function heading(given: string | Heading): Html {
  const { text, agent } = typeof given === "string" ? { text: given } : given;
  return html`<th scope="col" class="${agent ? "agent" : ""}">${text}</th>`;
}

function row({ label, meaning, said, cells }: Row): Html {
  const name = meaning === undefined ? label : html`<abbr title="${meaning}">${label}</abbr>`;
  const sentence = said === undefined ? "" : html`<small>${inline(said)}</small>`;
  const kind = said !== undefined ? "said" : label.length <= briefLabel ? "brief" : "";
  return html`<tr>
    <th scope="row" class="${kind}">${name}${sentence}</th>
    ${cells.map(cell)}
  </tr>`;
}

function cell(given: string | Cell): Html {
  if (typeof given === "string") return html`<td>${given}</td>`;
  const { text, small, agent, dates, sign } = given;
  const classes = [agent ? "agent" : "", dates ? "dates" : ""].filter((name) => name !== "").join(" ");
  const shown = sign === undefined ? text : html`<span class="${sign}">${text}</span>`;
  const below = small === undefined ? "" : html`<small>${small}</small>`;
  return html`<td class="${classes}">${shown}${below}</td>`;
}
