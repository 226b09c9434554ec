import { expect, test } from "vitest";
import { oneEvent, stressContract } from "../stress.contract.ts";

stressContract("noise");

test("moves all prices of a bar by so many ATR of the bars before, and the next one not at all", () => {
  const { universe, calm, events } = oneEvent("noise", { severity: [0.5, 0.5] });
  const factor = Math.exp((Math.sign(events[0].move) * 0.5 * 4) / 120);
  const { open, high, low, close } = universe.bars[0];
  const found = [open[20], high[20], low[20], close[20]].map((price) => price / factor);
  expect(found).toEqual([120, 122.5, 118.5, 121].map((price) => expect.closeTo(price, 9)));
  expect(close.subarray(21)).toEqual(calm.quotes.close.subarray(21));
});
