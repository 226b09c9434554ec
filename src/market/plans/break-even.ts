/** @file Break-even: once a position has won enough, it may no longer lose. */
import type { PlanPart } from "../plan.ts";
import { profitOfUnit, tighten } from "../plan.ts";

export interface BreakEven {
  /** Open profit in R at which the stop moves to the average entry. */
  readonly atR: number;
}

/** The stop trades at its own side of the spread, so that a stop at the entry gives back what was paid, less slippage and fees. */
export function breakEven({ atR }: BreakEven): PlanPart {
  return {
    name: "breakEven",
    stateWidth: 0,
    observed: [],
    steer(view, _action, _state, _at, order) {
      if (profitOfUnit(view) >= atR * view.risk) tighten(view, order, view.entryPrice);
    },
    observe() {},
  };
}
