import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { freeAccount } from "../account-rules.ts";
import { alpha } from "../actions/alpha.ts";
import { gemini6 } from "../actions/gemini.ts";
import { planContract } from "../plan.contract.ts";
import type { Steered } from "../plan.fixture.ts";
import { anyBars, anyWishes, barsOf, steered } from "../plan.fixture.ts";
import type { PlanSettings } from "../position-plan.ts";
import { positionPlan } from "../position-plan.ts";
import type { Hedging } from "./hedging.ts";

const settings: Hedging = { mode: "reduce", enter: 0.7, exit: 0.5, bars: 3 };
const netting: PlanSettings = { sizing: { kind: "lots", lots: 2 }, hedging: settings };
const beside: PlanSettings = { ...netting, hedging: { ...settings, mode: "opposite" } };
const hedgingAccount = { ...freeAccount, positions: "hedging" } as const;

planContract("reducing while unsure", netting);

const still = barsOf(Array.from({ length: 30 }, (_, t) => ({ body: t % 2 === 0 ? 1 : -1 })));
const onHedging = (plan = beside): Steered => steered({ space: alpha, plan, bars: still, rules: hedgingAccount });

/** Says HOLD with these entropies, bar by bar, after BUY; the orders of each. */
function unsure(lane: Steered, entropies: readonly number[], entry = "BUY"): number[][] {
  lane.say(entry, 0);
  lane.move();
  return entropies.map((entropy) => {
    const orders = lane.say("HOLD", entropy).map((units) => Math.round(units * 100) / 100 + 0);
    lane.move();
    return orders;
  });
}

describe("on a netting account", () => {
  const lane = (): Steered => steered({ space: alpha, plan: netting, bars: still });

  test("closes half after three bars above 0.7, once until the policy was sure again", () => {
    const orders = unsure(lane(), [0.8, 0.8, 0.71, 0.9, 0.9, 0.9, 0.6, 0.8, 0.8, 0.8, 0.5, 0.8, 0.8, 0.8]);
    expect(orders.flat()).toEqual([0, 0, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -0.5]);
  });

  test("counts bars in a row, and neither 0.7 itself nor what is unknown is above it", () => {
    expect(unsure(lane(), [0.8, 0.8, 0.7, 0.8, 0.8, NaN, 0.8, 0.8, 0.8]).flat()).toEqual([0, 0, 0, 0, 0, 0, 0, 0, -1]);
  });
});

describe("on a hedging account", () => {
  test("opens as much beside the position, and releases it in steps while the policy gets surer", () => {
    const lane = onHedging();
    const orders = unsure(lane, [0.8, 0.8, 0.8, 0.75, 0.6, 0.65, 0.5, 0.9]);
    // Half of it at 0.6; 0.65 would be three quarters, and what was released is not taken back; nothing at 0.5.
    expect(orders.map(([main]) => main)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    expect(orders.map(([, hedge]) => hedge)).toEqual([0, 0, -2, 0, 1, 0, 1, 0]);
    expect([...lane.accounts.ledger.units]).toEqual([2, 0]);
  });

  test("is its mirror image for a short position", () => {
    const orders = unsure(onHedging(), [0.8, 0.8, 0.8, 0.6, 0.4], "SELL");
    expect(orders).toEqual([
      [0, 0],
      [0, 0],
      [2, 0],
      [-1, 0],
      [-1, 0],
    ]);
  });

  test("goes with its position: CLOSE ends both, and a turn opens the other leg alone", () => {
    const closed = onHedging();
    unsure(closed, [0.8, 0.8, 0.8]);
    expect(closed.say("CLOSE", 0.8)).toEqual([-2, 2]);
    closed.move();
    expect([...closed.accounts.ledger.units]).toEqual([0, 0]);
    const turned = onHedging();
    unsure(turned, [0.8, 0.8, 0.8]);
    expect(turned.say("SELL", 0.8)).toEqual([-2, 0]);
    turned.move();
    expect([...turned.accounts.ledger.units]).toEqual([0, -2]);
    expect(turned.legal()).toEqual(["HOLD", "BUY", "CLOSE"]);
  });

  test("is closed first, and nothing else is legal, where the stop took the position away", () => {
    const bars = barsOf([
      ...Array.from({ length: 5 }, () => ({ body: 0, above: 1, below: 1 })),
      { body: -20 },
      { body: 0 },
      { body: 0 },
    ]);
    const lane = steered({ space: alpha, plan: { ...beside, stopAtr: 2 }, bars, rules: hedgingAccount });
    unsure(lane, [0.8, 0.8, 0.8, 0.8]);
    expect([...lane.accounts.ledger.units]).toEqual([0, -2]);
    expect(lane.legal()).toEqual(["HOLD"]);
    expect(lane.say("HOLD")).toEqual([0, 2]);
    lane.move();
    expect(lane.legal()).toEqual(["HOLD", "BUY", "SELL"]);
  });
});

describe("within a largest fraction of the equity", () => {
  /** A fifth of 100,000 at a price near 128, half of it for the position. */
  const most = 20_000;
  const plan: PlanSettings = { ...beside, sizing: { kind: "equityFraction", fraction: 1 }, mostFraction: 0.2 };

  test("an entry leaves room for its hedge", () => {
    const lane = onHedging(plan);
    unsure(lane, [0.8, 0.8, 0.8]);
    const [long, short] = lane.accounts.ledger.units;
    expect(short).toBe(-long);
    expect(long * 128).toBeLessThanOrEqual(most / 2);
    expect(long * 128).toBeGreaterThan(0.98 * (most / 2));
  });

  test("a hedge is as large as there is room for, where the position has outgrown its half", () => {
    const bars = barsOf([{ body: 0 }, { body: 0 }, { body: 40 }, { body: 0 }, { body: 0 }, { body: 0 }]);
    const lane = steered({ space: alpha, plan, bars, rules: hedgingAccount });
    unsure(lane, [0.8, 0.8, 0.8]);
    const [long, short] = lane.accounts.ledger.units;
    expect(-short).toBeLessThan(long);
    expect((long - short) * 168).toBeLessThanOrEqual(0.2 * lane.accounts.equity[0]);
    expect((long - short + 0.02) * 168).toBeGreaterThan(0.2 * lane.accounts.equity[0]);
  });
});

test("never holds a leg of the wrong side, nor a hedge larger than its position, whatever is said", () => {
  let hedged = 0;
  fc.assert(
    fc.property(anyBars, anyWishes, (bars, wishes) => {
      const plan: PlanSettings = { ...beside, stopAtr: 1.5 };
      const lane = steered({ space: gemini6, plan, bars, rules: hedgingAccount });
      const { units } = lane.accounts.ledger;
      for (let t = 0; t < bars.length - 1; t++) {
        const legal = lane.legal();
        const side = lane.moment.state[0];
        const [long, short] = lane.say(legal[wishes[t] % legal.length], 0.6 + (wishes[t] % 5) / 10);
        const after = [units[0] + long, units[1] + short];
        expect(after[0]).toBeGreaterThanOrEqual(-1e-9);
        expect(after[1]).toBeLessThanOrEqual(1e-9);
        const [main, hedge] = lane.moment.state[0] < 0 ? [-after[1], after[0]] : [after[0], -after[1]];
        if (hedge > 0) hedged++;
        expect(hedge, `of a position of side ${side}`).toBeLessThanOrEqual(main + 1e-9);
        lane.move();
      }
    }),
    { numRuns: 100 },
  );
  expect(hedged).toBeGreaterThan(20);
});

test("refuses an opposite position on an account that cannot have one, and thresholds that cross", () => {
  expect(() => positionPlan(beside, freeAccount)).toThrow("plan.hedging: an opposite position needs account.positions");
  expect(() => positionPlan({ ...netting, hedging: { ...settings, exit: 0.7 } }, freeAccount)).toThrow(
    "plan.hedging: exit 0.7 is not below enter 0.7",
  );
  expect(() =>
    steered({ space: alpha, plan: beside, bars: still, rules: { ...hedgingAccount, shorts: false } }),
  ).toThrow("plan.hedging: an opposite position needs an account.shorts of true");
});
