/** @file What a position does while the policy is not sure: a hedge beside it, or, on netting accounts, less of it. */
import type { PlanOrder, PlanPart, PositionView } from "../plan.ts";
import { wholeSteps } from "../plan.ts";

export interface Hedging {
  /**
   * `opposite`: an opposite position of the same size, on hedging accounts. `reduce`: half of the position is closed, once for
   * each time that the policy becomes unsure; it is not bought back, since only the policy knows why it would.
   */
  readonly mode: "opposite" | "reduce";
  /** Normalised entropy above which the policy is not sure, and at or below which it is again. */
  readonly enter: number;
  readonly exit: number;
  /** Bars in a row above `enter` that it takes. */
  readonly bars: number;
}

/**
 * State: bars in a row above `enter`; share of the position that is hedged. The share is released as (enter − H) / (enter −
 * exit) and never taken back until H has been at `exit`. Unknown entropy changes nothing and begins nothing.
 */
export function hedging({ mode, enter, exit, bars }: Hedging): PlanPart {
  const count = (entropy: number, state: Float64Array, at: number): boolean => {
    if (Number.isNaN(entropy)) {
      state[at] = 0;
      return false;
    }
    if (state[at + 1] > 0) {
      const wanted = Math.max(0, Math.min(1, (entropy - exit) / (enter - exit)));
      // What reduces is on until the policy is sure again; a hedge is released step by step.
      state[at + 1] = mode === "reduce" ? Math.ceil(wanted) : Math.min(state[at + 1], wanted);
      state[at] = 0;
      return false;
    }
    state[at] = entropy > enter ? state[at] + 1 : 0;
    if (state[at] < bars) return false;
    state[at + 1] = 1;
    return true;
  };
  return {
    name: "hedging",
    stateWidth: 2,
    observed: ["bars unsure", "share hedged"],
    steer(view, _action, state, at, order) {
      const begins = count(view.entropy, state, at);
      if (mode === "opposite") hedge(view, state[at + 1], order);
      else if (begins) order.units -= view.side * wholeSteps(Math.abs(view.units + order.units) / 2, view.lotStep);
    },
    observe(_view, state, at, into, intoAt) {
      into[intoAt] = state[at] / bars;
      into[intoAt + 1] = state[at + 1];
    },
  };
}

/** The opposite position becomes `share` of what the position will be, as far as there is room for both. */
function hedge(view: PositionView, share: number, order: PlanOrder): void {
  const after = Math.abs(view.units + order.units);
  const room = Math.max(Math.abs(view.hedgeUnits), 2 * view.mostUnits - after);
  const asked = share * after;
  const wanted = -view.side * wholeSteps(asked > room ? room : asked, view.lotStep);
  order.hedgeUnits = wanted - view.hedgeUnits;
}
