/** @file HTML that cannot be broken by what it says: every value is escaped unless it is HTML already. */

/** Text that is safe to put into a page. */
export interface Html {
  readonly html: string;
}

export type Part = string | number | undefined | Html | readonly Part[];

/** A template whose values are escaped; nested templates and lists of them are taken as they are, `undefined` is nothing. */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { html: texts.reduce((whole, text, at) => whole + rendered(parts[at - 1]) + text) };
}

/** Text that is HTML by our own word: styles, scripts, drawings. Never for anything from outside. */
export function trusted(text: string): Html {
  return { html: text };
}

/** JSON for a `<script type="application/json">`: nothing in it can end the element. */
export function jsonForPage(value: unknown): Html {
  return { html: JSON.stringify(value).replaceAll("<", "\\u003c") };
}

function rendered(part: Part): string {
  if (part === undefined) return "";
  if (typeof part === "string") return escaped(part);
  if (typeof part === "number") return String(part);
  if ("html" in part) return part.html;
  return part.map(rendered).join("");
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character]);
}
