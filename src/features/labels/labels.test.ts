/** @file Labels: known answers by hand, ends for purging, nothing after the end matters, and no way into an observation. */
import { globSync, readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Bar } from "#domain/bar.ts";
import { barsFrom } from "#domain/bar.ts";
import { risingBars, sampleBars, stillBars } from "../sample-bars.ts";
import { fixedHorizonLabels } from "./fixed-horizon.ts";
import type { Label, Labels } from "./label.ts";
import { endOf, label, outcomeOf, purgedBars } from "./label.ts";
import { slopeStatistic, trendScanningLabels } from "./trend-scanning.ts";
import { tripleBarrierLabels } from "./triple-barrier.ts";

const told = (labels: Labels): (readonly [number, number] | undefined)[] =>
  labels.map((one) => one && ([outcomeOf(one), endOf(one)] as const));

/** A bar from open, high, low and close. */
function bar(t: number, [open, high, low, close]: readonly number[]): Bar {
  return { openTime: t * 60_000, open, high, low, close, volume: 1 };
}

const bars = (...rows: readonly (readonly number[])[]): ReturnType<typeof barsFrom> =>
  barsFrom(rows.map((row, t) => bar(t, row)));

describe("triple barrier", () => {
  const barriers = { atrPeriod: 1, upperAtr: 2, lowerAtr: 1, horizonBars: 3 };
  // ATR of one bar is its true range. After the first bar: range 2, close 100, barriers 104 and 98.
  const first = [100, 101, 99, 100];
  const inside = [100, 101, 99, 100];

  test.each([
    ["the upper one is touched", [inside, [100, 104, 99, 103], inside], [1, 2]],
    ["the lower one is touched", [[100, 101, 98, 99], inside, inside], [-1, 1]],
    ["neither is touched in time", [inside, inside, inside], [0, 3]],
    ["both are spanned by one bar, which counts as a loss", [[100, 105, 97, 100], inside, inside], [-1, 1]],
    ["a bar opens above the upper one and falls through both", [[105, 106, 90, 91], inside, inside], [1, 1]],
    ["a bar opens below the lower one and rises through both", [inside, [97, 110, 96, 108], inside], [-1, 2]],
    ["the touch comes a bar too late", [inside, inside, inside, [100, 120, 100, 119]], [0, 3]],
  ])("says what happened when %s", (_, after, expected) => {
    expect(told(tripleBarrierLabels(bars(first, ...after), barriers))[0]).toEqual(expected);
  });

  test("has no label where the data ends before it is settled, and one where a touch settles it earlier", () => {
    expect(told(tripleBarrierLabels(bars(first, inside, inside), barriers))).toEqual([undefined, undefined, undefined]);
    expect(told(tripleBarrierLabels(bars(first, [100, 104, 99, 103]), barriers))[0]).toEqual([1, 1]);
  });

  test("has no label while the ATR warms up, and finds nothing to reach without any range", () => {
    const labels = told(tripleBarrierLabels(barsFrom(stillBars(10, 50, 0)), { ...barriers, atrPeriod: 4 }));
    expect(labels).toEqual([...Array<undefined>(3).fill(undefined), [0, 6], [0, 7], [0, 8], [0, 9], ...Array(3)]);
  });
});

describe("fixed horizon", () => {
  const closes = bars([1, 1, 1, 1], [1, 2, 1, 2], [2, 2, 1, 1], [1, 1, 1, 1]);

  test("is the log return, ending with the horizon", () => {
    expect(told(fixedHorizonLabels(closes, { horizonBars: 1 }))).toEqual([
      [Math.log(2), 1],
      [-Math.log(2), 2],
      [0, 3],
      undefined,
    ]);
  });

  test("is the class by the threshold", () => {
    expect(told(fixedHorizonLabels(closes, { horizonBars: 1, threshold: 0.1 })).slice(0, 3)).toEqual([
      [1, 1],
      [-1, 2],
      [0, 3],
    ]);
    expect(told(fixedHorizonLabels(closes, { horizonBars: 1, threshold: 0.7 }))[0]).toEqual([0, 1]);
  });
});

describe("trend scanning", () => {
  test("computes t of the slope as by hand", () => {
    // y = 1, 3, 2 on 0, 1, 2: slope 1/2, residuals −1/2, 1, −1/2, s² = 1.5, Σ(x − x̄)² = 2, t = 0.5 / √0.75.
    expect(slopeStatistic(Float64Array.of(1, 3, 2), 0, 2)).toBeCloseTo(0.5 / Math.sqrt(0.75), 12);
    // y = 1, 2, 4, 7 on 0 … 3: slope 2, residuals 0.5, −0.5, −0.5, 0.5, s² = 0.5, Σ(x − x̄)² = 5, t = 2 / √0.1.
    expect(slopeStatistic(Float64Array.of(9, 1, 2, 4, 7), 1, 3)).toBeCloseTo(2 / Math.sqrt(0.1), 12);
  });

  test("takes the line with the largest |t|, and ends where the longest one that it looked at ends", () => {
    // Falls for 3 bars in a straight line but for a little, then rises far: the short line is the surer one.
    const close = [100, 99, 97.9, 97, 130, 90, 150].map((price) => [price, price, price, price]);
    expect(told(trendScanningLabels(bars(...close), { shortestBars: 3, longestBars: 6 }))[0]).toEqual([-1, 6]);
  });

  test("says 0 for a price that does not move and the direction of a straight line", () => {
    const scan = { shortestBars: 2, longestBars: 5 };
    expect(told(trendScanningLabels(barsFrom(stillBars(8, 0.1, 0)), scan))[0]).toEqual([0, 5]);
    expect(told(trendScanningLabels(barsFrom(risingBars(1)), scan))[7]).toEqual([1, 12]);
    expect(told(trendScanningLabels(barsFrom(risingBars(-1)), scan))[7]).toEqual([-1, 12]);
  });
});

describe("the end of a label", () => {
  const kinds: Readonly<Record<string, (given: ReturnType<typeof barsFrom>) => Labels>> = {
    "triple barrier": (given) =>
      tripleBarrierLabels(given, { atrPeriod: 5, upperAtr: 1.5, lowerAtr: 1, horizonBars: 8 }),
    "fixed horizon": (given) => fixedHorizonLabels(given, { horizonBars: 7 }),
    "trend scanning": (given) => trendScanningLabels(given, { shortestBars: 3, longestBars: 9 }),
  };

  test.each(Object.keys(kinds))("is the last bar that matters to it: %s", (kind) => {
    const rows = sampleBars(80, 5);
    const labels = kinds[kind](barsFrom(rows));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 79 }), fc.integer({ min: 2, max: 1e6 }), (t, seed) => {
        const one = labels[t];
        if (one === undefined) return;
        const end = endOf(one);
        expect(end).toBeGreaterThan(t);
        const other = sampleBars(80, seed);
        const changed = rows.map((row, at) => (at <= end ? row : { ...other[at], openTime: row.openTime }));
        expect(told(kinds[kind](barsFrom(changed)))[t]).toEqual(told(labels)[t]);
      }),
      { numRuns: 60 },
    );
  });

  test.each(Object.keys(kinds))(
    "is where the future begins to matter: changed bars before it do change labels of %s",
    (kind) => {
      const rows = sampleBars(80, 5);
      const before = JSON.stringify(told(kinds[kind](barsFrom(rows))));
      const changed = [
        ...rows.slice(0, 40),
        ...sampleBars(40, 9).map((row, t) => ({ ...row, openTime: rows[40 + t].openTime })),
      ];
      expect(JSON.stringify(told(kinds[kind](barsFrom(changed))))).not.toBe(before);
    },
  );

  test("purges the training rows whose labels reach into the test", () => {
    const labels = [label(1, 2), undefined, label(0, 5), label(1, 4), label(-1, 6)];
    expect([...purgedBars(labels, 0, 5, 5)]).toEqual([0, 3]);
    expect([...purgedBars(labels, 1, 5, 7)]).toEqual([2, 3, 4]);
    expect([...purgedBars(labels, 0, 2, 2)]).toEqual([]);
  });
});

describe("no observation can be made of a label", () => {
  test("by the types", () => {
    const one: Label = label(1, 3);
    const observation = new Float64Array(1);
    // @ts-expect-error a label is no number
    observation[0] = one;
    // @ts-expect-error nor the input of a scaler or of a network
    const row: Float64Array | readonly number[] = [one];
    // @ts-expect-error nor does it convert to one by arithmetic
    const sum = one * 2;
    // @ts-expect-error and a number is no label
    const forged: Label = 1;
    expect(observation[0], "nor at run time").toBeNaN();
    expect(sum).toBeNaN();
    expect([row, forged]).toBeDefined();
    expect(Object.keys(one), "nothing of it is found by going through it").toEqual([]);
    expect(JSON.stringify(one)).toBe("{}");
  });

  test("by the imports: nothing that observes, decides or trades reads one", () => {
    const watching = globSync([
      "src/features/*.ts",
      "src/features/{indicators,sets,scalers,order-flow}/*.ts",
      "src/{domain,env,market,policy,guardian,trading,live}/**/*.ts",
    ]);
    expect(watching.length).toBeGreaterThan(60);
    expect(watching.filter((file) => /from "[^"]*labels\//.test(readFileSync(file, "utf8")))).toEqual([]);
  });
});
