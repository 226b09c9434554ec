/** @file Ranks by hand. */
import { expect, test } from "vitest";
import { randomRank } from "./random-rank.ts";

test("says what share of random agents did worse, and how likely one does as well", () => {
  expect(randomRank(1, [0, 0.5, 1, 2])).toEqual({ agent: 1, percentile: 2.5 / 4, pValue: 3 / 5, agents: 4 });
  expect(randomRank(9, [0, 0.5, 1, 2])).toEqual({ agent: 9, percentile: 1, pValue: 1 / 5, agents: 4 });
  expect(randomRank(-9, [0])).toEqual({ agent: -9, percentile: 0, pValue: 1, agents: 1 });
});

test("stands in the middle where nobody trades", () => {
  expect(randomRank(0, [0, 0, 0])).toMatchObject({ percentile: 0.5, pValue: 1 });
});
