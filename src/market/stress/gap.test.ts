import { expect, test } from "vitest";
import { oneEvent, stressContract, traded } from "../stress.contract.ts";

stressContract("gap");

test("lifts or lowers all prices from its bar on", () => {
  const { universe, events } = oneEvent("gap", { severity: [2, 2] });
  const factor = Math.exp((Math.sign(events[0].move) * 2 * 4) / 120);
  for (const t of [20, 21, 39]) expect(universe.bars[0].close[t]).toBeCloseTo((101 + t) * factor, 9);
});

test("is a loss for who held against it", () => {
  const { market, calm, events } = oneEvent("gap", { severity: [2, 2] });
  const against = -100 * Math.sign(events[0].move);
  const [hit, spared] = [traded(market, [against, 0], 18), traded(calm, [against, 0], 18)];
  expect(hit.equity[0]).toBeLessThan(spared.equity[0] - 700);
});
