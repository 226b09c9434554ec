/**
 * @file The positions of an account, P: one for each instrument, or, on hedging accounts, its long leg and after it its short one.
 * Nothing else counts them.
 */
import type { Instrument } from "#domain/instrument.ts";
import type { PositionName } from "#domain/leg.ts";
import type { AccountRules } from "./account-rules.ts";

/** How many positions an account has in each instrument. */
export type PositionsEach = 1 | 2;

export function positionsEach({ positions }: Pick<AccountRules, "positions">): PositionsEach {
  return positions === "hedging" ? 2 : 1;
}

/** `[P]`: what each position is called. */
export function positionNames(
  instruments: readonly Pick<Instrument, "symbol">[],
  rules: Pick<AccountRules, "positions">,
): readonly PositionName[] {
  return instruments.flatMap(({ symbol }): PositionName[] =>
    positionsEach(rules) === 1
      ? [{ symbol }]
      : [
          { symbol, leg: "long" },
          { symbol, leg: "short" },
        ],
  );
}

/** Index of a position's instrument. */
export function instrumentOfPosition(position: number, each: PositionsEach): number {
  return each === 1 ? position : position >> 1;
}

/** `[P]`: the instrument of each position. */
export function instrumentsOfPositions(instruments: number, each: PositionsEach): Int32Array {
  return Int32Array.from({ length: each * instruments }, (_, p) => instrumentOfPosition(p, each));
}

/** `[P]`: 1 a position that is never short, −1 one that is never long, 0 one that may be either. */
export function sidesOfPositions(instruments: number, each: PositionsEach): Int8Array {
  return Int8Array.from({ length: each * instruments }, (_, p) => (each === 1 ? 0 : p % 2 === 0 ? 1 : -1));
}

/** The position of an instrument that may be on `side` (below 0: short). */
export function positionOn(instrument: number, side: number, each: PositionsEach): number {
  return each === 1 ? instrument : 2 * instrument + (side < 0 ? 1 : 0);
}

/** The other leg of the instrument; −1 where there is none. */
export function positionBeside(position: number, each: PositionsEach): number {
  return each === 1 ? -1 : position ^ 1;
}

/**
 * The position that trades `nth` in a bar: in their order, but of an instrument's legs the one first that gets smaller where the
 * other grows, so that a turn closes before it opens.
 * @param orders signed units to trade of each position `[P]`
 */
export function positionInTurn(nth: number, orders: ArrayLike<number>, each: PositionsEach): number {
  // Who buys what is short makes it smaller.
  return each === 1 || !(orders[nth | 1] > 0) ? nth : nth ^ 1;
}

/** Signed units of an instrument, whose positions lie in `units` from `from` on: those of its legs together. */
export function netUnits(units: ArrayLike<number>, from: number, each: PositionsEach): number {
  return each === 1 ? units[from] : units[from] + units[from + 1];
}

/**
 * Writes orders by which an instrument's net units change by `change`, for those who want one position in it: what stands against
 * the change is closed before anything is opened, and what is held on both sides at once is closed on both.
 * @param from where in `units` the instrument's positions lie; their orders go to `orders` from `to` on
 */
export function spreadOver(
  change: number,
  units: ArrayLike<number>,
  from: number,
  each: PositionsEach,
  orders: Float64Array,
  to: number,
): void {
  if (each === 1) {
    orders[to] = change;
    return;
  }
  const [long, short] = [units[from], units[from + 1]];
  const both = Math.min(long, -short);
  const buys = change > 0;
  const closing = buys ? Math.min(change, -short - both) : Math.max(change, both - long);
  orders[to] = (buys ? change - closing : closing) - both;
  orders[to + 1] = (buys ? closing : change - closing) + both;
}
