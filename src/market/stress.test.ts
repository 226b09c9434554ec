import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";
import { sliceUniverse } from "#domain/universe.ts";
import { freeAccount } from "./account-rules.ts";
import { indexFundCosts } from "./costs.ts";
import { eventCosts } from "./stress-cost.ts";
import { oneEvent } from "./stress.contract.ts";
import type { StressSettings } from "./stress.ts";
import { checkStress, stressEvents, stressedMarket } from "./stress.ts";
import type { StressKindName } from "./stress/events.ts";
import { stressKinds } from "./stress/events.ts";
import { noise20 } from "./stress/presets.ts";
import { advanceLane, createAccounts, createMarket, startLane } from "./world.ts";

const venue = { costs: indexFundCosts, sizing: { rebalanceBand: 0 }, rules: freeAccount };
const walk = randomWalk({ bars: 300, seed: 4, volatility: 0.015, instruments: 3 });
const kindNames = Object.keys(stressKinds) as StressKindName[];
const all = (probability: number): StressSettings => ({
  events: Object.fromEntries(kindNames.map((kind) => [kind, { probability }])),
});

describe("events", () => {
  test("of a shorter history are the first of those of a longer one: nothing later decides them", () => {
    const settings = { ...all(0.05), budget: { windowBars: 40, events: 6, severity: 3 } };
    const whole = stressEvents(walk, settings, 1);
    expect(stressEvents(sliceUniverse(walk, 0, 150), settings, 1)).toEqual(whole.filter(({ bar }) => bar < 150));
  });

  test("of a kind do not depend on the other kinds, nor those of an instrument on the other instruments", () => {
    const together = stressEvents(walk, all(0.05), 2);
    for (const kind of kindNames) {
      const alone = stressEvents(walk, { events: { [kind]: { probability: 0.05 } } }, 2);
      expect(together.filter((event) => event.kind === kind)).toEqual(alone);
    }
    const last = { ...walk, instruments: walk.instruments.slice(2), bars: walk.bars.slice(2) };
    const own = together.filter(({ instrument }) => instrument === 2);
    expect(stressEvents(last, all(0.05), 2)).toEqual(own.map((event) => ({ ...event, instrument: 0 })));
  });

  test("never exceed the budget of a window", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.nat({ max: 8 }),
        fc.double({ min: 0, max: 4, noNaN: true }),
        fc.nat({ max: 1000 }),
        (windowBars, most, severity, seed) => {
          const spent = new Map<string, { events: number; severity: number }>();
          const budget = { windowBars, events: most, severity };
          for (const event of stressEvents(walk, { ...all(0.1), budget }, seed)) {
            const [least, greatest] = stressKinds[event.kind].severity;
            const window = `${event.instrument}/${Math.floor(event.bar / windowBars)}`;
            const before = spent.get(window) ?? { events: 0, severity: 0 };
            const share = greatest > least ? (event.severity - least) / (greatest - least) : 1;
            spent.set(window, { events: before.events + 1, severity: before.severity + share });
          }
          for (const { events, severity: sum } of spent.values()) {
            expect(events).toBeLessThanOrEqual(most);
            expect(sum).toBeLessThanOrEqual(severity + 1e-9);
          }
        },
      ),
      { numRuns: 30 },
    );
  });
});

test("refuses settings that mean nothing, and names them", () => {
  const refused = (settings: StressSettings): string => {
    try {
      checkStress(settings);
    } catch (error) {
      return (error as Error).message;
    }
    return "";
  };
  const events = { noise: { probability: 0.1 } };
  expect(refused({ events: { noise: { probability: 1.2 } } })).toContain("stress.events.noise.probability: 1.2");
  expect(refused({ events: { noise: { probability: 0.1, severity: [2, 1] } } })).toContain("least is above most");
  expect(refused({ events: { halt: { probability: 0.1, bars: [0, 4] } } })).toContain(
    "stress.events.halt.bars: 0 to 4",
  );
  expect(refused({ events, budget: { windowBars: 0, events: 1 } })).toContain("stress.budget.windowBars: 0");
  expect(refused({ events, budget: { windowBars: 10, events: -1 } })).toContain("stress.budget.events: -1");
  expect(refused({ events, budget: { windowBars: 10, events: 1, severity: -1 } })).toContain("stress.budget.severity");
  expect(refused({ events, budget: { windowBars: 10, events: 1 } })).toBe("");
});

test("a market without events is the market itself, to the bit", () => {
  const { market } = stressedMarket(walk, venue, { events: {} }, 1);
  const { latency: _, blocked: __, ...quotes } = market.quotes;
  expect(quotes).toEqual(createMarket(walk, indexFundCosts, venue.sizing).quotes);
});

describe("the cost of events", () => {
  const calm = createMarket(walk, indexFundCosts, venue.sizing);
  const orders = Float64Array.from({ length: 200 * 3 }, (_, at) => [0, 40, 0, -60, 20, 0, 0][at % 7]);
  const costsOf = (settings: StressSettings, seed = 5): number[] => {
    const { market, events } = stressedMarket(walk, venue, settings, seed, 51);
    const tested = events.filter(({ bar }) => bar <= 250);
    const { costs, elsewhere } = eventCosts(calm, market, tested, orders, 50, 1e6);
    return [...costs, elsewhere];
  };
  const only = (kind: StressKindName): StressSettings => ({ events: { [kind]: { probability: 0.2 } } });

  test("adds up to the difference of equity of the same positions", () => {
    const equityOf = (market: typeof calm): number => {
      const accounts = createAccounts(market, 1);
      const wanted = new Float64Array(3);
      startLane(market, accounts, 0, 50, 1e6);
      for (let step = 0; step < 200; step++) {
        for (let i = 0; i < 3; i++) wanted[i] += orders[3 * step + i];
        advanceLane(
          market,
          accounts,
          0,
          wanted.map((units, i) => units - accounts.ledger.units[i]),
        );
      }
      return accounts.equity[0];
    };
    for (const seed of [1, 2, 3]) {
      const { market } = stressedMarket(walk, venue, noise20, seed, 51);
      const sum = costsOf(noise20, seed).reduce((total, cost) => total + cost, 0);
      expect(sum).not.toBe(0);
      expect(sum).toBeCloseTo(equityOf(calm) - equityOf(market), 6);
    }
  });

  test("is never negative for what only makes fills dearer, and falls on nothing but events", () => {
    for (const kind of ["spread", "slippage", "latency"] as const) {
      const costs = costsOf(only(kind));
      expect(costs.every((cost) => cost >= -1e-6)).toBe(true);
      expect(Math.max(...costs)).toBeGreaterThan(0);
      expect(costs.at(-1)).toBeCloseTo(0, 6);
    }
  });

  test("of prices that a gap has moved is no other event's", () => {
    const settings: StressSettings = {
      events: { gap: { probability: 0.02, severity: [4, 8] }, slippage: { probability: 0.3 } },
    };
    const { market, events } = stressedMarket(walk, venue, settings, 5, 51);
    const tested = events.filter(({ bar }) => bar <= 250);
    const { costs, elsewhere } = eventCosts(calm, market, tested, orders, 50, 1e6);
    const beside = tested.flatMap(({ kind, bar, bars, instrument }, at) => {
      const isNear = (other: (typeof tested)[number]): boolean =>
        other.kind === "gap" &&
        other.instrument === instrument &&
        other.bar <= bar + bars &&
        bar <= other.bar + other.bars;
      return kind === "slippage" && !tested.some(isNear) ? [costs[at]] : [];
    });
    expect(beside.length).toBeGreaterThan(20);
    expect(Math.min(...beside)).toBeGreaterThanOrEqual(-1);
    expect(Math.max(...beside)).toBeGreaterThan(5);
    expect(elsewhere).not.toBe(0);
  });

  test("of a reject is what the price moved until the order was made up for, and its costs", () => {
    const { market, events, calm: rise } = oneEvent("reject", {});
    const { costs, elsewhere } = eventCosts(rise, market, events, Float64Array.of(100, 0, 0, 0), 19, 1e6);
    // Bought at 121 instead of 120: by hand with half the spread, slippage and commission of each bar.
    const paid = (bar: number): number =>
      100 * (rise.quotes.open[bar] + rise.quotes.halfSpread[bar] + rise.quotes.slippage[bar]) * 1.0001;
    expect(costs[0]).toBeCloseTo(paid(21) - paid(20), 6);
    expect(elsewhere).toBeCloseTo(0, 9);
  });

  test("is nothing for features that drop out", () => {
    expect(new Set(costsOf(only("feature-dropout")))).toEqual(new Set([0]));
  });
});
