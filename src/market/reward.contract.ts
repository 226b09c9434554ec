/** @file What every reward must satisfy; called from each one's test. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import type { Bars } from "#domain/bar.ts";
import type { Universe } from "#domain/universe.ts";
import type { Costs } from "./costs.ts";
import { indexFundCosts } from "./costs.ts";
import type { StepFacts, WeightedTerm } from "./reward.ts";
import { rewarding } from "./trading-env.ts";
import { sampleUniverse } from "./sample-universe.ts";
import type { Accounts } from "./world.ts";
import { createAccounts, createMarket, startLane } from "./world.ts";

/** Where a reward breaks a law of the contract, on purpose: what is written in the documents does. */
export interface RewardExceptions {
  /** Pays or charges a flat account for what was before. */
  readonly paysFlat?: true;
  /** A commission may raise the sum over an episode. */
  readonly feesMayHelp?: true;
  /** It is a ratio to a price or to a value traded, so that adding a constant to all prices changes it. */
  readonly feelsShift?: true;
}

/** The facts of a step in which nothing happened to an account of 100 that is invested, but for what is named. */
export function stepFacts(some: Partial<StepFacts>): StepFacts {
  return {
    before: 100,
    after: 100,
    peakBefore: 100,
    peakAfter: 100,
    traded: 0,
    cost: 0,
    fills: 0,
    realised: 0,
    closed: 0,
    gross: 100,
    capital: 100,
    tradesToday: 0,
    day: 0,
    ...some,
  };
}

const capital = 100_000;
const steps = 150;
const instruments = 2;
const flatFee = (commissionPerUnit: number): Costs => ({
  spreadBps: 0,
  slippageAtr: 0.05,
  commissionBps: 0,
  commissionPerUnit,
});

/** A step's units to trade `[P]`, for each step; what is held stays within 300 units. */
function orderSchedule(seed: number): Float64Array[] {
  const rng = createRng(seed, "orders");
  const held = new Float64Array(instruments);
  return Array.from({ length: steps }, () =>
    held.map((units, i) => {
      const wanted = [-300, 0, 0, 150, 300][rng.integer(5)];
      held[i] = rng.uniform() < 0.4 ? wanted : units;
      return held[i] - units;
    }),
  );
}

function walkOf(seed: number): Universe {
  return sampleUniverse(steps + 2, seed);
}

/** The universe with each price turned into another. */
function repriced(whole: Universe, price: (of: number) => number): Universe {
  const bars = whole.bars.map((series): Bars => ({
    ...series,
    open: series.open.map(price),
    high: series.high.map(price),
    low: series.low.map(price),
    close: series.close.map(price),
  }));
  return { ...whole, bars };
}

interface Played {
  readonly rewards: number[];
  readonly accounts: Accounts;
  readonly sums: Readonly<Record<string, number>>;
}

/** What a reward pays for orders in a universe, step by step. */
function played(
  reward: readonly WeightedTerm[],
  walk: Universe,
  costs: Costs,
  schedule: readonly Float64Array[],
  money = capital,
): Played {
  const market = createMarket(walk, costs, { rebalanceBand: 0 });
  const accounts = createAccounts(market, 1);
  const paid = rewarding(reward, 1);
  startLane(market, accounts, 0, 0, money);
  paid.begin(0);
  const rewards = schedule.map((orders, step) => paid.step(market, accounts, 0, orders, money, step + 1));
  return { rewards, accounts, sums: paid.takeSums() };
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
const seeds = fc.integer({ min: 1, max: 10_000 });
const runs = { numRuns: 30 };

/** Defines the tests of the contract for a reward. */
export function rewardContract(
  name: string,
  create: () => readonly WeightedTerm[],
  exceptions: RewardExceptions = {},
): void {
  const none = orderSchedule(1).map((orders) => orders.map(() => 0));

  describe(`the contract of a reward, by ${name}`, () => {
    test("names its terms, each once", () => {
      const names = create().map(({ term }) => term.name);
      expect(new Set(names).size).toBe(names.length);
      expect(names.every((term) => /^[a-z][a-z0-9-]*$/u.test(term))).toBe(true);
    });

    test("is finite, and what its terms were logged with adds up to it", () => {
      fc.assert(
        fc.property(seeds, (seed) => {
          const { rewards, sums } = played(create(), walkOf(seed), indexFundCosts, orderSchedule(seed));
          expect(rewards.every(Number.isFinite)).toBe(true);
          expect(total(Object.values(sums))).toBeCloseTo(total(rewards), 9);
        }),
        runs,
      );
    });

    test("forgets a lane, and lets the memory of the others alone", () => {
      for (const { term } of create()) {
        const width = term.stateWidth;
        const state = new Float64Array(width + 4).fill(7);
        term.begin(state, 2);
        const first = state.slice();
        const facts = stepFacts({ after: 98, traded: 50, fills: 5, realised: -1, closed: 1, day: 3 });
        for (let n = 0; n < 300; n++) term.value(facts, state, 2);
        expect([...state.subarray(0, 2), ...state.subarray(width + 2)]).toEqual([7, 7, 7, 7]);
        term.begin(state, 2);
        expect(state).toEqual(first);
      }
    });

    test("pays nothing to an account that never traded", () => {
      const { rewards } = played(create(), walkOf(3), indexFundCosts, none);
      expect(rewards.every((reward) => reward === 0)).toBe(true);
    });

    test(`pays ${exceptions.paysFlat ? "even" : "nothing to"} an account that has become flat, after trades`, () => {
      const flat = [1, 2, 3, 4, 5, 6, 7, 8].flatMap((seed) => {
        const before = orderSchedule(seed).slice(0, 60);
        const held = before.reduce((sum, orders) => sum.map((units, i) => units + orders[i]), new Float64Array(2));
        const schedule = [...before, held.map((units) => -units), ...none].slice(0, steps);
        return played(create(), walkOf(seed), indexFundCosts, schedule).rewards.slice(61);
      });
      expect(flat.some((reward) => reward !== 0)).toBe(exceptions.paysFlat === true);
    });

    test("is the same where all prices and the capital are multiplied", () => {
      // Powers of two round nothing: terms with a threshold would turn where two rounded numbers are equal.
      fc.assert(
        fc.property(seeds, fc.constantFrom(2 ** -7, 4, 1024), (seed, factor) => {
          const schedule = orderSchedule(seed);
          const walk = walkOf(seed);
          const one = played(create(), walk, indexFundCosts, schedule);
          const scaled = repriced(walk, (price) => factor * price);
          const other = played(create(), scaled, indexFundCosts, schedule, factor * capital);
          expectClose(other.rewards, one.rewards);
        }),
        runs,
      );
    });

    if (exceptions.feelsShift !== true) {
      test("is the same where a constant is added to all prices", () => {
        fc.assert(
          fc.property(seeds, fc.constantFrom(5, 200), (seed, shift) => {
            const schedule = orderSchedule(seed);
            // Sums of 64ths are exact: no gain of nothing becomes a loss by rounding, at which some rewards leap.
            const costs = { ...flatFee(1 / 64), slippageAtr: 0 };
            const walk = repriced(walkOf(seed), (price) => Math.round(price * 64) / 64);
            const one = played(create(), walk, costs, schedule);
            const other = played(
              create(),
              repriced(walk, (price) => price + shift),
              costs,
              schedule,
            );
            expectClose(other.rewards, one.rewards);
          }),
          runs,
        );
      });
    }

    if (exceptions.feesMayHelp !== true) {
      test("never pays more in an episode of the same actions where fees are higher", () => {
        fc.assert(
          fc.property(seeds, fc.double({ min: 0, max: 0.5, noNaN: true }), (seed, fee) => {
            const schedule = orderSchedule(seed);
            const walk = walkOf(seed);
            const cheap = total(played(create(), walk, flatFee(fee), schedule).rewards);
            const dear = total(played(create(), walk, flatFee(1.5 * fee + 0.01), schedule).rewards);
            expect(dear).toBeLessThanOrEqual(cheap);
          }),
          runs,
        );
      });
    }
  });
}

/** Equal but for rounding, which ratios to a small deviation make larger. */
function expectClose(found: readonly number[], wanted: readonly number[]): void {
  found.forEach((value, n) =>
    expect(Math.abs(value - wanted[n])).toBeLessThanOrEqual(1e-7 * (1 + Math.abs(wanted[n]))),
  );
}
