/** @file Trailing stop: a stop that follows the close at a distance, by steps, and never goes back. */
import type { PlanPart, PositionView } from "../plan.ts";
import { moneyPerPrice, profitOfUnit, tighten } from "../plan.ts";

export interface TrailingStop {
  /** Open profit from which on the stop follows: of a unit in R or ATR, or of the whole position in account currency. */
  readonly activation: number;
  readonly activationUnit: "R" | "atr" | "money";
  /** Distance to the close, in ATR(14) up to that close. */
  readonly distanceAtr: number;
  /** Least move of the stop: in ATR, or in account currency of the whole position. */
  readonly step: number;
  readonly stepUnit: "atr" | "money";
}

/** Once active, the stop stays active: the stop itself is its memory, and where none rests the first one needs no step. */
export function trailingStop({ activation, activationUnit, distanceAtr, step, stepUnit }: TrailingStop): PlanPart {
  const activeFrom = (view: PositionView): number => {
    if (activationUnit === "R") return activation * view.risk;
    return activationUnit === "atr" ? activation * view.atr : activation / moneyPerPrice(view);
  };
  return {
    name: "trailingStop",
    stateWidth: 1,
    observed: ["trailing"],
    steer(view, _action, state, at, order) {
      if (state[at] === 0 && !(profitOfUnit(view) >= activeFrom(view) * (1 - 1e-9))) return;
      state[at] = 1;
      const stop = view.close - view.side * distanceAtr * view.atr;
      const least = stepUnit === "atr" ? step * view.atr : step / moneyPerPrice(view);
      if (Number.isNaN(order.stop) || view.side * (stop - order.stop) >= least * (1 - 1e-9)) tighten(view, order, stop);
    },
    observe(_view, state, at, into, intoAt) {
      into[intoAt] = state[at];
    },
  };
}
