/**
 * @file From signals to orders: the action space and the position plan of the simulated market, run on what a broker says of the
 * account. All that it remembers is a list of numbers.
 */
import { Failure } from "#base/failure.ts";
import { invariant } from "#base/invariant.ts";
import type { Bar, Timeframe } from "#domain/bar.ts";
import type { CorporateAction } from "#domain/corporate-action.ts";
import type { Fill } from "#domain/fill.ts";
import type { Instrument } from "#domain/instrument.ts";
import type { Bracket, Order, OrderId, Pricing } from "#domain/order.ts";
import { orderId, protectionId, signedUnits } from "#domain/order.ts";
import { accountWidth } from "#market/account.ts";
import type { AccountRules } from "#market/account-rules.ts";
import type { Moment } from "#market/acting.ts";
import type { SignalSettings } from "#market/action-spaces.ts";
import { freeOfCosts } from "#market/costs.ts";
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

/** What is to be done about one instrument. */
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
  if (rules.positions === "hedging") {
    const found = `account.positions: the trader holds one position in each instrument; found ${rules.positions}`;
    throw new Failure("config/invalid", found);
  }
  const count = instruments.length;
  const acting = signalActing(space, instruments, plan, rules);
  // Costs are the broker's: of the quotes only prices and the ATR are looked at, and the spread that the broker tells.
  const venue = { ...createVenue(instruments, freeOfCosts, rules, 1, actions), sizing: defaultSizing };
  const { quotes } = venue;
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
  const barsHeld = new Float64Array(count);
  const units = new Float64Array(count);
  const traded = new Float64Array(count);
  const resting: OrderId[][] = instruments.map(() => []);
  const indexOf = new Map(instruments.map(({ symbol }, i) => [symbol, i]));
  const own = accountWidth(count);

  /** Bars since each position was opened or turned, as fills tell. */
  const age = (fills: readonly Fill[]): void => {
    for (let i = 0; i < count; i++) {
      barsHeld[i]++;
      if (quotes.split !== undefined) units[i] *= quotes.split[i];
    }
    for (const fill of fills) {
      const i = indexOf.get(fill.symbol);
      if (i === undefined) continue;
      const before = units[i];
      units[i] += signedUnits(fill);
      if (before * units[i] <= 0) barsHeld[i] = 0;
    }
  };
  const waits = new Uint8Array(count);
  const protections = (open: readonly OpenOrder[]): void => {
    accounts.stop.fill(NaN);
    accounts.target.fill(NaN);
    for (const ids of resting) ids.length = 0;
    waits.fill(0);
    for (const { id, symbol, side, pricing, stop, reduceOnly } of open) {
      const i = indexOf.get(symbol);
      if (i === undefined) continue;
      if (pricing === undefined) waits[i] = 1;
      if (!reduceOnly || pricing === undefined) continue;
      resting[i].push(id);
      const away = side === "sell" ? 1 : -1;
      // Where several rest, the one that the price comes to first.
      if (stop !== undefined && !(away * (accounts.stop[i] - stop) >= 0)) accounts.stop[i] = stop;
      if (pricing.kind === "limit" && !(away * (pricing.limit - accounts.target[i]) >= 0)) {
        accounts.target[i] = pricing.limit;
      }
    }
  };
  const stopsBefore = new Float64Array(count);
  const targetsBefore = new Float64Array(count);

  /** What one instrument needs so that its units are traded and its stop and target rest. */
  const changeOf = (i: number, close: number, at: number): Change | undefined => {
    const [held, wanted] = [ledger.units[i], traded[i]];
    const [stop, target] = [accounts.stop[i], accounts.target[i]];
    const moved = !Object.is(stop, stopsBefore[i]) || !Object.is(target, targetsBefore[i]);
    if (wanted === 0 && !moved) return undefined;
    const { symbol } = instruments[i];
    const after = held + wanted;
    const shared = { symbol, decisionPrice: close, decidedAt: at };
    const side = wanted > 0 ? "buy" : "sell";
    const market = { ...shared, id: orderId(symbol, at), side, units: Math.abs(wanted) } as const;
    const bracket: Bracket = {
      ...(Number.isNaN(stop) ? {} : { stop }),
      ...(Number.isNaN(target) ? {} : { target }),
    };
    const protects = bracket.stop !== undefined || bracket.target !== undefined;
    if (held * after <= 0 && after !== 0) {
      return { orders: [protects ? { ...market, bracket } : market], replaces: [...resting[i]] };
    }
    const grows = Math.abs(after) > Math.abs(held);
    const entry = wanted === 0 ? [] : [market];
    if (held === 0 || !(moved || (grows && protects))) return { orders: entry, replaces: [] };
    const leg = (name: keyof Bracket, pricing: Pricing): Order => ({
      ...shared,
      id: protectionId(symbol, name, at),
      side: held > 0 ? "sell" : "buy",
      // What makes a position smaller may be filled in part: whatever is then held is protected.
      units: Math.max(Math.abs(held), Math.abs(after)),
      pricing,
      reduceOnly: true,
      ocoGroup: orderId(symbol, at),
    });
    const orders: Order[] = [...entry];
    if (bracket.stop !== undefined) orders.push(leg("stop", { kind: "stop", stop }));
    if (bracket.target !== undefined) orders.push(leg("target", { kind: "limit", limit: target }));
    return { orders, replaces: [...resting[i]] };
  };

  return {
    warmUp: (bars) => stream.next(bars, quotes, 0),

    look(bars, fills, account, open) {
      stream.next(bars, quotes, 0);
      age(fills);
      accounts.equity[0] = account.equity;
      accounts.peakEquity[0] = account.peakEquity;
      for (let i = 0; i < count; i++) {
        const position = account.positions[i];
        units[i] = position.units;
        ledger.units[i] = position.units;
        ledger.cost[i] = position.cost;
        ledger.mark[i] = position.mark;
        const { entryPrice } = position;
        const told = quotes.rate === undefined || position.units === 0 || entryPrice !== undefined;
        invariant(told, "a broker tells what a position in another currency was bought at", {
          symbol: position.symbol,
        });
        accounts.entryPrice[i] = entryPrice ?? NaN;
        quotes.halfSpread[i] = position.halfSpread;
        accounts.entryBar[i] = -barsHeld[i];
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
      acting.act(moment, chosen, 0, traded);
      return instruments.flatMap((_, i) => changeOf(i, bars[i].close, at) ?? []);
    },

    memory: () => [...moment.state, ...barsHeld, ...units],

    restore(memory) {
      const width = acting.stateWidth;
      invariant(memory.length === width + 2 * count, "a memory is of this plan and these instruments", {
        numbers: memory.length,
        needed: width + 2 * count,
      });
      moment.state.set(memory.slice(0, width));
      barsHeld.set(memory.slice(width, width + count));
      units.set(memory.slice(width + count));
    },
  };
}
