import { expect, test } from "vitest";
import { emptyView } from "../plan.ts";
import { entryUnits } from "./sizing.ts";

const view = { ...emptyView(), equity: 10_000, close: 1.1, unitValue: 100_000, lotStep: 0.01 };

test("lots are lots, rounded down to whole steps", () => {
  expect(entryUnits({ kind: "lots", lots: 0.2 }, view, NaN)).toBeCloseTo(0.2, 12);
  expect(entryUnits({ kind: "lots", lots: 0.299 }, view, NaN)).toBeCloseTo(0.29, 12);
});

test("a fraction of equity is worth that much at most", () => {
  // 10,000 / 110,000 = 0.0909 lots.
  expect(entryUnits({ kind: "equityFraction", fraction: 1 }, view, NaN)).toBeCloseTo(0.09, 12);
});

test("a fraction at risk loses that much at the stop: equity · risk / (distance · value of a point), by G-129", () => {
  // 1 % of 10,000 is 100; 20 pips of a lot are 200: half a lot, if it may be worth five times the equity and more.
  const risk = { kind: "riskFraction", fraction: 0.01, most: 10 } as const;
  expect(entryUnits(risk, view, 0.002)).toBeCloseTo(0.5, 12);
  expect(entryUnits({ ...risk, most: 1 }, view, 0.002), "never worth more than `most` times the equity").toBeCloseTo(
    0.09,
    12,
  );
});

test("is nothing where no equity is left", () => {
  const broke = { ...view, equity: -5 };
  expect(entryUnits({ kind: "equityFraction", fraction: 1 }, broke, NaN)).toBe(0);
  expect(entryUnits({ kind: "riskFraction", fraction: 0.01, most: 1 }, broke, 0.002)).toBe(0);
});
