import { expect, test } from "vitest";
import { freeAccount } from "../account-rules.ts";
import { barsOf, steered } from "../plan.fixture.ts";
import { signalSpaceContract } from "../signal-space.contract.ts";
import { alpha } from "./alpha.ts";

signalSpaceContract(alpha);

const plan = { sizing: { kind: "lots", lots: 1 } } as const;
const bars = barsOf(Array.from({ length: 12 }, (_, t) => ({ body: t % 2 === 0 ? 1 : -1, above: 0.5, below: 0.5 })));

test("has HOLD at 0, BUY at 1, SELL at 2 and CLOSE at 3", () => {
  expect(alpha.words).toEqual(["HOLD", "BUY", "SELL", "CLOSE"]);
});

test("opens, turns and closes, and only what makes sense is legal", () => {
  const lane = steered({ space: alpha, plan, bars });
  const held: number[] = [];
  const legal: string[][] = [];
  for (const word of ["BUY", "HOLD", "SELL", "BUY", "CLOSE", "SELL", "CLOSE"]) {
    legal.push(lane.legal());
    lane.say(word);
    lane.move();
    held.push(lane.accounts.ledger.units[0]);
  }
  expect(held).toEqual([1, 1, -1, 1, 0, -1, 0]);
  expect(legal[0], "flat").toEqual(["HOLD", "BUY", "SELL"]);
  expect(legal[1], "long").toEqual(["HOLD", "SELL", "CLOSE"]);
  expect(legal[3], "short").toEqual(["HOLD", "BUY", "CLOSE"]);
});

test("SELL is illegal where the account may not be short", () => {
  const lane = steered({ space: alpha, plan, bars, rules: { ...freeAccount, shorts: false } });
  expect(lane.legal()).toEqual(["HOLD", "BUY"]);
  lane.say("BUY");
  lane.move();
  expect(lane.legal()).toEqual(["HOLD", "CLOSE"]);
});

test("nothing that closes is legal before the account's least holding time", () => {
  const lane = steered({ space: alpha, plan, bars, rules: { ...freeAccount, minHoldingBars: 2 } });
  lane.say("BUY");
  lane.move();
  expect(lane.legal()).toEqual(["HOLD"]);
  lane.say("HOLD");
  lane.move();
  expect(lane.legal()).toEqual(["HOLD", "SELL", "CLOSE"]);
  lane.say("CLOSE");
  lane.move();
  expect(lane.accounts.ledger.units[0]).toBe(0);
});

test("a turn of which the account lets only the closing through leaves it flat, with nothing resting", () => {
  const rules = { ...freeAccount, maxTradesPerDay: 1 };
  const lane = steered({ space: alpha, plan: { ...plan, stopAtr: 3 }, bars, rules });
  lane.say("BUY");
  lane.move();
  lane.say("SELL");
  expect(lane.accounts.stop[0], "of the short position to come").toBeGreaterThan(130);
  lane.move();
  expect(lane.accounts.ledger.units[0]).toBe(0);
  lane.say("HOLD");
  lane.move();
  expect(lane.accounts.ledger.units[0]).toBe(0);
  expect(lane.accounts.stop[0]).toBeNaN();
});
