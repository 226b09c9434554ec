import { describe, expect, test } from "vitest";
import { freeAccount } from "./account-rules.ts";
import { alpha } from "./actions/alpha.ts";
import { gemini6 } from "./actions/gemini.ts";
import { planContract } from "./plan.contract.ts";
import { barsOf, steered } from "./plan.fixture.ts";
import { emptyOrder, emptyView, wholeSteps } from "./plan.ts";
import type { PlanSettings } from "./position-plan.ts";
import { positionPlan } from "./position-plan.ts";

const lots = { kind: "lots", lots: 2 } as const;
const everything: PlanSettings = {
  sizing: lots,
  stopAtr: 2,
  targetAtr: 6,
  petitPoucet: { unit: "R", adds: [0.5, 1], split: 2, automatic: true, riskCapped: true, leastStopAtr: 0.25 },
  breakEven: { atR: 0.75 },
  trailingStop: { activation: 1, activationUnit: "R", distanceAtr: 2, step: 0.25, stepUnit: "atr" },
  giveBack: { limitR: 0.75 },
  timeStop: { bars: 30 },
  hedging: { mode: "reduce", enter: 0.7, exit: 0.5, bars: 3 },
};

planContract("a plan of all parts", everything);
planContract("a plan that only sizes", { sizing: lots });

const quiet = { body: 0, above: 0.5, below: 0.5 };

test("shows a position by documented numbers", () => {
  const plan: PlanSettings = { ...everything, petitPoucet: undefined, breakEven: undefined, hedging: undefined };
  const lane = steered({
    space: alpha,
    plan,
    bars: barsOf([quiet, quiet, { body: 1 }, { body: -0.5, above: 0.5 }, quiet]),
  });
  lane.say("BUY");
  lane.move();
  for (const word of ["HOLD", "HOLD"]) {
    lane.say(word);
    lane.move();
  }
  // Bought at 128 with ATR 1: stop 126, target 134, R 2; the best close was 129, this one is 128.5. An x is shown as 3 x / (3 + x).
  expect(lane.observed()).toEqual({
    "bars held, n / (n + 20)": Math.fround(2 / 22),
    "ATR to the stop": Math.fround(7.5 / 5.5),
    "ATR to the target": Math.fround(16.5 / 8.5),
    "open profit in ATR": Math.fround(1.5 / 3.5),
    "open profit in R": Math.fround(0.75 / 3.25),
    "volume as a multiple of the first": 1,
    "highest open profit in ATR": 0.75,
    trailing: 0,
    "share of its time": Math.fround(2 / 30),
  });
});

test("is the same in plain numbers without a market: what live trading gives it", () => {
  const plan = positionPlan(everything, freeAccount);
  const state = new Float64Array(plan.stateWidth);
  const order = emptyOrder();
  const view = { ...emptyView(), units: 0, hedgeUnits: 0, close: 50, atr: 1, halfSpread: 0, equity: 1000 };
  Object.assign(view, { unitValue: 1, lotStep: 0.1, barsHeld: 0 });
  plan.look(view, state, 0);
  plan.decide(view, "SELL", state, 0, order);
  expect(order).toEqual({ units: -2, hedgeUnits: 0, stop: 52, target: 44 });
});

test("does not enter where prices stand still, since there is no distance to put a stop at", () => {
  const still = barsOf([{ body: 0 }, { body: 0 }, { body: 0 }]);
  const lane = steered({ space: alpha, plan: { sizing: lots, stopAtr: 2 }, bars: still });
  expect(lane.say("BUY")).toEqual([0]);
  expect(lane.accounts.stop[0]).toBeNaN();
});

test("gives a position that is found without its stop one, as soon as prices move enough for a distance", () => {
  const plan = positionPlan({ sizing: lots, stopAtr: 2 }, freeAccount);
  const state = new Float64Array(plan.stateWidth);
  const order = emptyOrder();
  const view = {
    ...emptyView(),
    units: 2,
    hedgeUnits: 0,
    entryPrice: 50,
    close: 51,
    atr: 0,
    barsHeld: 3,
    lotStep: 0.1,
  };
  plan.look(view, state, 0);
  plan.decide(view, "HOLD", state, 0, order);
  expect(order).toEqual({ units: 0, hedgeUnits: 0, stop: NaN, target: NaN });
  view.atr = 1;
  plan.decide(view, "HOLD", state, 0, order);
  expect(order.stop).toBe(49);
  view.stop = order.stop;
  plan.look(view, state, 0);
  expect(view.risk, "from then on R is known").toBe(1);
});

test("takes the stop off with the position, so that the next one has its own", () => {
  const lane = steered({
    space: gemini6,
    plan: { sizing: lots, stopAtr: 2 },
    bars: barsOf([quiet, quiet, quiet, quiet]),
  });
  lane.say("BUY");
  lane.move();
  lane.say("CLOSE");
  lane.move();
  expect([lane.accounts.ledger.units[0], lane.accounts.stop[0]]).toEqual([0, NaN]);
});

test("rounds down to whole steps, and takes what rounding took from a step for a whole one", () => {
  expect(wholeSteps(0.6 / 2, 0.01)).toBeCloseTo(0.3, 12);
  expect(wholeSteps(0.1 + 0.2, 0.1)).toBeCloseTo(0.3, 12);
  expect(wholeSteps(0.299, 0.1)).toBeCloseTo(0.2, 12);
  expect(wholeSteps(0.004, 0.01)).toBe(0);
});

describe("settings that cannot be", () => {
  test.each<[Partial<PlanSettings>, string]>([
    [{ stopAtr: -1 }, "plan.stopAtr: -1 puts the stop on the wrong side"],
    [{ targetAtr: 0 }, "plan.targetAtr: 0 puts the target on the wrong side"],
    [{ sizing: { kind: "lots", lots: 0 } }, "plan.sizing: 0 is no size"],
    [
      { stopAtr: undefined, sizing: { kind: "riskFraction", fraction: 0.01, most: 1 } },
      "plan.sizing: counts in R, the distance of the first stop, and plan.stopAtr is not set",
    ],
    [{ stopAtr: undefined }, "plan.petitPoucet: counts in R"],
    [{ stopAtr: undefined, petitPoucet: undefined }, "plan.breakEven: counts in R"],
    [{ stopAtr: undefined, petitPoucet: undefined, breakEven: undefined }, "plan.trailingStop: counts in R"],
  ])("are refused by their name: %j", (change, message) => {
    expect(() => positionPlan({ ...everything, ...change }, freeAccount)).toThrow(message);
  });
});

test("keeps a position within a fraction of the equity: an entry gets smaller, an add is not legal", () => {
  const rising = barsOf([quiet, quiet, { body: 2 }, { body: 2 }, { body: 2 }, quiet]);
  const unitsOf = (mostFraction: number | undefined): { entry: number; mayAdd: boolean } => {
    const petitPoucet = { unit: "atr", adds: [0.5], automatic: false, riskCapped: false, leastStopAtr: 0.25 } as const;
    const sizing = { kind: "equityFraction", fraction: 0.8 } as const;
    const lane = steered({ space: gemini6, plan: { sizing, mostFraction, petitPoucet }, bars: rising });
    const [entry] = lane.say("BUY");
    for (let bar = 0; bar < 3; bar++) {
      lane.move();
      if (bar < 2) lane.say("HOLD");
    }
    return { entry, mayAdd: lane.legal().includes("ADD") };
  };
  expect(unitsOf(undefined)).toEqual({ entry: 625, mayAdd: true });
  expect(unitsOf(1.7)).toEqual({ entry: 625, mayAdd: true });
  expect(unitsOf(1.25)).toEqual({ entry: 625, mayAdd: false });
  expect(unitsOf(0.4).entry).toBeCloseTo(312.49, 9);
});
