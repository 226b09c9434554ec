import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gemini5, gemini6 } from "../actions/gemini.ts";
import { planContract } from "../plan.contract.ts";
import { anyBars, anyWishes, barsOf, steered } from "../plan.fixture.ts";
import type { PlanSettings } from "../position-plan.ts";
import type { PetitPoucet } from "./petit-poucet.ts";

const bySignal: PetitPoucet = { unit: "R", adds: [1, 2], automatic: false, riskCapped: true, leastStopAtr: 0.25 };
const base: PlanSettings = { sizing: { kind: "lots", lots: 2 }, stopAtr: 2 };

planContract("Petit Poucet by ADD", { ...base, petitPoucet: { ...bySignal, adds: [0.25, 0.5, 0.75, 1] } });
planContract("Petit Poucet by itself", {
  ...base,
  petitPoucet: { ...bySignal, unit: "atr", adds: [0.5, 1], split: 2, automatic: true },
});

/** Bars with a range of 1 and so an ATR of 1, whose closes move by `changes`. */
const ranging = (...changes: number[]): ReturnType<typeof barsOf> =>
  barsOf(changes.map((body) => ({ body, above: (1 - Math.abs(body)) / 2, below: (1 - Math.abs(body)) / 2 })));

test("grows by its initial volume at each step, and moves its stop so that it risks what it risked at first", () => {
  // Bought at 128 with the stop 2 below: R is 2, the position of 2 units risks 4.
  const lane = steered({
    space: gemini6,
    plan: { ...base, petitPoucet: bySignal },
    bars: ranging(0, 0, 1, 1, 1, 1, 0),
  });
  const { accounts } = lane;
  lane.say("BUY");
  lane.move();
  expect([accounts.ledger.units[0], accounts.stop[0]]).toEqual([2, 126]);
  expect(lane.legal()).not.toContain("ADD");
  lane.say("HOLD");
  lane.move();
  expect(lane.legal(), "at 129, half an R").not.toContain("ADD");
  lane.say("HOLD");
  lane.move();
  expect(lane.legal(), "at 130, one R").toContain("ADD");
  expect(lane.say("ADD")).toEqual([2]);
  // 2 at 128 and 2 at 130 cost 129 each: 4 units risk 4 with the stop at 128.
  expect(accounts.stop[0]).toBeCloseTo(128, 12);
  lane.move();
  expect(accounts.ledger.units[0]).toBe(4);
  expect(lane.legal(), "at 131, one and a half R").not.toContain("ADD");
  lane.say("HOLD");
  lane.move();
  // 4 at 129 and 2 at 132 cost 130 each: 6 units risk 4 with the stop at 130 − 4 / 6.
  expect(lane.say("ADD")).toEqual([2]);
  expect(accounts.stop[0]).toBeCloseTo(130 - 4 / 6, 12);
  lane.move();
  expect(lane.legal(), "three times the initial volume").not.toContain("ADD");
});

test("refuses an add whose stop would have to be too near", () => {
  const near = { ...bySignal, leastStopAtr: 2.5 };
  const lane = steered({ space: gemini6, plan: { ...base, petitPoucet: near }, bars: ranging(0, 0, 1, 1, 0) });
  for (const word of ["BUY", "HOLD", "HOLD"]) {
    lane.say(word);
    lane.move();
  }
  expect(lane.legal()).not.toContain("ADD");
  expect(() => lane.say("ADD")).toThrow("an action is legal where it is taken (action=ADD, position=long");
});

test("takes BUY of a long position as ADD in gemini-5, and refuses it before the step", () => {
  const lane = steered({ space: gemini5, plan: { ...base, petitPoucet: bySignal }, bars: ranging(0, 0, 1, 1, 0) });
  lane.say("BUY");
  lane.move();
  expect(lane.legal()).toEqual(["HOLD", "SELL", "SPLIT", "CLOSE"]);
  lane.say("HOLD");
  lane.move();
  lane.say("HOLD");
  lane.move();
  expect(lane.say("BUY")).toEqual([2]);
});

describe("open risk", () => {
  test.each([
    ["by ADD", { ...bySignal, adds: [0.25, 0.5] }],
    ["by itself", { ...bySignal, adds: [0.25, 0.5], automatic: true }],
  ])("never exceeds the initial risk after any add, %s", (_, settings) => {
    let adds = 0;
    fc.assert(
      fc.property(anyBars, anyWishes, (bars, wishes) => {
        const lane = steered({ space: gemini6, plan: { ...base, petitPoucet: settings }, bars });
        const { accounts, market } = lane;
        const { units, cost } = accounts.ledger;
        let [side, initialRisk, added] = [0, 0, false];
        for (let t = 0; t < bars.length - 1; t++) {
          const held = units[0];
          if (Math.sign(held) !== side) {
            side = Math.sign(held);
            initialRisk = side * (cost[0] - held * accounts.stop[0]) * side;
            added = false;
          }
          const legal = lane.legal();
          // ADD wherever it may be, else mostly HOLD.
          const word = legal.includes("ADD")
            ? "ADD"
            : wishes[t] % 5 === 0
              ? legal[(wishes[t] / 5) % legal.length]
              : "HOLD";
          const [order] = lane.say(word);
          const grows = order * side > 0 && held !== 0;
          if (grows) [adds, added] = [adds + 1, true];
          if (added && Math.sign(held + order) === side && side !== 0) {
            const price = market.quotes.close[accounts.bar[0]];
            const after = held + order;
            const paid = grows ? cost[0] + order * price : (cost[0] * after) / held;
            expect(paid - after * accounts.stop[0]).toBeLessThanOrEqual(initialRisk * (1 + 1e-9) + 1e-9);
          }
          lane.move();
        }
      }),
      { numRuns: 150 },
    );
    expect(adds).toBeGreaterThan(50);
  });
});
