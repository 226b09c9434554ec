/** @file What every kind of stress must satisfy; called from each one's test. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import { barsFrom } from "#domain/bar.ts";
import { instrument } from "#domain/instrument.ts";
import { imbalance } from "#domain/ledger.ts";
import type { Universe } from "#domain/universe.ts";
import { universe } from "#domain/universe.ts";
import { freeAccount } from "./account-rules.ts";
import type { Costs } from "./costs.ts";
import { sampleUniverse } from "./sample-universe.ts";
import type { StressOccurrence, StressSettings, StressedMarket } from "./stress.ts";
import { checkStress, stressEvents, stressedMarket } from "./stress.ts";
import type { StressKindName } from "./stress/events.ts";
import { stressKinds } from "./stress/events.ts";
import type { Accounts, Market } from "./world.ts";
import { advanceLane, createAccounts, createMarket, restOrders, startLane } from "./world.ts";

const capital = 100_000;
const costs: Costs = { spreadBps: 4, slippageAtr: 0.05, commissionBps: 1 };
const venue = { costs, sizing: { rebalanceBand: 0 }, rules: freeAccount };

/** One instrument that rises by 1 from 100 in each bar, with a range of 4: an ATR of 4. */
export function steadyRise(bars = 40): Universe {
  const rows = Array.from({ length: bars }, (_, t) => {
    const open = 100 + t;
    return { openTime: t * 86_400_000, open, high: open + 2.5, low: open - 1.5, close: open + 1, volume: 1000 };
  });
  return universe("rise", "1d", [{ instrument: instrument("A"), bars: barsFrom(rows) }]);
}

/** The steady rise with and without one event that begins at bar 20. */
export function oneEvent(
  kind: StressKindName,
  occurrence: Omit<StressOccurrence, "probability">,
  seed = 1,
): StressedMarket & { readonly calm: Market } {
  const settings: StressSettings = {
    events: { [kind]: { probability: 1, ...occurrence } },
    budget: { windowBars: 1000, events: 1 },
  };
  const rise = steadyRise();
  return { ...stressedMarket(rise, venue, settings, seed, 20), calm: createMarket(rise, costs, venue.sizing) };
}

/** An account that has stood flat at the close of bar `from` and then traded `units` in each bar in turn. */
export function traded(market: Market, units: readonly number[], from = 19): Accounts {
  const accounts = createAccounts(market, 1);
  startLane(market, accounts, 0, from, capital);
  for (const order of units) advanceLane(market, accounts, 0, [order]);
  return accounts;
}

const walkOf = (seed: number): Universe => sampleUniverse(90, seed);
const seeds = fc.integer({ min: 1, max: 10_000 });

/** Defines the tests of the contract for a kind of stress. */
export function stressContract(kind: StressKindName): void {
  const { severity, unit, usual } = stressKinds[kind];
  const settings = (probability: number): StressSettings => ({ events: { [kind]: { probability } } });

  describe(`the contract of stress, by ${kind}`, () => {
    test("changes nothing before its first event, to the bit", () => {
      fc.assert(
        fc.property(seeds, (seed) => {
          const walk = walkOf(seed);
          const calm = createMarket(walk, costs, venue.sizing);
          const { events, market, universe: changed } = stressedMarket(walk, venue, settings(0.3), seed, 40);
          const first = events[0]?.bar ?? walk.openTime.length;
          expect(first).toBeGreaterThanOrEqual(40);
          for (const name of ["open", "high", "low", "close", "halfSpread", "slippage"] as const) {
            expect(market.quotes[name].subarray(0, 2 * first)).toEqual(calm.quotes[name].subarray(0, 2 * first));
          }
          walk.bars.forEach((series, i) => {
            expect(changed.bars[i].close.subarray(0, first)).toEqual(series.close.subarray(0, first));
            expect(changed.bars[i].volume.subarray(0, first)).toEqual(series.volume.subarray(0, first));
          });
          const idle = market.quotes.blocked!.subarray(0, 2 * first);
          expect(idle.every((blocked) => blocked === 0)).toBe(true);
        }),
        { numRuns: 20 },
      );
    });

    test("keeps bars whole: low ≤ open, close ≤ high, all above zero", () => {
      for (const bars of stressedMarket(walkOf(5), venue, settings(0.5), 3).universe.bars) {
        bars.open.forEach((open, t) => {
          expect(bars.low[t]).toBeGreaterThan(0);
          expect(bars.low[t]).toBeLessThanOrEqual(Math.min(open, bars.close[t]));
          expect(bars.high[t]).toBeGreaterThanOrEqual(Math.max(open, bars.close[t]));
        });
      }
    });

    test("leaves the ledger in balance at every step, with resting orders too", () => {
      fc.assert(
        fc.property(seeds, (seed) => {
          const { market } = stressedMarket(walkOf(seed), venue, settings(0.4), seed);
          const accounts = createAccounts(market, 1);
          const rng = createRng(seed);
          startLane(market, accounts, 0, 0, capital);
          for (let t = 1; t < market.bars; t++) {
            for (let p = 0; p < 2; p++) {
              const close = market.quotes.close[2 * (t - 1) + p];
              if (rng.uniform() < 0.3) restOrders(market, accounts, 0, p, 0.98 * close, 1.03 * close);
            }
            advanceLane(market, accounts, 0, [rng.integer(200) - 100, rng.integer(200) - 100]);
            expect(imbalance(accounts.ledger, 0)).toBeLessThanOrEqual(1e-9);
          }
        }),
        { numRuns: 20 },
      );
    });

    test("has the same events for the same seed, others for another, none without probability", () => {
      const walk = walkOf(2);
      const events = stressEvents(walk, settings(0.2), 7);
      expect(events.length).toBeGreaterThan(10);
      expect(stressEvents(walk, settings(0.2), 7)).toEqual(events);
      expect(stressEvents(walk, settings(0.2), 8)).not.toEqual(events);
      expect(stressEvents(walk, settings(0), 7)).toEqual([]);
      for (const { severity: drawn, bars } of events) {
        expect(drawn).toBeGreaterThanOrEqual(usual.severity[0]);
        expect(drawn).toBeLessThanOrEqual(usual.severity[1]);
        expect(bars).toBeGreaterThanOrEqual(usual.bars[0]);
        expect(bars).toBeLessThanOrEqual(usual.bars[1]);
      }
    });

    test("refuses a severity out of its range, and names the setting", () => {
      for (const wrong of [severity[0] - 0.01, severity[1] + 0.01, NaN]) {
        const occurrence = { probability: 0.1, severity: [wrong, wrong] as const };
        expect(() => checkStress({ events: { [kind]: occurrence } })).toThrow(
          unit === "none" ? "has no severity" : `stress.events.${kind}.severity: ${wrong} is out of range`,
        );
      }
      expect(() => checkStress({ events: { [kind]: { probability: 0.1, severity } } })).not.toThrow();
    });
  });
}
