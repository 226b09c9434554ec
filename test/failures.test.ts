/** @file Keeps docs/failures.md and the table of failures equal, text by text. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { failureKinds } from "#base/failure.ts";

/** Rows of the only table of the document, without its head: code, retryable, rule, what to do. */
function documented(): string[][] {
  const lines = readFileSync("docs/failures.md", "utf8").split("\n");
  const rows = lines.filter((line) => line.startsWith("|")).map((line) => line.split("|").slice(1, -1));
  return rows.slice(2).map((cells) => cells.map((cell) => cell.trim()));
}

test("documents every failure with its own words, and none that does not exist", () => {
  const inCode = Object.entries(failureKinds).map(([code, { retryable, rule, hint }]) => [
    `\`${code}\``,
    retryable ? "yes" : "no",
    rule,
    hint,
  ]);
  expect(documented(), "docs/failures.md").toEqual(inCode);
});

test("documents each failure once", () => {
  const codes = documented().map(([code]) => code);
  expect(new Set(codes).size).toBe(codes.length);
  expect(codes.length).toBeGreaterThan(20);
});
