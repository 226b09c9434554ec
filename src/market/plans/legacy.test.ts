import { describe, expect, test } from "vitest";
import { alpha } from "../actions/alpha.ts";
import type { Change } from "../plan.fixture.ts";
import { barsOf, steered } from "../plan.fixture.ts";
import { legacyPlan } from "./legacy.ts";

const pip = 0.0001;
const euro = { assetClass: "currency", contractSize: 100_000, lotStep: 0.01, pipSize: pip, calendar: "fx" } as const;

/** Bars of EURUSD from 1.1, with a range of 10 pips each. */
const pips = (...changes: number[]): ReturnType<typeof barsOf> =>
  barsOf(
    changes.map((body): Change => ({
      body: body * pip,
      above: ((10 - Math.abs(body)) / 2) * pip,
      below: ((10 - Math.abs(body)) / 2) * pip,
    })),
    1.1,
  );

describe("the documents' numbers", () => {
  test("0.20 lot, +10 pips 0.40, +20 pips 0.60, +30 pips 0.30", () => {
    const lane = steered({
      space: alpha,
      plan: { ...legacyPlan, trailingStop: undefined },
      bars: pips(0, 0, 10, 10, 10, 0),
      traded: euro,
    });
    const lots: number[] = [];
    for (const word of ["BUY", "HOLD", "HOLD", "HOLD", "HOLD"]) {
      lane.say(word);
      lane.move();
      lots.push(Math.round(lane.accounts.ledger.units[0] * 100) / 100);
    }
    // Bought at 1.1000; closes at +0, +10, +20, +30, each acted on at the next open.
    expect(lots).toEqual([0.2, 0.2, 0.4, 0.6, 0.3]);
  });

  test("the mean entry after both adds is +10 pips, as the inventory says of them (G-110)", () => {
    const lane = steered({
      space: alpha,
      plan: { ...legacyPlan, trailingStop: undefined },
      bars: pips(0, 0, 10, 10, 0, 0),
      traded: euro,
    });
    for (const word of ["BUY", "HOLD", "HOLD", "HOLD"]) {
      lane.say(word);
      lane.move();
    }
    const { cost, units } = lane.accounts.ledger;
    expect((cost[0] / (units[0] * euro.contractSize) - 1.1) / pip).toBeCloseTo(10, 6);
  });

  test("from +15 on the stop is 2 ATR behind the close, and moves by +5 of gain or not at all", () => {
    // 0.20 lot earns 2 a pip: +15 is 7.5 pips and +5 is 2.5 pips. The ATR is 10 pips throughout.
    const lane = steered({
      space: alpha,
      plan: { ...legacyPlan, petitPoucet: undefined },
      bars: pips(0, 0, 7, 1, 2, 1, 0),
      traded: euro,
    });
    const stops: number[] = [];
    for (const word of ["BUY", "HOLD", "HOLD", "HOLD", "HOLD", "HOLD"]) {
      lane.say(word);
      stops.push((lane.accounts.stop[0] - 1.1) / pip);
      lane.move();
    }
    // Closes: 0 (the order), 0, +7 (14: not yet), +8 (16: active, 8 − 20), +10 (2 pips on: not yet), +11 (3 pips on).
    expect(stops.slice(0, 3)).toEqual([NaN, NaN, NaN]);
    expect(stops[3]).toBeCloseTo(-12, 6);
    expect(stops[4]).toBeCloseTo(-12, 6);
    expect(stops[5]).toBeCloseTo(-9, 6);
  });
});
