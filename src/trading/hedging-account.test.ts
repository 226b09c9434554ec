/** A long and a short leg beside each other at the broker, by hand: each with its own orders, protection, splits and end. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { imbalance } from "#domain/ledger.ts";
import type { Leg } from "#domain/leg.ts";
import { positionTitle } from "#domain/leg.ts";
import type { Bracket, Order, OrderId } from "#domain/order.ts";
import { orderId, protectionId } from "#domain/order.ts";
import { defaultLimits, review } from "#guardian/gate.ts";
import { freeAccount } from "#market/account-rules.ts";
import { freeOfCosts } from "#market/costs.ts";
import type { Dealing, Prices } from "./broker.fixture.ts";
import { dealing, orderFor } from "./broker.fixture.ts";
import type { BrokerSetting } from "./simulated-broker.ts";

const rules = { ...freeAccount, positions: "hedging" } as const;
const still = [100, 100, 100, 100] as const satisfies Prices;

/** Opens and closes legs by name: `long` buys the long leg, `-long` sells of it. */
async function legs(setting: Partial<BrokerSetting> = {}) {
  const made: Dealing = await dealing({ rules, ...setting });
  let id = 0;
  const ask = async (what: `${"" | "-"}${Leg}`, units: number, more: Partial<Order> = {}): Promise<void> => {
    const leg: Leg = what.endsWith("long") ? "long" : "short";
    const grows = !what.startsWith("-");
    const { positions } = await made.broker.account();
    const own = positions[leg === "long" ? 0 : 1];
    const asked = orderFor(grows === (leg === "long") ? "buy" : "sell", units, {
      leg,
      id: `${id++}` as OrderId,
      ...more,
    });
    const { contractSize, units: heldUnits } = own;
    const context = { now: 0, equity: 1e12, heldUnits, besideUnits: 0, contractSize, price: 100, pricedAt: 0 };
    const verdict = review(asked, { ...context, ledgerImbalance: 0 }, defaultLimits(1));
    if (!verdict.approved) throw new Error(JSON.stringify(verdict.denials));
    await made.broker.submit(verdict.order);
  };
  const held = async (): Promise<number[]> => (await made.broker.account()).positions.map(({ units }) => units);
  return { ...made, ask, held };
}

test("both legs are held at once, and together neither gain nor lose", async () => {
  const { broker, pass, ask, held } = await legs();
  await ask("long", 10);
  await ask("short", 10);
  const fills = await pass(still);
  expect(fills.map(({ symbol, leg, side, units }) => [symbol, leg, side, units])).toEqual([
    ["A", "long", "buy", 10],
    ["A", "short", "sell", 10],
  ]);
  expect(await held()).toEqual([10, -10]);
  await pass([100, 130, 90, 120]);
  expect((await broker.account()).equity).toBe(1_000_000);
  expect(imbalance(broker.ledger, 0)).toBe(0);
  await ask("-short", 4);
  await pass([120, 120, 120, 130]);
  expect(await held()).toEqual([10, -6]);
  expect((await broker.account()).equity).toBe(1_000_000 + 4 * 10);
});

test("a leg never turns: what is beyond it is not filled", async () => {
  const { pass, ask, held } = await legs();
  await ask("long", 10);
  await pass(still);
  await ask("-long", 25, { reduceOnly: true });
  expect((await pass(still)).map(({ units }) => units)).toEqual([10]);
  expect(await held()).toEqual([0, 0]);
});

test("a turn closes the one leg before it opens the other, in whatever order it was sent", async () => {
  // All that the account may hold is held: only what is closed first makes room.
  const { pass, ask, held } = await legs({ capital: 1000, rules: { ...rules, leverage: 1 } });
  await ask("short", 10);
  await pass(still);
  await ask("long", 10);
  await ask("-short", 10);
  expect((await pass(still)).map(({ leg, side }) => [leg, side])).toEqual([
    ["short", "buy"],
    ["long", "buy"],
  ]);
  expect(await held()).toEqual([10, 0]);
});

test("volume and fills of a day are there once for both legs", async () => {
  const { pass, ask } = await legs({ costs: { ...freeOfCosts, participation: 0.1 } });
  await ask("long", 20);
  await ask("short", 20);
  expect((await pass([...still, 300])).map(({ units }) => units)).toEqual([20, 10]);
  const once = await legs({ rules: { ...rules, maxTradesPerDay: 1 } });
  await once.ask("long", 20);
  await once.ask("short", 20);
  expect((await once.pass(still)).map(({ leg }) => leg)).toEqual(["long"]);
});

describe("a bracket", () => {
  const bracket: Bracket = { stop: 95, target: 110 };

  test("is of its leg, and ends with it and not with the other", async () => {
    const { broker, pass, ask, held } = await legs();
    await ask("long", 10, { bracket });
    await ask("short", 10, { bracket: { stop: 106, target: 90 } });
    await pass(still);
    expect((await broker.openOrders()).map(({ leg, side, stop }) => [leg, side, stop])).toEqual([
      ["long", "sell", 95],
      ["long", "sell", undefined],
      ["short", "buy", 106],
      ["short", "buy", undefined],
    ]);
    expect((await pass([100, 107, 100, 105])).map(({ leg, price }) => [leg, price])).toEqual([["short", 106]]);
    expect(await held()).toEqual([10, 0]);
    expect((await broker.openOrders()).map(({ leg }) => leg)).toEqual(["long", "long"]);
    expect((await pass([105, 105, 94, 95])).map(({ leg, price }) => [leg, price])).toEqual([["long", 95]]);
    expect(await broker.openOrders()).toEqual([]);
  });

  test("of both legs is reached in one bar, each at its own price", async () => {
    const { pass, ask, held } = await legs();
    await ask("long", 10, { bracket });
    await ask("short", 10, { bracket: { stop: 106, target: 90 } });
    await pass(still);
    expect((await pass([100, 107, 94, 100])).map(({ leg, price }) => [leg, price])).toEqual([
      ["long", 95],
      ["short", 106],
    ]);
    expect(await held()).toEqual([0, 0]);
  });
});

test("a split and a dividend fall on each leg: one is credited, the other debited", async () => {
  const actions = [{ symbol: "A", date: "2024-01-03", split: 2, dividend: 3 }];
  const { broker, pass, ask, held } = await legs({ actions });
  await ask("long", 10);
  await ask("short", 4);
  for (let t = 0; t < 8; t++) await pass(still);
  for (let t = 0; t < 9; t++) await pass([50, 50, 50, 50]);
  expect(await held()).toEqual([20, -8]);
  expect((await broker.account()).equity).toBe(1_000_000 + (20 - 8) * 3);
});

describe("a margin call", () => {
  const called = { ...rules, leverage: 4, maintenance: 0.25 };

  test("counts both legs, closes both, and its fills have ids of their own", async () => {
    // Gross 4,000 on equity of 1,000: the first loss is a call.
    const { pass, ask, held } = await legs({ capital: 1000, rules: called });
    await ask("long", 30);
    await ask("short", 10);
    await pass([100, 100, 99, 99]);
    const fills = await pass(still);
    expect(fills.map(({ orderId: id, units }) => [id.replace(/\d+$/, ""), units])).toEqual([
      ["A-long-liquidation-", 30],
      ["A-short-liquidation-", 10],
    ]);
    expect(await held()).toEqual([0, 0]);
  });

  test("within a bar takes each leg to run against it: more than the bar can do, never less", async () => {
    const { pass, ask, held } = await legs({ capital: 1000, rules: { ...called, liquidation: "within-bar" } });
    await ask("long", 15);
    await ask("short", 15);
    await pass(still);
    await pass([100, 104, 96, 100]);
    expect(await held(), "250 beyond maintenance, and 120 against it").toEqual([15, -15]);
    await pass([100, 112, 90, 100]);
    expect(await held()).toEqual([0, 0]);
  });
});

test("an order that names no leg, or a leg of an account that has none, is refused", async () => {
  const { submit } = await legs();
  await expect(submit(orderFor("buy", 1))).rejects.toThrow("an order names a position of this broker");
  const netting = await dealing();
  await expect(netting.submit(orderFor("buy", 1, { leg: "long" }))).rejects.toThrow("symbol=A, leg=long");
});

test("the same order sent twice is one, and the other leg's at the same moment is another", async () => {
  const { broker, pass, ask, held } = await legs();
  const idOf = (leg: Leg): OrderId => orderId(positionTitle({ symbol: "A", leg }), 0);
  for (const leg of ["long", "short", "long", "short"] as const) await ask(leg, 10, { id: idOf(leg) });
  expect(await broker.openOrders()).toHaveLength(2);
  await pass(still);
  expect(await held()).toEqual([10, -10]);
});

test("no two positions, protections and moments share an id", () => {
  const symbols = ["A", "A-long", "A-short", "A-stop", "A-long-stop", "B"];
  const legOf = fc.constantFrom<Leg>("long", "short");
  const name = fc.constantFrom(undefined, "stop", "target", "liquidation");
  const one = fc.record({ symbol: fc.constantFrom(...symbols), leg: legOf, name, at: fc.constantFrom(1, 12) });
  fc.assert(
    fc.property(one, one, (first, second) => {
      const ids = [first, second].map(({ symbol, leg, name: what, at }) => {
        const title = positionTitle({ symbol, leg });
        if (what === undefined) return orderId(title, at);
        return what === "liquidation" ? orderId(`${title}-liquidation`, at) : protectionId(title, what, at);
      });
      expect(ids[0] === ids[1]).toBe(JSON.stringify(first) === JSON.stringify(second));
    }),
    { numRuns: 2000 },
  );
});
