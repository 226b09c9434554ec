import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { BarRange } from "./split.ts";
import { barRange, splitByDate, splitPresets, walkForwardFolds } from "./split.ts";

const options = fc.record({
  bars: fc.integer({ min: 0, max: 3000 }),
  firstBar: fc.integer({ min: 0, max: 100 }),
  trainBars: fc.integer({ min: 1, max: 500 }),
  validationBars: fc.integer({ min: 0, max: 200 }),
  testBars: fc.integer({ min: 1, max: 300 }),
  embargoBars: fc.integer({ min: 0, max: 50 }),
  mode: fc.constantFrom("rolling" as const, "expanding" as const),
});

test("keeps the parts of every fold apart by the embargo, in the order of time, inside the data", () => {
  fc.assert(
    fc.property(options, (split) => {
      const least = split.firstBar + split.trainBars + split.validationBars + 2 * split.embargoBars + split.testBars;
      fc.pre(split.bars >= least);
      for (const { train, validation, test: judged } of walkForwardFolds(split)) {
        expect(train.from).toBeGreaterThanOrEqual(split.firstBar);
        expect(train.to - train.from).toBeGreaterThanOrEqual(split.trainBars);
        expect(validation.to - validation.from).toBe(split.validationBars);
        if (split.validationBars > 0) {
          expect(validation.from - train.to).toBe(split.embargoBars);
          expect(judged.from - validation.to).toBe(split.embargoBars);
        } else {
          expect(judged.from - train.to).toBe(split.embargoBars);
        }
        expect(judged.to).toBeGreaterThan(judged.from);
        expect(judged.to).toBeLessThanOrEqual(split.bars);
        if (split.mode === "rolling") expect(train.to - train.from).toBe(split.trainBars);
        else expect(train.from).toBe(split.firstBar);
      }
    }),
  );
});

test("tiles the tail with test parts, from the first to the last bar", () => {
  fc.assert(
    fc.property(options, (split) => {
      const least = split.firstBar + split.trainBars + split.validationBars + 2 * split.embargoBars + split.testBars;
      fc.pre(split.bars >= least);
      const folds = walkForwardFolds(split);
      folds.forEach((fold, at) => {
        expect(fold.index).toBe(at);
        if (at > 0) expect(fold.test.from).toBe(folds[at - 1].test.to);
      });
      expect(folds.at(-1)?.test.to).toBe(split.bars);
      for (const { test: part } of folds.slice(0, -1)) expect(part.to - part.from).toBe(split.testBars);
      const last = folds.at(-1)?.test ?? { from: 0, to: 0 };
      expect((last.to - last.from) / split.testBars).toBeGreaterThanOrEqual(0.5);
      expect((last.to - last.from) / split.testBars).toBeLessThan(1.5);
    }),
  );
});

test("splits as one would by hand", () => {
  const folds = walkForwardFolds({
    bars: 100,
    firstBar: 10,
    trainBars: 40,
    validationBars: 10,
    testBars: 12,
    embargoBars: 2,
    mode: "rolling",
  });
  expect(folds).toEqual([
    { index: 0, train: { from: 10, to: 50 }, validation: { from: 52, to: 62 }, test: { from: 64, to: 76 } },
    { index: 1, train: { from: 22, to: 62 }, validation: { from: 64, to: 74 }, test: { from: 76, to: 88 } },
    { index: 2, train: { from: 34, to: 74 }, validation: { from: 76, to: 86 }, test: { from: 88, to: 100 } },
  ]);
});

test("says how many bars the first fold needs, and is content with exactly these", () => {
  const split = {
    firstBar: 10,
    trainBars: 100,
    validationBars: 20,
    testBars: 20,
    embargoBars: 5,
    mode: "expanding",
  } as const;
  expect(() => walkForwardFolds({ ...split, bars: 149 })).toThrow(/there are 149 bars, and the first fold needs 150/);
  expect(walkForwardFolds({ ...split, bars: 150 })).toHaveLength(1);
});

const days = Float64Array.from({ length: 10 }, (_, t) => Date.UTC(2020, 0, 1 + t));

test.each<[from: string | undefined, until: string | undefined, expected: BarRange]>([
  [undefined, undefined, { from: 0, to: 10 }],
  ["2020-01-03", undefined, { from: 2, to: 10 }],
  [undefined, "2020-01-03", { from: 0, to: 3 }],
  ["2020-01-03", "2020-01-03", { from: 2, to: 3 }],
  ["2019-01-01", "2021-01-01", { from: 0, to: 10 }],
])("takes the bars from %s until %s, both days included", (from, until, expected) => {
  expect(barRange(days, { from, until })).toEqual(expected);
});

test("refuses dates that leave too few bars, and says which dates there are", () => {
  expect(() => barRange(days, { from: "2021-01-01" })).toThrow(/hold 0 bars.*2020-01-01 to 2020-01-10/);
  expect(() => barRange(days, { from: "2020-01-05", until: "2020-01-04" })).toThrow(/hold 0 bars/);
  expect(() => barRange(days, { from: "2020-01-09" }, 3)).toThrow(/hold 2 bars, 3 are needed/);
});

test.each(["2020-02-30", "01.02.2020", "2020-1-2", "soon"])("refuses the date %s", (day) => {
  expect(() => barRange(days, { from: day })).toThrow(/is not a date of the form YYYY-MM-DD/);
});

const hours = (from: string, until: string): Float64Array =>
  Float64Array.from(
    { length: (Date.parse(until) - Date.parse(from)) / 3_600_000 },
    (_, t) => Date.parse(from) + t * 3_600_000,
  );
const span = (openTime: Float64Array, { from, to }: BarRange): string[] =>
  [openTime[from], openTime[to - 1]].map((time) => new Date(time).toISOString().slice(0, 13));

test("parts the reference split at its days: 2023, the first quarter of 2024, the rest of 2024", () => {
  const openTime = hours("2022-06-01", "2025-02-01");
  const {
    train,
    validation,
    test: last,
  } = splitByDate(openTime, splitPresets.reference, { purgeBars: 0, embargoBars: 0 });
  expect(span(openTime, train)).toEqual(["2023-01-01T00", "2023-12-31T23"]);
  expect(span(openTime, validation)).toEqual(["2024-01-01T00", "2024-03-31T23"]);
  expect(span(openTime, last)).toEqual(["2024-04-01T00", "2024-12-31T23"]);
});

test("keeps the parts of a split by date apart by purge and embargo together", () => {
  const openTime = hours("2022-06-01", "2025-02-01");
  const border = fc.integer({ min: 0, max: 500 });
  fc.assert(
    fc.property(border, border, (purgeBars, embargoBars) => {
      const parts = splitByDate(openTime, splitPresets.reference, { purgeBars, embargoBars });
      expect(parts.validation.from - parts.train.to).toBe(purgeBars + embargoBars);
      expect(parts.test.from - parts.validation.to).toBe(purgeBars + embargoBars);
      expect(span(openTime, parts.train)[0]).toBe("2023-01-01T00");
      expect(span(openTime, parts.test)[1]).toBe("2024-12-31T23");
    }),
  );
});

test("refuses a split by date whose parts are absent, overlap, or vanish in their borders", () => {
  const openTime = hours("2022-06-01", "2025-02-01");
  const none = { purgeBars: 0, embargoBars: 0 };
  expect(() => splitByDate(hours("2022-06-01", "2024-01-15"), splitPresets.reference, none)).toThrow(/hold 0 bars/);
  const late = { ...splitPresets.reference, train: { from: "2023-01-01", until: "2024-01-01" } };
  expect(() => splitByDate(openTime, late, none)).toThrow(/overlap/);
  expect(() => splitByDate(openTime, splitPresets.reference, { purgeBars: 2000, embargoBars: 200 })).toThrow(
    /validation has no bar left between a purge of 2000 and an embargo of 200/,
  );
});
