/** @file Give-back limit: a position ends when it has given back too much of its highest open profit. */
import type { PlanPart } from "../plan.ts";
import { close, profitOfUnit } from "../plan.ts";

export interface GiveBack {
  /** What may be given back, in R. It counts once the position has won as much. */
  readonly limitR: number;
}

/** Measured at closes, of a unit. The limit is at least two spreads: within them nothing has been given back but noise. */
export function giveBack({ limitR }: GiveBack): PlanPart {
  return {
    name: "giveBack",
    stateWidth: 0,
    observed: [],
    steer(view, _action, _state, _at, order) {
      const limit = Math.max(limitR * view.risk, 4 * view.halfSpread);
      if (view.peakProfit >= limit && view.peakProfit - profitOfUnit(view) > limit) close(view, order);
    },
    observe() {},
  };
}
