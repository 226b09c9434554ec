import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { balanceTolerance } from "#domain/ledger.ts";
import type { Leg } from "#domain/leg.ts";
import type { Bracket, Order, Pricing, Side } from "#domain/order.ts";
import { orderId, signedUnits } from "#domain/order.ts";
import type { ApprovedOrder } from "./gate.ts";
import { defaultLimits, isApproved, review } from "./gate.ts";
import type { Limits, RiskContext } from "./rule.ts";

const limits: Limits = {
  maxPositionFraction: 1.25,
  maxOrderFraction: 2,
  maxPriceAgeMs: 1000,
  maxLedgerImbalance: balanceTolerance,
};

/** Equity 1,000 at a price of 10 in contracts of 1, flat, everything in order. */
const context: RiskContext = {
  now: 5000,
  equity: 1000,
  heldUnits: 0,
  besideUnits: 0,
  contractSize: 1,
  price: 10,
  pricedAt: 5000,
  ledgerImbalance: 0,
};

function order(side: Side, units: number, changes: Partial<Order> = {}): Order {
  return { id: orderId("A", 5000), symbol: "A", side, units, decisionPrice: 10, decidedAt: 5000, ...changes };
}

/** The codes of the denials, in order; none where it was approved. */
function denials(asked: Order, changes: Partial<RiskContext> = {}, limitChanges: Partial<Limits> = {}): string[] {
  const verdict = review(asked, { ...context, ...changes }, { ...limits, ...limitChanges });
  if (!verdict.approved) expect(verdict.denials.length, "a denial gives its reason").toBeGreaterThan(0);
  return verdict.approved ? [] : verdict.denials.map(({ code }) => code);
}

/** The next larger double. */
function above(value: number): number {
  const bits = new BigInt64Array(new Float64Array([value]).buffer);
  bits[0] += 1n;
  return new Float64Array(bits.buffer)[0];
}

test("approves an order that breaks no rule", () => {
  expect(denials(order("buy", 50))).toEqual([]);
  expect(denials(order("sell", 50))).toEqual([]);
});

describe("each rule holds to its exact boundary", () => {
  test("position: largest fraction of equity after the order, long and short", () => {
    expect(denials(order("buy", 125))).toEqual([]);
    expect(denials(order("sell", 125))).toEqual([]);
    expect(denials(order("buy", above(125)))).toEqual(["position-too-large"]);
    expect(denials(order("sell", above(125)))).toEqual(["position-too-large"]);
    expect(denials(order("buy", 25), { heldUnits: 100 }), "what is held counts").toEqual([]);
    expect(denials(order("buy", 26), { heldUnits: 100 })).toEqual(["position-too-large"]);
    expect(denials(order("buy", 1.25), { contractSize: 100 }), "and so does the contract size").toEqual([]);
    expect(denials(order("buy", 1.26), { contractSize: 100 })).toEqual(["position-too-large"]);
    expect(denials(order("buy", 1000), { rate: 1 / 8 }), "in the account's currency").toEqual([]);
    expect(denials(order("buy", 1001), { rate: 1 / 8 })).toEqual(["position-too-large"]);
    expect(denials(order("buy", 63), { rate: 2 })).toEqual(["position-too-large"]);
  });

  test("order: largest fraction of equity of one order", () => {
    expect(denials(order("sell", 200), { heldUnits: 100 })).toEqual([]);
    expect(denials(order("sell", above(200)), { heldUnits: 100 })).toEqual(["order-too-large"]);
    expect(denials(order("sell", 1601), { heldUnits: 800, rate: 1 / 8 })).toEqual(["order-too-large"]);
  });

  test("price: positive, and neither too old nor from the future", () => {
    expect(denials(order("buy", 1), { price: Number.MIN_VALUE })).toEqual([]);
    expect(denials(order("buy", 1), { price: 0 })).toEqual(["price-invalid"]);
    expect(denials(order("buy", 1), { price: -1 })).toEqual(["price-invalid"]);
    for (const rate of [0, -1, NaN, Infinity]) expect(denials(order("buy", 1), { rate })).toContain("price-invalid");
    expect(denials(order("buy", 1), { now: 6000 })).toEqual([]);
    expect(denials(order("buy", 1), { now: 6001 })).toEqual(["price-stale"]);
    expect(denials(order("buy", 1), { now: 4999 })).toEqual(["price-stale"]);
  });

  test("ledger: balanced but for rounding", () => {
    expect(denials(order("buy", 1), { ledgerImbalance: balanceTolerance })).toEqual([]);
    expect(denials(order("buy", 1), { ledgerImbalance: above(balanceTolerance) })).toEqual(["ledger-broken"]);
    expect(denials(order("buy", 1), { ledgerImbalance: -1e-300 })).toEqual(["ledger-broken"]);
  });

  test("account: something left to risk", () => {
    expect(denials(order("buy", 1), { equity: 8 })).toEqual([]);
    expect(denials(order("buy", 1), { equity: 0 })).toContain("account-invalid");
    expect(denials(order("buy", 1), { equity: -1000 })).toContain("account-invalid");
  });

  test("order: units and decision price above zero", () => {
    expect(denials(order("buy", Number.MIN_VALUE))).toEqual([]);
    for (const units of [0, -1]) expect(denials(order("buy", units))).toContain("order-invalid");
    expect(denials(order("buy", 1, { decisionPrice: Number.MIN_VALUE }))).toEqual([]);
    for (const decisionPrice of [0, -1]) expect(denials(order("buy", 1, { decisionPrice }))).toEqual(["order-invalid"]);
  });

  test("limits: finite and not negative", () => {
    expect(denials(order("buy", 1), { now: 5000 }, { maxPriceAgeMs: 0 })).toEqual([]);
    for (const name of Object.keys(limits) as (keyof Limits)[]) {
      expect(denials(order("buy", 1), {}, { [name]: -Number.MIN_VALUE }), name).toContain("limits-invalid");
      expect(denials(order("buy", 1), {}, { [name]: Number.MAX_VALUE }), name).toEqual([]);
    }
  });
});

describe("prices that an order names", () => {
  const priced = (side: Side, pricing: Pricing): Order => order(side, 1, { pricing });
  const bracketed = (side: Side, bracket: Bracket, pricing?: Pricing): Order =>
    order(side, 1, { bracket, ...(pricing ? { pricing } : {}) });

  test("are positive numbers, each of them", () => {
    for (const value of [0, -1, NaN, Infinity]) {
      expect(denials(priced("buy", { kind: "limit", limit: value }))).toContain("order-price-invalid");
      expect(denials(priced("buy", { kind: "stop", stop: value }))).toContain("order-price-invalid");
      expect(denials(priced("sell", { kind: "stop-limit", stop: 9, limit: value }))).toContain("order-price-invalid");
      expect(denials(priced("sell", { kind: "trailing-stop", trail: value }))).toContain("order-price-invalid");
      expect(denials(bracketed("buy", { stop: 9, target: value }))).toContain("order-price-invalid");
    }
    expect(denials(priced("sell", { kind: "trailing-stop", trail: Number.MIN_VALUE }))).toEqual([]);
  });

  test("a stop lies beyond the market: above it to buy, below it to sell", () => {
    expect(denials(priced("buy", { kind: "stop", stop: above(10) }))).toEqual([]);
    expect(denials(priced("buy", { kind: "stop", stop: 10 }))).toEqual(["stop-on-wrong-side"]);
    expect(denials(priced("sell", { kind: "stop", stop: 10 }))).toEqual(["stop-on-wrong-side"]);
    expect(denials(priced("sell", { kind: "stop", stop: 9.999 }))).toEqual([]);
    expect(denials(priced("sell", { kind: "stop-limit", stop: 11, limit: 9 }))).toEqual(["stop-on-wrong-side"]);
  });

  test("a limit may lie anywhere", () => {
    for (const limit of [1, 10, 100]) expect(denials(priced("buy", { kind: "limit", limit }))).toEqual([]);
  });

  test("a bracket's stop loses and its target gains, from where the entry trades", () => {
    expect(denials(bracketed("buy", { stop: 9, target: 11 }))).toEqual([]);
    expect(denials(bracketed("sell", { stop: 11, target: 9 }))).toEqual([]);
    expect(denials(bracketed("buy", { stop: 10 }))).toEqual(["stop-on-wrong-side"]);
    expect(denials(bracketed("sell", { target: 10 }))).toEqual(["stop-on-wrong-side"]);
    expect(denials(bracketed("buy", { stop: 9 }, { kind: "limit", limit: 8 }))).toEqual(["stop-on-wrong-side"]);
    expect(denials(bracketed("buy", { stop: 11 }, { kind: "stop", stop: 12 }))).toEqual([]);
  });

  test("are told with the denial", () => {
    expect(review(priced("sell", { kind: "stop", stop: 12 }), context, limits)).toMatchObject({
      denials: [{ code: "stop-on-wrong-side", price: "stop", side: "sell", value: 12, market: 10 }],
    });
    expect(review(bracketed("buy", { target: -1 }), context, limits)).toMatchObject({
      denials: [{ code: "order-price-invalid", price: "bracket target", value: -1 }, {}],
    });
  });

  test("are frozen with the order", () => {
    const verdict = review(bracketed("buy", { stop: 9 }, { kind: "limit", limit: 10 }), context, limits);
    expect(verdict.approved).toBe(true);
    expect(Object.isFrozen(verdict.order.pricing)).toBe(true);
    expect(Object.isFrozen(verdict.order.bracket)).toBe(true);
  });
});

describe("fails closed", () => {
  const noNumbers = [NaN, Infinity, -Infinity, undefined as unknown as number];
  const read = Object.keys(context) as (keyof RiskContext)[];

  test.each(read)("denies where %s is no number", (name) => {
    for (const value of noNumbers) expect(denials(order("buy", 1), { [name]: value }), String(value)).not.toEqual([]);
  });

  test.each(Object.keys(limits) as (keyof Limits)[])("denies where the limit %s is no number", (name) => {
    for (const value of noNumbers) {
      expect(denials(order("buy", 1), {}, { [name]: value }), String(value)).toContain("limits-invalid");
    }
  });

  test.each(["units", "decisionPrice"] as const)("denies where the order's %s is no number", (name) => {
    for (const value of noNumbers) {
      expect(denials(order("buy", 1, { [name]: value })), String(value)).toContain("order-invalid");
      expect(denials(order("sell", 1, { [name]: value }), { heldUnits: 5 }), "reducing or not").toContain(
        "order-invalid",
      );
    }
  });

  test.each(read)("denies where reading %s throws, and says which rule failed", (name) => {
    const broken = Object.defineProperty({ ...context }, name, {
      get: () => {
        throw new Error("the account is gone");
      },
    });
    const verdict = review(order("buy", 1), broken, limits);
    expect(verdict).toMatchObject({
      approved: false,
      denials: expect.arrayContaining([
        { code: "rule-failed", rule: expect.any(String), error: "Error: the account is gone" },
      ]) as unknown,
    });
  });

  test("never approves what holds a number that is none, however the rest looks", () => {
    const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    const contexts = fc.record({
      now: number,
      equity: number,
      heldUnits: fc.constant(0), // flat, so that nothing can reduce
      besideUnits: number,
      contractSize: number,
      price: number,
      pricedAt: number,
      ledgerImbalance: number,
    });
    fc.assert(
      fc.property(
        contexts,
        fc.constantFrom(...read),
        fc.constantFrom(...noNumbers),
        number,
        (rest, name, value, units) => {
          expect(denials(order("buy", units), { ...rest, [name]: value })).not.toEqual([]);
        },
      ),
    );
  });
});

describe("orders that only reduce a position", () => {
  const troubles: Partial<RiskContext>[] = [
    { equity: 10 },
    { equity: -100 },
    { price: NaN },
    { price: 0 },
    { rate: NaN },
    { pricedAt: 0 },
    { now: NaN },
    { ledgerImbalance: 1 },
    { ledgerImbalance: NaN },
  ];

  test.each(troubles)("pass the rules against new risk in trouble: %o", (trouble) => {
    expect(denials(order("sell", 300), { ...trouble, heldUnits: 500 })).toEqual([]);
    expect(denials(order("buy", 500), { ...trouble, heldUnits: -500 }), "to the last unit").toEqual([]);
    expect(denials(order("buy", above(500)), { ...trouble, heldUnits: -500 }), "and not beyond").not.toEqual([]);
    expect(denials(order("buy", 1), { ...trouble, heldUnits: 500 }), "nor the other way").not.toEqual([]);
  });

  test("pass under broken limits, too", () => {
    expect(denials(order("sell", 5), { heldUnits: 5 }, { maxPositionFraction: NaN })).toEqual([]);
  });

  test("are never denied for their size where they can only reduce, as orders that protect a position are", () => {
    const protection = { reduceOnly: true, pricing: { kind: "stop", stop: 5 } } as const;
    for (const trouble of [{}, { equity: -100 }, { pricedAt: 0 }, { ledgerImbalance: 1 }]) {
      expect(denials(order("sell", 1e9, protection), { ...trouble, heldUnits: 5 })).toEqual([]);
    }
    expect(
      denials(order("sell", 1e9, protection), { heldUnits: 0 }),
      "where nothing is held they protect nothing",
    ).toEqual(["position-too-large", "order-too-large"]);
    expect(denials(order("sell", 1e9, protection), { heldUnits: -5 })).not.toEqual([]);
  });

  test("do not pass on an account whose state is unknown", () => {
    expect(denials(order("sell", 1), { heldUnits: NaN })).toContain("account-invalid");
    expect(denials(order("sell", 1), { heldUnits: 5, equity: NaN })).toContain("account-invalid");
    expect(denials(order("sell", 1), { heldUnits: 5, besideUnits: NaN })).toContain("account-invalid");
  });
});

describe("of two legs beside each other", () => {
  const long = (side: Side, units: number): Order => order(side, units, { leg: "long" });
  const short = (side: Side, units: number): Order => order(side, units, { leg: "short" });

  test("both count for the limit of a position, whichever way they stand", () => {
    expect(denials(short("sell", 25), { besideUnits: 100 })).toEqual([]);
    expect(denials(short("sell", 25.001), { besideUnits: 100 })).toEqual(["position-too-large"]);
    expect(denials(long("buy", 25), { besideUnits: -100 })).toEqual([]);
    expect(denials(long("buy", 25.001), { besideUnits: -100 })).toEqual(["position-too-large"]);
    expect(denials(long("buy", 5), { heldUnits: 60, besideUnits: -60 })).toEqual([]);
    expect(denials(long("buy", 6), { heldUnits: 60, besideUnits: -60 }), "a net position of 6").toEqual([
      "position-too-large",
    ]);
  });

  test("what makes the order's own smaller passes, and what makes the net smaller by growing does not", () => {
    const trouble = { equity: 10, besideUnits: -500 };
    expect(denials(long("sell", 300), { ...trouble, heldUnits: 500 })).toEqual([]);
    expect(denials(long("buy", 300), { ...trouble, heldUnits: 100 })).not.toEqual([]);
    expect(denials(short("sell", 1), { ...trouble, heldUnits: -1, besideUnits: 500 })).not.toEqual([]);
  });

  test("neither turns", () => {
    expect(denials(long("sell", 10), { heldUnits: 10 })).toEqual([]);
    expect(denials(long("sell", above(10)), { heldUnits: 10 })).toEqual(["leg-turned"]);
    expect(denials(short("buy", 10), { heldUnits: -10 })).toEqual([]);
    expect(denials(short("buy", above(10)), { heldUnits: -10 })).toEqual(["leg-turned"]);
    expect(denials(long("sell", 1))).toEqual(["leg-turned"]);
    expect(denials(short("buy", 1), { besideUnits: 5 })).toEqual(["leg-turned"]);
    for (const heldUnits of [NaN, -5]) expect(denials(long("sell", 1), { heldUnits })).toContain("leg-turned");
    expect(denials(order("sell", 1, { leg: "long", reduceOnly: true }), { heldUnits: 5 })).toEqual([]);
  });

  test("no sequence of approved orders brings both together above the limit at the decision price", () => {
    const step = fc.record({
      leg: fc.constantFrom<Leg>("long", "short"),
      side: fc.constantFrom<Side>("buy", "sell"),
      units: fc.double({ min: 0.001, max: 200, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const held = { long: 0, short: 0 };
        for (const { leg, side, units } of steps) {
          const asked = order(side, units, { leg });
          const besideUnits = held[leg === "long" ? "short" : "long"];
          if (denials(asked, { heldUnits: held[leg], besideUnits }).length > 0) continue;
          held[leg] += signedUnits(asked);
          expect(held.long >= 0 && held.short <= 0).toBe(true);
          expect(((held.long - held.short) * context.price) / context.equity).toBeLessThanOrEqual(1.25);
        }
      }),
    );
  });
});

test("gives the numbers that led to a denial, and every denial there is", () => {
  const asked = order("buy", 300);
  const verdict = review(asked, { ...context, now: 7500, ledgerImbalance: 0.5 }, limits);
  expect(verdict).toEqual({
    approved: false,
    order: asked,
    denials: [
      { code: "price-stale", ageMs: 2500, limitMs: 1000 },
      { code: "ledger-broken", imbalance: 0.5, limit: balanceTolerance },
      { code: "position-too-large", fraction: 3, limitFraction: 1.25 },
      { code: "order-too-large", fraction: 3, limitFraction: 2 },
    ],
  });
});

describe("an approval", () => {
  const approve = (asked: Order): Order => {
    const verdict = review(asked, context, limits);
    expect(verdict.approved).toBe(true);
    return verdict.order;
  };

  test("is a frozen copy: the order as it was reviewed", () => {
    const asked = { ...order("buy", 50) };
    const approved = approve(asked);
    expect(approved).toEqual(asked);
    expect(Object.isFrozen(approved)).toBe(true);
    asked.units = 5000;
    expect(approved.units).toBe(50);
    expect(() => Object.assign(approved, { units: 5000 })).toThrow(TypeError);
  });

  test("is known at run time for that very object only", () => {
    const asked = order("buy", 50);
    const approved = approve(asked);
    expect(isApproved(approved)).toBe(true);
    expect(isApproved(asked), "the order that was asked for").toBe(false);
    expect(isApproved({ ...approved }), "a copy").toBe(false);
    expect(isApproved(structuredClone(approved)), "a clone").toBe(false);
    const denied = review(order("buy", 5000), context, limits);
    expect(isApproved(denied.order), "a denied order").toBe(false);
  });

  test("cannot be had from the compiler by any other way than the gate", () => {
    const unitsOf = (approved: ApprovedOrder): number => approved.units;
    const plain = order("buy", 50);
    // @ts-expect-error a plain order is not an approved one
    expect(unitsOf(plain)).toBe(50);
    // @ts-expect-error nor is a verdict that was not looked at
    expect(unitsOf(review(plain, context, limits).order)).toBe(50);
    const verdict = review(plain, context, limits);
    expect(verdict.approved && unitsOf(verdict.order)).toBe(50);
  });

  test("is of the numbers that the rules saw, even of an order that changes while it is read", () => {
    let reads = 0;
    const shifty = Object.defineProperty({ ...order("buy", 1) }, "units", {
      enumerable: true,
      get: () => (reads++ === 0 ? 1 : 1e9),
    });
    expect(approve(shifty).units).toBe(1);
    expect(reads).toBe(1);
  });
});

test("no sequence of approved orders brings a position above its limit at the decision price", () => {
  const step = fc.record({
    side: fc.constantFrom<Side>("buy", "sell"),
    units: fc.double({ min: 0.001, max: 400, noNaN: true }),
    price: fc.double({ min: 1, max: 100, noNaN: true }),
    equity: fc.double({ min: 1, max: 5000, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let heldUnits = 0;
      for (const { side, units, price, equity } of steps) {
        const asked = order(side, units, { decisionPrice: price });
        if (!review(asked, { ...context, heldUnits, price, equity }, limits).approved) continue;
        const after = heldUnits + signedUnits(asked);
        const fraction = Math.abs(after * price) / equity;
        const smaller = Math.abs(after) <= Math.abs(heldUnits) && after * heldUnits >= 0;
        expect(fraction <= limits.maxPositionFraction || smaller, `${heldUnits} → ${after} at ${price}`).toBe(true);
        heldUnits = after;
      }
    }),
  );
});

test("has limits that leave room for turning a whole position over, and no more", () => {
  const usual = defaultLimits(60_000);
  expect(usual.maxPriceAgeMs).toBe(60_000);
  expect(denials(order("sell", 200), { heldUnits: 100 }, usual)).toEqual([]);
  expect(denials(order("buy", 126), {}, usual)).toEqual(["position-too-large"]);
});
