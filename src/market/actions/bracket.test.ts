import { expect, test } from "vitest";
import { barsOf, steered } from "../plan.fixture.ts";
import { signalSpaceContract } from "../signal-space.contract.ts";
import { bracket } from "./bracket.ts";

const grid = bracket({ stopsAtr: [1, 2], targetsAtr: [1.5, 3] });
signalSpaceContract(grid);

const plan = { sizing: { kind: "riskFraction", fraction: 0.01, most: 10 } } as const;
const quiet = { body: 0, above: 0.5, below: 0.5 };

test("names every stop and target it can ask for", () => {
  expect(grid.words).toEqual([
    "HOLD",
    "CLOSE",
    "BUY 1:1.5",
    "BUY 1:3",
    "BUY 2:1.5",
    "BUY 2:3",
    "SELL 1:1.5",
    "SELL 1:3",
    "SELL 2:1.5",
    "SELL 2:3",
  ]);
});

test("rests both at their distances in ATR, and risks at the stop what the sizing says", () => {
  const lane = steered({ space: grid, plan, bars: barsOf([quiet, quiet, quiet]) });
  // 1 % of 100,000 at a distance of 2: 500 units.
  expect(lane.say("BUY 2:3")).toEqual([500]);
  expect([lane.accounts.stop[0], lane.accounts.target[0]]).toEqual([126, 131]);
  lane.move();
  expect(lane.legal(), "long").toEqual(["HOLD", "CLOSE", "SELL 1:1.5", "SELL 1:3", "SELL 2:1.5", "SELL 2:3"]);
});

test("gains at the target and loses at the stop what was asked for", () => {
  const up = steered({ space: grid, plan, bars: barsOf([quiet, quiet, { body: 4 }, quiet]) });
  up.say("BUY 2:3");
  up.move();
  up.say("HOLD");
  up.move();
  expect(up.accounts.equity[0]).toBe(100_000 + 3 * 500);
  const down = steered({ space: grid, plan, bars: barsOf([quiet, quiet, { body: -4 }, quiet]) });
  down.say("BUY 2:3");
  down.move();
  down.say("HOLD");
  down.move();
  expect(down.accounts.equity[0]).toBe(100_000 - 2 * 500);
});

test("a turn brings the stop and the target of its own side", () => {
  const lane = steered({ space: grid, plan, bars: barsOf([quiet, quiet, quiet, quiet]) });
  lane.say("BUY 2:3");
  lane.move();
  lane.say("SELL 1:1.5");
  lane.move();
  expect(lane.accounts.ledger.units[0]).toBe(-1000);
  expect([lane.accounts.stop[0], lane.accounts.target[0]]).toEqual([129, 126.5]);
});
