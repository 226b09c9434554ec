/** @file Signals as a way to act: one head for each instrument, a position plan that turns each signal into orders. */
import { Failure } from "#base/failure.ts";
import type { Instrument } from "#domain/instrument.ts";
import type { PositionAction } from "#domain/position-action.ts";
import type { AccountRules } from "./account-rules.ts";
import type { Acting, Moment } from "./acting.ts";
import type { PlanSettings } from "./position-plan.ts";
import { positionPlan } from "./position-plan.ts";
import { positionBeside, positionOn, positionsEach } from "./positions.ts";
import { rateAt } from "./quotes.ts";
import type { PositionView } from "./plan.ts";
import { emptyOrder, emptyView } from "./plan.ts";
import type { SignalSpace } from "./signal-space.ts";
import { decodeSignal, meaning } from "./signal-space.ts";
import { restOrders } from "./world.ts";

/**
 * How signals act in a market of these instruments; each instrument may have an equal share of the equity.
 * @throws Failure config/invalid for a plan that the account cannot do
 */
export function signalActing(
  space: SignalSpace,
  instruments: readonly Instrument[],
  settings: PlanSettings,
  rules: AccountRules,
): Acting {
  const count = instruments.length;
  const each = positionsEach(rules);
  const plan = positionPlan(
    settings,
    space.longOnly ? { ...rules, shorts: false } : rules,
    space.stopAtr !== undefined,
  );
  const opposite = settings.hedging?.mode === "opposite";
  if (opposite && !rules.shorts) {
    throw new Failure("config/invalid", "plan.hedging: an opposite position needs an account.shorts of true");
  }
  // What the Guardian computes from the same numbers must not come out larger by its rounding.
  // Long and short add up there: what may be hedged leaves room for as much on the other side.
  const most = ((settings.mostFraction ?? NaN) * (1 - 1e-9)) / (opposite ? 2 : 1);
  const width = plan.stateWidth;
  const size = space.actions.length;
  const seen = plan.observed.length;
  const pips = Float64Array.from(instruments, ({ pipSize }) => pipSize ?? NaN);
  const stops = Float64Array.from(space.actions, (_, signal) => space.stopAtr?.[signal] ?? NaN);
  const targets = Float64Array.from(space.actions, (_, signal) => space.targetAtr?.[signal] ?? NaN);
  const view = emptyView();
  const order = emptyOrder();
  /** The position that a plan steers, and the one beside it on hedging accounts; told apart by the side that it remembers. */
  const mainOf = (i: number, side: number): number => positionOn(i, side, each);

  const look = (moment: Moment, i: number): number => {
    const at = moment.stateAt + i * width;
    const main = mainOf(i, moment.state[at]);
    writeView(view, moment, i, main, positionBeside(main, each));
    view.mostUnits = (most * moment.accounts.equity[moment.lane]) / (view.close * view.unitValue);
    view.pipSize = pips[i];
    view.entropy = moment.entropy === undefined ? NaN : moment.entropy[moment.lane * count + i];
    plan.look(view, moment.state, at);
    return at;
  };
  const isFlat = ({ accounts, lane, market }: Moment, i: number): boolean => {
    const { units } = accounts.ledger;
    const at = lane * market.positions + mainOf(i, 1);
    return units[at] === 0 && (each === 1 || units[at + 1] === 0);
  };
  const clear = (i: number, orders: Float64Array): void => {
    for (let n = 0, at = mainOf(i, 1); n < each; n++) orders[at + n] = 0;
  };
  /** Nothing is held and nothing is wanted: no orders, and nothing is remembered. */
  const rest = ({ state, stateAt }: Moment, i: number, orders: Float64Array): void => {
    clear(i, orders);
    const at = stateAt + i * width;
    if (state[at] !== 0) state.fill(0, at, at + width);
  };
  /** What is legal for a position of side −1, 0 and 1, `[3 × signals]`: while flat always, and else where only the side decides. */
  const legalBySide = Uint8Array.from({ length: 3 * size }, (_, n) => {
    const side = Math.floor(n / size) - 1;
    const held = { ...emptyView(), units: side, hedgeUnits: 0, side, barsHeld: Infinity };
    return plan.legal(held, meaning(space, n % size, side), new Float64Array(width), 0) ? 1 : 0;
  });
  const sideDecides =
    each === 1 && rules.minHoldingBars === 0 && !space.entriesAdd && !space.actions.some(dependsOnMore);

  return {
    name: space.name,
    space: { kind: "discrete", sizes: instruments.map(() => size) },
    masked: true,
    stateWidth: count * width,
    observed: instruments.flatMap(({ symbol }) => plan.observed.map((name) => `${symbol}: ${name}`)),
    asksEntropy: plan.asksEntropy,

    begin(state, at) {
      state.fill(0, at, at + count * width);
    },

    act(moment, actions, actionAt, orders) {
      const { market, accounts, lane, state } = moment;
      for (let i = 0; i < count; i++) {
        const signal = actions[actionAt + i];
        if (!(signal >= 0 && signal < size)) decodeSignal(space, signal);
        if (space.actions[signal] === "HOLD" && isFlat(moment, i)) {
          rest(moment, i, orders);
          continue;
        }
        const at = look(moment, i);
        const before = mainOf(i, state[at]);
        view.stopAtr = stops[signal];
        view.targetAtr = targets[signal];
        plan.decide(view, meaning(space, signal, view.side), state, at, order);
        const after = mainOf(i, state[at]);
        clear(i, orders);
        if (each === 2) orders[positionBeside(before, each)] = order.hedgeUnits;
        if (before === after) orders[before] = order.units;
        else {
          // A turn on a hedging account: the old leg is closed, and what is beyond opens the new one.
          orders[before] = 0 - view.units;
          orders[after] += order.units + view.units;
        }
        const stopAt = lane * market.positions + after;
        if (!Object.is(order.stop, accounts.stop[stopAt]) || !Object.is(order.target, accounts.target[stopAt])) {
          restOrders(market, accounts, lane, after, order.stop, order.target);
        }
      }
    },

    legal(moment, into, at) {
      for (let i = 0; i < count; i++) {
        const to = at + i * size;
        if (sideDecides || isFlat(moment, i)) {
          const { accounts, lane } = moment;
          const from = sideDecides ? (1 + Math.sign(accounts.ledger.units[lane * count + i])) * size : size;
          for (let signal = 0; signal < size; signal++) into[to + signal] = legalBySide[from + signal];
          continue;
        }
        const stateAt = look(moment, i);
        for (let signal = 0; signal < size; signal++) {
          const action = meaning(space, signal, view.side);
          into[to + signal] = plan.legal(view, action, moment.state, stateAt) ? 1 : 0;
        }
      }
    },

    observe(moment, into, at) {
      for (let i = 0; i < count; i++) {
        const to = at + i * seen;
        if (isFlat(moment, i)) {
          for (let n = 0; n < seen; n++) into[to + n] = 0;
          continue;
        }
        const stateAt = look(moment, i);
        plan.observe(view, moment.state, stateAt, into, to);
      }
    },
  };
}

/** Whether such an action is legal depends on more than the side of a position. */
function dependsOnMore(action: PositionAction): boolean {
  return action === "ADD" || action === "SPLIT";
}

/**
 * Fills the view with what the market and the lane's account say of a position at the close. Quotes are in the account's
 * currency, and the view's prices in the instrument's: where one is not the other, the rate turns them back.
 */
function writeView(
  view: PositionView,
  { market, accounts, lane }: Moment,
  i: number,
  main: number,
  beside: number,
): void {
  const { quotes, positions, instruments, contractSize, lotStep } = market;
  const { ledger } = accounts;
  const bar = accounts.bar[lane];
  const quote = bar * instruments + i;
  const at = lane * positions + main;
  const units = ledger.units[at];
  const rate = rateAt(quotes, quote);
  view.units = units;
  view.entryPrice = NaN;
  if (units !== 0) {
    view.entryPrice = quotes.rate === undefined ? ledger.cost[at] / (units * contractSize[i]) : accounts.entryPrice[at];
  }
  view.barsHeld = bar - accounts.entryBar[at];
  view.hedgeUnits = beside < 0 ? 0 : ledger.units[lane * positions + beside];
  view.stop = accounts.stop[at];
  view.target = accounts.target[at];
  view.close = quotes.ownClose === undefined ? quotes.close[quote] : quotes.ownClose[quote];
  view.atr = quotes.atr[quote] / rate;
  view.halfSpread = quotes.halfSpread[quote] / rate;
  view.equity = accounts.equity[lane] / instruments;
  view.unitValue = contractSize[i] * rate;
  view.lotStep = lotStep[i];
}
