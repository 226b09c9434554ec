/** @file When a series usually has bars in the week, and where it lacks them. */
import type { Timeframe } from "#domain/bar.ts";
import { timeframeMs } from "#domain/bar.ts";
import type { CalendarName } from "#domain/instrument.ts";
import type { TimeZone } from "./time-zone.ts";
import { timeZone } from "./time-zone.ts";

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
  const expected = expectedSlots(openTime, localOf, slotOf, weekMs / spacing);
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
function expectedSlots(
  openTime: Float64Array,
  localOf: (time: number) => number,
  slotOf: (local: number) => number,
  slots: number,
): Uint8Array {
  const weeksWithBar = new Float64Array(slots);
  const lastWeekOf = new Float64Array(slots).fill(-Infinity);
  const weeks = new Set<number>();
  for (const time of openTime) {
    const local = localOf(time);
    const slot = slotOf(local);
    const week = Math.floor(local / weekMs);
    weeks.add(week);
    if (lastWeekOf[slot] === week) continue;
    lastWeekOf[slot] = week;
    weeksWithBar[slot]++;
  }
  // The first and the last week may be cut: they count for no slot.
  const whole = Math.max(1, weeks.size - 2);
  return Uint8Array.from(weeksWithBar, (count) => (count >= expectedShare * whole ? 1 : 0));
}
