import fc from "fast-check";
import { expect, test } from "vitest";
import { InvariantBroken } from "#base/invariant.ts";
import type { Ledger } from "./ledger.ts";
import {
  balanceTolerance,
  checkLedger,
  createLedger,
  equity,
  imbalance,
  markPosition,
  openAccount,
  postFill,
} from "./ledger.ts";

const contractSizes = [1, 100_000, 0.1];
const capital = 100_000;

/** A fill or, without units, a mark. The slip is adverse or not: the ledger posts what it is told. */
interface Event {
  readonly instrument: number;
  readonly units: number | undefined;
  readonly reference: number;
  readonly slip: number;
  readonly fee: number;
}

/** Units and prices such that one trade is at most a few times the capital, whatever the contract size. */
const event: fc.Arbitrary<Event> = fc
  .record({
    instrument: fc.nat({ max: contractSizes.length - 1 }),
    value: fc.option(fc.double({ min: -2 * capital, max: 2 * capital, noNaN: true }), { nil: undefined, freq: 4 }),
    reference: fc.double({ min: 0.5, max: 500, noNaN: true }),
    slip: fc.double({ min: -0.01, max: 0.01, noNaN: true }),
    fee: fc.double({ min: 0, max: 50, noNaN: true }),
  })
  .map(({ value, ...rest }) => ({
    ...rest,
    units: value === undefined ? undefined : value / (rest.reference * contractSizes[rest.instrument]),
  }));
const events = fc.array(event, { minLength: 1, maxLength: 40 });

function accountOf(history: readonly Event[]): Ledger {
  const ledger = createLedger(1, contractSizes);
  openAccount(ledger, 0, capital);
  for (const { instrument, units, reference, slip, fee } of history) {
    if (units === undefined) markPosition(ledger, 0, instrument, reference);
    else postFill(ledger, 0, instrument, units, reference * (1 + slip), reference, fee);
  }
  return ledger;
}

/** Within the ledger's law: 1e-9 of the largest amount involved. */
function expectEqual(found: number, wanted: number, scale: number, what: string): void {
  expect(Math.abs(found - wanted) / scale, `${what}: ${found}, wanted ${wanted}`).toBeLessThanOrEqual(1e-9);
}

test("balances after any fills and marks, reversals and partial closes included", () => {
  fc.assert(
    fc.property(events, (history) => {
      for (let length = 1; length <= history.length; length++) {
        expect(imbalance(accountOf(history.slice(0, length)), 0)).toBeLessThanOrEqual(balanceTolerance);
      }
    }),
  );
});

test("conserves cash, units, fees and equity: they are the sums of what was posted", () => {
  fc.assert(
    fc.property(events, (history) => {
      const ledger = accountOf(history);
      const fills = history.filter(({ units }) => units !== undefined);
      const total = (amount: (fill: Event, units: number) => number): number =>
        fills.reduce((sum, fill) => sum + amount(fill, fill.units!), 0);
      const paid = total(
        ({ instrument, reference, slip }, units) => units * reference * (1 + slip) * contractSizes[instrument],
      );
      const fees = total(({ fee }) => fee);
      const scale = capital * (1 + 3 * history.length);
      expectEqual(ledger.cash[0], capital - paid - fees, scale, "cash");
      expectEqual(ledger.fees[0], fees, scale, "fees");
      let value = 0;
      for (let i = 0; i < contractSizes.length; i++) {
        const units = total((fill, signed) => (fill.instrument === i ? signed : 0));
        const last = history.findLast(({ instrument }) => instrument === i);
        expectEqual(ledger.units[i] * contractSizes[i], units * contractSizes[i], scale, "units");
        value += units * (last?.reference ?? 0) * contractSizes[i];
      }
      expectEqual(equity(ledger, 0), capital - paid - fees + value, scale, "equity");
    }),
  );
});

test("moves equity by Σ position · Δmark less costs, at every single event", () => {
  fc.assert(
    fc.property(events, (history) => {
      const held = contractSizes.map(() => 0);
      const mark = contractSizes.map(() => 0);
      let before = capital;
      history.forEach(({ instrument, units, reference, slip, fee }, at) => {
        const gain = held[instrument] * (reference - mark[instrument]) * contractSizes[instrument];
        const cost = units === undefined ? 0 : units * reference * slip * contractSizes[instrument] + fee;
        held[instrument] += units ?? 0;
        mark[instrument] = reference;
        const after = equity(accountOf(history.slice(0, at + 1)), 0);
        const scale = capital * (1 + 3 * history.length) * 1000;
        expectEqual(after - before, gain - cost, scale, `event ${at}`);
        before = after;
      });
    }),
  );
});

test("realises what a hand-made story earns: long 100 @ 10, half sold @ 12, turned short 30 @ 9, closed @ 8", () => {
  const ledger = createLedger(1, [2]);
  openAccount(ledger, 0, 10_000);
  const fillAt = (units: number, price: number, fee: number): void => postFill(ledger, 0, 0, units, price, price, fee);

  fillAt(100, 10, 1); // costs 2,000
  expect([ledger.cash[0], ledger.cost[0], ledger.realised[0], equity(ledger, 0)]).toEqual([7999, 2000, 0, 9999]);

  fillAt(-50, 12, 1); // brings 1,200 for what cost 1,000
  expect([ledger.cash[0], ledger.cost[0], ledger.realised[0], ledger.units[0]]).toEqual([9198, 1000, 200, 50]);
  expect(equity(ledger, 0), "the other half is worth 1,200").toBe(10_398);

  fillAt(-80, 9, 1); // closes 50, which cost 1,000, for 900; opens −30 for −540
  expect([ledger.cash[0], ledger.cost[0], ledger.realised[0], ledger.units[0]]).toEqual([10_637, -540, 100, -30]);

  markPosition(ledger, 0, 0, 8.5);
  expect(equity(ledger, 0)).toBe(10_637 - 30 * 8.5 * 2);

  fillAt(30, 8, 1); // pays 480 for what brought 540
  expect([ledger.cash[0], ledger.cost[0], ledger.realised[0], ledger.units[0]]).toEqual([10_156, 0, 160, 0]);
  expect(ledger.fees[0]).toBe(4);
  expect(equity(ledger, 0), "capital + realised − fees").toBe(10_000 + 160 - 4);
});

test("keeps spread and slippage apart from what the market gave", () => {
  const ledger = createLedger(1, [1]);
  openAccount(ledger, 0, 1000);
  postFill(ledger, 0, 0, 10, 10.5, 10, 2); // bought 0.5 worse than the reference
  markPosition(ledger, 0, 0, 11);
  postFill(ledger, 0, 0, -10, 10.75, 11, 2); // sold 0.25 worse
  expect(ledger.marketGain[0]).toBe(10);
  expect(ledger.tradingCost[0]).toBe(5 + 2 + 2.5 + 2);
  expect(equity(ledger, 0)).toBe(1000 + 10 - 11.5);
});

test("keeps lanes apart, and starts one anew without a trace", () => {
  const ledger = createLedger(3, [1, 1]);
  for (let lane = 0; lane < 3; lane++) openAccount(ledger, lane, 100 * (lane + 1));
  const others = (): number[] => [equity(ledger, 0), equity(ledger, 2), ledger.units[1], ledger.units[4]];
  const before = others();
  postFill(ledger, 1, 0, 5, 10, 10, 1);
  postFill(ledger, 1, 1, -5, 20, 19, 1);
  markPosition(ledger, 1, 1, 25);
  expect(others()).toEqual(before);
  expect(equity(ledger, 1)).not.toBe(200);
  openAccount(ledger, 1, 70);
  const fresh = createLedger(3, [1, 1]);
  [100, 70, 300].forEach((start, lane) => openAccount(fresh, lane, start));
  expect(ledger).toEqual(fresh);
});

const books = ["cash", "realised", "fees", "marketGain", "tradingCost", "units", "cost", "mark", "capital"] as const;

test.each(books)("does not balance once %s was tampered with", (name) => {
  for (const wrong of [(value: number) => value * 1.001 + 1, () => Number.NaN, () => Infinity]) {
    const ledger = createLedger(1, [1]);
    openAccount(ledger, 0, 1000);
    postFill(ledger, 0, 0, 10, 10.1, 10, 1);
    postFill(ledger, 0, 0, -4, 10.9, 11, 1);
    expect(() => checkLedger(ledger, 0)).not.toThrow();
    ledger[name][0] = wrong(ledger[name][0]);
    expect(() => checkLedger(ledger, 0), name).toThrow(InvariantBroken);
  }
});

test("lets an imbalance pass up to the tolerance and no further", () => {
  const off = (amount: number) => () => {
    const ledger = createLedger(1, [1]);
    openAccount(ledger, 0, 1);
    ledger.realised[0] = amount;
    checkLedger(ledger, 0);
  };
  expect(off(0.9 * balanceTolerance)).not.toThrow();
  expect(off(1.1 * balanceTolerance)).toThrow("the ledger balances");
});
