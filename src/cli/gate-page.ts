/** @file The page of `gate`: the word, and each criterion with what was asked and what was found. */
import type { GateResult, GateRow } from "#evaluation/gate/gate.ts";
import type { Row, Section } from "#evaluation/report/section.ts";
import { tablePart } from "#evaluation/report/section.ts";
import type { PageHead } from "./section-page.ts";
import { sectionPage } from "./section-page.ts";

const roles: Readonly<Record<GateRow["role"], Pick<Section, "title" | "note">>> = {
  risk: { title: "Risk", note: "It comes first, and nothing outweighs it." },
  gate: { title: "What must hold, too", note: "A number that is not there is not passed." },
  shown: { title: "Shown only", note: "It decides nothing." },
};

export interface GatePage extends Omit<PageHead, "title"> {
  /** Of the set of criteria. */
  readonly title: string;
  readonly result: GateResult;
}

export function gatePage({ title, result: { word, rows }, ...head }: GatePage): string {
  const sections = Object.entries(roles).flatMap(([role, about]) => {
    const own = rows.filter((row) => row.role === role);
    return own.length === 0
      ? []
      : [{ ...about, parts: [tablePart(["Criterion", "95 % interval", ""], own.map(criterionRow))] }];
  });
  return sectionPage({ ...head, title: `${word}: ${title}` }, sections);
}

function criterionRow(row: GateRow): Row {
  const { label, asked, found, range, passed } = row;
  return {
    label,
    said: `Asked: ${asked}. Found: ${found}.`,
    cells: [range ?? "–", { text: outcome(row), sign: passed ? "gain" : "loss" }],
  };
}

/** Whether a criterion holds, in a word that no colour is needed for. */
export function outcome({ role, passed }: GateRow): string {
  if (role === "shown") return passed ? "reached" : "not reached";
  return passed ? "pass" : "FAIL";
}
