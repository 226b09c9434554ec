/** @file Orders and made bars for tests of brokers. */
import type { Bar } from "#domain/bar.ts";
import { timeframeMs } from "#domain/bar.ts";
import type { Fill } from "#domain/fill.ts";
import { instrument } from "#domain/instrument.ts";
import type { Order, OrderId, Side } from "#domain/order.ts";
import { defaultLimits, review } from "#guardian/gate.ts";
import type { ApprovedOrder } from "#guardian/gate.ts";
import { freeOfCosts } from "#market/costs.ts";
import type { BrokerSetting, SimulatedBroker } from "./simulated-broker.ts";
import { simulatedBroker } from "./simulated-broker.ts";

/** An order for "A", decided at a close of 100. */
export function orderFor(side: Side, units: number, more: Partial<Order> = {}): Order {
  return { id: "one" as OrderId, symbol: "A", side, units, decisionPrice: 100, decidedAt: 0, ...more };
}

/** As the gate approves it for an account to which it is small. */
export function approved(order: Order, heldUnits = 0): ApprovedOrder {
  const price = order.decisionPrice;
  const context = {
    now: 0,
    equity: 1e12,
    heldUnits,
    besideUnits: 0,
    contractSize: 1,
    price,
    pricedAt: 0,
    ledgerImbalance: 0,
  };
  const verdict = review(order, context, defaultLimits(1));
  if (!verdict.approved) throw new Error(`the gate approves the order of a test: ${JSON.stringify(verdict.denials)}`);
  return verdict.order;
}

/** Open, high, low and close of an hour, and its volume. */
export type Prices = readonly [open: number, high: number, low: number, close: number, volume?: number];

export function hour(t: number, [open, high, low, close, volume = 1000]: Prices): Bar {
  return { openTime: Date.UTC(2024, 0, 2, 15) + t * timeframeMs["1h"], open, high, low, close, volume };
}

export interface Dealing {
  readonly broker: SimulatedBroker;
  /** Why the venue refuses an order; undefined where it takes it. */
  readonly submit: (order: Order) => Promise<string | undefined>;
  /** The next hour passes. */
  readonly pass: (prices: Prices) => Promise<readonly Fill[]>;
  readonly held: () => Promise<number>;
}

/** A broker of the one instrument "A" in lots of 1 at the close of an hour that stood at 100. */
export async function dealing(setting: Partial<BrokerSetting> = {}): Promise<Dealing> {
  const broker = simulatedBroker({
    instruments: [instrument("A", { lotStep: 1 })],
    timeframe: "1h",
    costs: freeOfCosts,
    capital: 1_000_000,
    ...setting,
  });
  let t = 0;
  const pass = (prices: Prices): Promise<readonly Fill[]> => broker.settle([hour(t++, prices)]);
  await pass([100, 100, 100, 100]);
  const held = async (): Promise<number> => (await broker.account()).positions[0].units;
  return { broker, pass, held, submit: async (order) => broker.submit(approved(order, await held())) };
}
