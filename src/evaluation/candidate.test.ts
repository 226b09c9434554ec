/** @file Benchmarks that can be held against an agent, and those that cannot. */
import { expect, test } from "vitest";
import { Failure } from "#base/failure.ts";
import { copyBars } from "#domain/bar.ts";
import { sliceUniverse } from "#domain/universe.ts";
import type { Universe } from "#domain/universe.ts";
import { randomWalk } from "#data/synthetic.ts";
import { buyAndHold } from "#policy/rules/buy-and-hold.ts";
import type { BacktestSetting } from "./backtest.ts";
import { backtest, noFeatures } from "./backtest.ts";
import { benchmarkCandidate } from "./candidate.ts";

const universe = randomWalk({ bars: 200, volatility: 0.01, seed: 1 });
const setting: BacktestSetting = {
  universe,
  from: 100,
  to: 190,
  costs: { spreadBps: 2, slippageAtr: 0, commissionBps: 1 },
  sizing: { rebalanceBand: 0 },
  capital: 50_000,
};
const other = randomWalk({ bars: 200, volatility: 0.02, seed: 2 });
const index: Universe = { ...other, name: "index", openTime: universe.openTime };

function refusal(benchmark: Universe, judged = setting): string {
  try {
    benchmarkCandidate(benchmark, judged);
  } catch (failure) {
    expect(failure).toBeInstanceOf(Failure);
    expect((failure as Failure).code).toBe("evaluation/bad-benchmark");
    return (failure as Failure).found;
  }
  return "taken";
}

const changed = (facts: Partial<Universe["instruments"][number]>): Universe => ({
  ...index,
  instruments: index.instruments.map((each) => ({ ...each, ...facts })),
});

test("is buy and hold of its market over the tested bars, whatever else it has before and after", async () => {
  const candidate = benchmarkCandidate(index, setting);
  expect(candidate.name).toBe("benchmark index");
  const found = await candidate.trade(setting);
  const direct = await backtest(buyAndHold(1), noFeatures, { ...setting, universe: index });
  expect(found.curve.equity).toEqual(direct.curve.equity);
  expect(found.curve.equity.length).toBe(90);
  const shorter = sliceUniverse(index, 60, 200);
  const later = await benchmarkCandidate(shorter, setting).trade(setting);
  expect(later.curve.time).toEqual(direct.curve.time);
});

test("is refused in another calendar, currency or timeframe, in words that name both", () => {
  expect(refusal(changed({ calendar: "crypto" }))).toMatch(/calendar crypto.*us-equities/);
  expect(refusal(changed({ currency: "EUR" }))).toMatch(/EUR.*USD/);
  expect(refusal({ ...index, timeframe: "1h" })).toMatch(/1h.*1d/);
});

test("is refused where it lacks a tested bar, or has one more, and says at which", () => {
  const without = (missing: number): Universe => {
    const kept = Array.from(universe.openTime, (_, t) => t).filter((t) => t !== missing);
    const bars = copyBars(index.bars[0]);
    const part = (values: Float64Array): Float64Array => Float64Array.from(kept, (t) => values[t]);
    const openTime = part(universe.openTime);
    return {
      ...index,
      openTime,
      bars: [
        {
          ...bars,
          openTime,
          open: part(bars.open),
          high: part(bars.high),
          low: part(bars.low),
          close: part(bars.close),
          volume: part(bars.volume),
        },
      ],
    };
  };
  const day = new Date(universe.openTime[150]).toISOString().slice(0, 10);
  expect(refusal(without(150))).toContain(day);
  expect(refusal(without(20)), "a hole before the test").toBe("taken");
  expect(refusal(sliceUniverse(index, 0, 150))).toContain(day);
  const judged = { ...setting, universe: without(150), to: 180 };
  expect(refusal(index, judged), "one more than is tested").toContain("one more");
});
