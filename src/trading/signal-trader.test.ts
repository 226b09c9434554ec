import { describe, expect, test } from "vitest";
import { timeframeMs } from "#domain/bar.ts";
import { instrument } from "#domain/instrument.ts";
import type { JournalEntry } from "#domain/journal.ts";
import type { Order } from "#domain/order.ts";
import { defaultLimits } from "#guardian/gate.ts";
import type { Limits } from "#guardian/rule.ts";
import { freeAccount } from "#market/account-rules.ts";
import { gemini6 } from "#market/actions/gemini.ts";
import { freeOfCosts } from "#market/costs.ts";
import type { PlanSettings } from "#market/position-plan.ts";
import { defaultSizing } from "#market/sizing.ts";
import type { Decision, Observation } from "#policy/policy.ts";
import { hour } from "./broker.fixture.ts";
import type { Prices } from "./broker.fixture.ts";
import type { BrokerSetting } from "./simulated-broker.ts";
import { simulatedBroker } from "./simulated-broker.ts";
import { signalTrader } from "./signal-trader.ts";
import { onBar } from "./trader.ts";

const usual: PlanSettings = {
  sizing: { kind: "lots", lots: 10 },
  stopAtr: 2,
  targetAtr: 8,
  trailingStop: { activation: 1, activationUnit: "atr", distanceAtr: 2, step: 0.25, stepUnit: "atr" },
  petitPoucet: { unit: "atr", adds: [0.5], automatic: false, riskCapped: false, leastStopAtr: 0.25 },
};
const instruments = [instrument("A", { lotStep: 1 })];

interface Settings {
  readonly plan?: PlanSettings;
  readonly broker?: Partial<BrokerSetting>;
  readonly limits?: Limits;
}

/** A trader that is told what to say at each hour, and what it then wrote down. */
function trader({ broker: changes = {}, limits = defaultLimits(timeframeMs["1h"]), plan = usual }: Settings = {}) {
  const broker = simulatedBroker({ instruments, timeframe: "1h", costs: freeOfCosts, capital: 10_000, ...changes });
  const signals = signalTrader({ instruments, timeframe: "1h", rules: freeAccount, space: gemini6, plan });
  let entries: JournalEntry[] = [];
  const seen: Observation[] = [];
  let t = 0;
  // Fifteen hours with a true range of 1 make an ATR of 1.
  const warm = { body: [100, 100.5, 99.5, 100] as const };
  for (; t < 15; t++) {
    const bars = [hour(t, warm.body)];
    broker.warmUp(bars);
    signals.warmUp(bars);
  }
  return {
    broker,
    seen,
    /** An hour passes, at whose close the policy says `word`. */
    say: async (decision: string | Decision, prices: Prices = warm.body): Promise<JournalEntry[]> => {
      entries = [];
      const bars = [hour(t++, prices)];
      const policy = {
        name: "told",
        act: (observation: Observation): Decision => {
          seen.push(observation);
          return typeof decision === "string" ? { signals: [decision] } : decision;
        },
      };
      const journal = { record: (entry: JournalEntry) => void entries.push(entry) };
      const features = { next: () => new Float32Array(0) };
      const now = bars[0].openTime + timeframeMs["1h"];
      const parts = { timeframe: "1h", features, policy, sizing: defaultSizing, limits, broker, journal } as const;
      await onBar(bars, now, { ...parts, signals });
      return entries;
    },
  };
}

const intents = (entries: readonly JournalEntry[]): Order[] =>
  entries.flatMap((entry) => (entry.kind === "intent" ? [entry.order] : []));
const kinds = (entries: readonly JournalEntry[]): string[] => entries.map(({ kind }) => kind);

describe("an entry", () => {
  test("is one order with its stop and its target, which rest once it is filled", async () => {
    const { broker, say } = trader();
    const entries = await say("BUY");
    expect(kinds(entries)).toEqual(["equity", "signals", "intent"]);
    expect(entries[1]).toMatchObject({ signals: ["BUY"] });
    expect(intents(entries)).toMatchObject([
      { symbol: "A", side: "buy", units: 10, bracket: { stop: 98, target: 108 } },
    ]);
    await say("HOLD");
    expect(await broker.openOrders()).toMatchObject([
      { units: 10, stop: 98, reduceOnly: true },
      { units: 10, pricing: { kind: "limit", limit: 108 } },
    ]);
  });

  test("of the other side turns the position, and the old protection goes", async () => {
    const { broker, say } = trader();
    await say("BUY");
    await say("HOLD");
    const entries = await say("SELL");
    expect(kinds(entries)).toEqual(["equity", "signals", "intent", "cancel", "cancel"]);
    expect(intents(entries)).toMatchObject([{ side: "sell", units: 20, bracket: { stop: 102, target: 92 } }]);
    await say("HOLD");
    expect((await broker.account()).positions[0].units).toBe(-10);
    expect((await broker.openOrders()).map(({ side, stop }) => [side, stop])).toEqual([
      ["buy", 102],
      ["buy", undefined],
    ]);
  });
});

describe("a stop that moves", () => {
  /** Long ten from 100 at a close of 102, where the stop trails. */
  const trailing = async (settings: Settings = {}) => {
    const made = trader(settings);
    await made.say("BUY");
    await made.say("HOLD");
    return { ...made, entries: await made.say("HOLD", [100, 102.5, 100, 102]) };
  };

  test("is sent anew with its target before the old ones are cancelled", async () => {
    const { broker, entries } = await trailing();
    expect(kinds(entries)).toEqual(["equity", "signals", "intent", "intent", "cancel", "cancel"]);
    const [stop, target] = intents(entries);
    expect(stop).toMatchObject({ side: "sell", units: 10, reduceOnly: true, pricing: { kind: "stop" } });
    expect(target).toMatchObject({ reduceOnly: true, ocoGroup: stop.ocoGroup, pricing: { kind: "limit", limit: 108 } });
    expect(await broker.openOrders()).toHaveLength(2);
    const level = (await broker.openOrders())[0].stop;
    expect(level).toBeGreaterThan(99);
    expect(level).toBeLessThan(100.5);
  });

  test("leaves the old one where it is denied or refused: a position is not left without", async () => {
    const { broker, entries } = await trailing({ broker: { rejects: { share: 0.5, seed: 3 } } });
    const refused = entries.filter(({ kind }) => kind === "rejected");
    expect(refused.length, "a seed by which the entry is taken and the new stop is not").toBeGreaterThan(0);
    expect(kinds(entries)).not.toContain("cancel");
    const stops = (await broker.openOrders()).map(({ stop }) => stop);
    expect(stops).toContain(98);
  });
});

test("a position that grows is protected whole", async () => {
  const { broker, say } = trader();
  await say("BUY");
  await say("HOLD");
  const entries = await say("ADD", [100, 100.9, 100, 100.8]);
  expect(intents(entries).map(({ side, units }) => [side, units])).toEqual([
    ["buy", 10],
    ["sell", 20],
    ["sell", 20],
  ]);
  await say("HOLD");
  expect((await broker.account()).positions[0].units).toBe(20);
  expect((await broker.openOrders()).map(({ units }) => units)).toEqual([20, 20]);
});

test.each([
  ["SPLIT", "part of half"],
  ["CLOSE", "part"],
])("a stop that moves with a %s protects all that is left where volume lets only a %s of it through", async (word) => {
  const { broker, say } = trader({ broker: { costs: { ...freeOfCosts, participation: 0.01 } } });
  await say("BUY");
  await say("HOLD");
  expect(kinds(await say(word, [100, 102.5, 100, 102]))).toContain("intent");
  const stops = (await broker.openOrders()).flatMap(({ stop, units }) => (stop === undefined ? [] : [[stop, units]]));
  const fills = (await say("HOLD", [102, 102, 97, 97, 200])).flatMap((entry) =>
    entry.kind === "fill" ? [entry.fill] : [],
  );
  expect(
    fills.map(({ units }) => units),
    "two at the market, the rest at the stop",
  ).toEqual([2, 8]);
  expect(fills[1].price).toBe(stops[0][0]);
  expect((await broker.account()).positions[0].units).toBe(0);
});

test("while an order is on its way only HOLD is legal", async () => {
  const { seen, say } = trader({ broker: { latency: { bars: 1 } } });
  await say("BUY");
  await say("HOLD");
  await say("HOLD");
  const legal = seen.map(({ legal: mask = new Uint8Array(0) }) => mask.reduce((sum, each) => sum + each, 0));
  expect(legal).toEqual([3, 1, 4]);
  const other = trader({ broker: { latency: { bars: 1 } } });
  await other.say("BUY");
  await expect(other.say("BUY")).rejects.toThrow("an instrument whose order is on its way is left as it is");
});

test("a plan that closes asks once, and not again while that order is on its way", async () => {
  const closing: PlanSettings = { sizing: { kind: "lots", lots: 10 }, timeStop: { bars: 2 } };
  const { broker, say } = trader({ plan: closing, broker: { latency: { bars: 1 } } });
  const sent: string[] = [];
  for (let t = 0; t < 9; t++) {
    for (const { side, units } of intents(await say(t === 0 ? "BUY" : "HOLD"))) sent.push(`${t}: ${side} ${units}`);
  }
  expect(sent).toEqual(["0: buy 10", "4: sell 10"]);
  expect((await broker.account()).positions[0].units).toBe(0);
});

test("an entry that the Guardian denies is journaled and leaves nothing at the broker", async () => {
  const limits = { ...defaultLimits(timeframeMs["1h"]), maxPositionFraction: 0.05 };
  const { broker, say } = trader({ limits });
  const entries = await say("BUY");
  expect(kinds(entries)).toEqual(["equity", "signals", "denied"]);
  expect(await broker.openOrders()).toEqual([]);
  expect(kinds(await say("BUY")), "and may be tried again").toEqual(["equity", "signals", "denied"]);
});

test("the policy is shown the plan's numbers and what is legal", async () => {
  const { seen, say } = trader();
  await say("BUY");
  await say("HOLD");
  const legal = ({ legal: mask = new Uint8Array(0) }: Observation) =>
    gemini6.words.filter((_, signal) => mask[signal] === 1);
  expect(legal(seen[0])).toEqual(["HOLD", "BUY", "SELL"]);
  expect(legal(seen[1])).toEqual(["HOLD", "SELL", "SPLIT", "CLOSE"]);
  expect([...seen[0].account].every((value) => value === 0)).toBe(true);
  // After the two numbers of the position and the drawdown: bars held, ATR to the stop, ATR to the target.
  expect([...seen[1].account.subarray(3, 6)]).toEqual([0, Math.fround(6 / 5), Math.fround(24 / 11)]);
});

test("a word that is not legal, a word of no space, or weights are an error and no order", async () => {
  const { broker, say } = trader();
  await expect(say("CLOSE")).rejects.toThrow("an action is legal where it is taken");
  await expect(say("LONG")).rejects.toThrow("a signal is a word of its space");
  await expect(say({ weights: [1] })).rejects.toThrow("is told signals");
  await expect(say({ signals: [] })).rejects.toThrow("a signal for each instrument");
  expect(await broker.openOrders()).toEqual([]);
});

test("refuses a memory of another plan, and an account of other positions", () => {
  const setting = { instruments, timeframe: "1h", space: gemini6, plan: usual } as const;
  const made = signalTrader({ ...setting, rules: freeAccount });
  expect(() => made.restore([1, 2, 3])).toThrow("a memory is of this plan");
  const hedging = signalTrader({ ...setting, rules: { ...freeAccount, positions: "hedging" } });
  expect(() => hedging.restore(made.memory())).toThrow("a memory is of this plan and these positions");
  const account = { equity: 1, peakEquity: 1, positions: [], ledgerImbalance: 0 };
  expect(() => made.look([hour(0, [1, 1, 1, 1])], [], account, [])).toThrow("have the same positions");
});
