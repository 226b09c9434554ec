import { describe, expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";
import type { Bar } from "#domain/bar.ts";
import { instrument } from "#domain/instrument.ts";
import type { Order, Side } from "#domain/order.ts";
import { orderId } from "#domain/order.ts";
import { barsAt } from "#domain/universe.ts";
import { atrColumn } from "#features/indicators/average-true-range.ts";
import type { ApprovedOrder } from "#guardian/gate.ts";
import { defaultLimits, review } from "#guardian/gate.ts";
import { commission, fillPrice, freeOfCosts } from "#market/costs.ts";
import { freeAccount } from "#market/account-rules.ts";
import { advanceLane, createAccounts, createMarket, startLane } from "#market/world.ts";
import { slippageAtrPeriod } from "#market/quotes.ts";
import type { SimulatedBroker } from "./simulated-broker.ts";
import { simulatedBroker } from "./simulated-broker.ts";

const instruments = [instrument("A"), instrument("B", { contractSize: 100 })];
const costs = { spreadBps: 10, slippageAtr: 0.1, commissionBps: 5 };
const walk = randomWalk({ bars: 60, seed: 3, volatility: 0.02, instruments: 2 });

function order(symbol: string, side: Side, units: number, decidedAt = 0): Order {
  return { id: orderId(symbol, decidedAt), symbol, side, units, decisionPrice: 100, decidedAt };
}

function approved(asked: Order): ApprovedOrder {
  const context = {
    now: 0,
    equity: 1e9,
    heldUnits: 0,
    besideUnits: 0,
    contractSize: 1,
    price: 1,
    pricedAt: 0,
    ledgerImbalance: 0,
  };
  const verdict = review(asked, context, defaultLimits(1));
  if (!verdict.approved) throw new Error("the order of this test is within the limits");
  return verdict.order;
}

/** A broker that has seen the bars before `t`, with bar t settled. */
async function brokerAt(t: number): Promise<SimulatedBroker> {
  const broker = simulatedBroker({ instruments, timeframe: "1d", costs, capital: 100_000 });
  for (let at = 0; at < t; at++) broker.warmUp(barsAt(walk, at));
  await broker.settle(barsAt(walk, t));
  return broker;
}

const still = (openTime: number, price: number): Bar[] =>
  instruments.map(() => ({ openTime, open: price, high: price, low: price, close: price, volume: 0 }));

describe("an order", () => {
  test("fills at the next open, at the costs of the market and the ATR of the decision bar", async () => {
    const broker = await brokerAt(40);
    await broker.submit(approved(order("A", "buy", 30)));
    await broker.submit(approved(order("B", "sell", 2)));
    const fills = await broker.settle(barsAt(walk, 41));
    const expected = [
      { symbol: "A", side: "buy", units: 30, signed: 30, size: 1 },
      { symbol: "B", side: "sell", units: 2, signed: -2, size: 100 },
    ].map(({ symbol, side, units, signed, size }, i) => {
      const referencePrice = walk.bars[i].open[41];
      const half = referencePrice * costs.spreadBps * 0.5e-4;
      const slippage = costs.slippageAtr * atrColumn(walk.bars[i], slippageAtrPeriod)[40];
      const price = fillPrice(referencePrice, Math.sign(signed), half, slippage);
      const fee = commission(signed, price, size, costs);
      return { orderId: `${symbol}-0`, symbol, side, units, price, referencePrice, fee, filledAt: walk.openTime[41] };
    });
    expect(fills).toEqual(expected);
    expect(fills[0].price).toBeGreaterThan(fills[0].referencePrice);
    expect(fills[1].price).toBeLessThan(fills[1].referencePrice);
    expect(await broker.settle(barsAt(walk, 42)), "once").toEqual([]);
  });

  test("changes nothing before that", async () => {
    const broker = await brokerAt(40);
    const { positions, ...before } = await broker.account();
    await broker.submit(approved(order("A", "buy", 30)));
    const [ordered, other] = positions;
    expect(await broker.account()).toEqual({ ...before, positions: [{ ...ordered, unitsUnderWay: 30 }, other] });
  });

  test("is filled once, however often it is submitted", async () => {
    const broker = await brokerAt(40);
    const twice = approved(order("A", "buy", 30));
    await broker.submit(twice);
    await broker.submit(twice);
    expect(await broker.settle(barsAt(walk, 41))).toHaveLength(1);
    await broker.submit(twice);
    await broker.submit(approved(order("A", "buy", 99)));
    expect(await broker.settle(barsAt(walk, 42)), "nor again once it was filled, whatever it says now").toEqual([]);
    expect((await broker.account()).positions[0].units).toBe(30);
  });

  test("is refused where the Guardian never saw it", async () => {
    const broker = await brokerAt(40);
    // A cast to `never` passes any compiler; what stops it is the broker's own check.
    await expect(broker.submit(order("A", "buy", 30) as never)).rejects.toThrow("only what the Guardian approved");
    const copied = { ...approved(order("A", "buy", 30)), units: 1e9 };
    await expect(broker.submit(copied), "a changed copy keeps the type and not the approval").rejects.toThrow(
      "approved",
    );
    expect(await broker.settle(barsAt(walk, 41))).toEqual([]);
  });

  test("is refused by the compiler where it is a plain one", async () => {
    const broker = await brokerAt(40);
    // @ts-expect-error a plain order: this line must never compile
    await expect(broker.submit(order("A", "buy", 30))).rejects.toThrow();
  });

  test("is refused for an instrument that this broker does not have", async () => {
    const broker = await brokerAt(40);
    await expect(broker.submit(approved(order("C", "buy", 1)))).rejects.toThrow("symbol=C");
  });
});

describe("the account", () => {
  test("starts flat with the capital, and names every instrument in order", async () => {
    expect(await simulatedBroker({ instruments, timeframe: "1d", costs, capital: 5000 }).account()).toEqual({
      equity: 5000,
      peakEquity: 5000,
      ledgerImbalance: 0,
      positions: [
        {
          symbol: "A",
          contractSize: 1,
          lotStep: 0.000001,
          units: 0,
          cost: 0,
          mark: 0,
          unitsUnderWay: 0,
          halfSpread: 0,
        },
        {
          symbol: "B",
          contractSize: 100,
          lotStep: 0.000001,
          units: 0,
          cost: 0,
          mark: 0,
          unitsUnderWay: 0,
          halfSpread: 0,
        },
      ],
    });
  });

  test("is marked at each close and remembers its highest equity", async () => {
    const broker = simulatedBroker({ instruments, timeframe: "1d", costs: freeOfCosts, capital: 10_000 });
    await broker.settle(still(0, 100));
    await broker.submit(approved(order("A", "buy", 50)));
    const equities: number[][] = [];
    for (const [t, price] of [100, 120, 90].entries()) {
      await broker.settle(still(t + 1, price));
      const { equity, peakEquity } = await broker.account();
      equities.push([equity, peakEquity]);
    }
    expect(equities).toEqual([
      [10_000, 10_000],
      [11_000, 11_000],
      [9500, 11_000],
    ]);
    expect((await broker.account()).positions[0]).toMatchObject({ units: 50, cost: 5000, mark: 90 });
  });

  test("throws instead of trading on books that do not balance", async () => {
    const broker = await brokerAt(40);
    broker.ledger.cash[0] += 1;
    await expect(broker.settle(barsAt(walk, 41))).rejects.toThrow("the ledger balances");
  });
});

describe("costs, rules and corporate actions all at once", () => {
  const hourly = randomWalk({ bars: 300, seed: 12, volatility: 0.02, instruments: 2, timeframe: "1h" });
  const all = {
    spreadBps: 2,
    spreadPips: 0.1,
    slippageAtr: 0.1,
    slippageRange: 0.5,
    commissionBps: 1,
    commissionMinimum: 0.5,
    impact: 0.5,
    participation: 0.3,
    borrowBps: 200,
    swapLongPips: 0.3,
    swapShortPips: -0.1,
    fundingBps: 1,
  };
  const settings = {
    ...hourly,
    // A share in euros in an account in dollars, and the pair that gives the rate.
    instruments: [
      { ...hourly.instruments[0], pipSize: 0.01, currency: "EUR" },
      { ...hourly.instruments[1], pipSize: 0.01, symbol: "EURUSD", assetClass: "currency" as const },
    ],
    actions: [
      { symbol: "S1", date: "2000-01-05", split: 3 },
      { symbol: "S1", date: "2000-01-07", dividend: 1.5 },
      { symbol: "S1", date: "2000-01-09", dividend: 0.5, split: 0.5 },
    ],
  };
  const rules = {
    ...freeAccount,
    leverage: 25,
    maintenance: 0.03,
    minHoldingBars: 2,
    maxTradesPerDay: 9,
    currency: "USD",
  };

  test.each(["within-bar", "next-open"] as const)(
    "the broker has the market's equity at every bar, to the bit, liquidations %s included",
    async (liquidation) => {
      const account = { ...rules, liquidation };
      const market = createMarket(settings, all, { rebalanceBand: 0 }, account);
      const accounts = createAccounts(market, 1);
      startLane(market, accounts, 0, 0, 50_000);
      const broker = simulatedBroker({ ...settings, costs: all, capital: 50_000, rules: account });
      broker.warmUp(barsAt(settings, 0));
      let liquidated = 0;
      for (let t = 1; t < 300; t++) {
        const orders = [t % 5 === 1 ? 60 : 0, t % 7 === 1 ? -5000 : t % 7 === 4 ? 2500 : 0];
        for (const [i, units] of orders.entries()) {
          if (units === 0) continue;
          const side = units > 0 ? "buy" : "sell";
          await broker.submit(approved(order(settings.instruments[i].symbol, side, Math.abs(units), t)));
        }
        const fills = await broker.settle(barsAt(settings, t));
        liquidated += fills.filter(({ orderId: id }) => id.includes("liquidation")).length;
        advanceLane(market, accounts, 0, orders);
        const { equity, positions } = await broker.account();
        expect(equity).toBe(accounts.equity[0]);
        expect(positions.map(({ units }) => units)).toEqual([...accounts.ledger.units]);
      }
      expect(liquidated, "it did come to that").toBeGreaterThan(0);
      expect(broker.ledger).toEqual(accounts.ledger);
    },
  );
});
