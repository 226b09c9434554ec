/** @file Metrics against values worked out by hand, and what must hold for any curve. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Fill } from "#domain/fill.ts";
import { orderId } from "#domain/order.ts";
import {
  annualReturn,
  drawdown,
  metrics,
  sharpe,
  simpleReturns,
  sortino,
  volatility,
  worstDayLoss,
} from "./metrics.ts";

function curveOf(...equity: number[]): { time: Float64Array; equity: Float64Array } {
  return { time: Float64Array.from(equity, (_, t) => t * 86_400_000), equity: Float64Array.from(equity) };
}

function fill(side: "buy" | "sell", units: number, price: number, fee = 0, filledAt = 0): Fill {
  return { orderId: orderId("X", filledAt), symbol: "X", side, units, price, referencePrice: price, fee, filledAt };
}

/** In basis points, as returns come; far smaller ones are only rounding. */
const returns = fc.array(
  fc.integer({ min: -5000, max: 5000 }).map((bps) => bps / 10_000),
  { minLength: 2, maxLength: 60 },
);

test("works out every metric of a small account as by hand", () => {
  // Returns 0.1, −0.1, 0.2; two round trips: +20 on 100, then −10 on 50.
  const curve = curveOf(100, 110, 99, 118.8);
  const fills = [fill("buy", 10, 10), fill("sell", 10, 12), fill("sell", 5, 10), fill("buy", 5, 12)];
  const exposures = { exposureBars: 2, grossExposure: 1.5, netExposure: -0.5 };
  const result = metrics(curve, fills, { barsPerYear: 3, ...exposures, costs: 1.2 });
  const deviation = Math.sqrt(((0.1 / 3) ** 2 + (0.5 / 3) ** 2 + (0.4 / 3) ** 2) / 2);
  const average = 0.2 / 3;
  expect(result.totalReturn).toBeCloseTo(0.188, 12);
  expect(result.annualReturn, "three bars are one year").toBeCloseTo(0.188, 12);
  expect(result.volatility).toBeCloseTo(deviation * Math.sqrt(3), 12);
  expect(result.sharpe).toBeCloseTo((average / deviation) * Math.sqrt(3), 12);
  expect(result.sortino, "one loss of 0.1 among three bars").toBeCloseTo(
    (average / Math.sqrt(0.01 / 3)) * Math.sqrt(3),
    12,
  );
  expect(result.maxDrawdown).toBeCloseTo(0.1, 12);
  expect(result.maxDrawdownBars).toBe(1);
  expect(result.calmar).toBeCloseTo(1.88, 12);
  expect(result.profitFactor).toBe(2);
  expect(result.expectancyMoney).toBe(5);
  expect(result.expectancyReturn).toBeCloseTo((0.2 - 0.2) / 2, 12);
  expect(result.winRate).toBe(0.5);
  expect(result.trades).toBe(2);
  expect(result.turnover, "330 traded in a year on a mean equity of 106.95").toBeCloseTo(330 / 106.95, 12);
  expect(result.exposure).toBeCloseTo(2 / 3, 12);
  expect(result).toMatchObject({ grossExposure: 1.5, netExposure: -0.5 });
  expect(result.costShare, "1.2 of the 20 gained before costs").toBeCloseTo(0.06, 12);
  expect(result.finalEquity).toBe(118.8);
});

test("leaves out what does not exist: no trades, no drawdown, no gain before costs", () => {
  const flat = metrics(curveOf(100, 100, 100), [], { barsPerYear: 252, exposureBars: 0, costs: 0 });
  expect(flat).toMatchObject({ sharpe: 0, sortino: 0, volatility: 0, maxDrawdown: 0, trades: 0, turnover: 0 });
  for (const name of [
    "calmar",
    "profitFactor",
    "expectancyReturn",
    "expectancyMoney",
    "winRate",
    "costShare",
  ] as const) {
    expect(flat[name], name).toBeUndefined();
  }
  const rising = metrics(curveOf(100, 101, 103), [], { barsPerYear: 252, exposureBars: 2, costs: 0 });
  expect(rising.sortino, "no bar lost").toBeUndefined();
  const loser = metrics(curveOf(100, 99), [], { barsPerYear: 252, exposureBars: 1, costs: 0.5 });
  expect(loser.costShare).toBeUndefined();
});

test("counts value by contract size", () => {
  const lot = { barsPerYear: 1, exposureBars: 1, costs: 0, contractSizes: { X: 100_000 } };
  const result = metrics(curveOf(1000, 1000), [fill("buy", 0.01, 1.25), fill("sell", 0.01, 1.26)], lot);
  expect(result.turnover).toBeCloseTo((1250 + 1260) / 1000, 12);
  expect(result.expectancyMoney).toBeCloseTo(10, 9);
});

test("ends a ruined account at −1 a year and earns nothing afterwards", () => {
  expect(Array.from(simpleReturns([100, -20, 50]))).toEqual([-1, 0]);
  expect(annualReturn([-1, 0], 252)).toBe(-1);
  expect(drawdown([100, -20, 50]).depth).toBe(1);
});

test("measures the longest time under water, which need not be the deepest", () => {
  expect(drawdown([10, 5, 10, 9, 9, 9, 10, 11])).toEqual({ depth: 0.5, longestBars: 3 });
});

test("treats a return that never varies as without risk, not as infinitely good", () => {
  expect(sharpe(new Float64Array(100).fill(0.001), 252)).toBe(0);
  expect(sharpe([], 252)).toBe(0);
  expect(sharpe([0.1], 252)).toBe(0);
});

test("gives the same ratios and drawdown for any account size", () => {
  fc.assert(
    fc.property(returns, fc.double({ min: 0.001, max: 1e6, noNaN: true }), (values, scale) => {
      const equity = [1];
      for (const value of values) equity.push(equity[equity.length - 1] * (1 + value));
      const settings = { barsPerYear: 252, exposureBars: 0, costs: 0 };
      const small = metrics(curveOf(...equity), [], settings);
      const large = metrics(curveOf(...equity.map((value) => value * scale)), [], settings);
      for (const name of ["totalReturn", "sharpe", "volatility", "maxDrawdown"] as const) {
        expect(large[name]).toBeCloseTo(small[name], 6);
      }
    }),
  );
});

test("keeps every drawdown in [0, 1], and at 0 only where equity never fell", () => {
  fc.assert(
    fc.property(returns, (values) => {
      const equity = [1];
      for (const value of values) equity.push(equity[equity.length - 1] * (1 + value));
      const { depth, longestBars } = drawdown(equity);
      expect(depth).toBeGreaterThanOrEqual(0);
      expect(depth).toBeLessThanOrEqual(1);
      expect(depth > 0).toBe(longestBars > 0);
      expect(depth > 0).toBe(equity.some((value, t) => t > 0 && value < equity[t - 1]));
    }),
  );
});

test("leaves Sharpe and Sortino as they are when positions are scaled, and scales the volatility", () => {
  fc.assert(
    fc.property(returns, fc.double({ min: 0.1, max: 2, noNaN: true }), (values, leverage) => {
      const scaled = values.map((value) => value * leverage);
      expect(sharpe(scaled, 252)).toBeCloseTo(sharpe(values, 252), 6);
      const down = sortino(values, 252);
      if (Number.isFinite(down)) expect(sortino(scaled, 252)).toBeCloseTo(down, 6);
      expect(volatility(scaled, 252)).toBeCloseTo(volatility(values, 252) * leverage, 6);
    }),
  );
});

test("the worst day goes from the last equity of the day before to its own last", () => {
  const hour = 3_600_000;
  const curve = (points: readonly (readonly [number, number])[]) => ({
    time: Float64Array.from(points, ([hours]) => hours * hour),
    equity: Float64Array.from(points, ([, equity]) => equity),
  });
  // From 100 to 80 within the first day and back to 99; from 99 to 90 over night and to 94.05 by the evening: −5 %.
  const days = curve([
    [1, 100],
    [2, 80],
    [23, 99],
    [25, 90],
    [40, 94.05],
    [50, 95],
  ]);
  expect(worstDayLoss(days)).toBeCloseTo(0.05, 12);
  expect(
    worstDayLoss(
      curve([
        [1, 100],
        [30, 101],
      ]),
    ),
  ).toBe(0);
  expect(
    worstDayLoss(
      curve([
        [1, 100],
        [30, 0],
        [60, 0],
      ]),
    ),
    "after ruin nothing is lost any more",
  ).toBe(1);
});
