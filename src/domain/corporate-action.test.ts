import { expect, test } from "vitest";
import type { CorporateAction } from "./corporate-action.ts";
import { afterSplits, dueActions } from "./corporate-action.ts";
import type { Fill } from "./fill.ts";
import { orderId } from "./order.ts";

const day = (date: string): number => Date.parse(`${date}T00:00:00Z`) / 86_400_000;

test("an action is due at the first bar on or after its day, once, and of its own symbol", () => {
  const actions: CorporateAction[] = [
    { symbol: "A", date: "2023-03-11", split: 4 }, // a Saturday
    { symbol: "B", date: "2023-03-10", split: 9 },
    { symbol: "A", date: "2023-03-08", dividend: 2 },
    { symbol: "A", date: "2023-03-01", split: 7 }, // before the first bar
  ];
  const due = dueActions(actions, "A");
  const days = ["2023-03-07", "2023-03-08", "2023-03-09", "2023-03-10", "2023-03-13", "2023-03-14"];
  expect(days.map((date) => ({ ...due(day(date)) }))).toEqual([
    { split: 1, dividend: 0 },
    { split: 1, dividend: 2 },
    { split: 1, dividend: 0 },
    { split: 1, dividend: 0 },
    { split: 4, dividend: 0 },
    { split: 1, dividend: 0 },
  ]);
});

test("several that became due between two bars count units as they were on their days", () => {
  const actions: CorporateAction[] = [
    { symbol: "A", date: "2023-03-02", dividend: 4 }, // of an old unit: 2 of each new one
    { symbol: "A", date: "2023-03-03", split: 2, dividend: 1 },
    { symbol: "A", date: "2023-03-04", dividend: 0.5 },
  ];
  const due = dueActions(actions, "A");
  due(day("2023-03-01"));
  expect(due(day("2023-03-06"))).toEqual({ split: 2, dividend: 2 + 1 + 0.5 });
});

test("fills before a split are counted in the units after it, at the same value", () => {
  const fill = (symbol: string, filledAt: string, units: number, price: number): Fill => ({
    orderId: orderId(symbol, 0),
    symbol,
    side: "buy",
    units,
    price,
    referencePrice: price,
    fee: 1,
    filledAt: Date.parse(filledAt),
  });
  const fills = [fill("A", "2023-03-01", 10, 400), fill("B", "2023-03-01", 10, 400), fill("A", "2023-03-10", 40, 100)];
  const actions = [{ symbol: "A", date: "2023-03-10", split: 4 }];
  expect(afterSplits(fills, actions).map(({ units, price }) => [units, price])).toEqual([
    [40, 100],
    [10, 400],
    [40, 100],
  ]);
  expect(afterSplits(fills, [{ symbol: "A", date: "2023-03-10", dividend: 1 }])).toBe(fills);
});
