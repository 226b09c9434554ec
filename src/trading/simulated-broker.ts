/** @file A broker on recorded bars: orders fill at the next open, with the costs, rules and ledger of the simulated market. */
import { invariant } from "#base/invariant.ts";
import type { Bar, Timeframe } from "#domain/bar.ts";
import type { Fill } from "#domain/fill.ts";
import type { Instrument } from "#domain/instrument.ts";
import { equity, imbalance } from "#domain/ledger.ts";
import type { Ledger } from "#domain/ledger.ts";
import { signedUnits } from "#domain/order.ts";
import type { ApprovedOrder } from "#guardian/gate.ts";
import { isApproved } from "#guardian/gate.ts";
import type { AccountRules } from "#market/account-rules.ts";
import { freeAccount } from "#market/account-rules.ts";
import type { Costs } from "#market/costs.ts";
import { beginBar, endBar, tradeAtOpen } from "#market/execution.ts";
import { quoteStream } from "#market/quotes.ts";
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
}

const nothing: readonly Fill[] = [];

/** An account with `capital` in cash and no positions. */
export function simulatedBroker(setting: BrokerSetting): SimulatedBroker {
  const { instruments, timeframe, costs, capital, rules = freeAccount } = setting;
  const venue = createVenue(instruments, costs, rules, 1);
  const accounts = createAccounts(venue, 1);
  openLane(venue, accounts, 0, capital);
  const quotes = quoteStream(instruments, timeframe, costs);
  const { ledger } = accounts;
  const seen = new Set<string>();
  let pending: ApprovedOrder[] = [];

  const fill = (order: ApprovedOrder, bars: readonly Bar[]): Fill[] => {
    const i = instruments.findIndex(({ symbol }) => symbol === order.symbol);
    const units = tradeAtOpen(venue, accounts, 0, 0, i, signedUnits(order));
    if (units === 0) return [];
    const { id, symbol, side } = order;
    return [
      {
        orderId: id,
        symbol,
        side,
        units: Math.abs(units),
        price: accounts.fillPrice[i],
        referencePrice: accounts.fillReference[i],
        fee: accounts.fillFee[i],
        filledAt: bars[i].openTime,
      },
    ];
  };

  return {
    ledger,
    warmUp: (bars) => quotes.next(bars, venue.quotes, 0),

    async settle(bars) {
      quotes.next(bars, venue.quotes, 0);
      accounts.bar[0]++;
      beginBar(venue, accounts, 0, 0);
      let fills = nothing;
      if (pending.length > 0) {
        fills = pending.flatMap((order) => fill(order, bars));
        pending = [];
      }
      endBar(venue, accounts, 0, 0);
      return fills;
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
