/** Known answers by hand: what volume, time, the venue and the account do to orders. */
import { describe, expect, test } from "vitest";
import type { Fill } from "#domain/fill.ts";
import type { Bracket, OrderId } from "#domain/order.ts";
import { freeAccount } from "#market/account-rules.ts";
import { freeOfCosts } from "#market/costs.ts";
import { dealing, orderFor } from "./broker.fixture.ts";

const limit = (level: number) => ({ pricing: { kind: "limit", limit: level } }) as const;
const priced = (fills: readonly Fill[]): [string, number, number][] =>
  fills.map(({ orderId, units, price }) => [orderId, units, price]);

describe("volume", () => {
  const costs = { ...freeOfCosts, participation: 0.1 };

  test("fills a limit order bit by bit, until its day is over where it is one of a day", async () => {
    const units = async (timeInForce: "day" | "gtc"): Promise<(number | undefined)[]> => {
      const { submit, pass } = await dealing({ costs });
      await submit(orderFor("buy", 100, { ...limit(101), timeInForce }));
      const filled: (number | undefined)[] = [];
      for (let t = 0; t < 16; t++) filled.push((await pass([100, 100, 100, 100, t < 14 ? 60 : 500]))[0]?.units);
      return filled;
    };
    // From 16:00 UTC, 11:00 in New York, the day of the market's clock has 13 more hours.
    expect((await units("day")).filter((each) => each === undefined)).toHaveLength(3);
    expect((await units("gtc")).slice(0, 15)).toEqual([...Array.from({ length: 14 }, () => 6), 16]);
  });

  test("cancels what it does not fill of an order at the market", async () => {
    const { broker, submit, pass } = await dealing({ costs });
    await submit(orderFor("buy", 100));
    expect(priced(await pass([100, 100, 100, 100, 300]))).toEqual([["one", 30, 100]]);
    expect(await broker.openOrders()).toEqual([]);
  });

  test("is there once for all orders of a bar", async () => {
    const { submit, pass } = await dealing({ costs });
    await submit(orderFor("buy", 20));
    await submit(orderFor("buy", 20, { ...limit(101), id: "two" as OrderId }));
    await submit(orderFor("buy", 20, { ...limit(99), id: "three" as OrderId }));
    expect(priced(await pass([100, 100, 100, 100, 250]))).toEqual([
      ["one", 20, 100],
      ["two", 5, 100],
    ]);
    expect(priced(await pass([100, 100, 98, 100, 200])), "the rest of the one, then of the other").toEqual([
      ["two", 15, 100],
      ["three", 5, 99],
    ]);
  });
});

describe("on its way", () => {
  test("an order comes as many bars later as it takes, and so does its cancelling", async () => {
    const { broker, submit, pass } = await dealing({ latency: { bars: 2 } });
    await submit(orderFor("buy", 10));
    await submit(orderFor("buy", 10, { ...limit(99), id: "two" as OrderId }));
    await submit(orderFor("buy", 10, { ...limit(98), id: "three" as OrderId }));
    expect(await pass([101, 101, 97, 101])).toEqual([]);
    expect((await broker.account()).positions[0].unitsUnderWay).toBe(10);
    await broker.cancel("two" as OrderId);
    await broker.cancel("three" as OrderId);
    expect(await pass([102, 102, 97, 102])).toEqual([]);
    expect(priced(await pass([103, 103, 98.5, 103])), "the cancelling comes a bar after its order").toEqual([
      ["one", 10, 103],
      ["two", 10, 99],
    ]);
    expect(await pass([103, 103, 90, 103])).toEqual([]);
    expect((await broker.account()).positions[0].unitsUnderWay).toBe(0);
  });

  test("milliseconds worsen an order at the market by that share of the bar's move against it", async () => {
    const { submit, pass } = await dealing({ latency: { milliseconds: 900_000 } });
    await submit(orderFor("buy", 10));
    expect(priced(await pass([100, 108, 98, 100])), "a quarter of an hour").toEqual([["one", 10, 102]]);
    await submit(orderFor("sell", 10, { id: "two" as OrderId }));
    expect(priced(await pass([100, 108, 98, 100]))).toEqual([["two", 10, 99.5]]);
  });

  test("the venue refuses the share of orders that it is told to, the same ones each time", async () => {
    const refused = async (share: number, seed: number): Promise<number[]> => {
      const { submit } = await dealing({ rejects: { share, seed } });
      const found: number[] = [];
      for (let n = 0; n < 200; n++) {
        const order = orderFor("buy", 1, { id: `order ${n}` as OrderId });
        const reason = await submit(order);
        expect(await submit(order), "the same answer again").toBe(reason);
        if (reason !== undefined) found.push(n);
      }
      return found;
    };
    expect(await refused(0, 1)).toEqual([]);
    expect(await refused(1, 1)).toHaveLength(200);
    const some = await refused(0.3, 1);
    expect(Math.abs(some.length - 60)).toBeLessThan(20);
    expect(await refused(0.3, 1)).toEqual(some);
    expect(await refused(0.3, 2)).not.toEqual(some);
  });

  test("a refused order never trades", async () => {
    const { broker, submit, pass } = await dealing({ rejects: { share: 1, seed: 1 } });
    expect(await submit(orderFor("buy", 10))).toBe("the venue took no order");
    expect(await broker.openOrders()).toEqual([]);
    expect(await pass([100, 100, 100, 100])).toEqual([]);
  });
});

test("a split changes what rests: more units at lower prices", async () => {
  const actions = [{ symbol: "A", date: "2024-01-03", split: 4 }];
  const { broker, submit, pass } = await dealing({ actions });
  await submit(orderFor("buy", 10, limit(80)));
  for (let hour = 0; hour < 13; hour++) await pass([100, 100, 100, 100]);
  await pass([25, 25, 25, 25]);
  expect(await broker.openOrders()).toMatchObject([{ units: 40, pricing: { kind: "limit", limit: 20 } }]);
  expect(priced(await pass([25, 25, 19, 20]))).toEqual([["one", 40, 20]]);
});

test("a split between a decision and its fill changes the bracket, too", async () => {
  const actions = [{ symbol: "A", date: "2024-01-03", split: 4 }];
  const { broker, submit, pass } = await dealing({ actions });
  for (let hour = 0; hour < 13; hour++) await pass([100, 100, 100, 100]);
  await submit(orderFor("buy", 10, { bracket: { stop: 80, target: 120 } }));
  expect(priced(await pass([25, 25, 25, 25]))).toEqual([["one", 40, 25]]);
  expect(await broker.openOrders()).toMatchObject([
    { units: 40, stop: 20 },
    { units: 40, pricing: { kind: "limit", limit: 30 } },
  ]);
});

test("a stop that lies before a liquidation within the bar comes first", async () => {
  const rules = { ...freeAccount, leverage: 30, maintenance: 0.03, liquidation: "within-bar" } as const;
  const falls = async (bracket: Bracket | undefined): Promise<[string, number, number][]> => {
    const { submit, pass } = await dealing({ rules, capital: 1000 });
    await submit(orderFor("buy", 100, bracket === undefined ? {} : { bracket }));
    await pass([100, 100, 100, 100]);
    return priced(await pass([100, 100, 90, 91]));
  };
  expect(await falls({ stop: 95 })).toEqual([["one-stop", 100, 95]]);
  expect(await falls({ stop: 92 }), "one that lies beyond it comes too late").toEqual(await falls(undefined));
  const [[id, units, price]] = await falls(undefined);
  expect([id.startsWith("A-liquidation"), units]).toEqual([true, 100]);
  // 100 p − 9,000 is 3 % of 100 p.
  expect(price).toBeCloseTo(9000 / 97, 10);
});

test("orders that rest count as trades of their day, and those that protect do not", async () => {
  const { submit, pass } = await dealing({ rules: { ...freeAccount, maxTradesPerDay: 1 } });
  await submit(orderFor("buy", 10, { ...limit(99), bracket: { stop: 90 } }));
  await submit(orderFor("buy", 10, { ...limit(98), id: "two" as OrderId }));
  expect(priced(await pass([100, 100, 97, 99]))).toEqual([["one", 10, 99]]);
  expect(priced(await pass([99, 99, 89, 90]))).toEqual([["one-stop", 10, 90]]);
  for (let t = 0; t < 11; t++) expect(await pass([97, 97, 97, 97])).toEqual([]);
  expect(priced(await pass([97, 97, 97, 97])), "the next day").toEqual([["two", 10, 97]]);
});

test("a margin call ends every order that would open something", async () => {
  const rules = { ...freeAccount, leverage: 4, maintenance: 0.2 };
  const { broker, submit, pass } = await dealing({ rules, capital: 1000 });
  await submit(orderFor("buy", 38));
  await pass([100, 100, 95, 95]);
  await submit(orderFor("buy", 1, { ...limit(50), id: "two" as OrderId }));
  // 38 · 91 − 2,800 is 658 and less than a fifth of 38 · 91.
  await pass([95, 95, 91, 91]);
  expect(await broker.openOrders()).toHaveLength(1);
  expect(await pass([92, 92, 92, 92])).toMatchObject([{ side: "sell", units: 38, price: 92 }]);
  expect(await broker.openOrders()).toEqual([]);
});

test.each([
  [{ latency: { bars: 0.5 } }, "broker.latency: 0.5 is no number of bars"],
  [{ latency: { milliseconds: -1 } }, "broker.latency: -1 is no time"],
  [{ rejects: { share: 1.1, seed: 1 } }, "broker.rejects: 1.1 is no share"],
])("refuses %j", async (setting, message) => {
  await expect(dealing(setting)).rejects.toThrow(message);
});
