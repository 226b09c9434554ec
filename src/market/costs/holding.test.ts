import { expect, test } from "vitest";
import type { Timeframe } from "#domain/bar.ts";
import { timeframeMs } from "#domain/bar.ts";
import { instrument } from "#domain/instrument.ts";
import type { Costs } from "../costs.ts";
import { freeOfCosts } from "../costs.ts";
import type { Carry } from "./holding.ts";
import { holdingCost } from "./holding.ts";

const euro = instrument("EURUSD", { assetClass: "currency", contractSize: 100_000, pipSize: 0.0001, calendar: "fx" });
const share = instrument("SPY");
const perpetual = instrument("BTC", { assetClass: "perpetual", calendar: "crypto" });

/** Cost of holding from one moment to another, at a price of 100 before. */
function held(of: typeof euro, from: string, to: string, costs: Partial<Costs>): Carry {
  const [start, end] = [Date.parse(from), Date.parse(to)];
  const day = (time: number): number => Math.floor(time / 86_400_000);
  const cost = holdingCost(of);
  cost(NaN, start, day(start), { ...freeOfCosts, ...costs });
  return cost(100, end, day(end), { ...freeOfCosts, ...costs });
}

/** Nights of a lot that pays one pip a night: 10 dollars each. */
const nights = (from: string, to: string): number => held(euro, from, to, { swapLongPips: 1 }).long / 10;

test.each([
  ["a Monday's night", "2023-03-06T21:00Z", "2023-03-06T22:00Z", 1],
  ["Monday to Tuesday, from noon to noon", "2023-03-06T12:00Z", "2023-03-07T12:00Z", 1],
  ["a Wednesday's night, which counts for the weekend", "2023-03-08T12:00Z", "2023-03-09T12:00Z", 3],
  ["Thursday to Friday", "2023-03-09T12:00Z", "2023-03-10T12:00Z", 1],
  ["Friday over the weekend to Monday", "2023-03-10T12:00Z", "2023-03-13T12:00Z", 1],
  ["the hours of a day", "2023-03-07T00:00Z", "2023-03-07T21:00Z", 0],
  ["a whole week", "2023-03-06T12:00Z", "2023-03-13T12:00Z", 7],
  ["17:00 in New York is 22:00 UTC in winter", "2023-01-10T21:00Z", "2023-01-10T22:00Z", 1],
  ["and 21:00 UTC in summer", "2023-07-11T20:00Z", "2023-07-11T21:00Z", 1],
  ["so that 22:00 is another day in summer", "2023-07-11T21:00Z", "2023-07-11T22:00Z", 0],
])("swap: %s", (_, from, to, expected) => {
  expect(nights(from, to)).toBeCloseTo(expected, 9);
});

test("swap: each side has its own rate, and a negative one is received", () => {
  const { long, short } = held(euro, "2023-03-06T12:00Z", "2023-03-07T12:00Z", {
    swapLongPips: 0.8,
    swapShortPips: -0.3,
  });
  expect(long).toBeCloseTo(8, 9);
  expect(short).toBeCloseTo(-3, 9);
});

test("shares are borrowed for calendar days: three over a weekend, none within a day, nothing for longs", () => {
  // 100 dollars × 3.6 % a year / 360 days = 1 cent a day.
  const of = (from: string, to: string): Carry => held(share, from, to, { borrowBps: 360 });
  expect(of("2023-03-06T00:00Z", "2023-03-07T00:00Z")).toEqual({ long: 0, short: expect.closeTo(0.01, 12) });
  expect(of("2023-03-10T00:00Z", "2023-03-13T00:00Z").short).toBeCloseTo(0.03, 12);
  expect(of("2023-03-10T14:30Z", "2023-03-10T15:30Z").short).toBe(0);
});

test("funding is due at 00:00, 08:00 and 16:00 UTC: longs pay it, shorts get it", () => {
  const of = (from: string, to: string): Carry => held(perpetual, from, to, { fundingBps: 1 });
  expect(of("2023-03-06T07:00Z", "2023-03-06T08:00Z")).toEqual({
    long: expect.closeTo(0.01, 12),
    short: expect.closeTo(-0.01, 12),
  });
  expect(of("2023-03-06T08:00Z", "2023-03-06T15:00Z").long, "bought when it was due").toBe(0);
  expect(of("2023-03-06T00:00Z", "2023-03-07T00:00Z").long).toBeCloseTo(0.03, 12);
});

test.each<Timeframe>(["1h", "4h", "1d"])("a week costs as much in bars of %s as at once", (timeframe) => {
  const [from, to] = [Date.parse("2023-03-05T00:00Z"), Date.parse("2023-03-19T00:00Z")];
  const costs = { ...freeOfCosts, swapLongPips: 1, fundingBps: 2, borrowBps: 50, swapShortPips: 0.5 };
  const cost = holdingCost(euro);
  let [long, short] = [0, 0];
  for (let time = from; time <= to; time += timeframeMs[timeframe]) {
    const carried = cost(100, time, Math.floor(time / 86_400_000), costs);
    long += carried.long;
    short += carried.short;
  }
  const whole = held(euro, "2023-03-05T00:00Z", "2023-03-19T00:00Z", costs);
  expect(long).toBeCloseTo(whole.long, 4);
  expect(short).toBeCloseTo(whole.short, 4);
});
