import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Failure } from "#base/failure.ts";
import { dayOf } from "#domain/day.ts";
import { checkFolds, foldPresets, foldsOf } from "./folds.ts";
import type { BarRange, Fold } from "./split.ts";

const dayMs = 86_400_000;
const days = (from: string, count: number): Float64Array =>
  Float64Array.from({ length: count }, (_, n) => Date.parse(`${from}T00:00:00Z`) + n * dayMs);
const gap = { purgeBars: 1, embargoBars: 20 };
/** First and last day of a part. */
const told = (openTime: Float64Array, { from, to }: BarRange): string =>
  `${dayOf(openTime[from])} to ${dayOf(openTime[to - 1])}`;

describe("a plan by months", () => {
  const openTime = days("2015-01-10", 365 * 6);

  test("parts as one would by hand: three years, half a year to choose by, half a year to be judged on", () => {
    const folds = foldsOf(foldPresets["3y-6m"], gap, { openTime, firstBar: 30 });
    // The first whole month after the warm-up is March 2015.
    expect(told(openTime, folds[0].train)).toBe("2015-03-01 to 2018-02-07");
    expect(told(openTime, folds[0].validation)).toBe("2018-03-01 to 2018-08-10");
    expect(folds.map((fold) => told(openTime, fold.test))).toEqual([
      "2018-09-01 to 2019-02-28",
      "2019-03-01 to 2019-08-31",
      "2019-09-01 to 2020-02-29",
      "2020-03-01 to 2020-08-31",
      // Four months remain, more than half a test.
      "2020-09-01 to 2021-01-07",
    ]);
    expect(told(openTime, folds[1].train)).toBe("2015-09-01 to 2018-08-10");
  });

  test("gives what is less than half a test to the last one", () => {
    const folds = foldsOf(foldPresets["3y-6m"], gap, { openTime: openTime.subarray(0, 2090), firstBar: 30 });
    expect(told(openTime, folds.at(-1)!.test)).toBe("2020-03-01 to 2020-09-29");
  });

  test("keeps its beginning where it expands", () => {
    const folds = foldsOf({ ...foldPresets["3y-6m"], mode: "expanding" }, gap, { openTime, firstBar: 30 });
    expect(new Set(folds.map(({ train }) => train.from))).toEqual(new Set([30]));
  });

  test.each([
    ["too few bars", openTime.subarray(0, 900), gap],
    ["a gap that eats a part", openTime, { purgeBars: 0, embargoBars: 400 }],
  ])("refuses %s", (_, bars, wide) => {
    expect(() => foldsOf(foldPresets["3y-6m"], wide, { openTime: bars, firstBar: 30 })).toThrow(/do not fit into/);
  });
});

test("252 and 63 bars roll with the documents' gap of 21", () => {
  const [first, second] = foldsOf(foldPresets["252-63"], gap, { openTime: days("2015-01-01", 800), firstBar: 10 });
  expect(first).toMatchObject({ train: { from: 10, to: 262 }, validation: { from: 283, to: 346 } });
  expect(first.test).toEqual({ from: 367, to: 430 });
  expect(second.train).toEqual({ from: 73, to: 325 });
});

test("the reference split is one fold by days", () => {
  const openTime = days("2022-12-01", 800);
  const [fold, ...others] = foldsOf(foldPresets.reference, gap, { openTime, firstBar: 40 });
  expect(others).toEqual([]);
  expect(told(openTime, fold.train)).toBe("2023-01-10 to 2023-12-30");
  expect(told(openTime, fold.validation)).toBe("2024-01-21 to 2024-03-30");
  expect(told(openTime, fold.test)).toBe("2024-04-21 to 2024-12-31");
});

const plans = fc.oneof(
  fc.record({
    by: fc.constant("bars" as const),
    trainBars: fc.integer({ min: 2, max: 300 }),
    validationBars: fc.integer({ min: 2, max: 100 }),
    testBars: fc.integer({ min: 4, max: 100 }),
    mode: fc.constantFrom("rolling" as const, "expanding" as const),
  }),
  fc.record({
    by: fc.constant("months" as const),
    trainMonths: fc.integer({ min: 1, max: 24 }),
    validationMonths: fc.integer({ min: 1, max: 6 }),
    testMonths: fc.integer({ min: 1, max: 6 }),
    mode: fc.constantFrom("rolling" as const, "expanding" as const),
  }),
);

test("the folds of any plan are good, end with the last bar, and keep the gap at every border", () => {
  const openTime = days("2001-05-17", 1500);
  let good = 0;
  fc.assert(
    fc.property(plans, fc.nat(10), fc.nat(10), fc.nat(80), (plan, purgeBars, embargoBars, firstBar) => {
      let folds: Fold[];
      try {
        folds = foldsOf(plan, { purgeBars, embargoBars }, { openTime, firstBar });
      } catch (error) {
        expect(error).toMatchObject({ code: "data/not-enough-bars" });
        return;
      }
      good++;
      checkFolds(folds, openTime.length);
      expect(folds.at(-1)!.test.to).toBe(openTime.length);
      for (const { train, validation, test: judged } of folds) {
        expect(train.from).toBeGreaterThanOrEqual(firstBar);
        expect(validation.from - train.to).toBe(purgeBars + embargoBars);
        expect(judged.from - validation.to).toBe(purgeBars + embargoBars);
      }
    }),
  );
  expect(good).toBeGreaterThan(50);
});

describe("folds of somebody else", () => {
  const range = (from: number, to: number): BarRange => ({ from, to });
  const fold = (train: BarRange, validation: BarRange, judged: BarRange): Fold => ({
    index: 0,
    train,
    validation,
    test: judged,
  });
  const first = fold(range(0, 50), range(50, 60), range(60, 80));

  test("are taken where they are in order", () => {
    expect(() => checkFolds([first, fold(range(10, 70), range(70, 80), range(80, 100))], 100)).not.toThrow();
  });

  test.each<[string, readonly Fold[], RegExp]>([
    ["none", [], /there is none/],
    [
      "a test before its training",
      [fold(range(50, 90), range(0, 10), range(20, 40))],
      /before its training ends at 90/,
    ],
    [
      "a test within its training",
      [fold(range(0, 65), range(65, 70), range(60, 80))],
      /before its training ends at 65/,
    ],
    [
      "a validation within its training",
      [fold(range(0, 55), range(50, 60), range(60, 80))],
      /validation begins at bar 50/,
    ],
    [
      "a test within its validation",
      [fold(range(0, 50), range(50, 70), range(60, 80))],
      /before its validation ends at 70/,
    ],
    [
      "tests that overlap",
      [first, fold(range(0, 60), range(60, 70), range(70, 100))],
      /fold 2: .* bar 70, .* ends at 80/,
    ],
    ["bars between two tests", [first, fold(range(0, 60), range(60, 70), range(90, 100))], /one account trades all/],
    ["a part without bars", [fold(range(0, 50), range(50, 50), range(60, 80))], /validation from bar 50 to 50/],
    ["bars that there are not", [fold(range(0, 50), range(50, 60), range(60, 101))], /test from bar 60 to 101/],
    ["half a bar", [fold(range(0, 50.5), range(51, 60), range(60, 80))], /train from bar 0 to 50.5/],
  ])("are refused where there is %s", (_, folds, message) => {
    expect(() => checkFolds(folds, 100)).toThrow(message);
    expect(() => checkFolds(folds, 100)).toThrow(Failure);
  });
});
