/** @file Which bars a run trains on, which it chooses by, and from which on it may be tested. */
import { z } from "zod";
import type { BarRange, DateRange, DateSplit, Fold } from "#data/split.ts";
import { splitPresets, trainingSplit } from "#data/split.ts";
import { copyBars } from "#domain/bar.ts";
import { dayMs, dayOf, dayStart } from "#domain/day.ts";
import type { Universe } from "#domain/universe.ts";
import { firstBarFrom, sliceUniverse } from "#domain/universe.ts";

const day = z.iso.date();

/** The part of a run's configuration that says which bars are for what. */
export const runSplitFields = {
  /** First and last day that may be trained on or chosen by, UTC; absent: all there is. */
  from: day.optional(),
  until: day.optional(),
  /** A split that has a name: it says all days itself. */
  split: z.enum(Object.keys(splitPresets) as [keyof typeof splitPresets]).optional(),
  /** First day of the validation part, UTC. */
  validateFrom: day.optional(),
  /** Without either: last part of the bars, kept out of training to choose the best parameters by. */
  validationShare: z.number().min(0.05).max(0.5).default(0.15),
  /** Bars left out at the end of training and of validation: what begins there ends in the next part. */
  purgeBars: z.int().min(0).default(0),
  /** Bars left out between training and validation, and before what is tested. */
  embargoBars: z.int().min(0).default(21),
};

export type RunSplit = z.output<z.ZodObject<typeof runSplitFields>>;

/** What is wrong with a split as it was asked for, where something is. */
export function splitConflict({ split, from, until, validateFrom }: RunSplit): string | undefined {
  if (split === undefined || (from ?? until ?? validateFrom) === undefined) return undefined;
  return `${split} names its days itself: leave out --from, --until and --validate-from`;
}

/** Days of the parts, where days part them; `undefined` where a share of the bars does. */
function daysOf({ split, from, until, validateFrom }: RunSplit): Omit<DateSplit, "test"> | undefined {
  if (split !== undefined) return splitPresets[split];
  if (validateFrom === undefined) return undefined;
  const dayBefore = dayOf(dayStart(validateFrom) - dayMs);
  return { train: { from, until: dayBefore }, validation: { from: validateFrom, until } };
}

/** The days that a run asks for to learn from and to be chosen by; open where it does not say. */
export function knownDays({ split, from, until, validateFrom }: RunSplit): DateRange {
  if (split === undefined) return { from: validateFrom ?? from, until };
  return { from: splitPresets[split].train.from, until: splitPresets[split].validation.until };
}

/** The bars up to the last day that a run may know. */
export function knownBars(whole: Universe, split: RunSplit): Universe {
  return barsUntil(whole, knownDays(split).until);
}

/** The bars up to the end of a day, copied, so that nobody holds what is later; all where no day is named. */
export function barsUntil(whole: Universe, until: string | undefined): Universe {
  const to = until === undefined ? whole.openTime.length : firstBarFrom(whole.openTime, dayStart(until) + dayMs);
  const bars = sliceUniverse(whole, 0, to).bars.map(copyBars);
  return { ...whole, bars, openTime: bars[0].openTime };
}

/**
 * The training and the validation part of known bars.
 * @param firstBar first bar that a decision can be made on
 * @throws Failure cli/bad-option, data/not-enough-bars
 */
export function partsOf(openTime: Float64Array, firstBar: number, split: RunSplit): Omit<Fold, "index" | "test"> {
  const { from, validationShare, purgeBars, embargoBars } = split;
  const days = daysOf(split);
  if (days !== undefined) {
    const { train, validation } = trainingSplit(openTime, days, { purgeBars, embargoBars });
    return { train: { from: Math.max(firstBar, train.from), to: train.to }, validation };
  }
  const to = openTime.length;
  const start = Math.max(firstBar, from === undefined ? 0 : firstBarFrom(openTime, dayStart(from)));
  const validateFrom = to - Math.floor(Math.max(0, to - start) * validationShare);
  return {
    train: { from: start, to: validateFrom - embargoBars - purgeBars },
    validation: { from: validateFrom, to: to - purgeBars },
  };
}

/** The days that a run is tested on unless others are asked for; open where the run does not say. */
export function testedDays({ split }: RunSplit): DateRange {
  return split === undefined ? {} : splitPresets[split].test;
}

/** A part for people and for JSON: its first and last day, UTC, and how many bars it has. */
export interface Part {
  readonly from: string;
  readonly until: string;
  readonly bars: number;
}

export function partOf(openTime: Float64Array, { from, to }: BarRange): Part {
  return { from: dayOf(openTime[from]), until: dayOf(openTime[to - 1]), bars: to - from };
}
