/** @file Bars for tests: made-up series that need no file, the same on every machine. */
import type { Bar, Bars } from "#domain/bar.ts";
import { barsFrom } from "#domain/bar.ts";

const dayMs = 86_400_000;

/**
 * A walk in whole cents from a small linear congruential generator (whole-number arithmetic only, so that the numbers
 * pinned in the tests hold everywhere): rises, falls, gaps, bars without range and bars without volume.
 */
export function sampleBars(length: number, seed = 1, stepMs = dayMs): Bar[] {
  let state = seed;
  const below = (limit: number): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state % limit;
  };
  const bars: Bar[] = [];
  let close = 10_000;
  for (let t = 0; t < length; t++) {
    const open = Math.max(close + below(101) - 50, 100);
    const still = below(23) === 0;
    close = still ? open : Math.max(open + below(401) - 199, 100);
    const high = Math.max(open, close) + (still ? 0 : below(80));
    const low = Math.min(open, close) - (still ? 0 : Math.min(below(80), 90));
    const volume = below(19) === 0 ? 0 : 1000 + below(9000);
    bars.push({ openTime: t * stepMs, open: open / 100, high: high / 100, low: low / 100, close: close / 100, volume });
  }
  return bars;
}

/** The same bars one after the other, `stepMs` apart: for series put together of parts. */
export function inOrder(bars: readonly Bar[], stepMs = dayMs): Bar[] {
  return bars.map((bar, t) => ({ ...bar, openTime: t * stepMs }));
}

/** The same bars with every price and every volume multiplied. */
export function scaledBars(bars: readonly Bar[], price: number, volume: number): Bar[] {
  return bars.map((bar) => ({
    ...bar,
    open: bar.open * price,
    high: bar.high * price,
    low: bar.low * price,
    close: bar.close * price,
    volume: bar.volume * volume,
  }));
}

/** Bars that never move, at one price. */
export function stillBars(length: number, price: number, volume: number): Bar[] {
  return Array.from({ length }, (_, t) => ({
    openTime: t * dayMs,
    open: price,
    high: price,
    low: price,
    close: price,
    volume,
  }));
}

/** 200 bars from 1,000 on, each `step` (±1) beyond the last one; a bar has a range of 1 and closes at its far end. */
export function risingBars(step: 1 | -1): Bar[] {
  return Array.from({ length: 200 }, (_, t) => {
    const close = 1000 + step * t;
    const open = close - step;
    return { openTime: t * dayMs, open, high: Math.max(open, close), low: Math.min(open, close), close, volume: 100 };
  });
}

/** 200 bars whose closes are multiplied by these factors, over and over. */
export function swingingBars(factors: readonly number[]): Bar[] {
  let close = 100;
  return Array.from({ length: 200 }, (_, t) => {
    const open = close;
    close *= factors[t % factors.length];
    return { openTime: t * dayMs, open, high: Math.max(open, close), low: Math.min(open, close), close, volume: 100 };
  });
}

/** 200 bars whose closes all grow by the same factor. */
export function growingBars(factor: number): Bar[] {
  return swingingBars([factor]);
}

/** What the made-up bars of `withMeasured` have measured: a book of three levels and trades. */
export const sampleMeasured = [
  "ofi1",
  "ofi2",
  "ofi3",
  "depthImbalance",
  "micropriceLean",
  "spreadBps",
  "meanSpreadBps",
  "spreadChangeBps",
  "tickImbalance",
  "recentTickImbalance",
  "tradeSignImbalance",
] as const;

/** The same bars with made-up numbers measured of each, thousandths from −3 to 3, now and then 0, all times `size`. */
export function withMeasured(bars: readonly Bar[], seed = 1, size = 1): Bar[] {
  let state = seed;
  const next = (): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state % 11 === 0 ? 0 : ((state % 6001) - 3000) / 1000;
  };
  return bars.map((bar) => ({ ...bar, measured: Float64Array.from(sampleMeasured, () => next() * size) }));
}

/** Bars of a still market, a day apart, with one measured number each. */
export function measuredColumn(values: readonly number[]): Bars {
  const still = stillBars(values.length, 100, 0);
  return barsFrom(
    still.map((bar, t) => ({ ...bar, measured: Float64Array.of(values[t]) })),
    ["value"],
  );
}
