/** @file Past and future kept apart: folds of walk-forward, and ranges of bars by date. */
import { Failure } from "#base/failure.ts";
import { invariant } from "#base/invariant.ts";
import { firstBarFrom } from "#domain/universe.ts";
import { dayMs, dayOf, dayStart } from "#domain/day.ts";

/** Bars `from` (inclusive) to `to` (exclusive). */
export interface BarRange {
  readonly from: number;
  readonly to: number;
}

/** One round of walk-forward: fitted on `train`, chosen on `validation`, judged on `test`, in this order of time. */
export interface Fold {
  readonly index: number;
  readonly train: BarRange;
  /** Empty where no validation is asked for. */
  readonly validation: BarRange;
  readonly test: BarRange;
}

export interface WalkForwardOptions {
  /** Bars that there are, T. */
  readonly bars: number;
  /** Bars that are left out at the start, where features are not warm yet. */
  readonly firstBar: number;
  readonly trainBars: number;
  /** 0: no validation, and one embargo only. */
  readonly validationBars: number;
  readonly testBars: number;
  /** Bars dropped before validation and before test, so that no window or label reaches across. */
  readonly embargoBars: number;
  /** `rolling` keeps the length of the training part, `expanding` keeps its start. */
  readonly mode: "rolling" | "expanding";
}

/**
 * Folds whose test parts follow each other without a gap up to the last bar. The last part takes what remains: it is
 * shorter than `testBars`, or up to half as long again where the remainder is less than half of one.
 * @throws Failure data/not-enough-bars when not even half a test part fits.
 */
export function walkForwardFolds(options: WalkForwardOptions): Fold[] {
  const { bars, firstBar, trainBars, validationBars, testBars, embargoBars, mode } = options;
  invariant(
    trainBars > 0 && testBars > 0 && validationBars >= 0 && embargoBars >= 0 && firstBar >= 0,
    "the parts of a split are not empty",
    { trainBars, validationBars, testBars, embargoBars, firstBar },
  );
  const validationSpan = validationBars > 0 ? embargoBars + validationBars : 0;
  const firstTest = firstBar + trainBars + validationSpan + embargoBars;
  const leastTest = Math.ceil(testBars / 2);
  if (bars < firstTest + leastTest) {
    const parts = `${firstBar} to warm up, ${trainBars} to train, ${validationBars} to validate, ${testBars} to test`;
    const found = `there are ${bars} bars, and the first fold needs ${firstTest + leastTest} at least`;
    throw new Failure("data/not-enough-bars", `${found} (${parts}, embargoes of ${embargoBars})`, { bars });
  }
  const count = Math.max(1, Math.floor((bars - firstTest) / testBars + 0.5));
  return Array.from({ length: count }, (_, index) => {
    const testFrom = firstTest + index * testBars;
    const validationTo = testFrom - embargoBars;
    const trainTo = validationTo - validationSpan;
    return {
      index,
      train: { from: mode === "rolling" ? trainTo - trainBars : firstBar, to: trainTo },
      validation: { from: validationTo - validationBars, to: validationTo },
      test: { from: testFrom, to: index === count - 1 ? bars : testFrom + testBars },
    };
  });
}

/** Days as `YYYY-MM-DD`, UTC, both included; absent is open. */
export interface DateRange {
  readonly from?: string | undefined;
  readonly until?: string | undefined;
}

/**
 * The bars that open from the day `from` to the end of the day `until`.
 * @throws Failure cli/bad-option for a date that is none, data/not-enough-bars for fewer than `atLeast` bars.
 */
export function barRange(openTime: Float64Array, { from, until }: DateRange, atLeast = 1): BarRange {
  const start = from === undefined ? 0 : firstBarFrom(openTime, dayStart(from));
  const end = until === undefined ? openTime.length : firstBarFrom(openTime, dayStart(until) + dayMs);
  const count = Math.max(0, end - start);
  if (count >= atLeast) return { from: start, to: end };
  const asked = `${from ?? "the first"} to ${until ?? "the last"}`;
  const there = openTime.length === 0 ? "no bars" : `${dayOf(openTime[0])} to ${dayOf(openTime[openTime.length - 1])}`;
  const found = `the days ${asked} hold ${count} bars, ${atLeast} are needed; the data has ${there}`;
  throw new Failure("data/not-enough-bars", found, { from, until, count });
}

/** Parts of one split, in this order of time; each as days, both included. */
export interface DateSplit {
  readonly train: DateRange;
  readonly validation: DateRange;
  readonly test: DateRange;
}

/** Splits by date that have a name. `reference` is the one by which other work on hourly currencies is told. */
export const splitPresets = {
  reference: {
    train: { from: "2023-01-01", until: "2023-12-31" },
    validation: { from: "2024-01-01", until: "2024-03-31" },
    test: { from: "2024-04-01", until: "2024-12-31" },
  },
} as const satisfies Record<string, DateSplit>;

export interface SplitBorders {
  /** Bars dropped at the end of train and of validation: labels and positions that begin there end in the next part. */
  readonly purgeBars: number;
  /** Bars dropped at the start of validation and of test: windows of features that end there begin in the part before. */
  readonly embargoBars: number;
}

/**
 * The bars that a split by date trains on and chooses by; what is tested comes later and need not be there.
 * @throws Failure cli/bad-option for parts that are not in order of time, data/not-enough-bars for a part without bars.
 */
export function trainingSplit(
  openTime: Float64Array,
  days: Omit<DateSplit, "test">,
  { purgeBars, embargoBars }: SplitBorders,
): Omit<Fold, "index" | "test"> {
  invariant(purgeBars >= 0 && embargoBars >= 0, "borders are not negative", { purgeBars, embargoBars });
  const train = barRange(openTime, days.train);
  const validation = barRange(openTime, days.validation);
  checkOrder(train, validation, days);
  const left = { purgeBars, embargoBars };
  return {
    train: withBars("train", { from: train.from, to: train.to - purgeBars }, left),
    validation: withBars("validation", { from: validation.from + embargoBars, to: validation.to - purgeBars }, left),
  };
}

/**
 * The bars of each part of a split by date, with purge and embargo at both borders.
 * @throws Failure cli/bad-option for parts that are not in order of time, data/not-enough-bars for a part without bars.
 */
export function splitByDate(openTime: Float64Array, split: DateSplit, borders: SplitBorders): Omit<Fold, "index"> {
  const { train, validation } = trainingSplit(openTime, split, borders);
  const test = barRange(openTime, split.test);
  checkOrder(barRange(openTime, split.validation), test, split);
  return {
    train,
    validation,
    test: withBars("test", { from: test.from + borders.embargoBars, to: test.to }, borders),
  };
}

function checkOrder(before: BarRange, after: BarRange, days: Partial<DateSplit>): void {
  if (before.to <= after.from) return;
  throw new Failure("cli/bad-option", "the parts of a split by date overlap, or are not in order of time", { days });
}

function withBars(part: string, range: BarRange, { purgeBars, embargoBars }: SplitBorders): BarRange {
  if (range.to > range.from) return range;
  const found = `${part} has no bar left between a purge of ${purgeBars} and an embargo of ${embargoBars} bars`;
  throw new Failure("data/not-enough-bars", found, { part });
}
