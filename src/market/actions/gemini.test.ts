import { expect, test } from "vitest";
import { barsOf, steered } from "../plan.fixture.ts";
import { signalSpaceContract } from "../signal-space.contract.ts";
import { gemini5, gemini6 } from "./gemini.ts";

signalSpaceContract(gemini5);
signalSpaceContract(gemini6);

const bars = barsOf(Array.from({ length: 12 }, () => ({ body: 0, above: 0.5, below: 0.5 })));

test("has the numbers of the documents: 0 HOLD, 1 BUY, 2 SELL, 3 SPLIT, 4 CLOSE, and 5 ADD", () => {
  expect(gemini5.words).toEqual(["HOLD", "BUY", "SELL", "SPLIT", "CLOSE"]);
  expect(gemini6.words).toEqual([...gemini5.words, "ADD"]);
});

test("SPLIT halves a position to whole lot steps, until a step is all that is left", () => {
  const lane = steered({ space: gemini6, plan: { sizing: { kind: "lots", lots: 0.05 } }, bars });
  const words = ["BUY", "SPLIT", "SPLIT"];
  const held = words.map((word) => {
    lane.say(word);
    lane.move();
    return Math.round(lane.accounts.ledger.units[0] * 100);
  });
  expect(held).toEqual([5, 3, 2]);
  lane.say("SPLIT");
  lane.move();
  expect(lane.legal()).toEqual(["HOLD", "SELL", "CLOSE"]);
});

test("ADD is never legal in a plan that does not pyramid", () => {
  const lane = steered({ space: gemini6, plan: { sizing: { kind: "lots", lots: 1 } }, bars });
  lane.say("BUY");
  lane.move();
  expect(lane.legal()).toEqual(["HOLD", "SELL", "SPLIT", "CLOSE"]);
});
