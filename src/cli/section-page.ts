/** @file Pages that open from disk and ask no network for anything. */
import { barChartStyle } from "#evaluation/report/bar-chart.ts";
import { drawnSection } from "#evaluation/report/draw-section.ts";
import { day } from "#evaluation/report/format.ts";
import type { Html } from "#evaluation/report/html.ts";
import { html, trusted } from "#evaluation/report/html.ts";
import type { Section } from "#evaluation/report/section.ts";
import { pageStyle } from "#evaluation/report/style.ts";

/** What stands above the sections. */
export interface PageHead {
  readonly title: string;
  readonly kicker: string;
  readonly createdAt: number;
}

/** A page of sections, each drawn as a report draws it. Every text in it is escaped. */
export function sectionPage({ title, kicker, createdAt }: PageHead, sections: readonly Section[]): string {
  const body = html`<p class="kicker">${kicker}</p>
    <h1>${title}</h1>
    ${sections.map(drawnSection)}`;
  return htmlPage({ title, createdAt, style: barChartStyle }, body);
}

interface HtmlPage {
  /** Of the window. */
  readonly title: string;
  readonly createdAt: number;
  /** Beside the style of all pages. */
  readonly style?: string;
}

/** The whole page around what it shows. */
export function htmlPage({ title, createdAt, style = "" }: HtmlPage, body: Html): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>${title}</title>
        <style>
          ${trusted(pageStyle + style)}
        </style>
      </head>
      <body>
        <main>
          ${body}
          <footer>Made by Ploutos on ${day(createdAt)}. Past results do not promise future ones.</footer>
        </main>
      </body>
    </html> `.html;
}
