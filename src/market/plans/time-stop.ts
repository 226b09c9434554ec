/** @file Time stop: a position ends after so many bars. */
import type { PlanPart } from "../plan.ts";
import { close } from "../plan.ts";

export interface TimeStop {
  readonly bars: number;
}

export function timeStop({ bars }: TimeStop): PlanPart {
  return {
    name: "timeStop",
    stateWidth: 0,
    observed: ["share of its time"],
    steer(view, _action, _state, _at, order) {
      if (view.barsHeld >= bars) close(view, order);
    },
    observe(view, _state, _at, into, intoAt) {
      into[intoAt] = Math.min(1, view.barsHeld / bars);
    },
  };
}
