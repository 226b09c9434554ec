/** @file What is wrong with a series: each kind of defect counted, with the first places where it stands. */
import type { Bars, Timeframe } from "#domain/bar.ts";
import { barColumns, timeframeMs } from "#domain/bar.ts";
import type { CalendarName } from "#domain/instrument.ts";
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
  "gap",
  "closedDays",
  "coarse",
  "spike",
  "flat",
] as const;

export type DefectKind = (typeof defectKinds)[number];

const defectMeanings: Readonly<Record<DefectKind, string>> = {
  unsorted: "bars that open before the bar that precedes them",
  duplicate: "bars that open at the same time as the bar that precedes them",
  notANumber: "bars with a value that is not a finite number",
  zeroPrice: "bars with a price of zero",
  negativePrice: "bars with a price below zero",
  brokenBar: "bars that break low <= open, close <= high",
  gap: "gaps within days on which the market traded",
  closedDays: "stretches of whole days without bars (holidays, or missing data)",
  coarse: "stretches of bars much further apart than the timeframe",
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
  /** No defect but days without bars, which holidays explain. */
  readonly clean: boolean;
}

export interface QualityOptions {
  readonly timeframe: Timeframe;
  readonly calendar: CalendarName;
  /** Places kept for each kind; 5 unless named. */
  readonly listed?: number;
}

/** Bars in a row at one price from which on a stretch counts as flat. */
const flatBars = 10;
/** Bars in a row, each more than this many timeframes after the last, from which on a stretch counts as coarse. */
const coarseBars = 10;
const coarseSpacing = 4;

/**
 * Checks one series. Without tables of holidays, what is missing is judged by the series itself: a time of the week at
 * which a bar is nearly always there is one at which a bar should be there.
 */
export function checkQuality(bars: Bars, { timeframe, calendar, listed = 5 }: QualityOptions): QualityReport {
  const found = new Map<DefectKind, { count: number; first: Defect[] }>();
  const add = (kind: DefectKind, index: number, detail: string): void => {
    const list = found.get(kind) ?? { count: 0, first: [] };
    list.count++;
    if (list.first.length < listed) list.first.push({ index, time: bars.openTime[index], detail });
    found.set(kind, list);
  };
  checkTimes(bars, add);
  checkValues(bars, add);
  for (const { index, missing, wholeDays } of missingBars(bars.openTime, timeframe, calendar)) {
    const what = missing === 1 ? "1 bar is missing" : `${missing} bars are missing`;
    add(wholeDays ? "closedDays" : "gap", index, `${what} before this bar`);
  }
  for (const { index, length } of coarseStretches(bars.openTime, timeframeMs[timeframe])) {
    add("coarse", index, `${length} bars in a row, each ${coarseSpacing} timeframes or more after the last`);
  }
  for (const { index, logReturn, scale } of returnSpikes(bars.close)) {
    const percent = (100 * Math.expm1(logReturn)).toFixed(2);
    add(
      "spike",
      index,
      `${percent} % in one bar, ${(Math.abs(logReturn) / scale).toFixed(0)} times the usual move, then back`,
    );
  }
  for (const { index, length } of flatStretches(bars)) {
    add("flat", index, `${length} bars in a row at ${bars.close[index]}`);
  }
  const listOf = (kind: DefectKind): DefectList => found.get(kind) ?? { count: 0, first: [] };
  const last = bars.openTime.length - 1;
  return {
    bars: bars.openTime.length,
    timeframe,
    calendar,
    firstTime: bars.openTime[0],
    lastTime: bars.openTime[last],
    defects: {
      unsorted: listOf("unsorted"),
      duplicate: listOf("duplicate"),
      notANumber: listOf("notANumber"),
      zeroPrice: listOf("zeroPrice"),
      negativePrice: listOf("negativePrice"),
      brokenBar: listOf("brokenBar"),
      gap: listOf("gap"),
      closedDays: listOf("closedDays"),
      coarse: listOf("coarse"),
      spike: listOf("spike"),
      flat: listOf("flat"),
    },
    clean: [...found.keys()].every((kind) => kind === "closedDays"),
  };
}

type Add = (kind: DefectKind, index: number, detail: string) => void;

function checkTimes({ openTime }: Bars, add: Add): void {
  for (let t = 1; t < openTime.length; t++) {
    const step = openTime[t] - openTime[t - 1];
    if (step < 0) add("unsorted", t, `opens ${-step / 60_000} minutes before the bar that precedes it`);
    else if (step === 0) add("duplicate", t, "opens when the bar before it does");
  }
}

function checkValues(bars: Bars, add: Add): void {
  for (let t = 0; t < bars.openTime.length; t++) {
    const odd = barColumns.find((column) => !Number.isFinite(bars[column][t]));
    if (odd !== undefined) {
      add("notANumber", t, `${odd} is ${bars[odd][t]}`);
      continue;
    }
    const prices = [bars.open[t], bars.high[t], bars.low[t], bars.close[t]];
    const [open, high, low, close] = prices;
    if (prices.includes(0)) add("zeroPrice", t, `open ${open}, high ${high}, low ${low}, close ${close}`);
    if (prices.some((price) => price < 0))
      add("negativePrice", t, `open ${open}, high ${high}, low ${low}, close ${close}`);
    if (high < Math.max(open, close) || low > Math.min(open, close)) {
      add("brokenBar", t, `open ${open}, high ${high}, low ${low}, close ${close}`);
    }
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
    "Missing bars are judged by the series' own week; holidays and half days are not known and count as missing.",
  );
  return lines.join("\n");
}

/** How many there are of each kind of defect that there is. */
export function defectCounts({ defects }: QualityReport): Record<string, number> {
  const found = defectKinds.filter((kind) => defects[kind].count > 0);
  return Object.fromEntries(found.map((kind) => [kind, defects[kind].count]));
}
