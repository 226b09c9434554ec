/** @file Intervals of round trips: they hold the estimate, and the win rate's is as wide as the binomial says. */
import { expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import type { RoundTrip } from "../round-trips.ts";
import { tradeDifferences, tradeIntervals } from "./trade-intervals.ts";

const rng = createRng(1);
const trips = Array.from({ length: 400 }, (_, at): RoundTrip => {
  const profit = rng.uniform() < 0.6 ? 10 : -10;
  const about = {
    symbol: "X",
    direction: "long",
    openedAt: at,
    closedAt: at,
    units: 1,
    entryPrice: 100,
    exitPrice: 100,
  } as const;
  return { ...about, profit, returnOnEntry: profit / 100 };
});

test("gives the win rate the width of a binomial, and what follows from it the same", () => {
  const answer = tradeIntervals(trips, { rng: createRng(2), resamples: 2000 });
  if (!answer.known) throw new Error(answer.reason);
  const { winRate, profitFactor, expectancyMoney, expectancyReturn } = answer.value;
  const rate = winRate.estimate;
  expect((winRate.upper - winRate.lower) / (2 * 1.96 * Math.sqrt((rate * (1 - rate)) / 400))).toBeCloseTo(1, 0.5);
  expect(profitFactor.estimate).toBeCloseTo(rate / (1 - rate), 12);
  expect(expectancyMoney.lower).toBeCloseTo(20 * winRate.lower - 10, 9);
  expect(expectancyReturn.upper).toBeCloseTo(expectancyMoney.upper / 100, 9);
});

test("without trades there is no number", () => {
  expect(tradeIntervals([], { rng: createRng(2) })).toMatchObject({ known: false, needed: 30, found: 0 });
});

test("the difference of two independent shares is as wide as their errors together", () => {
  const dice = createRng(3);
  const half = trips.map((trip) => ({ ...trip, profit: dice.uniform() < 0.5 ? 10 : -10 }));
  const answer = tradeDifferences(trips, half, { rng: createRng(2), resamples: 2000 });
  if (!answer.known) throw new Error(answer.reason);
  const { winRate } = answer.value;
  const own = tradeIntervals(trips, { rng: createRng(2), resamples: 2000 });
  if (!own.known) throw new Error(own.reason);
  const rate = own.value.winRate.estimate;
  const other = half.filter(({ profit }) => profit > 0).length / half.length;
  const error = Math.sqrt((rate * (1 - rate) + other * (1 - other)) / 400);
  expect(winRate.estimate).toBeCloseTo(rate - other, 12);
  expect((winRate.upper - winRate.lower) / (2 * 1.96 * error)).toBeCloseTo(1, 0.5);
});

test("no difference is told of too few trades of either, and none between what is the same", () => {
  const few = tradeDifferences(trips, trips.slice(0, 29), { rng: createRng(2) });
  expect(few).toMatchObject({ known: false, needed: 30, found: 29 });
  const won = trips.map((trip) => ({ ...trip, profit: 1 }));
  const same = tradeDifferences(won, won, { rng: createRng(2), resamples: 50 });
  expect(same).toMatchObject({ known: true, value: { profitFactor: { estimate: 0, lower: 0, upper: 0 } } });
});
