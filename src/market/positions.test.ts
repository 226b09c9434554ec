/** Positions of netting and of hedging accounts: which they are, in which order they trade, how a net change is spread over them. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { instrument } from "#domain/instrument.ts";
import type { PositionsEach } from "./positions.ts";
import {
  instrumentOfPosition,
  instrumentsOfPositions,
  netUnits,
  positionBeside,
  positionInTurn,
  positionNames,
  positionOn,
  sidesOfPositions,
  spreadOver,
} from "./positions.ts";

const instruments = [instrument("A"), instrument("B")];

test("are one of each instrument, or its long leg and its short one", () => {
  expect(positionNames(instruments, { positions: "netting" })).toEqual([{ symbol: "A" }, { symbol: "B" }]);
  expect(positionNames(instruments, { positions: "hedging" })).toEqual([
    { symbol: "A", leg: "long" },
    { symbol: "A", leg: "short" },
    { symbol: "B", leg: "long" },
    { symbol: "B", leg: "short" },
  ]);
});

test.each([1, 2] as const)("all say the same of which is which, with %i of each instrument", (each) => {
  const [instrumentOf, sideOf] = [instrumentsOfPositions(3, each), sidesOfPositions(3, each)];
  expect(instrumentOf).toHaveLength(3 * each);
  for (let p = 0; p < 3 * each; p++) {
    expect(instrumentOf[p]).toBe(instrumentOfPosition(p, each));
    expect(positionOn(instrumentOf[p], sideOf[p], each)).toBe(p);
    const beside = positionBeside(p, each);
    expect(beside).toBe(each === 1 ? -1 : positionOn(instrumentOf[p], -sideOf[p], each));
    if (each === 2) expect(positionBeside(beside, each)).toBe(p);
  }
});

const order = fc.constantFrom(-3, -1, 0, 2, 5);

test("trade each once, instrument by instrument, and what gets smaller before what grows", () => {
  fc.assert(
    fc.property(
      fc.array(order, { minLength: 6, maxLength: 6 }),
      fc.constantFrom<PositionsEach>(1, 2),
      (orders, each) => {
        const turns = orders.map((_, nth) => positionInTurn(nth, orders, each));
        expect(turns.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5]);
        expect(turns.map((p) => instrumentOfPosition(p, each))).toEqual([...instrumentsOfPositions(6 / each, each)]);
        if (each === 1) return;
        const smaller = (p: number): boolean => (p % 2 === 0 ? orders[p] < 0 : orders[p] > 0);
        for (let nth = 0; nth < 6; nth += 2) expect(smaller(turns[nth]) || !smaller(turns[nth + 1])).toBe(true);
      },
    ),
  );
});

describe("a change of the net units", () => {
  const spread = (change: number, units: number[]): number[] => {
    const orders = new Float64Array(units.length + 1).fill(9);
    spreadOver(change, [7, ...units], 1, units.length as PositionsEach, orders, 1);
    expect(orders[0]).toBe(9);
    return [...orders.subarray(1)].map((each) => each + 0);
  };

  test("is the order itself where there is one position", () => {
    expect(spread(-200, [100])).toEqual([-200]);
  });

  test.each([
    [5, [0, 0], [5, 0]],
    [-5, [0, 0], [0, -5]],
    [-15, [10, 0], [-10, -5]],
    [15, [0, -10], [5, 10]],
    [-4, [10, 0], [-4, 0]],
    [0, [10, -10], [-10, 10]],
    [3, [10, -4], [-1, 4]],
    [-10, [10, -4], [-10, 0]],
  ])("of %d turns %j by %j: closes first", (change, units, orders) => {
    expect(spread(change, units)).toEqual(orders);
  });

  test("is what the legs change by together, and leaves at most one of them", () => {
    const whole = fc.integer({ min: 0, max: 1000 });
    fc.assert(
      fc.property(fc.integer({ min: -3000, max: 3000 }), whole, whole, (change, long, short) => {
        const [ofLong, ofShort] = spread(change, [long, -short]);
        expect(ofLong + ofShort).toBe(change);
        const after = [long + ofLong, ofShort - short];
        expect(after[0] >= 0 && after[1] <= 0 && after[0] * after[1] === 0).toBe(true);
        expect(netUnits(after, 0, 2)).toBe(long - short + change);
      }),
    );
  });
});
