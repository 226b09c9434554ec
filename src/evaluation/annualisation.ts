/** @file Bars a year, by which all yearly numbers are scaled: the calendar's, unless the series itself has other bars. */
import { barsPerYear } from "#domain/instrument.ts";
import type { Universe } from "#domain/universe.ts";

export interface Annualisation {
  readonly barsPerYear: number;
  /** Absent where the calendar holds; else a sentence that says what was found. */
  readonly warning: string | undefined;
}

const yearMs = 365.2425 * 86_400_000;
/** A series that differs by more from its calendar has bars left out, or trades at other hours than its calendar says. */
const tolerance = 0.1;
/** Shorter series say little about a year. */
const leastYears = 0.5;

/**
 * Bars a year of a universe. Hours that only some instruments trade are not in a joined series, for example: with the
 * calendar's number of bars its Sharpe ratio would be too high by the root of what is missing.
 */
export function annualisation({ instruments, timeframe, openTime }: Universe): Annualisation {
  const nominal = barsPerYear(instruments[0].calendar, timeframe);
  const years = (openTime[openTime.length - 1] - openTime[0]) / yearMs;
  const observed = (openTime.length - 1) / years;
  if (years < leastYears || Math.abs(observed / nominal - 1) <= tolerance)
    return { barsPerYear: nominal, warning: undefined };
  const found = `The series has ${Math.round(observed)} bars a year, the calendar ${instruments[0].calendar} ${nominal}`;
  return { barsPerYear: observed, warning: `${found}: yearly numbers use the bars that are there.` };
}
