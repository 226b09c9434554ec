/** @file Kinds of market, by hand. */
import { expect, test } from "vitest";
import { instrument } from "#domain/instrument.ts";
import { universe as universeOf } from "#domain/universe.ts";
import type { Universe } from "#domain/universe.ts";
import { sharpe } from "./metrics.ts";
import { leastRegimeBars, regimes } from "./regimes.ts";

const dayMs = 86_400_000;

function market(closes: readonly number[]): Universe {
  const close = Float64Array.from(closes);
  const openTime = close.map((_, t) => Date.UTC(2020, 10, 1) + t * dayMs);
  const high = close.map((value) => value * 1.001);
  const low = close.map((value) => value * 0.999);
  const bars = { openTime, open: close, high, low, close, volume: close.map(() => 1) };
  return universeOf("made", "1d", [{ instrument: instrument("A"), bars }]);
}

/** 100 bars up, 100 to and fro, 100 down. */
const closes = Array.from({ length: 300 }, (_, t) => {
  if (t < 100) return 100 * 1.01 ** t;
  const top = 100 * 1.01 ** 99;
  return t < 200 ? top * (1 + 0.004 * Math.sin(0.9 * (t - 99))) : top * 0.98 ** (t - 199);
});
const made = market(closes);
const returns = Float64Array.from({ length: 259 }, (_, n) => closes[41 + n] / closes[40 + n] - 1);
const found = regimes(
  made,
  40,
  { name: "agent", runs: [returns] },
  [{ name: "flat", runs: [returns.map(() => 0)] }],
  252,
);
const named = (name: string) => found.find((each) => each.name === name)!;

test("each bar is in one kind of each group", () => {
  for (const group of ["trend", "volatility", "year"]) {
    const own = found.filter((each) => each.group === group);
    expect(
      own.reduce((sum, { bars }) => sum + bars, 0),
      group,
    ).toBe(259);
    expect(own.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
    const grown = own.reduce((product, { agent }) => product * (1 + agent.totalReturn), 1);
    expect(grown, "together they are the whole").toBeCloseTo(closes[299] / closes[40], 9);
  }
});

test("tells up, down and to and fro from each other by what was known before the bar", () => {
  expect(named("trend up").agent.totalReturn).toBeGreaterThan(0.5);
  expect(named("trend down").agent.totalReturn).toBeLessThan(-0.5);
  expect(Math.abs(named("range").agent.totalReturn)).toBeLessThan(0.1);
  expect(named("range").bars).toBeGreaterThan(40);
  expect(named("trend up").baselines["flat"]).toEqual({ sharpe: 0, totalReturn: 0 });
});

test("parts volatility in thirds and years as the calendar does", () => {
  const names = found.filter(({ group }) => group === "year").map(({ name }) => name);
  expect(names).toEqual(["2020", "2021"]);
  // The bar after index 40 opens on 2020-12-12: 20 days of 2020.
  const year = named("2020");
  expect(year.bars).toBe(20);
  expect(year.agent.sharpe, `fewer than ${leastRegimeBars} bars`).toBeUndefined();
  expect(named("2021").agent.sharpe).toBe(sharpe(returns.subarray(20), 252));
});

test("changes nothing before a bar where what comes after it changes", () => {
  const later = market(closes.map((close, t) => (t < 290 ? close : close * 3)));
  const labels = (of: Universe) =>
    regimes(of, 40, { name: "agent", runs: [returns.subarray(0, 249)] }, [], 252).map(({ name, bars }) => [name, bars]);
  expect(labels(later)).toEqual(labels(made));
});

test("says that it does not know yet where there is no past", () => {
  const early = regimes(made, 0, { name: "agent", runs: [new Float64Array(60)] }, [], 252);
  const unknown = early.filter(({ name }) => name === "not known yet");
  expect(unknown.map(({ group }) => group)).toEqual(["trend", "volatility"]);
});
