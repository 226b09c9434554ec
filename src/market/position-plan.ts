/** @file A plan from its settings: sizing of entries, then its parts in order, with one memory of the position. */
import { Failure } from "#base/failure.ts";
import { invariant } from "#base/invariant.ts";
import type { PositionAction } from "#domain/position-action.ts";
import type { AccountRules } from "./account-rules.ts";
import type { PlanOrder, PlanPart, PositionPlan, PositionView } from "./plan.ts";
import { close, profitOfUnit, squashed, tighten, wholeSteps } from "./plan.ts";
import type { BreakEven } from "./plans/break-even.ts";
import { breakEven } from "./plans/break-even.ts";
import type { GiveBack } from "./plans/give-back.ts";
import { giveBack } from "./plans/give-back.ts";
import type { Hedging } from "./plans/hedging.ts";
import { hedging } from "./plans/hedging.ts";
import type { PetitPoucet } from "./plans/petit-poucet.ts";
import { petitPoucet } from "./plans/petit-poucet.ts";
import type { SignalSizing } from "./plans/sizing.ts";
import { entryUnits } from "./plans/sizing.ts";
import type { TimeStop } from "./plans/time-stop.ts";
import { timeStop } from "./plans/time-stop.ts";
import type { TrailingStop } from "./plans/trailing-stop.ts";
import { trailingStop } from "./plans/trailing-stop.ts";

/** What a plan consists of; a part that is absent does nothing. */
export interface PlanSettings {
  readonly sizing: SignalSizing;
  /**
   * No entry and no add takes a position beyond this fraction of the account's equity, by the close of the decision: an entry is
   * made smaller, an add is not legal. Absent: any size. Where a Guardian watches, no more than its limit, so that what is
   * trained is what will trade.
   */
  readonly mostFraction?: number | undefined;
  /** Distance of the first stop and target to the close of the decision, in ATR(14); absent: none rests. */
  readonly stopAtr?: number | undefined;
  readonly targetAtr?: number | undefined;
  readonly petitPoucet?: PetitPoucet | undefined;
  readonly breakEven?: BreakEven | undefined;
  readonly trailingStop?: TrailingStop | undefined;
  readonly giveBack?: GiveBack | undefined;
  readonly timeStop?: TimeStop | undefined;
  readonly hedging?: Hedging | undefined;
}

/** The plan that does nothing but size: all of the equity that the instrument may have. */
export const plainPlan: PlanSettings = { sizing: { kind: "equityFraction", fraction: 1 } };

/** The parts in the order in which they steer: what adds first, what closes last. */
const partsOf = {
  petitPoucet,
  breakEven,
  trailingStop,
  giveBack,
  timeStop,
  hedging,
} satisfies { [Name in Exclude<keyof PlanSettings, "sizing" | "mostFraction" | "stopAtr" | "targetAtr">]: unknown };

/** Numbers at the beginning of a position's state: side, initial units, price of the first entry, R, highest profit. */
const head = 5;

/** Numbers that an agent sees of each position, before those of the parts. Distances and profits are squashed to −3 to 3. */
const observedHead = [
  "bars held, n / (n + 20)",
  "ATR to the stop",
  "ATR to the target",
  "open profit in ATR",
  "open profit in R",
  "volume as a multiple of the first",
  "highest open profit in ATR",
] as const;

/**
 * A plan for an account of these rules.
 * @param signalsHaveStops true where each entry brings the distance of its own stop
 * @throws Failure config/invalid that names the setting that the account or the plan cannot do
 */
export function positionPlan(settings: PlanSettings, rules: AccountRules, signalsHaveStops = false): PositionPlan {
  checkPlan(settings, rules, signalsHaveStops);
  const { sizing, stopAtr = NaN, targetAtr = NaN } = settings;
  const pyramid = settings.petitPoucet && partsOf.petitPoucet(settings.petitPoucet);
  const parts: readonly PlanPart[] = [
    pyramid,
    settings.breakEven && partsOf.breakEven(settings.breakEven),
    settings.trailingStop && partsOf.trailingStop(settings.trailingStop),
    settings.giveBack && partsOf.giveBack(settings.giveBack),
    settings.timeStop && partsOf.timeStop(settings.timeStop),
    settings.hedging && partsOf.hedging(settings.hedging),
  ].filter((part) => part !== undefined);
  const stateWidth = parts.reduce((sum, part) => sum + part.stateWidth, head);
  const observed = [...observedHead, ...parts.flatMap((part) => part.observed)];

  const enter = (view: PositionView, side: number, state: Float64Array, at: number, order: PlanOrder): void => {
    const stopDistance = (Number.isNaN(view.stopAtr) ? stopAtr : view.stopAtr) * view.atr;
    const targetDistance = (Number.isNaN(view.targetAtr) ? targetAtr : view.targetAtr) * view.atr;
    // Where prices stand still there is no distance to put a stop at: the entry waits.
    const asked = stopDistance === 0 || targetDistance === 0 ? 0 : entryUnits(sizing, view, stopDistance);
    // An order that turns a position is never for more than the largest one closed and the largest one opened.
    const most = Math.min(view.mostUnits, 2 * view.mostUnits - Math.abs(view.units));
    const units = asked > most ? wholeSteps(most, view.lotStep) : asked;
    if (units === 0) return;
    order.units += side * units;
    order.stop = restable(view.close - side * stopDistance);
    order.target = restable(view.close + side * targetDistance);
    state[at] = side;
  };
  const legal = (view: PositionView, action: PositionAction, state: Float64Array, at: number): boolean => {
    if (action === "HOLD") return true;
    // What hedged a position that its stop has closed goes first.
    if (view.units === 0 && view.hedgeUnits !== 0) return false;
    if (view.units !== 0 && action !== "ADD" && view.barsHeld + 1 < rules.minHoldingBars) return false;
    const { side } = view;
    if (action === "BUY") return side <= 0;
    if (action === "SELL") return side >= 0 && rules.shorts;
    if (side === 0 || action === "CLOSE") return side !== 0;
    if (action === "SPLIT") return wholeSteps(Math.abs(view.units) / 2, view.lotStep) > 0;
    return pyramid !== undefined && pyramid.mayAdd(view, state, at + head);
  };

  return {
    stateWidth,
    observed,
    asksEntropy: settings.hedging !== undefined,
    legal,

    look(view, state, at) {
      remember(view, state, at, stateWidth);
    },

    decide(view, action, state, at, order) {
      if (!legal(view, action, state, at)) {
        const found = view.side === 0 ? "flat" : view.side > 0 ? "long" : "short";
        invariant(false, "an action is legal where it is taken", { action, position: found, units: view.units });
      }
      order.units = 0;
      order.hedgeUnits = 0 - view.hedgeUnits;
      order.stop = view.stop;
      order.target = view.target;
      if (action === "CLOSE" || action === "BUY" || action === "SELL") {
        close(view, order);
        if (action === "CLOSE") return;
        state.fill(0, at, at + stateWidth);
        enter(view, action === "BUY" ? 1 : -1, state, at, order);
        return;
      }
      if (view.units === 0) return;
      // A position that is found without its stop gets one.
      if (Number.isNaN(view.stop)) tighten(view, order, view.close - view.side * stopAtr * view.atr);
      if (action === "SPLIT") order.units = -view.side * wholeSteps(Math.abs(view.units) / 2, view.lotStep);
      for (let part = 0, own = at + head; part < parts.length; own += parts[part++].stateWidth) {
        parts[part].steer(view, action, state, own, order);
        if (order.units === -view.units) return;
      }
      if (view.side * (view.close - order.stop) <= 0 && order.stop !== view.stop) {
        invariant(false, "a stop lies on the losing side of the close", { stop: order.stop, close: view.close });
      }
    },

    observe(view, state, at, into, intoAt) {
      if (view.units === 0) {
        into.fill(0, intoAt, intoAt + observed.length);
        return;
      }
      observeHead(view, into, intoAt);
      let to = intoAt + observedHead.length;
      for (let part = 0, own = at + head; part < parts.length; own += parts[part++].stateWidth) {
        parts[part].observe(view, state, own, into, to);
        to += parts[part].observed.length;
      }
    },
  };
}

/** No venue takes a price of nothing or less: there, nothing rests. */
function restable(price: number): number {
  return price > 0 ? price : NaN;
}

/** Begins a memory where a position is new, ends it where it is gone, and keeps the highest profit. */
function remember(view: PositionView, state: Float64Array, at: number, width: number): void {
  const { units } = view;
  if (units === 0) {
    // A hedge that is left over is still told from its side.
    if (view.hedgeUnits === 0) {
      if (state[at] !== 0) state.fill(0, at, at + width);
    } else state.fill(0, at + 1, at + width);
    view.side = 0;
    view.initialUnits = 0;
    view.peakProfit = 0;
    view.risk = NaN;
    view.firstPrice = NaN;
    return;
  }
  const side = units > 0 ? 1 : -1;
  view.side = side;
  if (state[at] !== side || state[at + 1] === 0) {
    state.fill(0, at, at + width);
    state[at] = side;
    state[at + 1] = Math.abs(units);
    state[at + 2] = view.entryPrice;
    state[at + 3] = NaN;
  }
  if (Number.isNaN(state[at + 3])) {
    const risk = side * (view.entryPrice - view.stop);
    if (risk > 0) state[at + 3] = risk;
  }
  const profit = profitOfUnit(view);
  if (profit > state[at + 4]) state[at + 4] = profit;
  view.initialUnits = state[at + 1];
  view.firstPrice = state[at + 2];
  view.risk = state[at + 3];
  view.peakProfit = state[at + 4];
}

function observeHead(view: PositionView, into: Float32Array, at: number): void {
  const { side, close: price, atr, risk, barsHeld } = view;
  const perAtr = atr > 0 ? 1 / atr : 0;
  const profit = profitOfUnit(view);
  into[at] = barsHeld / (barsHeld + 20);
  into[at + 1] = squashed(side * (price - view.stop) * perAtr);
  into[at + 2] = squashed(side * (view.target - price) * perAtr);
  into[at + 3] = squashed(profit * perAtr);
  into[at + 4] = squashed(profit / risk);
  into[at + 5] = Math.abs(view.units) / view.initialUnits;
  into[at + 6] = squashed(view.peakProfit * perAtr);
}

/**
 * Holds a plan against an account.
 * @throws Failure config/invalid that names the setting
 */
export function checkPlan(settings: PlanSettings, rules: AccountRules, signalsHaveStops: boolean): void {
  const refuse = (found: string): never => {
    throw new Failure("config/invalid", found);
  };
  const { sizing, stopAtr, targetAtr, hedging: hedge } = settings;
  if (stopAtr !== undefined && !(stopAtr > 0)) {
    refuse(`plan.stopAtr: ${stopAtr} puts the stop on the wrong side; it must be above 0`);
  }
  if (targetAtr !== undefined && !(targetAtr > 0)) {
    refuse(`plan.targetAtr: ${targetAtr} puts the target on the wrong side; it must be above 0`);
  }
  const size = sizing.kind === "lots" ? sizing.lots : sizing.fraction;
  if (!(size > 0)) refuse(`plan.sizing: ${size} is no size`);
  if (settings.mostFraction !== undefined && !(settings.mostFraction > 0)) {
    refuse(`plan.mostFraction: ${settings.mostFraction} leaves no position; it must be above 0`);
  }
  const inR = {
    "plan.sizing": sizing.kind === "riskFraction",
    "plan.petitPoucet": settings.petitPoucet?.unit === "R" || settings.petitPoucet?.riskCapped === true,
    "plan.breakEven": settings.breakEven !== undefined,
    "plan.trailingStop": settings.trailingStop?.activationUnit === "R",
    "plan.giveBack": settings.giveBack !== undefined,
  };
  const counted = Object.entries(inR).find(([, counts]) => counts);
  if (counted !== undefined && stopAtr === undefined && !signalsHaveStops) {
    refuse(`${counted[0]}: counts in R, the distance of the first stop, and plan.stopAtr is not set`);
  }
  if (hedge === undefined) return;
  if (hedge.mode === "opposite" && rules.positions !== "hedging") {
    refuse(`plan.hedging: an opposite position needs account.positions to be hedging; on a netting one it is "reduce"`);
  }
  if (!(hedge.exit < hedge.enter)) refuse(`plan.hedging: exit ${hedge.exit} is not below enter ${hedge.enter}`);
}
