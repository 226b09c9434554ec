/** Known answers by hand: each order on bars that were made for it, without costs where nothing else is said. */
import { describe, expect, test } from "vitest";
import type { Fill } from "#domain/fill.ts";
import type { Order, OrderId } from "#domain/order.ts";
import { instrument } from "#domain/instrument.ts";
import { freeAccount } from "#market/account-rules.ts";
import { freeOfCosts } from "#market/costs.ts";
import type { Dealing, Prices } from "./broker.fixture.ts";
import { dealing, hour, orderFor } from "./broker.fixture.ts";
import { simulatedBroker } from "./simulated-broker.ts";
import { brokerContract } from "./broker.contract.ts";

brokerContract("the simulated broker", async () => {
  const { broker, pass } = await dealing();
  return { broker, pass: () => pass([100, 104, 96, 100]) };
});

brokerContract("the simulated broker of an account in another currency", async () => {
  const broker = simulatedBroker({
    instruments: [
      instrument("A", { lotStep: 1, currency: "EUR" }),
      instrument("EURUSD", { assetClass: "currency", currency: "USD" }),
    ],
    timeframe: "1h",
    costs: freeOfCosts,
    capital: 1_000_000,
    rules: { ...freeAccount, currency: "USD" },
  });
  let t = 0;
  const pass = (): Promise<readonly Fill[]> => {
    const rate = 1.1 + 0.01 * t;
    return broker.settle([hour(t, [100 + t, 104 + t, 96, 100]), hour(t++, [rate, rate, rate, rate])]);
  };
  await pass();
  return { broker, pass };
});

const limit = (level: number) => ({ pricing: { kind: "limit", limit: level } }) as const;
const stop = (level: number) => ({ pricing: { kind: "stop", stop: level } }) as const;
const priced = (fills: readonly Fill[]): [string, number, number][] =>
  fills.map(({ orderId, units, price }) => [orderId, units, price]);

/** A broker that is long 10 since an open at 100. */
async function long(setting: Parameters<typeof dealing>[0] = {}): Promise<Dealing> {
  const made = await dealing(setting);
  await made.submit(orderFor("buy", 10, { id: "entry" as OrderId }));
  await made.pass([100, 100, 100, 100]);
  return made;
}

/** What an order does in each of these hours. */
async function filledAt(order: Order, hours: readonly Prices[], setting = {}): Promise<(number | undefined)[]> {
  const { submit, pass } = await dealing(setting);
  await submit(order);
  const prices: (number | undefined)[] = [];
  for (const each of hours) prices.push((await pass(each))[0]?.price);
  return prices;
}

describe("a limit order", () => {
  test("waits for a better price than its own, and fills at its own", async () => {
    const order = orderFor("buy", 10, limit(95));
    expect(
      await filledAt(order, [
        [100, 101, 95, 99],
        [99, 99, 94.9, 96],
      ]),
      "a touch is not enough",
    ).toEqual([undefined, 95]);
    expect(await filledAt(orderFor("sell", 10, limit(105)), [[100, 105.1, 99, 100]])).toEqual([105]);
  });

  test("fills at the open where that is better", async () => {
    expect(await filledAt(orderFor("buy", 10, limit(95)), [[93, 99, 92, 98]])).toEqual([93]);
    expect(await filledAt(orderFor("sell", 10, limit(105)), [[108, 109, 99, 100]])).toEqual([108]);
  });

  test("buys at the ask and sells at the bid: the middle goes half the spread further", async () => {
    // 200 bp of 100: the ask is 1 above the middle.
    const costs = { ...freeOfCosts, spreadBps: 200 };
    const order = orderFor("buy", 10, limit(95));
    expect(
      await filledAt(
        order,
        [
          [100, 100, 94.5, 95],
          [100, 100, 93.9, 95],
        ],
        { costs },
      ),
    ).toEqual([undefined, 95]);
  });
});

test("limits come by price and then by time, whatever was sent first", async () => {
  const { submit, pass } = await dealing();
  await submit(orderFor("buy", 10, { ...limit(93), id: "far" as OrderId }));
  await submit(orderFor("buy", 10, { ...limit(96), id: "near" as OrderId }));
  await submit(orderFor("buy", 10, { ...limit(96), id: "later" as OrderId }));
  expect(priced(await pass([100, 100, 90, 92])).map(([id]) => id)).toEqual(["near", "later", "far"]);
});

describe("a stop order", () => {
  test("fills at its level, and at the open beyond it where the price gapped", async () => {
    expect(await filledAt(orderFor("sell", 10, stop(95)), [[100, 101, 95, 99]])).toEqual([95]);
    expect(await filledAt(orderFor("sell", 10, stop(95)), [[93, 96, 92, 95]])).toEqual([93]);
    expect(
      await filledAt(orderFor("buy", 10, stop(105)), [
        [100, 104, 99, 100],
        [100, 106, 99, 100],
      ]),
    ).toEqual([undefined, 105]);
    expect(await filledAt(orderFor("buy", 10, stop(105)), [[108, 109, 104, 105]])).toEqual([108]);
  });

  test("slips beyond its level by the slippage of an order at the market", async () => {
    const costs = { ...freeOfCosts, slippageAtr: 0.5 };
    // ATR(14) of one hour from 100 to 104 after one that stood still: (0 + 4) / 2 = 2.
    const fills = await filledAt(
      orderFor("sell", 10, stop(95)),
      [
        [100, 104, 100, 100],
        [100, 100, 94, 95],
      ],
      { costs },
    );
    expect(fills[1]).toBeCloseTo(95 - 0.5 * 2, 10);
  });

  test("stops come by price and then by time, whatever was sent first", async () => {
    const { submit, pass } = await long();
    await submit(orderFor("sell", 10, { ...stop(93), id: "far" as OrderId, reduceOnly: true }));
    await submit(orderFor("sell", 4, { ...stop(96), id: "near" as OrderId, reduceOnly: true }));
    await submit(orderFor("sell", 4, { ...stop(96), id: "later" as OrderId, reduceOnly: true }));
    expect(priced(await pass([100, 100, 90, 92]))).toEqual([
      ["near", 4, 96],
      ["later", 4, 96],
      ["far", 2, 93],
    ]);
  });
});

describe("a stop-limit order", () => {
  const order = orderFor("buy", 10, { pricing: { kind: "stop-limit", stop: 105, limit: 106 } });

  test("fills at its stop, no further than its limit", async () => {
    expect(await filledAt(order, [[103, 107, 102, 104]])).toEqual([105]);
    // ATR(14) after an hour that moved by 20: 10, of which half is more than the limit allows.
    const costs = { ...freeOfCosts, slippageAtr: 0.5 };
    const [, slipped] = await filledAt(
      order,
      [
        [100, 104, 84, 100],
        [103, 107, 102, 104],
      ],
      { costs },
    );
    expect(slipped).toBe(106);
  });

  test("is a limit order where the price gapped beyond it", async () => {
    expect(await filledAt(order, [[108, 109, 105.5, 107]])).toEqual([106]);
    const { broker, submit, pass } = await dealing();
    await submit(order);
    expect(await pass([108, 109, 107, 107])).toEqual([]);
    expect(await broker.openOrders()).toMatchObject([{ pricing: { kind: "limit", limit: 106 }, stop: undefined }]);
    expect(priced(await pass([106.5, 107, 105, 106]))).toEqual([["one", 10, 106]]);
  });

  test("waits for the next bar where its limit is before its stop: what came after the stop is not known", async () => {
    const back = orderFor("buy", 10, { pricing: { kind: "stop-limit", stop: 105, limit: 103 } });
    expect(
      await filledAt(back, [
        [102, 106, 101, 105],
        [105, 106, 102, 104],
      ]),
    ).toEqual([undefined, 103]);
  });
});

test("a trailing stop follows closes and not highs, and never goes back", async () => {
  const { broker, submit, pass } = await long();
  await submit(orderFor("sell", 10, { pricing: { kind: "trailing-stop", trail: 5 }, reduceOnly: true }));
  const at = async (): Promise<number | undefined> => (await broker.openOrders())[0].stop;
  expect(await at()).toBe(95);
  await pass([100, 110, 99, 104]);
  expect(await at()).toBe(99);
  await pass([104, 104, 101, 102]);
  expect(await at()).toBe(99);
  expect(priced(await pass([102, 120, 98, 119]))).toEqual([["one", 10, 99]]);
});

describe("orders of a group", () => {
  const both = async (): Promise<Dealing> => {
    const made = await long();
    await made.submit(
      orderFor("sell", 10, { ...limit(105), id: "target" as OrderId, reduceOnly: true, ocoGroup: "g" }),
    );
    await made.submit(orderFor("sell", 10, { ...stop(95), id: "stop" as OrderId, reduceOnly: true, ocoGroup: "g" }));
    return made;
  };

  test("the stop was first where a bar reached both, and the other is gone", async () => {
    const { broker, pass, held } = await both();
    expect(priced(await pass([100, 110, 90, 108]))).toEqual([["stop", 10, 95]]);
    expect(await broker.openOrders()).toEqual([]);
    expect(await held()).toBe(0);
  });

  test("the target is taken where the stop was not reached, and the stop is gone", async () => {
    const { broker, pass } = await both();
    expect(priced(await pass([100, 110, 96, 108]))).toEqual([["target", 10, 105]]);
    expect(await broker.openOrders()).toEqual([]);
  });

  test("shorter bars say what was first", async () => {
    // Of the bar that was shown third: the two before it are one piece.
    const finer = {
      start: Int32Array.of(0, 0, 0, 2),
      open: Float64Array.of(100, 104),
      high: Float64Array.of(106, 105),
      low: Float64Array.of(99, 90),
    };
    const made = await long({ finer });
    await made.submit(
      orderFor("sell", 10, { ...limit(105), id: "target" as OrderId, reduceOnly: true, ocoGroup: "g" }),
    );
    await made.submit(orderFor("sell", 10, { ...stop(95), id: "stop" as OrderId, reduceOnly: true, ocoGroup: "g" }));
    expect(priced(await made.pass([100, 106, 90, 91]))).toEqual([["target", 10, 105]]);
  });
});

describe("a bracket", () => {
  const entry = orderFor("buy", 10, { ...limit(95), bracket: { stop: 90, target: 100 } });

  test("may lose in the bar of an entry within it, and does not gain there", async () => {
    const { submit, pass } = await dealing();
    await submit(entry);
    expect(priced(await pass([98, 101, 94, 96])), "the high may have been before the entry").toEqual([["one", 10, 95]]);
    expect(priced(await pass([96, 101, 95, 100]))).toEqual([["one-target", 10, 100]]);
    const other = await dealing();
    await other.submit(entry);
    expect(priced(await other.pass([98, 101, 89, 96]))).toEqual([
      ["one", 10, 95],
      ["one-stop", 10, 90],
    ]);
  });

  test("gains and loses in the bar of an entry at its open", async () => {
    const { submit, pass } = await dealing();
    await submit(entry);
    expect(priced(await pass([94, 101, 93, 100]))).toEqual([
      ["one", 10, 94],
      ["one-target", 10, 100],
    ]);
  });

  test("of an entry at a stop is not stopped at the open before it, but at its own level", async () => {
    const { submit, pass } = await dealing();
    await submit(orderFor("buy", 10, { ...stop(105), bracket: { stop: 104 } }));
    expect(priced(await pass([100, 106, 99, 105]))).toEqual([
      ["one", 10, 105],
      ["one-stop", 10, 104],
    ]);
  });

  test("has as many units as were filled of the entry, and ends the rest of it", async () => {
    const costs = { ...freeOfCosts, participation: 0.1 };
    const { broker, submit, pass } = await dealing({ costs });
    await submit(orderFor("buy", 100, { ...limit(99), bracket: { stop: 90 } }));
    const legs = async () => (await broker.openOrders()).map(({ id, units }) => [id, units]);
    await pass([98, 98, 98, 98, 300]);
    expect(await legs()).toEqual([
      ["one", 70],
      ["one-stop", 30],
    ]);
    await pass([98, 98, 98, 98, 200]);
    expect(await legs()).toEqual([
      ["one", 50],
      ["one-stop", 50],
    ]);
    expect(priced(await pass([89, 89, 89, 89, 100]))[0], "a stop is filled whole, before more is bought").toEqual([
      "one-stop",
      50,
      89,
    ]);
    expect(await legs()).toEqual([]);
  });
});
