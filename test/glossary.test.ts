/** @file Every metric that a report prints is defined in the glossary, once. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { reportFixture } from "#evaluation/report.fixture.ts";
import { costsSection } from "#evaluation/report/costs-section.ts";
import { metricsSection } from "#evaluation/report/metrics-section.ts";

test("each metric of a report has one definition", () => {
  const glossary = readFileSync(new URL("../docs/glossary.md", import.meta.url), "utf8");
  const metrics = glossary.slice(glossary.indexOf("### Metrics"));
  const defined = [...metrics.matchAll(/^\| (?<name>[a-z, ]+?)(?: \([^)]*\))? \|/gm)].map(
    ({ groups }) => groups!["name"],
  );
  const data = reportFixture({ bars: 60 });
  const printed = [metricsSection(data), costsSection(data)]
    .flatMap(({ parts }) => parts)
    .flatMap((part) => (part.kind === "table" ? part.table.rows : []))
    .map(({ label }) => label.toLowerCase());
  // A metric and its difference to the best baseline are one metric.
  const names = [...new Set(printed)];
  expect(names.length).toBeGreaterThan(15);
  expect(defined.filter((name) => name !== "metric").toSorted()).toEqual(names.toSorted());
});
