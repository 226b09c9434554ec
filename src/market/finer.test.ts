import { expect, test } from "vitest";
import { barsFrom, timeframeMs } from "#domain/bar.ts";
import { instrument } from "#domain/instrument.ts";
import type { Timeframe } from "#domain/bar.ts";
import type { Universe } from "#domain/universe.ts";
import { universe } from "#domain/universe.ts";
import { freeOfCosts } from "./costs.ts";
import { finerPrices } from "./finer.ts";
import { defaultSizing } from "./sizing.ts";
import { advanceLane, createAccounts, createMarket, restOrders, startLane } from "./world.ts";

type Prices = readonly [open: number, high: number, low: number, close: number];

function made(timeframe: Timeframe, at: readonly number[], prices: readonly Prices[], symbol = "A"): Universe {
  const bars = prices.map(([open, high, low, close], t) => ({ openTime: at[t], open, high, low, close, volume: 1 }));
  return universe("made", timeframe, [{ instrument: instrument(symbol), bars: barsFrom(bars) }]);
}
const hour = timeframeMs["1h"];
const hours = made(
  "1h",
  [0, hour, 2 * hour],
  [
    [100, 100, 100, 100],
    [100, 110, 90, 100],
    [100, 110, 90, 100],
  ],
);
const half = hour / 2;
/** The first hour has none; in the second the price rises first; in the third its second half is not known. */
const halves = made(
  "30m",
  [hour, hour + half, 2 * hour],
  [
    [100, 110, 99, 105],
    [105, 105, 90, 100],
    [100, 101, 90, 91],
  ],
);

test("lays shorter bars out by the bar in whose time they open", () => {
  const { start, open, high, low } = finerPrices(hours, halves);
  expect([...start]).toEqual([0, 0, 2, 3]);
  expect([...open]).toEqual([100, 105, 100]);
  expect([...high]).toEqual([110, 105, 101]);
  expect([...low]).toEqual([99, 90, 90]);
});

test("leaves out what opens between the bars", () => {
  const gap = made(
    "30m",
    [half, hour + half, 5 * hour],
    [
      [1, 1, 1, 1],
      [2, 2, 2, 2],
      [3, 3, 3, 3],
    ],
  );
  const sparse = made(
    "1h",
    [hour, 3 * hour],
    [
      [2, 2, 2, 2],
      [2, 2, 2, 2],
    ],
  );
  expect([...finerPrices(sparse, gap).open]).toEqual([2]);
});

test.each([
  [undefined, 95],
  [halves, 108],
])("a long position with a stop at 95 and a target at 108 ends where the bars say: %#", (finer, price) => {
  const market = createMarket(hours, freeOfCosts, defaultSizing, undefined, finer);
  const accounts = createAccounts(market, 1);
  startLane(market, accounts, 0, 0, 1000);
  restOrders(market, accounts, 0, 0, 95, 108);
  expect(advanceLane(market, accounts, 0, [1])).toBe(1000 + price - 100);
});

test("refuses other instruments, and bars that are not shorter", () => {
  expect(() => finerPrices(hours, made("30m", [0], [[1, 1, 1, 1]], "B"))).toThrow(
    "finer: made holds B, and made holds A",
  );
  expect(() => finerPrices(hours, hours)).toThrow("finer: bars of 1h are not shorter than those of 1h");
});
