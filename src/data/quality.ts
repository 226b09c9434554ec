/** @file What is wrong with a series: each kind of defect counted, with the first places where it stands. */
import type { Bars, Measured, Timeframe } from "#domain/bar.ts";
import { barColumns, timeframeMs } from "#domain/bar.ts";
import type { CalendarName } from "#domain/instrument.ts";
import { oddCloses, staying } from "./quality-prices.ts";
import { barsOutside, hoursLate, isKnown, missingByCalendar } from "./quality-times.ts";
import { missingBars } from "./session-profile.ts";
import { returnSpikes } from "./spikes.ts";

/** Kinds of defects, in the order in which they are told. */
export const defectKinds = [
  "unsorted",
  "duplicate",
  "notANumber",
  "zeroPrice",
  "negativePrice",
  "brokenBar",
  "adjustedClose",
  "gap",
  "missingSession",
  "closedDays",
  "outsideSession",
  "timeZone",
  "coarse",
  "split",
  "seam",
  "spike",
  "flat",
] as const;

export type DefectKind = (typeof defectKinds)[number];

/** What each kind is, in the plural, for people. */
export const defectMeanings: Readonly<Record<DefectKind, string>> = {
  unsorted: "bars that open before the bar that precedes them",
  duplicate: "bars that open at the same time as the bar that precedes them",
  notANumber: "bars with a value that is not a finite number",
  zeroPrice: "bars with a price of zero",
  negativePrice: "bars with a price below zero",
  brokenBar: "bars that break low <= open, close <= high",
  adjustedClose: "series whose closes lie outside their own bars: an adjusted close beside unadjusted highs and lows",
  gap: "gaps within days on which the market traded",
  missingSession: "stretches of whole sessions without bars",
  closedDays: "stretches of whole days without bars (holidays, or missing data)",
  outsideSession: "bars at times at which the market is closed",
  timeZone: "series whose week suggests another time zone",
  coarse: "stretches of filler: bars much further apart than the timeframe",
  split: "jumps like those of a split that prices were not adjusted for",
  seam: "jumps to another level, as where two series were put together",
  spike: "closes that leap away and come back in the next bar",
  flat: "stretches without any movement of the price",
};

/** A place where a defect stands. */
interface Defect {
  /** Bar at which it was seen; for a gap the first bar after it, for a stretch its first bar. */
  readonly index: number;
  /** Unix ms UTC: the open of that bar. */
  readonly time: number;
  readonly detail: string;
}

interface DefectList {
  readonly count: number;
  /** The first few. */
  readonly first: readonly Defect[];
}

export interface QualityReport {
  readonly bars: number;
  readonly timeframe: Timeframe;
  readonly calendar: CalendarName;
  readonly firstTime: number;
  readonly lastTime: number;
  readonly defects: Readonly<Record<DefectKind, DefectList>>;
  /** What says when bars should be there: the market's calendar, or the series' own week where the calendar does not reach. */
  readonly judgedBy: "calendar" | "own week";
  /** No defect but days without bars, which holidays explain. */
  readonly clean: boolean;
}

export interface QualityOptions {
  readonly timeframe: Timeframe;
  readonly calendar: CalendarName;
  /** Places kept for each kind; 5 unless named. */
  readonly listed?: number | undefined;
}

/** Bars in a row at one price from which on a stretch counts as flat. */
const flatBars = 10;
/** Bars in a row, each more than this many timeframes after the last, from which on a stretch counts as coarse. */
const coarseBars = 10;
const coarseSpacing = 4;

/**
 * Checks one series. Bars are missing where the market's calendar asks for them, at times of the week that the series
 * covers at all; where the calendar does not reach, a time of the week at which a bar is nearly always there is one at which
 * a bar should be there.
 */
export function checkQuality(bars: Bars, options: QualityOptions): QualityReport {
  const { timeframe, calendar, listed = 5 } = options;
  const found = Object.fromEntries(defectKinds.map((kind) => [kind, { count: 0, first: [] as Defect[] }])) as Record<
    DefectKind,
    { count: number; first: Defect[] }
  >;
  const add: Add = (kind, index, detail) => {
    const list = found[kind];
    list.count++;
    if (list.first.length < listed) list.first.push({ index, time: bars.openTime[index], detail: detail() });
  };
  checkTimes(bars, add);
  checkValues(bars, add);
  const known = isKnown(bars.openTime, timeframe, calendar);
  checkSessions(bars, options, known, add);
  checkLevels(bars, add);
  const last = bars.openTime.length - 1;
  return {
    bars: bars.openTime.length,
    timeframe,
    calendar,
    firstTime: bars.openTime[0],
    lastTime: bars.openTime[last],
    defects: found,
    judgedBy: known ? "calendar" : "own week",
    clean: defectKinds.every((kind) => kind === "closedDays" || found[kind].count === 0),
  };
}

type Add = (kind: DefectKind, index: number, detail: () => string) => void;

function checkTimes({ openTime }: Bars, add: Add): void {
  for (let t = 1; t < openTime.length; t++) {
    const step = openTime[t] - openTime[t - 1];
    if (step < 0) add("unsorted", t, () => `opens ${-step / 60_000} minutes before the bar that precedes it`);
    else if (step === 0) add("duplicate", t, () => "opens when the bar before it does");
  }
}

function checkValues(bars: Bars, add: Add): void {
  const { open, high, low, close, volume, measured } = bars;
  for (let t = 0; t < close.length; t++) {
    const unknown = measured === undefined ? undefined : unknownMeasured(measured, t);
    if (unknown !== undefined) add("notANumber", t, () => `${unknown} is not known`);
    const lowest = Math.min(open[t], high[t], low[t], close[t]);
    // NaN and infinities leave no finite sum.
    if (!Number.isFinite(open[t] + high[t] + low[t] + close[t] + volume[t] + bars.openTime[t])) {
      const odd = barColumns.find((column) => !Number.isFinite(bars[column][t]));
      if (odd !== undefined) {
        add("notANumber", t, () => `${odd} is ${bars[odd][t]}`);
        continue;
      }
    }
    const values = (): string => `open ${open[t]}, high ${high[t]}, low ${low[t]}, close ${close[t]}`;
    if (lowest <= 0 && [open[t], high[t], low[t], close[t]].includes(0)) add("zeroPrice", t, values);
    if (lowest < 0) add("negativePrice", t, values);
    if (high[t] < Math.max(open[t], close[t]) || low[t] > Math.min(open[t], close[t])) add("brokenBar", t, values);
  }
}

/** The first name of what is measured of bar `t` and is no number. */
function unknownMeasured({ names, values }: Measured, t: number): string | undefined {
  return names.find((_, k) => !Number.isFinite(values[t * names.length + k]));
}

/** Missing bars, bars out of hours, and bars that are too far apart. */
function checkSessions({ openTime }: Bars, options: QualityOptions, known: boolean, add: Add): void {
  const { timeframe, calendar } = options;
  const missing = known ? missingByCalendar(openTime, timeframe, calendar) : missingBars(openTime, timeframe, calendar);
  // What a broker of currencies closes for is not in their calendar, and the series' own week knows no holiday.
  const wholeDaysKind = known && calendar !== "fx" ? "missingSession" : "closedDays";
  for (const { index, missing: count, wholeDays } of missing) {
    const what = count === 1 ? "1 bar is missing" : `${count} bars are missing`;
    add(wholeDays ? wholeDaysKind : "gap", index, () => `${what} before this bar`);
  }
  if (known) {
    for (const index of barsOutside(openTime, timeframe, calendar)) {
      add("outsideSession", index, () => `${calendar} is closed then`);
    }
    const late = hoursLate(openTime, timeframe, calendar);
    const text = `the week of this series looks ${Math.abs(late)} hours ${late > 0 ? "late" : "early"} for ${calendar}`;
    if (late !== 0) add("timeZone", 0, () => `${text}: name the zone of its times with --time-zone`);
  }
  for (const { index, length } of coarseStretches(openTime, timeframeMs[timeframe])) {
    add("coarse", index, () => `${length} bars in a row, each ${coarseSpacing} timeframes or more after the last`);
  }
}

/** Prices that leap, jump to another level, or stand still. */
function checkLevels(bars: Bars, add: Add): void {
  for (const { index, logReturn, scale } of returnSpikes(bars.close)) {
    const percent = (100 * Math.expm1(logReturn)).toFixed(2);
    const times = (Math.abs(logReturn) / scale).toFixed(0);
    add("spike", index, () => `${percent} % in one bar, ${times} times the usual move, then back`);
  }
  for (const { index, ratio, split } of staying(bars)) {
    const jump = `opens at ${ratio.toPrecision(4)} times the close before it`;
    if (split === undefined) add("seam", index, () => jump);
    else add("split", index, () => `${jump}, as after a split of ${split[0]} for ${split[1]}`);
  }
  const odd = oddCloses(bars);
  const closes = `${odd?.count} closes lie outside their bars on one side, at ${odd?.ratio.toPrecision(4)} of the middle of high and low`;
  if (odd !== undefined) add("adjustedClose", odd.index, () => closes);
  for (const { index, length } of flatStretches(bars)) {
    add("flat", index, () => `${length} bars in a row at ${bars.close[index]}`);
  }
}

interface Stretch {
  readonly index: number;
  readonly length: number;
}

/** Stretches of bars for which `holds`, at least `least` long. */
function stretches(length: number, least: number, holds: (t: number) => boolean): Stretch[] {
  const found: Stretch[] = [];
  let from = 0;
  for (let t = 0; t <= length; t++) {
    if (t < length && holds(t)) continue;
    if (t - from >= least) found.push({ index: from, length: t - from });
    from = t + 1;
  }
  return found;
}

function flatStretches({ open, high, low, close }: Bars): Stretch[] {
  const still = (t: number): boolean => high[t] === low[t] && open[t] === close[t] && open[t] === high[t];
  const unmoved = stretches(close.length, flatBars - 1, (t) => t > 0 && still(t) && close[t] === close[t - 1]);
  // The bar that a stretch repeats belongs to it when it did not move either.
  return unmoved
    .map(({ index, length }) => (still(index - 1) ? { index: index - 1, length: length + 1 } : { index, length }))
    .filter(({ length }) => length >= flatBars);
}

function coarseStretches(openTime: Float64Array, spacingMs: number): Stretch[] {
  const far = (t: number): boolean => t > 0 && openTime[t] - openTime[t - 1] >= coarseSpacing * spacingMs;
  return stretches(openTime.length, coarseBars, far);
}

const minuteOf = (time: number): string =>
  Number.isFinite(time) ? new Date(time).toISOString().slice(0, 16) : "never";

/** The report as text: one line for each kind of defect that there is, then its first places. */
export function describeQuality(report: QualityReport): string {
  const span = `${minuteOf(report.firstTime)} to ${minuteOf(report.lastTime)} UTC`;
  const lines = [`${report.bars} bars of ${report.timeframe}, ${span}, calendar ${report.calendar}`];
  for (const kind of defectKinds) {
    const { count, first } = report.defects[kind];
    if (count === 0) continue;
    lines.push(`${defectMeanings[kind]}: ${count}`);
    for (const { index, time, detail } of first) lines.push(`  bar ${index}, ${minuteOf(time)}: ${detail}`);
    if (count > first.length) lines.push(`  … and ${count - first.length} more`);
  }
  lines.push(report.clean ? "No defects." : "Look at these defects before training on the series.");
  lines.push(
    report.judgedBy === "calendar"
      ? `Missing bars are judged by the calendar ${report.calendar}, at times of the week that the series covers.`
      : "Missing bars are judged by the series' own week; holidays and half days are not known and count as missing.",
  );
  return lines.join("\n");
}

/** How many there are of each kind of defect that there is. */
export function defectCounts({ defects }: QualityReport): Record<string, number> {
  const found = defectKinds.filter((kind) => defects[kind].count > 0);
  return Object.fromEntries(found.map((kind) => [kind, defects[kind].count]));
}
