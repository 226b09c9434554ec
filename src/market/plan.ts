/**
 * @file The contract of a position plan: how one position is steered once a policy has said when. Plain numbers in and out, so
 * that the same plan runs in training lanes and in live trading.
 */
import type { PositionAction } from "#domain/position-action.ts";

/**
 * One position at the close of a bar. The same object may be used again for every position. Prices are in the instrument's
 * currency, money is in the account's; NaN where something is not there or not known.
 */
export interface PositionView {
  /** Signed units held, what they cost on average, and bars since the position was opened. */
  units: number;
  entryPrice: number;
  barsHeld: number;
  /** Signed units of the opposite position beside it, on hedging accounts; else 0. */
  hedgeUnits: number;
  /** Prices that rest at the venue. */
  stop: number;
  target: number;
  close: number;
  /** ATR(14) up to this close, in price. */
  atr: number;
  /** Half the spread, in price. */
  halfSpread: number;
  /** What this instrument may have of the account's equity. */
  equity: number;
  /** What one unit held gains where its price rises by 1, in account currency: contract size · rate of the currency. */
  unitValue: number;
  /** Unsigned units beyond which no entry and no add takes the position, nor a hedge both together beyond twice as many; NaN: any. */
  mostUnits: number;
  lotStep: number;
  pipSize: number;
  /** H(π) / ln(number of legal actions) of the policy that acts, 0 to 1. */
  entropy: number;
  /** Distances of the stop and the target that the signal itself asks for, in ATR; NaN: the plan's. */
  stopAtr: number;
  targetAtr: number;
  /** What the plan remembers of the position; `look` writes it. 1 long, −1 short, 0 flat. */
  side: number;
  /** Units at first, unsigned; price of the first entry. */
  initialUnits: number;
  firstPrice: number;
  /** R: distance of the first entry to its stop, in price; NaN where there was no stop. */
  risk: number;
  /** Highest open profit of a unit at a close, in price; at least 0. */
  peakProfit: number;
}

/** What a plan wants done: market orders for the next open, and what rests from then on. */
export interface PlanOrder {
  /** Signed units to trade. */
  units: number;
  /** Signed units to trade of the opposite position. */
  hedgeUnits: number;
  stop: number;
  target: number;
}

/** One part of a plan. It steers a position that is open and stays open; parts follow one another on the same order. */
export interface PlanPart {
  readonly name: string;
  /** Numbers that it remembers of a position; all 0 at first. */
  readonly stateWidth: number;
  /** What an agent sees of them, by name. */
  readonly observed: readonly string[];
  steer(view: PositionView, action: PositionAction, state: Float64Array, at: number, order: PlanOrder): void;
  /** Writes a number for each of `observed`. */
  observe(view: PositionView, state: Float64Array, at: number, into: Float32Array, intoAt: number): void;
}

/** A part that makes positions larger. */
export interface PyramidPart extends PlanPart {
  /** May the position be made larger now? */
  mayAdd(view: PositionView, state: Float64Array, at: number): boolean;
}

/** A plan: its parts in order, with what all of them remember of a position. */
export interface PositionPlan {
  readonly stateWidth: number;
  readonly observed: readonly string[];
  /** True where it asks how sure the policy is. */
  readonly asksEntropy: boolean;
  /** Brings the memory up to this close and writes it into the view. May be called any number of times at a close. */
  look(view: PositionView, state: Float64Array, at: number): void;
  /** May the position be steered so now? HOLD always may. After `look`. */
  legal(view: PositionView, action: PositionAction, state: Float64Array, at: number): boolean;
  /**
   * What a legal action becomes. After `look`, once a bar.
   * @throws InvariantBroken where the action is not legal
   */
  decide(view: PositionView, action: PositionAction, state: Float64Array, at: number, order: PlanOrder): void;
  /** Writes a number for each of `observed`; all 0 while flat. After `look`. */
  observe(view: PositionView, state: Float64Array, at: number, into: Float32Array, intoAt: number): void;
}

/** A view of nothing, to be filled. All fields hold fractions, so that writing them later makes no objects. */
export function emptyView(): PositionView {
  return {
    units: NaN,
    entryPrice: NaN,
    barsHeld: NaN,
    hedgeUnits: NaN,
    stop: NaN,
    target: NaN,
    close: NaN,
    atr: NaN,
    halfSpread: NaN,
    equity: NaN,
    unitValue: NaN,
    mostUnits: NaN,
    lotStep: NaN,
    pipSize: NaN,
    entropy: NaN,
    stopAtr: NaN,
    targetAtr: NaN,
    side: NaN,
    initialUnits: NaN,
    firstPrice: NaN,
    risk: NaN,
    peakProfit: NaN,
  };
}

export function emptyOrder(): PlanOrder {
  return { units: NaN, hedgeUnits: NaN, stop: NaN, target: NaN };
}

/** Unsigned units rounded down to whole lot steps; a billionth of a step is rounding, not size. */
export function wholeSteps(units: number, lotStep: number): number {
  const steps = Math.floor(units / lotStep + 1e-9);
  return steps <= 0 ? 0 : steps * lotStep;
}

/** Open profit of a unit, in price: negative is a loss. */
export function profitOfUnit(view: PositionView): number {
  return view.side * (view.close - view.entryPrice);
}

/** Money of the account that one unit of price is worth to the position. */
export function moneyPerPrice(view: PositionView): number {
  return Math.abs(view.units) * view.unitValue;
}

/** Ends the position and what stands beside it. What rests stays until then, in case the order is held back. */
export function close(view: PositionView, order: PlanOrder): void {
  order.units = 0 - view.units;
  order.hedgeUnits = 0 - view.hedgeUnits;
}

/** Moves the stop to `price`, only in favour of the position and only to a price where the close has not been. */
export function tighten(view: PositionView, order: PlanOrder, price: number): void {
  if (!(price > 0 && view.side * (view.close - price) > 0)) return;
  if (Number.isNaN(order.stop) || view.side * (price - order.stop) > 0) order.stop = price;
}

/**
 * What an agent sees of a distance or a profit: nearly the number itself where it is small, never beyond −3 to 3, since large
 * inputs drown the others in a network; 0 for what is not there.
 */
export function squashed(value: number): number {
  if (Number.isNaN(value)) return 0;
  return Number.isFinite(value) ? value / (1 + Math.abs(value) / 3) : 3 * Math.sign(value);
}
