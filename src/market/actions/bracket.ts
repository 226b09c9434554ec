/** @file Entries that bring their own stop and target: a grid of distances in ATR. */
import type { PositionAction } from "#domain/position-action.ts";
import type { SignalSpace } from "../signal-space.ts";

/** Distances to choose from, in ATR(14). */
export interface BracketGrid {
  readonly stopsAtr: readonly number[];
  readonly targetsAtr: readonly number[];
}

/** HOLD, CLOSE, then BUY and SELL with each stop and each target: "BUY 2:3" has its stop 2 and its target 3 ATR away. */
export function bracket({ stopsAtr, targetsAtr }: BracketGrid): SignalSpace {
  const entries = (["BUY", "SELL"] as const).flatMap((action) =>
    stopsAtr.flatMap((stop) => targetsAtr.map((target) => ({ action, stop, target }))),
  );
  return {
    name: "bracket",
    words: ["HOLD", "CLOSE", ...entries.map(({ action, stop, target }) => `${action} ${stop}:${target}`)],
    actions: ["HOLD", "CLOSE", ...entries.map(({ action }): PositionAction => action)],
    entriesAdd: false,
    stopAtr: [NaN, NaN, ...entries.map(({ stop }) => stop)],
    targetAtr: [NaN, NaN, ...entries.map(({ target }) => target)],
  };
}
