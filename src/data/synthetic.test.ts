import { expect, test } from "vitest";
import type { Bars } from "#domain/bar.ts";
import { ornsteinUhlenbeck, randomWalk } from "./synthetic.ts";

const closeReturns = ({ close }: Bars): number[] =>
  Array.from(close.subarray(1), (price, t) => Math.log(price / close[t]));
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const centred = (values: readonly number[]): number[] => {
  const centre = mean(values);
  return values.map((value) => value - centre);
};
const deviation = (values: readonly number[]): number => Math.sqrt(mean(centred(values).map((value) => value ** 2)));
const correlation = (a: readonly number[], b: readonly number[]): number => {
  const others = centred(b);
  return mean(centred(a).map((value, t) => value * others[t])) / (deviation(a) * deviation(b));
};

const walk = (seed: number): number[] => [...randomWalk({ bars: 50, volatility: 0.02, seed }).bars[0].close];

test("walks with the volatility and drift that are asked for, and without memory", () => {
  const { bars } = randomWalk({ bars: 4000, volatility: 0.02, drift: 0.001, seed: 7 });
  const returns = closeReturns(bars[0]);
  expect(Math.abs(deviation(returns) / 0.02 - 1)).toBeLessThan(4 / Math.sqrt(2 * 4000));
  expect(Math.abs(mean(returns) - 0.001)).toBeLessThan((4 * 0.02) / Math.sqrt(4000));
  expect(Math.abs(correlation(returns.slice(1), returns.slice(0, -1)))).toBeLessThan(4 / Math.sqrt(4000));
});

test("makes bars that keep their limits and open where the last one closed", () => {
  for (const { bars } of [
    randomWalk({ bars: 500, volatility: 0.02, seed: 3, timeframe: "1h" }),
    ornsteinUhlenbeck({ bars: 500, volatility: 0.02, halfLifeBars: 20, seed: 3 }),
  ]) {
    const [{ open, high, low, close, volume, openTime }] = bars;
    for (let t = 0; t < 500; t++) {
      expect(high[t]).toBeGreaterThanOrEqual(Math.max(open[t], close[t]));
      expect(low[t]).toBeLessThanOrEqual(Math.min(open[t], close[t]));
      expect(low[t]).toBeGreaterThan(0);
      expect(volume[t]).toBeGreaterThan(0);
      if (t > 0) expect([open[t], openTime[t] > openTime[t - 1]]).toEqual([close[t - 1], true]);
    }
  }
});

test("gives the same market for the same seed, another for another, and independent instruments", () => {
  expect(walk(1)).toEqual(walk(1));
  expect(walk(1)).not.toEqual(walk(2));
  const { bars, instruments } = randomWalk({ bars: 4000, volatility: 0.02, seed: 1, instruments: 2 });
  expect(instruments.map(({ symbol }) => symbol)).toEqual(["S1", "S2"]);
  expect(Math.abs(correlation(closeReturns(bars[0]), closeReturns(bars[1])))).toBeLessThan(4 / Math.sqrt(4000));
});

test("skips weekends in daily bars", () => {
  const { openTime } = randomWalk({ bars: 20, volatility: 0.02, seed: 1 });
  expect(openTime.every((time) => new Date(time).getUTCDay() % 6 !== 0)).toBe(true);
});

test("reverts by half in the half-life, and keeps the stationary deviation of the process", () => {
  const halfLifeBars = 10;
  const { bars } = ornsteinUhlenbeck({ bars: 20_000, volatility: 0.01, halfLifeBars, seed: 5 });
  const logs = Array.from(bars[0].close, (price) => Math.log(price / 100));
  expect(Math.abs(correlation(logs.slice(halfLifeBars), logs.slice(0, -halfLifeBars)) - 0.5)).toBeLessThan(0.05);
  const stationary = 0.01 / Math.sqrt((2 * Math.LN2) / halfLifeBars);
  expect(Math.abs(deviation(logs) / stationary - 1)).toBeLessThan(0.06);
});
