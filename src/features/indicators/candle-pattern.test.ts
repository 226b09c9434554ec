/** @file Candle patterns: the contract, and each pattern drawn by hand. */
import { expect, test } from "vitest";
import { indicatorContract, lastOf } from "../indicator.contract.ts";
import { stillBars } from "../sample-bars.ts";
import { candlePattern } from "./candle-pattern.ts";

indicatorContract("candle pattern", () => candlePattern());

type Drawn = readonly [open: number, high: number, low: number, close: number];

function said(before: Drawn, drawn: Drawn): Record<string, number> {
  const bars = [before, drawn].map(([open, high, low, close], t) => ({
    openTime: t,
    open,
    high,
    low,
    close,
    volume: 1,
  }));
  const one = candlePattern();
  const numbers = lastOf(one, bars);
  return Object.fromEntries(one.outputs.map((output, k) => [output, numbers[k]]));
}

const flags = ["hammer", "shootingStar", "doji", "bullishEngulfing", "bearishEngulfing"];
const falling: Drawn = [104, 105, 99, 100];
const rising: Drawn = [100, 105, 99, 104];

test.each<[string, Drawn, Drawn]>([
  ["hammer", rising, [103, 104.2, 99, 104]],
  ["shootingStar", falling, [101, 105, 99.8, 100]],
  ["doji", rising, [104, 105, 103, 104.05]],
  ["bullishEngulfing", falling, [99, 106, 98, 105]],
  ["bearishEngulfing", rising, [105, 106, 98, 99]],
])("finds a %s, and no other pattern in it", (name, before, drawn) => {
  const found = said(before, drawn);
  expect(flags.filter((flag) => found[flag] === 1)).toEqual([name]);
});

test("measures the parts of the bar", () => {
  expect(said(falling, [100, 107, 96, 105])).toMatchObject({ body: 5, bodyShare: 0.05, upperWick: 2, lowerWick: 4 });
  expect(said(falling, [105, 107, 96, 100])).toMatchObject({ body: -5, upperWick: 2, lowerWick: 4 });
});

test("is a doji without movement", () => {
  expect(lastOf(candlePattern(), stillBars(5, 100, 1))).toEqual([0, 0, 0, 0, 0, 0, 1, 0, 0]);
});
