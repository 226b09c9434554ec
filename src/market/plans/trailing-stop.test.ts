import { expect, test } from "vitest";
import { alpha } from "../actions/alpha.ts";
import { planContract } from "../plan.contract.ts";
import { barsOf, steered } from "../plan.fixture.ts";
import type { PlanSettings } from "../position-plan.ts";
import type { TrailingStop } from "./trailing-stop.ts";

const trailing: TrailingStop = {
  activation: 1,
  activationUnit: "R",
  distanceAtr: 2,
  step: 0.25,
  stepUnit: "atr",
};
const plan: PlanSettings = { sizing: { kind: "lots", lots: 2 }, stopAtr: 1.5, trailingStop: trailing };

planContract("a trailing stop in R", plan);
planContract("a trailing stop in ATR without a first stop", {
  ...plan,
  stopAtr: undefined,
  trailingStop: { ...trailing, activation: 0.5, activationUnit: "atr" },
});

test("follows 2 ATR behind the close once 1 R is won, by steps of a quarter ATR, and never back", () => {
  // ATR 1 throughout; bought at 128 with the stop at 126.5, so R is 1.5.
  const closes = [0, 0, 0.75, 0.75, 0.125, 0.125, -0.5, 0];
  const bars = barsOf(
    closes.map((body) => ({ body, above: (1 - Math.abs(body)) / 2, below: (1 - Math.abs(body)) / 2 })),
  );
  const lane = steered({ space: alpha, plan, bars });
  const stops: number[] = [];
  for (const word of ["BUY", "HOLD", "HOLD", "HOLD", "HOLD", "HOLD", "HOLD"]) {
    lane.say(word);
    stops.push(lane.accounts.stop[0]);
    lane.move();
  }
  // Closes 128, 128, 128.75, 129.5 (1 R: 127.5), 129.625 (an eighth more: no), 129.75 (a quarter more), 129.25 (back: no).
  expect(stops).toEqual([126.5, 126.5, 126.5, 127.5, 127.5, 127.75, 127.75]);
});
