import { expect, test } from "vitest";
import { episodeStarts } from "./episode-starts.ts";

const spans = [
  { from: 5, to: 9 },
  { from: 20, to: 24 },
  { from: 24, to: 30 },
];

test("an episode may begin wherever it ends within the same span", () => {
  const starts = episodeStarts(spans, 3);
  expect(Array.from({ length: starts.count }, (_, n) => starts.bar(n))).toEqual([5, 20, 24, 25, 26]);
});

test("a span that no episode fits into is a mistake", () => {
  expect(() => episodeStarts(spans, 4)).toThrow(/an episode fits into each span/);
});
