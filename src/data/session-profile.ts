/** @file When a series usually has bars in the week, and where it lacks them. */
import type { Timeframe } from "#domain/bar.ts";
import { timeframeMs } from "#domain/bar.ts";
import type { CalendarName } from "#domain/instrument.ts";
import type { TimeZone } from "#domain/time-zone.ts";
import { timeZone } from "#domain/time-zone.ts";

/** Bars that should be there and are not, right before the bar `index`. */
export interface MissingBars {
  readonly index: number;
  readonly missing: number;
  /** They are all of whole days without one bar, as on a holiday. */
  readonly wholeDays: boolean;
}

const dayMs = timeframeMs["1d"];
const weekMs = timeframeMs["1w"];
/** The Unix epoch was a Thursday; weeks are counted from the Monday before. */
const mondayShiftMs = 3 * dayMs;
/** Weeks out of hundred in which a slot must have a bar to be expected: above what holidays take from a Monday. */
const expectedShare = 0.8;

/** Zone by whose clocks a market keeps its hours, with days that do not cut a session in two. */
function marketZone(calendar: CalendarName, timeframe: Timeframe): TimeZone {
  if (timeframe === "1d" || timeframe === "1w" || calendar === "crypto") return timeZone("UTC");
  // The day of currencies ends at 17:00 in New York.
  return timeZone(calendar === "fx" ? "America/New_York+7" : "America/New_York");
}

/** Missing bars of ascending times `[T]` by the series' own week: slots that have a bar in most of its weeks. */
export function missingBars(openTime: Float64Array, timeframe: Timeframe, calendar: CalendarName): MissingBars[] {
  if (openTime.length < 2) return [];
  const spacing = timeframeMs[timeframe];
  const zone = marketZone(calendar, timeframe);
  const localOf = (time: number): number => time + zone.offsetMs(time) + mondayShiftMs;
  const slotOf = (local: number): number => Math.floor((local % weekMs) / spacing);
  const expected = expectedSlots(openTime, localOf, spacing);
  const found: MissingBars[] = [];
  for (let index = 1; index < openTime.length; index++) {
    if (openTime[index] - openTime[index - 1] < 2 * spacing) continue;
    const daysWithBars = [openTime[index - 1], openTime[index]].map((time) => Math.floor(localOf(time) / dayMs));
    let missing = 0;
    let wholeDays = true;
    for (let time = openTime[index - 1] + spacing; time < openTime[index]; time += spacing) {
      const local = localOf(time);
      if (expected[slotOf(local)] === 0) continue;
      missing++;
      if (daysWithBars.includes(Math.floor(local / dayMs))) wholeDays = false;
    }
    if (missing > 0) found.push({ index, missing, wholeDays });
  }
  return found;
}

/** 1 for each slot of the week that has a bar in most weeks in which there are bars at all. */
function expectedSlots(openTime: Float64Array, localOf: (time: number) => number, spacing: number): Uint8Array {
  const { counts, weeks } = weeksWithBar(openTime, localOf, weekMs / spacing, spacing);
  return Uint8Array.from(counts, (count) => (count >= expectedShare * weeks ? 1 : 0));
}

/** For each slot of the week the weeks in which it has a bar, and of how many; `localOf` counts from a Monday. */
export function weeksWithBar(
  openTime: Float64Array,
  localOf: (time: number) => number,
  slots: number,
  spacing: number,
): { readonly counts: Float64Array; readonly weeks: number } {
  const counts = new Float64Array(slots);
  const lastWeekOf = new Float64Array(slots).fill(-Infinity);
  let weeks = 0;
  let lastWeek = -Infinity;
  for (const time of openTime) {
    const local = localOf(time);
    const week = Math.floor(local / weekMs);
    if (week !== lastWeek) weeks++;
    lastWeek = week;
    const slot = Math.floor((local - week * weekMs) / spacing);
    if (lastWeekOf[slot] === week) continue;
    lastWeekOf[slot] = week;
    counts[slot]++;
  }
  // The first and the last week may be cut: they count for no slot.
  return { counts, weeks: Math.max(1, weeks - 2) };
}
