import { expect, test } from "vitest";
import { barsOf, steered } from "../plan.fixture.ts";
import { signalSpaceContract } from "../signal-space.contract.ts";
import { signals } from "./signals.ts";

signalSpaceContract(signals);

test("SELL sells all and never opens a short position", () => {
  const bars = barsOf(Array.from({ length: 6 }, () => ({ body: 0, above: 0.5, below: 0.5 })));
  const lane = steered({ space: signals, plan: { sizing: { kind: "lots", lots: 2 } }, bars });
  expect(lane.legal()).toEqual(["HOLD", "BUY"]);
  lane.say("BUY");
  lane.move();
  expect(lane.legal()).toEqual(["HOLD", "SELL"]);
  expect(lane.say("SELL")).toEqual([-2]);
  lane.move();
  expect(lane.accounts.ledger.units[0]).toBe(0);
});
