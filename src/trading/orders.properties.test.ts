/** What holds whatever orders are thrown at the simulated broker, on any bars, at any costs. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Bar } from "#domain/bar.ts";
import type { Fill } from "#domain/fill.ts";
import { balanceTolerance } from "#domain/ledger.ts";
import type { Order, OrderId, Pricing } from "#domain/order.ts";
import type { AccountRules } from "#market/account-rules.ts";
import { freeAccount } from "#market/account-rules.ts";
import type { Costs } from "#market/costs.ts";
import { freeOfCosts } from "#market/costs.ts";
import { anyBars, mirrored } from "#market/plan.fixture.ts";
import { defaultLimits, review } from "#guardian/gate.ts";
import { instrument } from "#domain/instrument.ts";
import type { OpenOrder } from "./broker.ts";
import type { SimulatedBroker } from "./simulated-broker.ts";
import { simulatedBroker } from "./simulated-broker.ts";

const someCosts: readonly Costs[] = [
  freeOfCosts,
  { spreadBps: 20, slippageAtr: 0.1, slippageRange: 0.5, commissionBps: 2, makerBps: -1 },
  { spreadBps: 5, slippageAtr: 0.02, commissionBps: 1, impact: 0.5, participation: 0.02 },
];
const someRules: readonly AccountRules[] = [
  freeAccount,
  { ...freeAccount, leverage: 4, maintenance: 0.2, minHoldingBars: 2, maxTradesPerDay: 5 },
  { ...freeAccount, shorts: false, leverage: 20, maintenance: 0.04, liquidation: "within-bar" },
];

const distance = fc.integer({ min: 1, max: 40 }).map((steps) => steps / 16);
const signedDistance = fc.tuple(distance, fc.boolean()).map(([away, below]) => (below ? -away : away));

/** An order by its distances from the close. */
const anyOrder = fc.record({
  side: fc.constantFrom("buy", "sell"),
  units: fc.integer({ min: 1, max: 60 }),
  kind: fc.constantFrom("market", "limit", "stop", "stop-limit", "trailing-stop"),
  away: distance,
  limitAway: signedDistance,
  day: fc.boolean(),
  reduceOnly: fc.boolean(),
  group: fc.option(fc.constantFrom("g1", "g2"), { nil: undefined }),
  bracket: fc.boolean(),
});
type Wish = typeof anyOrder extends fc.Arbitrary<infer Made> ? Made : never;

function pricingOf({ side, kind, away, limitAway }: Wish, close: number): Pricing | undefined {
  const beyond = side === "buy" ? close + away : close - away;
  if (kind === "market") return undefined;
  if (kind === "limit") return { kind, limit: close + limitAway };
  if (kind === "stop") return { kind, stop: beyond };
  return kind === "stop-limit" ? { kind, stop: beyond, limit: beyond + limitAway } : { kind, trail: away };
}

function orderOf(wish: Wish, close: number, n: number, round: number): Order {
  const { side, units, day, reduceOnly, group, bracket, away } = wish;
  const pricing = pricingOf(wish, close);
  const entry =
    pricing === undefined || pricing.kind === "trailing-stop"
      ? close
      : pricing.kind === "stop"
        ? pricing.stop
        : pricing.limit;
  const sign = side === "buy" ? 1 : -1;
  return {
    id: `order ${n}` as OrderId,
    symbol: "A",
    side,
    units,
    decisionPrice: close,
    decidedAt: n,
    timeInForce: day ? "day" : "gtc",
    ...(pricing ? { pricing } : {}),
    ...(reduceOnly ? { reduceOnly: true } : {}),
    ...(group === undefined ? {} : { ocoGroup: `${group} of ${round}` }),
    ...(bracket && !reduceOnly ? { bracket: { stop: entry - sign * away, target: entry + sign * away } } : {}),
  };
}

/** What was done with an order. */
interface Life {
  readonly order: Order;
  readonly sentIn: number;
  cancelledIn: number;
  filled: number;
}

const scenario = fc.record({
  bars: anyBars,
  wishes: fc.array(fc.array(anyOrder, { maxLength: 3 }), { minLength: 100, maxLength: 100, size: "max" }),
  cancels: fc.array(fc.nat({ max: 9 }), { minLength: 100, maxLength: 100, size: "max" }),
  costs: fc.constantFrom(...someCosts),
  rules: fc.constantFrom(...someRules),
  latency: fc.constantFrom(undefined, { bars: 1 }, { milliseconds: 600_000 }),
  /** Is it in yen, on an account in dollars, beside the pair that gives the rate? */
  foreign: fc.boolean(),
});

type Check = (facts: {
  readonly broker: SimulatedBroker;
  readonly lives: ReadonlyMap<string, Life>;
  readonly fills: readonly Fill[];
  /** Orders as they were before the bar, and the bar's index. */
  readonly before: readonly OpenOrder[];
  readonly heldBefore: number;
  readonly t: number;
}) => void;

/** Throws a scenario at a broker and looks after each bar. Returns how many fills there were. */
async function play(
  { bars, wishes, cancels, costs, rules, latency, foreign }: typeof scenario extends fc.Arbitrary<infer S> ? S : never,
  check: Check,
): Promise<number> {
  const own = instrument("A", { lotStep: 0.5, currency: foreign ? "JPY" : "USD" });
  const yen = instrument("USDJPY", { assetClass: "currency", currency: "JPY" });
  const setting = {
    instruments: foreign ? [own, yen] : [own],
    timeframe: "1h",
    costs,
    rules: { ...rules, currency: "USD" },
    capital: foreign ? 50 : 5000,
  } as const;
  const beside = mirrored(bars, 128);
  const shown = (t: number): Bar[] => (foreign ? [bars[t], beside[t]] : [bars[t]]);
  const broker = simulatedBroker({ ...setting, ...(latency ? { latency } : {}) });
  const lives = new Map<string, Life>();
  let total = 0;
  await broker.settle(shown(0));
  for (let t = 1; t < bars.length; t++) {
    const { close } = bars[t - 1];
    const { positions } = await broker.account();
    for (const wish of wishes[t]) {
      const order = orderOf(wish, close, lives.size, t);
      const heldUnits = positions[0].units;
      const context = {
        now: 0,
        equity: 1e12,
        heldUnits,
        besideUnits: 0,
        contractSize: 1,
        price: close,
        pricedAt: 0,
        ledgerImbalance: 0,
      };
      const verdict = review(order, context, defaultLimits(1));
      if (!verdict.approved) continue;
      await broker.submit(verdict.order);
      lives.set(order.id, { order, sentIn: t, cancelledIn: Infinity, filled: 0 });
    }
    const open = await broker.openOrders();
    if (cancels[t] < open.length) {
      const { id } = open[cancels[t]];
      await broker.cancel(id);
      const life = lives.get(id);
      if (life) life.cancelledIn = t + (latency && "bars" in latency ? latency.bars : 0);
    }
    const before = await broker.openOrders();
    const heldBefore = positions[0].units;
    const fills = await broker.settle(shown(t));
    total += fills.length;
    for (const { orderId, units } of fills) {
      const life = lives.get(orderId);
      if (life) life.filled += units;
    }
    check({ broker, lives, fills, before, heldBefore, t });
  }
  return total;
}

async function holds(check: Check): Promise<void> {
  let fills = 0;
  await fc.assert(
    fc.asyncProperty(scenario, async (each) => void (fills += await play(each, check))),
    { numRuns: 300 },
  );
  expect(fills, "scenarios in which nothing trades prove nothing").toBeGreaterThan(1000);
}

test("the ledger balances at every bar, and positions are what was filled", async () => {
  const positions = new WeakMap<SimulatedBroker, number>();
  await holds(({ broker, fills }) => {
    const held = fills.reduce(
      (sum, { side, units }) => sum + (side === "buy" ? units : -units),
      positions.get(broker) ?? 0,
    );
    expect(broker.ledger.units[0]).toBeCloseTo(held, 9);
    positions.set(broker, held);
    const { capital, cash, marketGain, tradingCost, units, mark } = broker.ledger;
    const worth = cash[0] + units[0] * mark[0];
    expect(Math.abs(capital[0] + marketGain[0] - tradingCost[0] - worth)).toBeLessThan(
      balanceTolerance * (capital[0] + Math.abs(worth)),
    );
  });
});

test("what is filled never exceeds what was asked for", async () => {
  await holds(({ lives, fills }) => {
    for (const { orderId } of fills) {
      const life = lives.get(orderId);
      if (life) expect(life.filled).toBeLessThanOrEqual(life.order.units * (1 + 1e-9));
    }
  });
});

test("of a group never two are filled", async () => {
  await holds(({ lives }) => {
    const filled = new Map<string, string>();
    for (const { order, filled: units } of lives.values()) {
      if (units === 0 || order.ocoGroup === undefined) continue;
      expect(filled.get(order.ocoGroup), `${order.id} of ${order.ocoGroup}`).toBeUndefined();
      filled.set(order.ocoGroup, order.id);
    }
  });
});

test("nothing is filled before it was sent, nor after it was cancelled or had ended", async () => {
  await holds(({ lives, fills, before, t }) => {
    const open = new Set<string>(before.map(({ id }) => id));
    for (const { orderId } of fills) {
      if (orderId.includes("liquidation")) continue;
      // The legs of a bracket may come and go within a bar; what they are of was there.
      const of = orderId.replace(/-(stop|target)$/, "");
      expect(open.has(orderId) || open.has(of), `${orderId} was there`).toBe(true);
      const life = lives.get(of);
      expect(life!.sentIn).toBeLessThanOrEqual(t);
      if (of === orderId) expect(life!.cancelledIn).toBeGreaterThan(t);
    }
  });
});

test("a stop is never filled better than its level, and a limit never worse", async () => {
  await holds(({ fills, before, lives }) => {
    for (const { orderId, side, price } of fills) {
      const sign = side === "buy" ? 1 : -1;
      const was = before.find(({ id }) => id === orderId);
      const pricing = was?.pricing ?? lives.get(orderId)?.order.pricing;
      if (was?.stop !== undefined && pricing?.kind !== "stop-limit") {
        expect(sign * (price - was.stop)).toBeGreaterThanOrEqual(-1e-9);
      }
      if (pricing?.kind === "limit" || pricing?.kind === "stop-limit") {
        expect(sign * (price - pricing.limit)).toBeLessThanOrEqual(1e-9);
      }
    }
  });
});

test("an order that only reduces never makes a position larger and never turns it", async () => {
  await holds(({ fills, heldBefore, lives }) => {
    let held = heldBefore;
    for (const { orderId, side, units } of fills) {
      const after = held + (side === "buy" ? units : -units);
      if (lives.get(orderId)?.order.reduceOnly === true || /-(stop|target)$/.test(orderId)) {
        expect(Math.abs(after)).toBeLessThan(Math.abs(held) + 1e-9);
        expect(after * held).toBeGreaterThanOrEqual(-1e-9);
      }
      held = after;
    }
  });
});
