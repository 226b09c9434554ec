/** @file Plans of walk-forward: bars parted into folds by numbers of bars, by months or by days, with a gap at every border. */
import { Failure } from "#base/failure.ts";
import { invariant } from "#base/invariant.ts";
import { firstBarFrom } from "#domain/universe.ts";
import type { BarRange, Fold } from "./split.ts";
import { splitByDate, splitPresets, walkForwardFolds } from "./split.ts";

/**
 * Bars left out at a border, counted back from where the next part begins. The purge is for what begins in the one part and ends in
 * the next (labels, positions), the embargo for what is seen in the next and began in the one before (windows of features).
 */
export interface Gap {
  readonly purgeBars: number;
  readonly embargoBars: number;
}

/** `rolling` keeps the length of the training part, `expanding` keeps its start. */
type Mode = "rolling" | "expanding";

export type FoldPlan =
  | {
      readonly by: "bars";
      readonly trainBars: number;
      readonly validationBars: number;
      readonly testBars: number;
      readonly mode: Mode;
    }
  | {
      readonly by: "months";
      readonly trainMonths: number;
      readonly validationMonths: number;
      readonly testMonths: number;
      readonly mode: Mode;
    }
  /** One fold, of a split that has a name. */
  | { readonly by: "days"; readonly split: keyof typeof splitPresets };

/** Plans that have a name: those of the documents, which know no validation part; it is as long as a test here. */
export const foldPresets = {
  "252-63": { by: "bars", trainBars: 252, validationBars: 63, testBars: 63, mode: "rolling" },
  "3y-6m": { by: "months", trainMonths: 36, validationMonths: 6, testMonths: 6, mode: "rolling" },
  reference: { by: "days", split: "reference" },
} as const satisfies Record<string, FoldPlan>;

export type FoldPreset = keyof typeof foldPresets;

export interface FoldedBars {
  /** Opens of all bars, Unix ms UTC. */
  readonly openTime: Float64Array;
  /** First bar whose features are whole. */
  readonly firstBar: number;
}

/**
 * The folds of a plan.
 * @throws Failure data/not-enough-bars, cli/bad-option for days that are out of order
 */
export function foldsOf(plan: FoldPlan, gap: Gap, { openTime, firstBar }: FoldedBars): Fold[] {
  const embargoBars = gap.purgeBars + gap.embargoBars;
  if (plan.by === "bars") return walkForwardFolds({ ...plan, bars: openTime.length, firstBar, embargoBars });
  if (plan.by === "months") return monthlyFolds(plan, embargoBars, { openTime, firstBar });
  const { train, validation, test } = splitByDate(openTime, splitPresets[plan.split], gap);
  return [{ index: 0, train: { from: Math.max(firstBar, train.from), to: train.to }, validation, test }];
}

/**
 * Parts that begin with a month (UTC). The first test begins where the training and validation months before it are there; the last
 * takes what remains, as in `walkForwardFolds`.
 */
function monthlyFolds(
  { trainMonths, validationMonths, testMonths, mode }: Extract<FoldPlan, { readonly by: "months" }>,
  gapBars: number,
  { openTime, firstBar }: FoldedBars,
): Fold[] {
  invariant(trainMonths > 0 && validationMonths > 0 && testMonths > 0, "the parts of a plan are not empty");
  const bars = openTime.length;
  const first = new Date(openTime[Math.min(firstBar, bars - 1)]);
  /** Bar with which the month so many after the first whole one begins. */
  const barOf = (month: number): number =>
    firstBarFrom(openTime, Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1 + month, 1));
  const end = openTime[bars - 1];
  const before = trainMonths + validationMonths;
  const starts: number[] = [];
  for (let month = before; barOf(month) < bars; month += testMonths) {
    const half = firstMillisecond(first, month + testMonths / 2);
    if (starts.length > 0 && end < half) break;
    starts.push(month);
  }
  const folds = starts.map((month, index): Fold => {
    const isLast = index === starts.length - 1;
    const validationStart = barOf(month - validationMonths);
    return {
      index,
      train: {
        from: Math.max(firstBar, mode === "rolling" ? barOf(month - before) : firstBar),
        to: validationStart - gapBars,
      },
      validation: { from: validationStart, to: barOf(month) - gapBars },
      test: { from: barOf(month), to: isLast ? bars : barOf(month + testMonths) },
    };
  });
  const enough = folds.every(({ train, validation, test }) => [train, validation, test].every(isPart));
  if (folds.length === 0 || !enough) {
    const found = `${trainMonths} months to train, ${validationMonths} to validate and ${testMonths} to test with gaps of ${gapBars} bars do not fit into ${bars} bars`;
    throw new Failure("data/not-enough-bars", found, { bars });
  }
  return folds;
}

/** The moment in the middle of a month where half of one is asked for. */
function firstMillisecond(first: Date, months: number): number {
  const whole = Math.floor(months);
  return Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1 + whole, 1 + (months - whole) * 30);
}

function isPart({ from, to }: BarRange): boolean {
  return to - from >= 2;
}

/**
 * Checks folds that somebody else made: each is of whole bars in the order train, validation, test without an overlap, and tests
 * follow each other without one.
 * @throws Failure data/bad-folds
 */
export function checkFolds(folds: readonly Fold[], bars: number): void {
  const bad = (fold: number, found: string): Failure => new Failure("data/bad-folds", `fold ${fold + 1}: ${found}`);
  if (folds.length === 0) throw new Failure("data/bad-folds", "there is none");
  for (const [at, { train, validation, test }] of folds.entries()) {
    const parts = { train, validation, test };
    for (const [name, { from, to }] of Object.entries(parts)) {
      const whole = Number.isInteger(from) && Number.isInteger(to) && from >= 0 && to <= bars;
      if (!whole || to - from < 2) {
        throw bad(at, `${name} from bar ${from} to ${to} is not of two bars or more among the ${bars} that there are`);
      }
    }
    if (test.from < train.to)
      throw bad(at, `its test begins at bar ${test.from}, before its training ends at ${train.to}`);
    if (validation.from < train.to) {
      throw bad(at, `its validation begins at bar ${validation.from}, before its training ends at ${train.to}`);
    }
    if (test.from < validation.to) {
      throw bad(at, `its test begins at bar ${test.from}, before its validation ends at ${validation.to}`);
    }
    if (at > 0 && test.from !== folds[at - 1].test.to) {
      const to = folds[at - 1].test.to;
      throw bad(
        at,
        `its test begins at bar ${test.from}, and the one before ends at ${to}: one account trades all of them`,
      );
    }
  }
}
