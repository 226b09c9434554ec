/**
 * @file Pyramiding "Petit Poucet": a position grows step by step while it wins, and with each step its stop moves so that the
 * open risk stays within the initial risk.
 */
import type { PlanOrder, PositionView, PyramidPart } from "../plan.ts";
import { close, squashed, tighten, wholeSteps } from "../plan.ts";

export interface PetitPoucet {
  /** What steps are counted in: R, ATR(14) at the close, or pips of the instrument. */
  readonly unit: "R" | "atr" | "pips";
  /** Profit since the first entry at which the position may grow by its initial volume, one number for each time. */
  readonly adds: readonly number[];
  /** Profit at which half is closed; absent: never. Only where `automatic`. */
  readonly split?: number | undefined;
  /** True: the plan grows and halves the position by itself. False: it waits for ADD, and only allows it at its steps. */
  readonly automatic: boolean;
  /** True: no add takes the open risk beyond the initial risk. False only to show the documents' own version. */
  readonly riskCapped: boolean;
  /** A new stop is at least this far from the close, in ATR, and never within the spread. An add that needs a closer one is refused. */
  readonly leastStopAtr: number;
}

/** The largest a position gets, as a multiple of its initial volume. */
export const mostVolume = 3;

const rounding = 1e-9;

/** State: steps done, 1 once halved. */
export function petitPoucet(settings: PetitPoucet): PyramidPart {
  const { unit, adds, split = Infinity, automatic, riskCapped, leastStopAtr } = settings;
  const step = (view: PositionView): number => (unit === "R" ? view.risk : unit === "atr" ? view.atr : view.pipSize);
  const profit = (view: PositionView): number => view.side * (view.close - view.firstPrice);
  /** Stop at which `units` bought at `entry` on average risk what the position risked at first. */
  const cappedStop = ({ side, initialUnits, risk }: PositionView, units: number, entry: number): number =>
    entry - (side * initialUnits * risk) / units;
  const stopAfterAdd = (view: PositionView): number => {
    const held = Math.abs(view.units);
    const units = held + view.initialUnits;
    const paid = view.close + view.side * view.halfSpread;
    const stop = cappedStop(view, units, (held * view.entryPrice + view.initialUnits * paid) / units);
    return Number.isNaN(view.stop) || view.side * (stop - view.stop) > 0 ? stop : view.stop;
  };
  const mayAdd = (view: PositionView, state: Float64Array, at: number): boolean => {
    const done = state[at];
    if (done >= adds.length) return false;
    if (!(profit(view) >= adds[done] * step(view) * (1 - rounding))) return false;
    if (Math.abs(view.units) + view.initialUnits > mostVolume * view.initialUnits * (1 + rounding)) return false;
    if (Math.abs(view.units) + view.initialUnits > view.mostUnits) return false;
    if (!riskCapped) return true;
    const least = Math.max(leastStopAtr * view.atr, 2 * view.halfSpread);
    return view.side * (view.close - stopAfterAdd(view)) >= least;
  };

  return {
    name: "petitPoucet",
    stateWidth: 2,
    observed: ["steps done", "ATR to the next step"],
    mayAdd,
    steer(view, action, state, at, order) {
      if (riskCapped && state[at] > 0) keepRisk(view, cappedStop(view, Math.abs(view.units), view.entryPrice), order);
      if (order.units === -view.units) return;
      if (action === "ADD" || (automatic && action === "HOLD" && mayAdd(view, state, at))) {
        if (riskCapped) tighten(view, order, stopAfterAdd(view));
        order.units += view.side * view.initialUnits;
        state[at]++;
        return;
      }
      const halves = automatic && action === "HOLD" && state[at + 1] === 0;
      if (halves && profit(view) >= split * step(view) * (1 - rounding)) {
        order.units -= view.side * wholeSteps(Math.abs(view.units) / 2, view.lotStep);
        state[at + 1] = 1;
      }
    },
    observe(view, state, at, into, intoAt) {
      const done = state[at];
      into[intoAt] = done / Math.max(1, adds.length);
      const next = done < adds.length ? adds[done] : split;
      const away = (next * step(view) - profit(view)) / view.atr;
      into[intoAt + 1] = next === Infinity ? 0 : squashed(away);
    },
  };
}

/** What the open of the bar after an add cost beyond its decision is taken back: by the stop, or by closing where it cannot be. */
function keepRisk(view: PositionView, stop: number, order: PlanOrder): void {
  if (view.side * (view.close - stop) > 0) tighten(view, order, stop);
  else close(view, order);
}
