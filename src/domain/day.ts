/** @file Days of UTC, as people write them. */
import { Failure } from "#base/failure.ts";

export const dayMs = 86_400_000;

/** The UTC day of a moment, `YYYY-MM-DD`. */
export function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/**
 * The first moment of a day, Unix ms UTC.
 * @throws Failure cli/bad-option for a text that is no date of the form `YYYY-MM-DD`.
 */
export function dayStart(day: string): number {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : NaN;
  if (!Number.isNaN(time) && dayOf(time) === day) return time;
  throw new Failure("cli/bad-option", `"${day}" is not a date of the form YYYY-MM-DD`, { day });
}
