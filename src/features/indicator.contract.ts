/** @file What every indicator must satisfy; called from each one's test. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Bar } from "#domain/bar.ts";
import { barsFrom, sliceBars } from "#domain/bar.ts";
import type { Indicator } from "./indicator.ts";
import { indicatorColumns, runIndicator } from "./indicator.ts";
import { inOrder, sampleBars, sampleMeasured, scaledBars, stillBars, withMeasured } from "./sample-bars.ts";

/**
 * Bars of any shape: gaps, no range, no volume, falls to a hundredth, with any numbers measured. Always low ≤ open,
 * close ≤ high, all above 0.
 */
function anyBars(maxLength: number, stepMs: number): fc.Arbitrary<Bar[]> {
  const step = fc.record({
    gap: fc.integer({ min: -900, max: 900 }),
    body: fc.integer({ min: -900, max: 900 }),
    above: fc.integer({ min: 0, max: 500 }),
    below: fc.integer({ min: 0, max: 900 }),
    volume: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 1_000_000 })),
  });
  const steps = fc.array(step, { minLength: 1, maxLength, size: "max" });
  const seed = fc.integer({ min: 1, max: 1e6 });
  return fc.tuple(steps, seed).map(([moves, drawn]) => {
    let price = 100;
    const bars = moves.map(({ gap, body, above, below, volume }, t) => {
      const open = price * (1 + gap / 1000);
      const close = open * (1 + body / 1000);
      // Kept within reach of a market's prices, however long the walk.
      price = Math.min(Math.max(close, 1e-3), 1e6);
      const high = Math.max(open, close) * (1 + above / 1000);
      const low = Math.min(open, close) * (1 - below / 1000);
      return { openTime: t * stepMs, open, high, low, close, volume };
    });
    return withMeasured(bars, drawn);
  });
}

/** What the indicator says when it is given one fresh, frozen bar after another. */
function streamed(indicator: Indicator, bars: readonly Bar[]): Float64Array {
  const width = indicator.outputs.length;
  const said = new Float64Array(bars.length * width);
  bars.forEach((bar, t) => indicator.next(Object.freeze({ ...bar }), said, t * width));
  return said;
}

function columnsOf(create: () => Indicator, bars: readonly Bar[]): Float64Array {
  return indicatorColumns(create(), barsFrom(bars, sampleMeasured));
}

/** Finite from the end of the warm-up on, NaN before it. */
function expectWarmUp(said: Float64Array, { outputs, warmUpBars }: Indicator): void {
  const silent = (warmUpBars - 1) * outputs.length;
  expect(said.subarray(0, silent).every(Number.isNaN), "all outputs are NaN before the declared bar").toBe(true);
  expect(
    said.subarray(silent).findIndex((value) => !Number.isFinite(value)),
    "no NaN or infinity after it",
  ).toBe(-1);
}

const dayMs = 86_400_000;

/** Defines the tests of the contract for an indicator with fixed settings, over bars that open `stepMs` apart. */
export function indicatorContract(name: string, create: () => Indicator, stepMs = dayMs): void {
  const { outputs, warmUpBars } = create();
  const width = outputs.length;
  const bars = withMeasured(sampleBars(warmUpBars + 80, 1, stepMs));

  describe(`the contract of an indicator, by ${name}`, () => {
    test("names its outputs, each once", () => {
      expect(width).toBeGreaterThan(0);
      expect(new Set(outputs).size).toBe(width);
      expect(outputs.every((output) => /^[a-z][A-Za-z0-9]*$/u.test(output))).toBe(true);
    });

    test("is silent for exactly its declared warm-up", () => {
      expect(warmUpBars).toBeGreaterThanOrEqual(1);
      expectWarmUp(columnsOf(create, bars), create());
      for (const length of [1, warmUpBars]) expectWarmUp(columnsOf(create, bars.slice(0, length)), create());
    });

    test("says the same bits over a column, bar by bar, in two parts and from a fresh start", () => {
      const batch = columnsOf(create, bars);
      expect(streamed(create(), bars), "bar by bar").toEqual(batch);
      const split = new Float64Array(batch.length);
      const continued = create();
      const cut = Math.floor(bars.length / 3);
      const columns = barsFrom(bars, sampleMeasured);
      runIndicator(continued, sliceBars(columns, 0, cut), split, 0, width);
      runIndicator(continued, sliceBars(columns, cut, bars.length), split, cut * width, width);
      expect(split, "in two parts").toEqual(batch);
      expect(columnsOf(create, bars), "from a fresh start").toEqual(batch);
    });

    test("goes on from a saved state to the bit, and from the same state twice", () => {
      const whole = columnsOf(create, bars);
      for (const cut of [1, Math.ceil(warmUpBars / 2), warmUpBars + 7]) {
        const saved = create();
        streamed(saved, bars.slice(0, cut));
        const state = saved.state();
        // What went on after the state was taken may not reach into it.
        streamed(saved, bars.slice(cut));
        for (const restored of [create(), saved]) {
          restored.restore(state);
          expect(streamed(restored, bars.slice(cut)), `from bar ${cut} on`).toEqual(whole.subarray(cut * width));
        }
      }
    });

    test("refuses a state of another length", () => {
      const one = create();
      expect(() => one.restore(new Float64Array(one.state().length + 1))).toThrow(/restored where it came from/);
    });

    test("writes its outputs and nothing beside them", () => {
      const into = new Float64Array(width + 4).fill(7);
      const one = create();
      for (const bar of bars) one.next(bar, into, 2);
      expect([...into.subarray(0, 2), ...into.subarray(width + 2)]).toEqual([7, 7, 7, 7]);
      expect(into.subarray(2, width + 2)).toEqual(columnsOf(create, bars).subarray(-width));
    });

    test("does not change the past when the future changes", () => {
      const runs = { numRuns: 25 };
      const future = anyBars(30, stepMs);
      fc.assert(
        fc.property(anyBars(warmUpBars + 30, stepMs), future, future, (past, one, other) => {
          const seen = past.length * width;
          const alone = columnsOf(create, past);
          expect(columnsOf(create, inOrder([...past, ...one], stepMs)).subarray(0, seen)).toEqual(alone);
          expect(columnsOf(create, inOrder([...past, ...other], stepMs)).subarray(0, seen)).toEqual(alone);
        }),
        runs,
      );
    });

    test("stays finite on any bars", () => {
      fc.assert(
        fc.property(anyBars(warmUpBars + 60, stepMs), (any) => expectWarmUp(columnsOf(create, any), create())),
        { numRuns: 25 },
      );
    });

    const length = warmUpBars + 40;
    const market = sampleBars(length, 1, stepMs);
    const hard: Record<string, Bar[]> = {
      "a price that never moves": stillBars(length, 101.37, 500),
      "a price that never moves, without volume": stillBars(length, 1 / 3, 0),
      "a market that falls asleep": [...market, ...stillBars(4000, market[length - 1].close, 0)],
      "a market that wakes up": [...stillBars(length, market[0].open, 0), ...market],
      "no volume": scaledBars(market, 1, 0),
      "huge prices and volumes": scaledBars(market, 1e12, 1e12),
      "tiny prices and volumes": scaledBars(market, 1e-12, 1e-6),
      "bars without range": market.map((bar) => ({ ...bar, open: bar.close, high: bar.close, low: bar.close })),
      "a crash to a millionth": [...market, ...scaledBars(market, 1e-6, 1)],
    };
    test.each(Object.keys(hard))("stays finite on %s", (kind) => {
      expectWarmUp(columnsOf(create, withMeasured(inOrder(hard[kind], stepMs))), create());
    });
    test.each([
      ["all 0", 0],
      ["huge", 1e12],
      ["tiny", 1e-12],
    ])("stays finite where what is measured is %s", (_, size) => {
      expectWarmUp(columnsOf(create, withMeasured(market, 1, size)), create());
    });

    test("shares nothing between two of its kind", () => {
      const others = withMeasured(sampleBars(bars.length, 77, stepMs), 77);
      const [mine, yours] = [create(), create()];
      const [said, saidToo] = [new Float64Array(bars.length * width), new Float64Array(bars.length * width)];
      bars.forEach((bar, t) => {
        mine.next(bar, said, t * width);
        yours.next(others[t], saidToo, t * width);
      });
      expect(said).toEqual(columnsOf(create, bars));
      expect(saidToo).toEqual(columnsOf(create, others));
    });
  });
}

/** Rows of numbers after certain bars of `sampleBars`, `[bar index, …outputs]`, from an independent source. */
export type KnownRows = readonly (readonly [t: number, ...outputs: number[]])[];

/**
 * Expects an indicator to say the known numbers, to 1e-9 relative (absolute below 1). The first row must be the bar at
 * which the source speaks first: the warm-up is neither shorter nor longer.
 */
export function expectKnown(indicator: Indicator, rows: KnownRows, length = 200): void {
  const width = indicator.outputs.length;
  const said = indicatorColumns(indicator, barsFrom(sampleBars(length)));
  expect(indicator.warmUpBars - 1, "the source's first bar").toBe(rows[0][0]);
  for (const [t, ...outputs] of rows) {
    expect(outputs).toHaveLength(width);
    outputs.forEach((known, output) => {
      const value = said[t * width + output];
      const off = Math.abs(value - known) / Math.max(1, Math.abs(known));
      expect(off, `${indicator.outputs[output]} after bar ${t} is ${known}, was ${value}`).toBeLessThan(1e-9);
    });
  }
}

/** The last numbers that an indicator says after bars, for cases worked by hand. */
export function lastOf(indicator: Indicator, bars: readonly Bar[]): number[] {
  return [...streamed(indicator, bars).subarray(-indicator.outputs.length)];
}
