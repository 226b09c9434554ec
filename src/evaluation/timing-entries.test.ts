/** @file From fills to decisions: the right bar, once, and a split that is no move. */
import { expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import { closeTime } from "#domain/bar.ts";
import { dayStart } from "#domain/day.ts";
import type { Fill } from "#domain/fill.ts";
import { orderId, protectionId } from "#domain/order.ts";
import { randomWalk } from "#data/synthetic.ts";
import type { Policy } from "#policy/policy.ts";
import { backtest, noFeatures } from "./backtest.ts";
import { decidedFill, runsTiming, timingEntries, timingPrices } from "./timing-entries.ts";

const universe = randomWalk({ bars: 400, volatility: 0.01, seed: 3, instruments: 2 });
const costs = { spreadBps: 2, slippageAtr: 0.01, commissionBps: 1 };
const base = { universe, from: 50, to: 400, costs, sizing: { rebalanceBand: 0 }, capital: 100_000 };

/** Buys the second instrument at the closes of these bars, and sells it at the close after each. */
function buyer(...bars: readonly number[]): Policy {
  let t = base.from - 1;
  return {
    name: "buyer",
    act: () => {
      t++;
      return { weights: bars.includes(t) ? [0, 1] : bars.includes(t - 1) ? [0, 0] : undefined };
    },
  };
}

test.each([undefined, { bars: 3 }])(
  "finds the bar at whose close it was decided, however late it filled: %j",
  async (latency) => {
    const { fills } = await backtest(buyer(60, 120), noFeatures, { ...base, latency });
    const { entries, undecided } = timingEntries(fills.map(decidedFill), universe);
    expect(undecided).toBe(0);
    expect(entries).toEqual([
      { instrument: 1, bar: 60, side: "buy" },
      { instrument: 1, bar: 61, side: "sell" },
      { instrument: 1, bar: 120, side: "buy" },
      { instrument: 1, bar: 121, side: "sell" },
    ]);
  },
);

test("a decision that filled in parts is one entry, and what protects a position is none", () => {
  const decidedAt = closeTime(universe.openTime[70], universe.timeframe);
  const fill = (orderIdOf: Fill["orderId"]): Fill => ({
    orderId: orderIdOf,
    symbol: "S1",
    side: "sell",
    units: 1,
    price: 1,
    referencePrice: 1,
    fee: 0,
    filledAt: decidedAt,
  });
  const parts = [orderId("S1", decidedAt), orderId("S1", decidedAt), protectionId("S1", "stop", decidedAt)];
  expect(timingEntries(parts.map(fill).map(decidedFill), universe)).toEqual({
    entries: [{ instrument: 0, bar: 70, side: "sell" }],
    undecided: 1,
  });
});

test("a split moves no price", () => {
  const date = new Date(universe.openTime[200]).toISOString().slice(0, 10);
  const split = universe.bars.map((bars, i) => {
    const halved = (column: Float64Array): Float64Array =>
      column.map((price, t) => (i === 0 && universe.openTime[t] >= dayStart(date) ? price / 4 : price));
    const { open, high, low, close } = bars;
    return { ...bars, open: halved(open), high: halved(high), low: halved(low), close: halved(close) };
  });
  const raw = { ...universe, bars: split, actions: [{ symbol: "S1", date, split: 4 }] };
  const [told, plain] = [timingPrices(raw, 50, 400), timingPrices(universe, 50, 400)];
  for (const t of [100, 199, 200, 399]) {
    const ratio = plain.bars[0].open[t] / told.bars[0].open[t];
    expect(ratio).toBeCloseTo(4, 9);
    expect(plain.atr[0][t] / told.atr[0][t]).toBeCloseTo(4, 9);
    expect(told.bars[1].open[t]).toBe(plain.bars[1].open[t]);
  }
});

test("runs are one sample, and decisions outside the tested bars are none of it", async () => {
  const wave = Array.from({ length: 100 }, (_, n) => 60 + 3 * n);
  const { fills } = await backtest(buyer(...wave), noFeatures, base);
  const run = fills.map(decidedFill);
  const settings = { horizonBars: 5, atrMultiple: 1 };
  const one = runsTiming([run], base, settings, createRng(1));
  const two = runsTiming([run, run], base, settings, createRng(1));
  expect(two.buy.entries).toBe(2 * one.buy.entries);
  expect(two.buy.skill, "the same run twice says nothing more").toEqual(one.buy.skill);
  expect(runsTiming([run], { ...base, from: 200 }, settings, createRng(1)).buy.entries).toBe(
    wave.filter((bar) => bar >= 200).length,
  );
});
