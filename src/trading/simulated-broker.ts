/** @file A broker on recorded bars: orders fill at the next open, with the costs and the ledger of the simulated market. */
import { invariant } from "#base/invariant.ts";
import type { Bar } from "#domain/bar.ts";
import type { Fill } from "#domain/fill.ts";
import type { Instrument } from "#domain/instrument.ts";
import { createLedger, checkLedger, equity, imbalance, markPosition, openAccount, postFill } from "#domain/ledger.ts";
import type { Ledger } from "#domain/ledger.ts";
import { signedUnits } from "#domain/order.ts";
import { rawAtr } from "#features/indicators/average-true-range.ts";
import type { ApprovedOrder } from "#guardian/gate.ts";
import { isApproved } from "#guardian/gate.ts";
import type { Costs } from "#market/costs.ts";
import { commission, fillPrice } from "#market/costs.ts";
import { slippageAtrPeriod } from "#market/world.ts";
import type { Account, Broker } from "./broker.ts";

/** A broker that also has to be shown the bars before trading starts, for the ATR of its slippage. */
export interface SimulatedBroker extends Broker {
  /** Takes in a closed bar of each instrument without trading. */
  warmUp(bars: readonly Bar[]): void;
  readonly ledger: Ledger;
}

/** An account with `capital` in cash and no positions. */
export function simulatedBroker(instruments: readonly Instrument[], costs: Costs, capital: number): SimulatedBroker {
  const ledger = createLedger(
    1,
    instruments.map(({ contractSize }) => contractSize),
  );
  openAccount(ledger, 0, capital);
  const averages = instruments.map(() => rawAtr(slippageAtrPeriod));
  const atr = new Float64Array(instruments.length);
  const seen = new Set<string>();
  let pending: ApprovedOrder[] = [];
  let peakEquity = capital;

  const fill = (order: ApprovedOrder, bars: readonly Bar[]): Fill => {
    const i = instruments.findIndex(({ symbol }) => symbol === order.symbol);
    const { contractSize } = instruments[i];
    const units = signedUnits(order);
    const referencePrice = bars[i].open;
    const price = fillPrice(referencePrice, Math.sign(units), atr[i], costs);
    const fee = commission(units, price, contractSize, costs);
    postFill(ledger, 0, i, units, price, referencePrice, fee);
    const { id, symbol, side } = order;
    return { orderId: id, symbol, side, units: order.units, price, referencePrice, fee, filledAt: bars[i].openTime };
  };
  const takeIn = (bars: readonly Bar[]): void => bars.forEach((bar, i) => averages[i].next(bar, atr, i));

  return {
    ledger,
    warmUp: takeIn,

    async settle(bars) {
      const fills = pending.map((order) => fill(order, bars));
      pending = [];
      bars.forEach(({ close }, i) => markPosition(ledger, 0, i, close));
      checkLedger(ledger, 0);
      peakEquity = Math.max(peakEquity, equity(ledger, 0));
      takeIn(bars);
      return fills;
    },

    async account(): Promise<Account> {
      return {
        equity: equity(ledger, 0),
        peakEquity,
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
