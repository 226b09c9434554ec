/** @file What holding a position costs: borrowing of shares, swap of currencies by night, funding of perpetuals. */
import type { Timeframe } from "#domain/bar.ts";
import { closeTime } from "#domain/bar.ts";
import type { Instrument } from "#domain/instrument.ts";
import { marketTime, newYorkOffset } from "#features/sessions.ts";
import type { Costs } from "./costs.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Cost of one unit held long and short, in the instrument's currency. */
export interface Carry {
  readonly long: number;
  readonly short: number;
}

/**
 * Gives, for each bar in turn, what it costs to have held one unit from the close before to its close. A night of currencies
 * is over at 17:00 in New York and counts three times on Wednesday, because trades settle two days later; shares are borrowed
 * for calendar days of a year of 360; funding is due at 00:00, 08:00 and 16:00 UTC.
 */
export function nightsHeld(
  { contractSize, pipSize = 0, calendar }: Instrument,
  timeframe: Timeframe,
): (closeBefore: number, openTime: number, costs: Costs) => Carry {
  const local = marketTime(calendar);
  const offset = newYorkOffset();
  /** End of the bar before, Unix ms. */
  const last = Float64Array.of(NaN);
  return (closeBefore, openTime, costs) => {
    const { borrowBps = 0, swapLongPips = 0, swapShortPips = 0, fundingBps = 0 } = costs;
    const to = closeTime(openTime, timeframe);
    const from = Number.isNaN(last[0]) ? openTime : last[0];
    last[0] = to;
    const value = closeBefore * contractSize;
    const days = Math.floor(local(to - 1) / dayMs) - Math.floor(local(from - 1) / dayMs);
    const borrowed = (value * borrowBps * 1e-4 * days) / 360;
    const nights = swapLongPips === 0 && swapShortPips === 0 ? 0 : nightsBetween(from, to, offset);
    const pip = pipSize * contractSize * nights;
    const funded = value * fundingBps * 1e-4 * (Math.floor(to / (8 * hourMs)) - Math.floor(from / (8 * hourMs)));
    return { long: swapLongPips * pip + funded, short: swapShortPips * pip + borrowed - funded };
  };
}

/** Nights that end after `from` and up to `to`: 17:00 in New York on Monday to Friday, Wednesday's for three. */
function nightsBetween(from: number, to: number, offset: (time: number) => number): number {
  const evening = (time: number): number => Math.floor((time + offset(time) + 7 * hourMs) / dayMs);
  let nights = 0;
  for (let day = evening(from); day < evening(to); day++) {
    // The day that ends: 1970-01-01 was a Thursday, so day 0 of the epoch is weekday 4.
    const weekday = (((day + 4) % 7) + 7) % 7;
    if (weekday >= 1 && weekday <= 5) nights += weekday === 3 ? 3 : 1;
  }
  return nights;
}
