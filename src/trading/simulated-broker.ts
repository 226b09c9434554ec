/** @file A broker on recorded bars: orders fill at the next open, with the costs, rules and ledger of the simulated market. */
import { invariant } from "#base/invariant.ts";
import type { Bar, Timeframe } from "#domain/bar.ts";
import type { CorporateAction } from "#domain/corporate-action.ts";
import type { Fill } from "#domain/fill.ts";
import type { Instrument } from "#domain/instrument.ts";
import { equity, imbalance } from "#domain/ledger.ts";
import type { Ledger } from "#domain/ledger.ts";
import type { OrderId } from "#domain/order.ts";
import { orderId, signedUnits } from "#domain/order.ts";
import type { ApprovedOrder } from "#guardian/gate.ts";
import { isApproved } from "#guardian/gate.ts";
import type { AccountRules } from "#market/account-rules.ts";
import { freeAccount } from "#market/account-rules.ts";
import type { Costs } from "#market/costs.ts";
import { beginBar, endBar, stopOut, tradeAtOpen } from "#market/execution.ts";
import type { QuoteExtras } from "#market/quotes.ts";
import { quoteStream } from "#market/quotes.ts";
import type { FillStress } from "#market/stress.ts";
import { stressQuotes, withStressColumns } from "#market/stress.ts";
import { createAccounts, createVenue, openLane } from "#market/world.ts";
import type { Account, Broker } from "./broker.ts";

/** A broker that also has to be shown the bars before trading starts, for the ATR of its slippage. */
export interface SimulatedBroker extends Broker {
  /** Takes in a closed bar of each instrument without trading. */
  warmUp(bars: readonly Bar[]): void;
  readonly ledger: Ledger;
}

export interface BrokerSetting {
  readonly instruments: readonly Instrument[];
  readonly timeframe: Timeframe;
  readonly costs: Costs;
  readonly capital: number;
  readonly rules?: AccountRules;
  /** Splits and dividends of raw prices. */
  readonly actions?: readonly CorporateAction[];
  /** Bars that name what is measured of them, for a spread that is to be that of quotes. */
  readonly bars?: QuoteExtras["bars"];
  /** What fills suffer, by bar that it was shown; absent: nothing. */
  readonly fills?: FillStress | undefined;
}

const nothing: readonly Fill[] = [];

/** An account with `capital` in cash and no positions. */
export function simulatedBroker(setting: BrokerSetting): SimulatedBroker {
  const { instruments, timeframe, costs, capital, rules = freeAccount, actions = [], fills } = setting;
  const plain = createVenue(instruments, costs, rules, 1, actions);
  const venue = fills === undefined ? plain : { ...plain, quotes: withStressColumns(plain.quotes) };
  const accounts = createAccounts(venue, 1);
  openLane(venue, accounts, 0, capital);
  const quotes = quoteStream(instruments, timeframe, costs, { actions, currency: rules.currency, bars: setting.bars });
  const { ledger } = accounts;
  const seen = new Set<string>();
  let pending: ApprovedOrder[] = [];

  let shown = 0;
  const show = (bars: readonly Bar[]): void => {
    quotes.next(bars, venue.quotes, 0);
    if (fills !== undefined) stressQuotes(venue.quotes, 0, fills, shown, instruments.length);
    shown++;
  };

  const rateOf = (i: number): number => venue.quotes.rate?.[i] ?? 1;
  const filled = (i: number, units: number, id: OrderId, filledAt: number): Fill[] => {
    if (units === 0) return [];
    const rate = rateOf(i);
    return [
      {
        orderId: id,
        symbol: instruments[i].symbol,
        side: units > 0 ? "buy" : "sell",
        units: Math.abs(units),
        price: accounts.fillPrice[i] / rate,
        referencePrice: accounts.fillReference[i] / rate,
        fee: accounts.fillFee[i],
        filledAt,
        ...(rate !== 1 && { rate }),
      },
    ];
  };
  /** Nobody decided on a liquidation: its id is of the bar in which it happens. */
  const liquidation = (i: number, at: number): OrderId => orderId(`${instruments[i].symbol}-liquidation`, at);

  /** Orders at the open of a bar; a margin call trades every position, ordered or not. */
  const openFills = (openTime: number): Fill[] =>
    instruments.flatMap(({ symbol }, i) => {
      const own = pending.filter((order) => order.symbol === symbol);
      if (accounts.marginCall[0] === 1 && own.length === 0) {
        return filled(i, tradeAtOpen(venue, accounts, 0, 0, i, 0), liquidation(i, openTime), openTime);
      }
      return own.flatMap((order) =>
        filled(i, tradeAtOpen(venue, accounts, 0, 0, i, signedUnits(order)), order.id, openTime),
      );
    });

  const stopOutFills = (openTime: number): Fill[] => {
    accounts.traded.fill(0);
    stopOut(venue, accounts, 0, 0);
    return instruments.flatMap((_, i) => filled(i, accounts.traded[i], liquidation(i, openTime), openTime));
  };

  return {
    ledger,
    warmUp: show,

    async settle(bars) {
      show(bars);
      accounts.bar[0]++;
      beginBar(venue, accounts, 0, 0);
      const { openTime } = bars[0];
      // Most bars fill nothing: no list is made for them.
      let made = pending.length > 0 || accounts.marginCall[0] === 1 ? openFills(openTime) : nothing;
      if (pending.length > 0) pending = [];
      if (rules.maintenance > 0) made = [...made, ...stopOutFills(openTime)];
      endBar(venue, accounts, 0, 0);
      return made;
    },

    async account(): Promise<Account> {
      return {
        equity: equity(ledger, 0),
        peakEquity: accounts.peakEquity[0],
        ledgerImbalance: imbalance(ledger, 0),
        positions: instruments.map(({ symbol, contractSize, lotStep }, i) => ({
          symbol,
          contractSize,
          lotStep,
          units: ledger.units[i],
          cost: ledger.cost[i],
          mark: ledger.mark[i],
          ...(rateOf(i) !== 1 && { rate: rateOf(i) }),
        })),
      };
    },

    async submit(order) {
      invariant(isApproved(order), "a broker takes only what the Guardian approved", { id: order.id });
      invariant(
        instruments.some(({ symbol }) => symbol === order.symbol),
        "an order names an instrument of this broker",
        { symbol: order.symbol },
      );
      if (seen.has(order.id)) return;
      seen.add(order.id);
      pending.push(order);
    },
  };
}
