/** @file Positions chosen from a few levels, one choice for each instrument: a multi-discrete action space. */
import type { ActionLevels } from "#domain/action-levels.ts";
import { levelSpace, levelWeight } from "#domain/action-levels.ts";
import type { Acting } from "../acting.ts";
import { ordersForWeights } from "../world.ts";

/** Each head chooses the weight of its instrument: a level of its equal share of the equity. All actions are always legal. */
export function levelActing(levels: ActionLevels, instruments: number): Acting {
  const weightOf = Float64Array.from(levels, (_, action) => levelWeight(levels, action, instruments));
  const weights = new Float64Array(instruments);
  return {
    name: "levels",
    space: levelSpace(levels, instruments),
    masked: false,
    stateWidth: 0,
    observed: [],
    begin() {},
    act({ market, accounts, lane }, actions, actionAt, orders) {
      for (let i = 0; i < instruments; i++) weights[i] = weightOf[actions[actionAt + i]];
      ordersForWeights(market, accounts, lane, weights, 0, orders);
    },
    legal() {},
    observe() {},
  };
}
