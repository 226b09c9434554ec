/** @file What every adversary must satisfy, whatever it wants; called from each one's test. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import { imbalance } from "#domain/ledger.ts";
import type { Adversary } from "./adversary.ts";
import { opposition, severityOf } from "./adversary.ts";
import { indexFundCosts } from "./costs.ts";
import { sampleUniverse } from "./sample-universe.ts";
import type { Market } from "./world.ts";
import { advanceLane, createAccounts, createMarket, startLane } from "./world.ts";

const market = createMarket(sampleUniverse(120, 6), indexFundCosts, { rebalanceBand: 0 });
const capital = 100_000;

/** Defines the tests of the contract for an adversary. */
export function adversaryContract(name: string, create: (market: Market) => Adversary): void {
  const seeds = fc.nat({ max: 10_000 });

  describe(`the contract of an adversary, by ${name}`, () => {
    test("never spends more than its budget, never helps, and leaves the ledger in balance", () => {
      fc.assert(
        fc.property(
          seeds,
          fc.nat({ max: 20 }),
          fc.double({ min: 0, max: 3, noNaN: true }),
          (seed, events, severity) => {
            const against = opposition(create(market), { events, severity }, 1);
            const accounts = { ...createAccounts(market, 1), blow: against.blow };
            const free = createAccounts(market, 1);
            const rng = createRng(seed);
            startLane(market, accounts, 0, 0, capital);
            against.begin(0);
            const spent = { events: 0, severity: 0 };
            for (let t = 1; t < market.bars; t++) {
              const orders = [rng.integer(100) - 50, rng.integer(100) - 50];
              against.strike({ market, accounts, lane: 0, orders });
              const { blow } = against;
              const used = severityOf(blow);
              spent.events += used > 0 ? 1 : 0;
              spent.severity += used;
              expect(blow.spread >= 1 && blow.slippage >= 1 && blow.gap >= 0 && blow.delay >= 0).toBe(true);
              // The same fill from the same state, without it.
              startLane(market, free, 0, t - 1, capital);
              advanceLane(market, free, 0, orders);
              const before = accounts.ledger.tradingCost[0];
              advanceLane(market, accounts, 0, orders);
              const paid = accounts.ledger.tradingCost[0] - before;
              if (!blow.reject) expect(paid).toBeGreaterThanOrEqual(free.ledger.tradingCost[0] - 1e-6);
              expect(imbalance(accounts.ledger, 0)).toBeLessThanOrEqual(1e-9);
            }
            expect(spent.events).toBeLessThanOrEqual(events);
            expect(spent.severity).toBeLessThanOrEqual(severity + 1e-12);
          },
        ),
        { numRuns: 30 },
      );
    });

    test("does the same to a lane whatever lanes are beside it", () => {
      const blows = (lanes: number, lane: number): string[] => {
        const against = opposition(create(market), { events: 30, severity: 10 }, lanes);
        const accounts = { ...createAccounts(market, lanes), blow: against.blow };
        for (let n = 0; n < lanes; n++) {
          startLane(market, accounts, n, 0, capital);
          against.begin(n);
        }
        const said: string[] = [];
        for (let t = 1; t < market.bars; t++) {
          for (let n = 0; n < lanes; n++) {
            const orders = n === lane ? [t % 7, -(t % 3)] : [50, 50];
            against.strike({ market, accounts, lane: n, orders });
            if (n === lane) said.push(JSON.stringify(against.blow));
            advanceLane(market, accounts, n, orders);
          }
        }
        return said;
      };
      expect(new Set(blows(1, 0)).size).toBeGreaterThan(1);
      expect(blows(3, 1)).toEqual(blows(1, 0));
    });
  });
}
