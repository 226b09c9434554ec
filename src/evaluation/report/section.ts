/** @file A section of the report as plain data: one description, drawn as HTML for the page and as Markdown for the terminal. */
import type { ReportData } from "../report-data.ts";
import { decimal } from "./format.ts";
import type { Html } from "./html.ts";

/** What a section says of a report; undefined where it has nothing to say. */
export type SectionOf = (data: ReportData) => Section | undefined;

export interface Section {
  readonly title: string;
  /** What the reader looks at and how to read it. */
  readonly note?: string;
  readonly parts: readonly SectionPart[];
}

export type SectionPart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly string[] }
  | { readonly kind: "table"; readonly table: Table }
  /** Names and what they stand for; `folded` are shown on demand, under their summary. */
  | { readonly kind: "facts"; readonly rows: readonly Fact[]; readonly folded?: string }
  /** A chart or another drawing; `told` says the same in words where nothing can be drawn. */
  | { readonly kind: "drawing"; readonly html: Html; readonly told?: string };

export interface Fact {
  readonly name: string;
  readonly value: string;
  /** A command or a hash. */
  readonly code?: boolean;
}

/** The first heading is that of the rows' labels. */
export interface Table {
  readonly head: readonly (string | Heading)[];
  readonly rows: readonly Row[];
}

export interface Heading {
  readonly text: string;
  /** The agent's column stands out. */
  readonly agent?: boolean;
}

export interface Row {
  readonly label: string;
  /** What it is, for a reader who never met it. */
  readonly meaning?: string;
  /** A sentence that stands under the label. */
  readonly said?: string;
  readonly cells: readonly (string | Cell)[];
}

export interface Cell {
  readonly text: string;
  /** In small letters under it. */
  readonly small?: string | undefined;
  readonly agent?: boolean;
  readonly dates?: boolean;
  readonly sign?: "gain" | "loss" | undefined;
}

export function tablePart(head: Table["head"], rows: readonly Row[]): SectionPart {
  return { kind: "table", table: { head, rows } };
}

/** A number whose colour repeats its sign; numbers that are printed as 0 have none. */
export function signedCell(value: number | undefined, print: (value: number | undefined) => string = decimal): Cell {
  const text = print(value);
  const isZero = value === undefined || !/[1-9]/.test(text);
  return { text, sign: isZero ? undefined : value > 0 ? "gain" : "loss" };
}
