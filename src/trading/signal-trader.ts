/**
 * @file From signals to orders: the action space and the position plan of the simulated market, run on what a broker says of the
 * account. All that it remembers is a list of numbers.
 */
import { invariant } from "#base/invariant.ts";
import type { Bar, Timeframe } from "#domain/bar.ts";
import type { CorporateAction } from "#domain/corporate-action.ts";
import type { Fill } from "#domain/fill.ts";
import type { Instrument } from "#domain/instrument.ts";
import { isSamePosition, positionTitle } from "#domain/leg.ts";
import type { Bracket, Order, OrderId, Pricing } from "#domain/order.ts";
import { orderId, protectionId, signedUnits } from "#domain/order.ts";
import { accountWidth } from "#market/account.ts";
import type { AccountRules } from "#market/account-rules.ts";
import type { Moment } from "#market/acting.ts";
import type { SignalSettings } from "#market/action-spaces.ts";
import { freeOfCosts } from "#market/costs.ts";
import { positionInTurn, positionNames } from "#market/positions.ts";
import { quoteStream } from "#market/quotes.ts";
import { signalActing } from "#market/signal-acting.ts";
import { encodeSignal } from "#market/signal-space.ts";
import { defaultSizing } from "#market/sizing.ts";
import { createAccounts, createVenue, observeAccount } from "#market/world.ts";
import type { Account, OpenOrder } from "./broker.ts";

export interface SignalTraderSetting extends SignalSettings {
  readonly instruments: readonly Instrument[];
  readonly timeframe: Timeframe;
  readonly rules: AccountRules;
  /** Splits of raw prices. */
  readonly actions?: readonly CorporateAction[];
}

/** What is to be done about one position. */
interface Change {
  readonly orders: readonly Order[];
  /** Orders that rest, and that end once those which take their place are taken. */
  readonly replaces: readonly OrderId[];
}

/** What a policy of signals sees beside the bars and the features. */
interface SignalView {
  /** The account's numbers, then those of the plan. */
  readonly account: Float32Array;
  /** 1 for each signal that is legal now, in the layout of the logits. */
  readonly legal: Uint8Array;
}

export interface SignalTrader {
  /** Takes in a closed bar of each instrument without trading, for its ATR. */
  warmUp(bars: readonly Bar[]): void;
  /** Takes in a closed bar with what was filled in it, the account and the orders at its close. */
  look(bars: readonly Bar[], fills: readonly Fill[], account: Account, open: readonly OpenOrder[]): void;
  view(): SignalView;
  /**
   * Orders for a word of each instrument; once a bar, after `look`.
   * @param entropy of the policy, H(π) / ln(number of legal actions) for each instrument; absent where it is not known
   * @throws InvariantBroken where a word is not legal
   */
  decide(
    signals: readonly string[],
    entropy: readonly number[] | undefined,
    bars: readonly Bar[],
    at: number,
  ): Change[];
  /** All that it remembers, to be written down; `restore` takes it back. */
  memory(): number[];
  restore(memory: readonly number[]): void;
}

/**
 * A trader's plan for an account that is flat.
 * @throws Failure config/invalid where the account cannot do the plan
 */
export function signalTrader(setting: SignalTraderSetting): SignalTrader {
  const { instruments, timeframe, rules, space, plan, actions = [] } = setting;
  const count = instruments.length;
  const acting = signalActing(space, instruments, plan, rules);
  // Costs are the broker's: of the quotes only prices and the ATR are looked at, and the spread that the broker tells.
  const venue = { ...createVenue(instruments, freeOfCosts, rules, 1, actions), sizing: defaultSizing };
  const { quotes, positions, positionsEach, instrumentOf } = venue;
  const names = positionNames(instruments, rules);
  const stream = quoteStream(instruments, timeframe, freeOfCosts, { actions, currency: rules.currency });
  const accounts = createAccounts(venue, 1);
  const { ledger } = accounts;
  const moment: Moment = {
    market: venue,
    accounts,
    lane: 0,
    state: new Float64Array(acting.stateWidth),
    stateAt: 0,
    entropy: new Float32Array(count),
  };
  acting.begin(moment.state, 0);
  const barsHeld = new Float64Array(positions);
  const units = new Float64Array(positions);
  const traded = new Float64Array(positions);
  const resting: OrderId[][] = names.map(() => []);
  const own = accountWidth(positions);

  /** Bars since each position was opened or turned, as fills tell. */
  const age = (fills: readonly Fill[]): void => {
    for (let p = 0; p < positions; p++) {
      barsHeld[p]++;
      if (quotes.split !== undefined) units[p] *= quotes.split[instrumentOf[p]];
    }
    for (const fill of fills) {
      const p = names.findIndex((name) => isSamePosition(name, fill));
      if (p < 0) continue;
      const before = units[p];
      units[p] += signedUnits(fill);
      if (before * units[p] <= 0) barsHeld[p] = 0;
    }
  };
  /** `[I]`: 1 where an order is on its way. */
  const waits = new Uint8Array(count);
  const protections = (open: readonly OpenOrder[]): void => {
    accounts.stop.fill(NaN);
    accounts.target.fill(NaN);
    for (const ids of resting) ids.length = 0;
    waits.fill(0);
    for (const order of open) {
      const { id, side, pricing, stop, reduceOnly } = order;
      const p = names.findIndex((name) => isSamePosition(name, order));
      if (p < 0) continue;
      if (pricing === undefined) waits[instrumentOf[p]] = 1;
      if (!reduceOnly || pricing === undefined) continue;
      resting[p].push(id);
      const away = side === "sell" ? 1 : -1;
      // Where several rest, the one that the price comes to first.
      if (stop !== undefined && !(away * (accounts.stop[p] - stop) >= 0)) accounts.stop[p] = stop;
      if (pricing.kind === "limit" && !(away * (pricing.limit - accounts.target[p]) >= 0)) {
        accounts.target[p] = pricing.limit;
      }
    }
  };
  const stopsBefore = new Float64Array(positions);
  const targetsBefore = new Float64Array(positions);
  /** The plan, too, leaves a position as it is while an order of its instrument is on its way: it would ask for the same again. */
  const leave = (p: number, remembered: Float64Array): void => {
    const [width, i] = [acting.stateWidth / count, instrumentOf[p]];
    moment.state.set(remembered.subarray(i * width, (i + 1) * width), i * width);
    traded[p] = 0;
    accounts.stop[p] = stopsBefore[p];
    accounts.target[p] = targetsBefore[p];
  };

  /** What one position needs so that its units are traded and its stop and target rest. */
  const changeOf = (p: number, close: number, at: number): Change | undefined => {
    const [held, wanted] = [ledger.units[p], traded[p]];
    const [stop, target] = [accounts.stop[p], accounts.target[p]];
    const moved = !Object.is(stop, stopsBefore[p]) || !Object.is(target, targetsBefore[p]);
    if (wanted === 0 && !moved) return undefined;
    const title = positionTitle(names[p]);
    const after = held + wanted;
    const shared = { ...names[p], decisionPrice: close, decidedAt: at };
    const side = wanted > 0 ? "buy" : "sell";
    const market = { ...shared, id: orderId(title, at), side, units: Math.abs(wanted) } as const;
    const bracket: Bracket = {
      ...(Number.isNaN(stop) ? {} : { stop }),
      ...(Number.isNaN(target) ? {} : { target }),
    };
    const protects = bracket.stop !== undefined || bracket.target !== undefined;
    if (held * after <= 0 && after !== 0) {
      return { orders: [protects ? { ...market, bracket } : market], replaces: [...resting[p]] };
    }
    const grows = Math.abs(after) > Math.abs(held);
    const entry = wanted === 0 ? [] : [market];
    if (held === 0 || !(moved || (grows && protects))) return { orders: entry, replaces: [] };
    const protection = (name: keyof Bracket, pricing: Pricing): Order => ({
      ...shared,
      id: protectionId(title, name, at),
      side: held > 0 ? "sell" : "buy",
      // What makes a position smaller may be filled in part: whatever is then held is protected.
      units: Math.max(Math.abs(held), Math.abs(after)),
      pricing,
      reduceOnly: true,
      ocoGroup: orderId(title, at),
    });
    const orders: Order[] = [...entry];
    if (bracket.stop !== undefined) orders.push(protection("stop", { kind: "stop", stop }));
    if (bracket.target !== undefined) orders.push(protection("target", { kind: "limit", limit: target }));
    return { orders, replaces: [...resting[p]] };
  };

  return {
    warmUp: (bars) => stream.next(bars, quotes, 0),

    look(bars, fills, account, open) {
      const found = account.positions.length;
      if (found !== positions)
        invariant(false, "a trader and its broker have the same positions", { positions, found });
      stream.next(bars, quotes, 0);
      age(fills);
      accounts.equity[0] = account.equity;
      accounts.peakEquity[0] = account.peakEquity;
      for (let p = 0; p < positions; p++) {
        const position = account.positions[p];
        units[p] = position.units;
        ledger.units[p] = position.units;
        ledger.cost[p] = position.cost;
        ledger.mark[p] = position.mark;
        const { entryPrice } = position;
        const told = quotes.rate === undefined || position.units === 0 || entryPrice !== undefined;
        invariant(told, "a broker tells what a position in another currency was bought at", {
          symbol: position.symbol,
        });
        accounts.entryPrice[p] = entryPrice ?? NaN;
        quotes.halfSpread[instrumentOf[p]] = position.halfSpread;
        accounts.entryBar[p] = -barsHeld[p];
      }
      protections(open);
    },

    view() {
      const account = new Float32Array(own + acting.observed.length);
      observeAccount(venue, accounts, 0, account, 0);
      acting.observe(moment, account, own);
      const legal = new Uint8Array(count * space.words.length);
      acting.legal(moment, legal, 0);
      // While an order is on its way nobody knows the position that the next one would be for.
      const words = space.words.length;
      for (let i = 0; i < count; i++) if (waits[i] === 1) legal.fill(0, i * words + 1, (i + 1) * words);
      return { account, legal };
    },

    decide(signals, entropy, bars, at) {
      invariant(signals.length === count, "there is a signal for each instrument", { signals: signals.length, count });
      moment.entropy?.fill(NaN);
      if (entropy !== undefined) moment.entropy?.set(entropy);
      stopsBefore.set(accounts.stop);
      targetsBefore.set(accounts.target);
      const chosen = signals.map((word) => encodeSignal(space, word));
      invariant(
        chosen.every((signal, i) => signal === 0 || waits[i] === 0),
        "an instrument whose order is on its way is left as it is",
        { signals: signals.join(" ") },
      );
      const remembered = moment.state.slice();
      acting.act(moment, chosen, 0, traded);
      for (let p = 0; p < positions; p++) if (waits[instrumentOf[p]] === 1) leave(p, remembered);
      return names.flatMap((_, nth) => {
        const p = positionInTurn(nth, traded, positionsEach);
        return changeOf(p, bars[instrumentOf[p]].close, at) ?? [];
      });
    },

    memory: () => [...moment.state, ...barsHeld, ...units],

    restore(memory) {
      const width = acting.stateWidth;
      invariant(memory.length === width + 2 * positions, "a memory is of this plan and these positions", {
        numbers: memory.length,
        needed: width + 2 * positions,
      });
      moment.state.set(memory.slice(0, width));
      barsHeld.set(memory.slice(width, width + positions));
      units.set(memory.slice(width + positions));
    },
  };
}
