import { describe, expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";
import type { Bars } from "#domain/bar.ts";
import { barAt, barColumns } from "#domain/bar.ts";
import type { Universe } from "#domain/universe.ts";
import { meanInterval } from "./mean-interval.ts";
import { laterBeginning, martingale, otherEnd, otherFuture, shuffledBars, truncated } from "./other-bars.ts";

const bars = 300;
const plain = randomWalk({ bars, seed: 3, volatility: 0.02, drift: 0.002, instruments: 2 });
/** With something measured of each bar, and no volume in the second instrument. */
const market: Universe = {
  ...plain,
  bars: plain.bars.map((each, i) => ({
    ...each,
    volume: i === 1 ? each.volume.fill(0) : each.volume,
    measured: { names: ["spreadBps"], values: Float64Array.from({ length: bars }, (_, t) => 1 + (t % 5)) },
  })),
};

const isBar = (bar: ReturnType<typeof barAt>): boolean =>
  bar.low > 0 && bar.low <= Math.min(bar.open, bar.close) && bar.high >= Math.max(bar.open, bar.close);
const all = (series: Bars) => Array.from(series.openTime, (_, t) => barAt(series, t));

test.each<[string, Universe]>([
  ["another future", otherFuture(market, 100, 1)],
  ["another end of a bar", otherEnd(market, 100, 1)],
  ["another order", shuffledBars(market, 1)],
  ["a martingale", martingale(market, 1)],
])("%s is bars of the same times, with volume only where there was some", (_, other) => {
  for (const [i, series] of other.bars.entries()) {
    expect(all(series).every(isBar)).toBe(true);
    expect(series.openTime).toEqual(market.openTime);
    expect(series.volume.some((units) => units > 0)).toBe(i === 0);
    expect(new Set(series.measured!.values)).toEqual(new Set([1, 2, 3, 4, 5]));
  }
  expect(market.bars[0].close, "the market itself is left as it is").toEqual(plain.bars[0].close);
});

test("another future is the same up to bar t, and another in every column after it", () => {
  const other = otherFuture(market, 100, 1);
  for (const column of barColumns.filter((name) => name !== "openTime")) {
    const [was, is] = [market.bars[0][column], other.bars[0][column]];
    expect(is.subarray(0, 101)).toEqual(was.subarray(0, 101));
    expect(is.subarray(101).every((value, n) => value !== was[101 + n])).toBe(true);
  }
  expect(otherFuture(market, 100, 2)).not.toEqual(other);
});

test("another end leaves the open and the volume of bar t, and nothing else of it", () => {
  const [was, is] = [market, otherEnd(market, 100, 1)].map(({ bars: [series] }) => barAt(series, 100));
  expect({ open: is.open, volume: is.volume }).toEqual({ open: was.open, volume: was.volume });
  for (const name of ["high", "low", "close"] as const) expect(is[name]).not.toBe(was[name]);
  expect(barAt(otherEnd(market, 100, 1).bars[1], 99)).toEqual(barAt(market.bars[1], 99));
});

test("shuffled bars are the same moves of all instruments together, without their drift", () => {
  const other = shuffledBars(market, 4);
  const moves = ({ close }: Bars) => Float64Array.from(close.subarray(1), (price, t) => price / close[t]);
  const [was, is] = [market, other].map((each) => each.bars.map(moves));
  const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value / values.length, 0);
  for (const i of [0, 1]) {
    expect(mean(was[i])).toBeGreaterThan(1.0005);
    expect(mean(is[i])).toBeCloseTo(1, 12);
    const sorted = was[i].map((value) => value / mean(was[i])).sort();
    is[i].toSorted().forEach((value, n) => expect(value).toBeCloseTo(sorted[n], 12));
  }
  const place = (i: number, t: number): number =>
    was[i].findIndex((value) => Math.abs(value / mean(was[i]) - is[i][t]) < 1e-12);
  const order = Array.from({ length: 50 }, (_, t) => place(0, t));
  expect(order).toEqual(Array.from({ length: 50 }, (_, t) => place(1, t)));
  expect(order.filter((from, t) => from === t).length).toBeLessThan(5);
});

test("a martingale has the market's deviations and gains nothing on average", () => {
  const long = randomWalk({ bars: 20_000, seed: 3, volatility: 0.02, drift: 0.002 });
  const [{ close, open }] = martingale(long, 2).bars;
  const simple = Float64Array.from(close.subarray(1), (price, t) => price / close[t] - 1);
  const { lower, upper, mean } = meanInterval(simple);
  expect(lower < 0 && upper > 0, `mean ${mean}`).toBe(true);
  const deviation = Math.sqrt(simple.reduce((sum, value) => sum + value * value, 0) / simple.length);
  expect(deviation).toBeGreaterThan(0.0195);
  expect(deviation).toBeLessThan(0.0205);
  expect(open.subarray(1)).toEqual(close.subarray(0, -1));
});

describe("fewer bars", () => {
  test("end at bar t, or begin later, and share no memory with the others", () => {
    const [cut, late] = [truncated(market, 100), laterBeginning(market, 50)];
    expect(all(cut.bars[0])).toEqual(all(market.bars[0]).slice(0, 101));
    expect(all(late.bars[1])).toEqual(all(market.bars[1]).slice(50));
    for (const { bars: series, openTime } of [cut, late]) {
      expect(series[0].close.buffer.byteLength).toBe(8 * openTime.length);
    }
  });
});

test("the interval of a mean is that of a normal mean at 99.9 %", () => {
  // By hand: mean 2, s = 1, n = 3; 3.2905 is the normal quantile of 0.9995.
  const { mean, lower, upper } = meanInterval([1, 2, 3]);
  expect(mean).toBeCloseTo(2, 12);
  expect(upper - mean).toBeCloseTo(3.2905 / Math.sqrt(3), 12);
  expect(mean - lower).toBeCloseTo(3.2905 / Math.sqrt(3), 12);
  expect(meanInterval([0.1]).lower).toBe(-Infinity);
});
