import { describe, expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";
import { closeTime, timeframeMs } from "#domain/bar.ts";
import type { JournalEntry } from "#domain/journal.ts";
import { barsAt } from "#domain/universe.ts";
import { defaultLimits } from "#guardian/gate.ts";
import type { Limits } from "#guardian/rule.ts";
import type { Fill } from "#domain/fill.ts";
import { positionTitle } from "#domain/leg.ts";
import { freeAccount } from "#market/account-rules.ts";
import { indexFundCosts } from "#market/costs.ts";
import { createAccounts, createMarket, startLane, stepLane } from "#market/world.ts";
import { scheduled } from "#policy/rules/scheduled.ts";
import type { Observation, Policy } from "#policy/policy.ts";
import type { Broker } from "./broker.ts";
import type { BrokerSetting } from "./simulated-broker.ts";
import { simulatedBroker } from "./simulated-broker.ts";
import type { FeatureWindow } from "./trader.ts";
import { onBar } from "./trader.ts";

const capital = 100_000;
const walk = randomWalk({ bars: 30, seed: 9, volatility: 0.02, instruments: 2 });
const at = (t: number): number => closeTime(walk.openTime[t], "1d");
const ready: FeatureWindow = { next: () => new Float32Array(0) };

interface Event {
  readonly kind: string;
  readonly entry?: JournalEntry;
}

/** A trader whose journal and whose broker write into one list, so that their order is seen. */
function trader(
  policy: Policy,
  settings: { limits?: Limits; features?: FeatureWindow; broker?: Partial<BrokerSetting> } = {},
) {
  const events: Event[] = [];
  const inner = simulatedBroker({ ...walk, costs: indexFundCosts, capital, ...settings.broker });
  const broker: Broker = {
    settle: (bars) => inner.settle(bars),
    account: () => inner.account(),
    openOrders: () => inner.openOrders(),
    cancel: (id) => inner.cancel(id),
    submit: (order) => {
      events.push({ kind: `submit ${order.symbol}` });
      return inner.submit(order);
    },
  };
  const parts = {
    timeframe: "1d",
    features: settings.features ?? ready,
    policy,
    sizing: { rebalanceBand: 0 },
    limits: settings.limits ?? defaultLimits(timeframeMs["1d"]),
    broker,
    journal: { record: (entry: JournalEntry) => void events.push({ kind: entry.kind, entry }) },
  } as const;
  return {
    events,
    broker: inner,
    /** Bar `t` has closed, `late` ms ago; what happened then. */
    bar: async (t: number, late = 0): Promise<Event[]> => {
      events.length = 0;
      await onBar(barsAt(walk, t), at(t) + late, parts);
      return [...events];
    },
  };
}

const kinds = (events: readonly Event[]): string[] => events.map(({ kind }) => kind);
const half = [0.5, -0.5];

describe("the journal", () => {
  test("holds fills, equity and decision in that order, and each intent before its order is sent", async () => {
    const { bar } = trader(scheduled("test", [half, [0, 0]]));
    expect(kinds(await bar(0))).toEqual(["equity", "decision", "intent", "submit S1", "intent", "submit S2"]);
    const events = await bar(1);
    expect(kinds(events)).toEqual(["fill", "fill", "equity", "decision", "intent", "submit S1", "intent", "submit S2"]);
  });

  test("tells the market's time, not the machine's", async () => {
    const { bar } = trader(scheduled("test", [half, half]));
    await bar(0, 7);
    const entries = (await bar(1, 7)).flatMap(({ entry }) => entry ?? []);
    for (const entry of entries) expect(entry.at, entry.kind).toBe(entry.kind === "fill" ? walk.openTime[1] : at(1));
  });

  test("holds what was decided and what was sent, with the numbers", async () => {
    const { bar } = trader(scheduled("test", [half]));
    const events = await bar(0);
    expect(events[1].entry).toEqual({ kind: "decision", at: at(0), weights: half });
    const close = walk.bars[0].close[0];
    const units = Math.trunc((0.5 * capital) / (close * 0.000001)) * 0.000001;
    expect(events[2].entry).toEqual({
      kind: "intent",
      at: at(0),
      order: { id: `S1-${at(0)}`, symbol: "S1", side: "buy", units, decisionPrice: close, decidedAt: at(0) },
    });
    expect(events[4].entry).toMatchObject({ order: { symbol: "S2", side: "sell" } });
  });

  test("marks equity at every bar, as the broker has it", async () => {
    const { bar, broker } = trader(scheduled("test", [half]));
    for (let t = 0; t < 10; t++) {
      const events = await bar(t);
      const { equity } = await broker.account();
      expect(events.find(({ kind }) => kind === "equity")?.entry).toEqual({ kind: "equity", at: at(t), equity });
    }
  });
});

describe("on a hedging account", () => {
  const rules = { ...freeAccount, positions: "hedging" } as const;
  const ordersOf = (events: readonly Event[], kind: string): string[] =>
    events.flatMap(({ entry }) =>
      entry?.kind === kind && "order" in entry ? [`${entry.order.side} ${positionTitle(entry.order)}`] : [],
    );

  test("a weight that turns closes the one leg before it opens the other, by orders with ids of their own", async () => {
    const { bar, broker } = trader(scheduled("test", [half, [-0.5, 0.5]]), { broker: { rules } });
    expect(ordersOf(await bar(0), "intent")).toEqual(["buy S1-long", "sell S2-short"]);
    const events = await bar(1);
    expect(ordersOf(events, "intent")).toEqual(["sell S1-long", "sell S1-short", "buy S2-short", "buy S2-long"]);
    const ids = events.flatMap(({ entry }) => (entry?.kind === "intent" ? [entry.order.id] : []));
    expect(new Set(ids).size).toBe(4);
    await bar(2);
    const { positions } = await broker.account();
    expect(positions.map(({ units }) => Math.sign(units))).toEqual([0, -1, 1, 0]);
  });

  test("a full position turns within the Guardian's limit, and what is not closed leaves no room for the other leg", async () => {
    const full = scheduled("test", [
      [1, 0],
      [-1, 0],
    ]);
    const turned = trader(full, { broker: { rules } });
    await turned.bar(0);
    expect(ordersOf(await turned.bar(1), "denied")).toEqual([]);
    // A seed by which the venue takes the entry and refuses the close.
    const refused = trader(
      scheduled("test", [
        [1, 0],
        [-1, 0],
      ]),
      { broker: { rules, rejects: { share: 0.5, seed: 3 } } },
    );
    await refused.bar(0);
    const events = await refused.bar(1);
    expect(kinds(events)).toContain("rejected");
    expect(ordersOf(events, "denied")).toEqual(["sell S1-short"]);
    expect(events.find(({ kind }) => kind === "denied")?.entry).toMatchObject({
      denials: [{ code: "position-too-large" }],
    });
  });
});

describe("an order that the Guardian denies", () => {
  test("is journaled with its reasons and never reaches the broker", async () => {
    const limits = { ...defaultLimits(timeframeMs["1d"]), maxPositionFraction: 0.3 };
    const { bar, broker } = trader(scheduled("test", [[0.5, 0.2]]), { limits });
    const events = await bar(0);
    expect(kinds(events), "the other order goes its way").toEqual([
      "equity",
      "decision",
      "denied",
      "intent",
      "submit S2",
    ]);
    expect(events[2].entry).toMatchObject({
      kind: "denied",
      order: { symbol: "S1", side: "buy" },
      denials: [{ code: "position-too-large", limitFraction: 0.3 }],
    });
    await bar(1);
    expect((await broker.account()).positions.map(({ units }) => units > 0)).toEqual([false, true]);
  });

  test("is one on a stale bar: nothing new is risked, positions may still be closed", async () => {
    const { bar } = trader(scheduled("test", [half, [1, 0], half]));
    await bar(0);
    const late = timeframeMs["1d"] + 1;
    expect(kinds(await bar(1, late)), "more of S1 is denied, closing S2 is not").toEqual([
      "fill",
      "fill",
      "equity",
      "decision",
      "denied",
      "intent",
      "submit S2",
    ]);
    expect(kinds(await bar(2, late - 1)), "the age that is still allowed").toContain("submit S2");
  });

  test("is one that asks for no number", async () => {
    const { bar } = trader(scheduled("test", [[NaN, Infinity], [0.1]]));
    const events = await bar(0);
    expect(kinds(events)).toEqual(["equity", "decision", "denied", "denied"]);
    expect(events[2].entry).toMatchObject({ denials: [{ code: "order-invalid" }, { code: "position-too-large" }, {}] });
    expect(kinds(await bar(1)), "or leaves an instrument without a weight").toEqual([
      "equity",
      "decision",
      "intent",
      "submit S1",
      "denied",
    ]);
  });
});

describe("a bar", () => {
  test("is settled and journaled without a decision while features warm up", async () => {
    let seen = 0;
    const features: FeatureWindow = { next: () => (++seen < 3 ? undefined : new Float32Array(1)) };
    const { bar } = trader(scheduled("test", [half]), { features });
    expect(kinds(await bar(0))).toEqual(["equity"]);
    expect(kinds(await bar(1))).toEqual(["equity"]);
    expect(kinds(await bar(2)).slice(0, 2)).toEqual(["equity", "decision"]);
  });

  test("leads to no order where no change is wanted, or none is left to make", async () => {
    const { bar } = trader(scheduled("test", [undefined, [0, 0]]));
    for (const t of [0, 1, 2]) expect(kinds(await bar(t))).toEqual(["equity", "decision"]);
  });

  test("leads to no order where the policy fails, and the failure is not swallowed", async () => {
    const { bar, events } = trader({ name: "broken", act: () => Promise.reject(new Error("no weights today")) });
    await expect(bar(0)).rejects.toThrow("no weights today");
    expect(kinds(events)).toEqual(["equity"]);
  });

  test("shows the policy the bars, the features and the account as it then is", async () => {
    const seen: Observation[] = [];
    const market = Float32Array.of(1, 2, 3);
    const watching: Policy = {
      name: "watching",
      act: (observation) => {
        seen.push(observation);
        return { weights: seen.length === 1 ? half : undefined };
      },
    };
    const { bar, broker } = trader(watching, { features: { next: () => market } });
    await bar(0);
    await bar(1);
    expect(seen[1].bars).toEqual(barsAt(walk, 1));
    expect(seen[1].market).toBe(market);
    expect([...seen[0].account]).toEqual([0, 0, 0, 0, 0]);
    const { equity, peakEquity, positions } = await broker.account();
    const numbers = positions.flatMap(({ units, mark, cost }) => [
      (units * mark) / equity,
      (units * mark - cost) / equity,
    ]);
    expect(seen[1].account).toEqual(Float32Array.of(...numbers, 1 - equity / peakEquity));
  });
});

test("does not order again what is on its way", async () => {
  const broker = simulatedBroker({ ...walk, costs: indexFundCosts, capital, latency: { bars: 2 } });
  const entries: JournalEntry[] = [];
  const journal = { record: (entry: JournalEntry) => void entries.push(entry) };
  const policy = scheduled("test", [half, half, half, half, half]);
  const parts = { timeframe: "1d", features: ready, policy, sizing: { rebalanceBand: 0.3 }, broker, journal } as const;
  const limits = defaultLimits(timeframeMs["1d"]);
  for (let t = 0; t < 5; t++) await onBar(barsAt(walk, t), at(t), { ...parts, limits });
  expect(entries.flatMap(({ kind, at: when }) => (kind === "intent" ? [when] : []))).toEqual([at(0), at(0)]);
  expect(entries.flatMap((entry) => (entry.kind === "fill" ? [entry.at] : []))).toEqual([
    walk.openTime[3],
    walk.openTime[3],
  ]);
});

test("sends no order before it is in the journal: a journal that fails stops it", async () => {
  const broker = simulatedBroker({ ...walk, costs: indexFundCosts, capital });
  const journal = {
    record: ({ kind }: JournalEntry) => {
      if (kind === "intent") throw new Error("the disk is full");
    },
  };
  const policy = scheduled("test", [half]);
  const parts = { timeframe: "1d", features: ready, policy, sizing: { rebalanceBand: 0 }, broker, journal } as const;
  const limits = defaultLimits(timeframeMs["1d"]);
  await expect(onBar(barsAt(walk, 0), at(0), { ...parts, limits })).rejects.toThrow("the disk is full");
  expect(await broker.settle(barsAt(walk, 1))).toEqual([]);
});

test("sizes instruments of other currencies by the account's, as the market does, to the bit", async () => {
  const yen = {
    ...walk.instruments[0],
    symbol: "USDJPY",
    currency: "JPY",
    assetClass: "currency" as const,
    lotStep: 0.01,
  };
  const mixed = { ...walk, instruments: [yen, walk.instruments[1]] };
  const rules = { ...freeAccount, currency: "USD" };
  const weights = Array.from({ length: 30 }, (_, t) => [[0.5, -0.5, 0][t % 3], [0.3, 0.3, -0.4][t % 3]]);
  const market = createMarket(mixed, indexFundCosts, { rebalanceBand: 0 }, rules);
  const accounts = createAccounts(market, 1);
  startLane(market, accounts, 0, 0, capital);
  const broker = simulatedBroker({ ...mixed, costs: indexFundCosts, rules, capital });
  const fills: Fill[] = [];
  const parts = {
    timeframe: "1d",
    features: ready,
    policy: scheduled("test", weights),
    sizing: { rebalanceBand: 0 },
    limits: defaultLimits(timeframeMs["1d"]),
    broker,
    journal: { record: (entry: JournalEntry) => void (entry.kind === "fill" && fills.push(entry.fill)) },
  } as const;
  for (let t = 0; t < 30; t++) {
    await onBar(barsAt(mixed, t), at(t), parts);
    expect((await broker.account()).equity).toBe(accounts.equity[0]);
    if (t < 29) stepLane(market, accounts, 0, weights[t], 0);
  }
  // Half the capital is 50,000 dollars, which are as many units of one dollar whatever the yen does.
  expect(fills[0]).toMatchObject({ symbol: "USDJPY", rate: 1 / walk.bars[0].close[0] });
  expect(Math.abs(fills[0].units - 50_000) / 50_000).toBeLessThan(0.05);
  expect(Math.abs(fills[0].price / walk.bars[0].open[1] - 1), "in yen").toBeLessThan(0.01);
  expect(fills.filter(({ symbol }) => symbol === "S2").every(({ rate }) => rate === undefined)).toBe(true);
});
