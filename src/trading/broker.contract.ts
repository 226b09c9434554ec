/** @file What every broker must do, simulated or real; the test of each calls it. */
import { describe, expect, test } from "vitest";
import type { Fill } from "#domain/fill.ts";
import { balanceTolerance } from "#domain/ledger.ts";
import type { Order, OrderId } from "#domain/order.ts";
import type { Broker } from "./broker.ts";
import { approved, orderFor } from "./broker.fixture.ts";

export interface BrokerUnderTest {
  /** Flat, with an instrument "A" that stands at about 100 and is liquid at 3 units a bar. */
  readonly broker: Broker;
  /** A bar passes in which the price stays within 10 of 100. */
  readonly pass: () => Promise<readonly Fill[]>;
}

export function brokerContract(name: string, create: () => Promise<BrokerUnderTest>): void {
  const named = (id: string, order: Order): Order => ({ ...order, id: id as OrderId });
  const far = (id: string): Order => named(id, orderFor("buy", 3, { pricing: { kind: "limit", limit: 10 } }));
  const held = async (broker: Broker): Promise<number> => (await broker.account()).positions[0].units;

  describe(`${name} is a broker:`, () => {
    test("an order at the market is filled once, however often it is submitted", async () => {
      const { broker, pass } = await create();
      const order = approved(orderFor("buy", 3));
      for (let n = 0; n < 3; n++) expect(await broker.submit(order)).toBeUndefined();
      const fills = await pass();
      expect(fills).toMatchObject([{ orderId: order.id, symbol: "A", side: "buy", units: 3 }]);
      await broker.submit(order);
      expect(await pass()).toEqual([]);
      expect(await held(broker)).toBe(3);
      expect(await broker.openOrders()).toEqual([]);
    });

    test("an order that rests is listed until it is cancelled, and then it is dead for good", async () => {
      const { broker, pass } = await create();
      await broker.submit(approved(far("far")));
      const listed = { id: "far", symbol: "A", side: "buy", units: 3, pricing: { kind: "limit", limit: 10 } };
      expect(await broker.openOrders()).toMatchObject([listed]);
      expect(await pass()).toEqual([]);
      expect(await broker.openOrders()).toMatchObject([listed]);
      await broker.cancel("far" as OrderId);
      await broker.cancel("far" as OrderId);
      expect(await broker.openOrders()).toEqual([]);
      await broker.submit(approved(far("far")));
      expect(await broker.openOrders()).toEqual([]);
    });

    test("nothing happens to the others where an order is cancelled, known or not", async () => {
      const { broker } = await create();
      await broker.submit(approved(far("one")));
      await broker.submit(approved(far("other")));
      await broker.cancel("one" as OrderId);
      await broker.cancel("never seen" as OrderId);
      expect((await broker.openOrders()).map(({ id }) => id)).toEqual(["other"]);
    });

    test("an order that only reduces never turns a position, and dies with it", async () => {
      const { broker, pass } = await create();
      await broker.submit(approved(orderFor("buy", 2)));
      await pass();
      await broker.submit(approved(named("out", orderFor("sell", 5, { reduceOnly: true })), 2));
      expect(await pass()).toMatchObject([{ side: "sell", units: 2 }]);
      expect(await held(broker)).toBe(0);
      await broker.submit(approved(named("nothing", orderFor("sell", 5, { reduceOnly: true })), 2));
      expect(await pass()).toEqual([]);
      expect(await broker.openOrders()).toEqual([]);
    });

    test("a bracket protects what was filled of its entry, and goes with the position", async () => {
      const { broker, pass } = await create();
      await broker.submit(approved(orderFor("buy", 3, { bracket: { stop: 50, target: 150 } })));
      expect(await broker.openOrders(), "nothing rests before there is a position").toHaveLength(1);
      await pass();
      expect(await broker.openOrders()).toMatchObject([
        { side: "sell", units: 3, stop: 50, reduceOnly: true },
        { side: "sell", units: 3, pricing: { kind: "limit", limit: 150 }, reduceOnly: true },
      ]);
      await broker.submit(approved(named("out", orderFor("sell", 3)), 3));
      await pass();
      expect(await broker.openOrders()).toEqual([]);
    });

    test("an order that the Guardian never saw, or that was changed since, is refused", async () => {
      const { broker } = await create();
      const copied = { ...approved(orderFor("buy", 1)), units: 1e9 };
      await expect(broker.submit(copied)).rejects.toThrow("approved");
      // A cast to `never` passes any compiler.
      await expect(broker.submit(orderFor("buy", 1) as never)).rejects.toThrow("only what the Guardian approved");
      expect(await broker.openOrders()).toEqual([]);
    });

    test("an order for an instrument that it does not have is refused", async () => {
      const { broker } = await create();
      await expect(broker.submit(approved(orderFor("buy", 1, { symbol: "none" })))).rejects.toThrow("symbol=none");
    });

    test("the account names every instrument, its books balance, its peak is no lower than its equity", async () => {
      const { broker, pass } = await create();
      await broker.submit(approved(orderFor("buy", 3)));
      for (let n = 0; n < 3; n++) {
        const { equity, peakEquity, ledgerImbalance, positions } = await broker.account();
        expect(peakEquity).toBeGreaterThanOrEqual(equity);
        expect(ledgerImbalance).toBeLessThanOrEqual(balanceTolerance);
        expect(positions[0]).toMatchObject({ symbol: "A" });
        expect(Object.values(positions[0]).every((value) => !Number.isNaN(value))).toBe(true);
        await pass();
      }
    });

    test("the account tells what was paid for what is held wherever a currency is converted, and of nothing held", async () => {
      const { broker, pass } = await create();
      expect((await broker.account()).positions[0].entryPrice).toBeUndefined();
      await broker.submit(approved(orderFor("buy", 2)));
      const [first] = await pass();
      await broker.submit(approved(named("more", orderFor("buy", 1)), 1));
      const [second] = await pass();
      const { positions } = await broker.account();
      const paid = (2 * first.price + second.price) / 3;
      const [{ entryPrice, cost, rate, contractSize }] = positions;
      if (positions.every((position) => position.rate === undefined)) {
        // Without a rate what it cost says the same.
        expect(entryPrice ?? cost / (3 * contractSize)).toBeCloseTo(paid, 9);
      } else {
        expect(entryPrice, `at a rate of ${rate}`).toBeCloseTo(paid, 9);
      }
      await broker.submit(approved(named("out", orderFor("sell", 3)), 3));
      await pass();
      expect((await broker.account()).positions[0].entryPrice).toBeUndefined();
    });
  });
}
