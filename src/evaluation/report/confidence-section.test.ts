/** @file The section of confidence: its numbers by hand, and where it is silent. */
import { expect, test } from "vitest";
import { reportFixture } from "../report.fixture.ts";
import { confidenceSection } from "./confidence-section.ts";
import { drawnSection } from "./draw-section.ts";
import { markdownSection } from "./markdown.ts";

const plain = reportFixture({ bars: 60 });
const confidence = {
  decisions: 200,
  method: "temperature",
  reliability: [
    { confidence: 0.5, right: 0.4, count: 100 },
    { confidence: 0.9, right: 0.6, count: 100 },
  ],
  error: 0.2,
  brier: 0.29,
  mended: { reliability: [{ confidence: 0.52, right: 0.5, count: 200 }], error: 0.02, brier: 0.24 },
} as const;

const text = (found: typeof confidence): string =>
  markdownSection(confidenceSection({ ...plain, confidence: found })!)
    .join("\n")
    .replaceAll("\u00a0", " ");

test("each bin stands beside its interval, both curves beside each other, and the whole beside who always says the same", () => {
  const said = text(confidence);
  expect(said).toContain("right in 50.0 % of all");
  expect(said).toContain("tells more than that: Brier score 0.2400 against 0.2500");
  // Wilson of 40 in 100, 60 in 100 and 100 in 200.
  expect(said).toContain("40.0 % (31 % to 50 %)");
  expect(said).toContain("60.0 % (50 % to 69 %)");
  expect(said).toContain("50.0 % (43 % to 57 %)");
  expect(said).toMatch(/Calibration error \| 20.0 % \| 2.0 %/);
  expect(said).toMatch(/\| 2 \| 90.0 % .*\|  \|  \|/);
});

test("confidence that scores no better than who always says the same tells no more", () => {
  expect(text({ ...confidence, mended: { ...confidence.mended, brier: 0.25 } as never })).toContain("tells no more");
});

test("of trees it says that votes were held against labels", () => {
  const said = text({ ...confidence, of: "votes" } as never);
  expect(said).toContain("200 votes of BUY or SELL on labelled bars");
  expect(said).toContain("Right: the label came out so.");
  expect(text(confidence)).toContain("Right: the bar went the position's way.");
});

test("what is drawn is told to who cannot see it", () => {
  const { html } = drawnSection(confidenceSection({ ...plain, confidence })!);
  expect(html.match(/role="img"/g)).toHaveLength(2);
  expect(html.replaceAll("\u00a0", " ")).toContain(
    "As the policy states it: 50 % sure, 40 % right; 90 % sure, 60 % right",
  );
});

test("says nothing of an agent without confidence, and the report says that nobody measured it", () => {
  expect(confidenceSection(plain)).toBeUndefined();
});
