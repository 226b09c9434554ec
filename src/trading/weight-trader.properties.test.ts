/** @file Any levels, on bars that leap: the trader at the broker does what the training world does, and the Guardian denies nothing. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Bar } from "#domain/bar.ts";
import { barsFrom, closeTime, timeframeMs } from "#domain/bar.ts";
import { instrument } from "#domain/instrument.ts";
import type { JournalEntry } from "#domain/journal.ts";
import { maxOrderFraction } from "#domain/position-limit.ts";
import { barsAt, universe } from "#domain/universe.ts";
import { defaultLimits } from "#guardian/gate.ts";
import type { AccountRules } from "#market/account-rules.ts";
import { freeAccount } from "#market/account-rules.ts";
import { indexFundCosts } from "#market/costs.ts";
import { createAccounts, createMarket, startLane, stepLane } from "#market/world.ts";
import { scheduled } from "#policy/rules/scheduled.ts";
import { simulatedBroker } from "./simulated-broker.ts";
import { onBar } from "./trader.ts";

const capital = 100_000;

/** Bars of an hour, each of which leaps at its open and moves within: factors of its last price. */
const leaping: fc.Arbitrary<Bar[]> = fc
  .array(fc.tuple(fc.integer({ min: 90, max: 115 }), fc.integer({ min: 60, max: 160 })), {
    minLength: 20,
    maxLength: 30,
    size: "max",
  })
  .map((moves) => {
    let last = 100;
    return moves.map(([gap, body], t) => {
      const open = (last * gap) / 100;
      last = Math.min(Math.max((open * body) / 100, 1), 10_000);
      const [high, low] = [Math.max(open, last), Math.min(open, last)];
      return { openTime: t * timeframeMs["1h"], open, high, low, close: last, volume: 1000 };
    });
  });

const yen = instrument("USDJPY", { assetClass: "currency", currency: "JPY", lotStep: 0.01 });
const scenario = fc.record({
  bars: leaping,
  levels: fc.array(fc.constantFrom(-1, -0.5, 0, 0.5, 1), { minLength: 30, maxLength: 30, size: "max" }),
  traded: fc.constantFrom(instrument("A"), instrument("A", { lotStep: 25 }), yen),
  rules: fc.constantFrom<AccountRules>(freeAccount, { ...freeAccount, leverage: 3, maintenance: 0.1 }),
  rebalanceBand: fc.constantFrom(0, 0.2),
});

test("levels are turned without a denial, to the bit as in the training world, and no order is larger than one may be", async () => {
  let [largest, turned] = [0, 0];
  await fc.assert(
    fc.asyncProperty(scenario, async ({ bars, levels, traded, rules: plain, rebalanceBand }) => {
      const rules = { ...plain, currency: "USD" };
      const whole = universe("made", "1h", [{ instrument: traded, bars: barsFrom(bars) }]);
      const market = createMarket(whole, indexFundCosts, { rebalanceBand }, rules);
      const accounts = createAccounts(market, 1);
      startLane(market, accounts, 0, 0, capital);
      const broker = simulatedBroker({ ...whole, costs: indexFundCosts, rules, capital });
      const entries: JournalEntry[] = [];
      const parts = {
        timeframe: "1h",
        features: { next: () => new Float32Array(0) },
        policy: scheduled(
          "levels",
          levels.map((level) => [level]),
        ),
        sizing: { rebalanceBand },
        limits: defaultLimits(timeframeMs["1h"]),
        broker,
        journal: { record: (entry: JournalEntry) => void entries.push(entry) },
      } as const;
      for (let t = 0; t < bars.length - 1; t++) {
        await onBar(barsAt(whole, t), closeTime(bars[t].openTime, "1h"), parts);
        const { equity, positions } = await broker.account();
        expect(equity).toBe(accounts.equity[0]);
        expect(positions[0].units).toBe(accounts.ledger.units[0]);
        if (equity <= 0) break;
        const last = entries.at(-1);
        if (last?.kind === "intent") {
          const held = positions[0].units;
          const value = (last.order.units * bars[t].close * (positions[0].rate ?? 1)) / equity;
          if (last.order.units > Math.abs(held)) largest = Math.max(largest, value);
          if (held * levels[t] < 0) turned++;
        }
        stepLane(market, accounts, 0, [levels[t]], 0);
      }
      expect(entries.filter(({ kind }) => kind === "denied")).toEqual([]);
    }),
    { numRuns: 300 },
  );
  expect(turned, "positions were turned").toBeGreaterThan(300);
  expect(largest, "orders came to the limit").toBeGreaterThan(0.99 * maxOrderFraction);
  expect(largest).toBeLessThanOrEqual(maxOrderFraction);
});
