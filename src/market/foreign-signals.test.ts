/** @file Signals in instruments of other currencies: prices in theirs, sizes, risk and money in the account's, by hand. */
import { describe, expect, test } from "vitest";
import { maxPositionFraction } from "#domain/position-limit.ts";
import type { AccountRules } from "./account-rules.ts";
import { freeAccount } from "./account-rules.ts";
import { alpha } from "./actions/alpha.ts";
import type { Change, Steered } from "./plan.fixture.ts";
import { barsOf, steered } from "./plan.fixture.ts";
import { legacyPlan } from "./plans/legacy.ts";
import type { PlanSettings } from "./position-plan.ts";

const lot = { assetClass: "currency", contractSize: 100_000, lotStep: 0.01, calendar: "fx" } as const;
const dollars: AccountRules = { ...freeAccount, currency: "USD" };

/** USDJPY, which gives its own rate, from 150 yen in bars with a range of 1 yen: so much is the ATR, too. Equity is 100,000 dollars. */
function yen(plan: PlanSettings, ...changes: readonly Change[]): Steered {
  const quiet: Change = { body: 0, above: 0.5, below: 0.5 };
  const traded = { ...lot, symbol: "USDJPY", currency: "JPY", pipSize: 0.01 };
  return steered({ space: alpha, plan, bars: barsOf([quiet, quiet, ...changes], 150), rules: dollars, traded });
}

const risky: PlanSettings = { sizing: { kind: "riskFraction", fraction: 0.01, most: 10 }, stopAtr: 2 };

describe("USDJPY on an account in dollars", () => {
  test("risks its fraction of the equity in dollars, at a stop in yen", () => {
    const lane = yen(risky, { body: -2.5 });
    // 2 yen on a lot are 200,000 yen, which are 200,000 / 150 dollars: 1,000 dollars are 0.75 lots of that.
    expect(lane.say("BUY")).toEqual([0.75]);
    expect(lane.accounts.stop[0]).toBe(148);
    lane.move();
    lane.say("HOLD");
    lane.move();
    expect(lane.accounts.ledger.units[0]).toBe(0);
    expect(lane.accounts.equity[0]).toBeCloseTo(99_000, 6);
  });

  test("is sized by its value in dollars, and kept within the largest fraction of the equity by it", () => {
    // A lot is worth 100,000 · 150 / 150 dollars.
    expect(yen({ sizing: { kind: "equityFraction", fraction: 0.5 } }).say("BUY")).toEqual([0.5]);
    expect(yen({ sizing: { kind: "lots", lots: 5 } }).say("SELL")).toEqual([-5]);
    const capped: PlanSettings = { sizing: { kind: "lots", lots: 5 }, mostFraction: maxPositionFraction };
    // 1.25 lots, less what is left to the Guardian's rounding, and that in whole steps.
    expect(yen(capped).say("SELL")).toEqual([-1.24]);
  });

  test("remembers its entry in yen while the yen moves, and moves its stop there", () => {
    const lane = yen({ ...risky, breakEven: { atR: 1 } }, { body: 1 }, { body: 1.5 }, { body: 0 });
    for (const word of ["BUY", "HOLD", "HOLD"]) {
      lane.say(word);
      lane.move();
    }
    expect(lane.accounts.stop[0], "1 yen is half of R").toBe(148);
    lane.say("HOLD");
    expect(lane.accounts.stop[0]).toBeCloseTo(150, 9);
    expect(lane.observed()["open profit in R"]).toBeCloseTo(1.25 / (1 + 1.25 / 3), 6);
  });

  test("knows what was added to a position and what was taken off it", () => {
    const lane = yen({ sizing: { kind: "lots", lots: 1 } }, { body: 3 }, { body: 0 }, { body: 0 }, { body: 0 });
    const { ledger, entryPrice } = lane.accounts;
    const prices: number[] = [];
    // Bought at 150 and, by 3 yen dearer, once more; half is sold, then all is turned.
    for (const units of [1, 0, 1, -1, -2]) {
      lane.trade(units);
      prices.push(entryPrice[0]);
    }
    expect(ledger.units[0]).toBe(-1);
    [150, 150, 151.5, 151.5, 153].forEach((price, n) => expect(prices[n]).toBeCloseTo(price, 9));
  });
});

describe("the documents' plan on an account in euros", () => {
  const pip = 0.0001;
  const quiet: Change = { body: 0, above: 5 * pip, below: 5 * pip };
  const stopAfter = (pips: number): number => {
    const traded = { ...lot, symbol: "EURUSD", currency: "USD", pipSize: pip };
    const bars = barsOf([quiet, quiet, { body: pips * pip }, quiet, quiet], 1.1);
    const rules = { ...freeAccount, currency: "EUR" };
    const lane = steered({ space: alpha, plan: { ...legacyPlan, petitPoucet: undefined }, bars, rules, traded });
    for (const word of ["BUY", "HOLD", "HOLD"]) {
      lane.say(word);
      lane.move();
    }
    lane.say("HOLD");
    return lane.accounts.stop[0];
  };

  test("trails from +15 euros on: 0.20 lot earns 2 dollars a pip, of which 1.1007 to 1.1009 make a euro", () => {
    // 15 euros are 16.51 dollars, 8.26 pips; in dollars it would have been 7.5.
    expect(stopAfter(8.2)).toBeNaN();
    expect(stopAfter(8.3)).toBeGreaterThan(1.09);
  });
});
