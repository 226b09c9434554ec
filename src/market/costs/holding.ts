/** @file What holding a position costs: borrowing of shares, swap of currencies by night, funding of perpetuals. */
import type { Instrument } from "#domain/instrument.ts";
import { newYorkOffset } from "#features/sessions.ts";
import type { Costs } from "../costs.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Cost of one unit held long and short, in the instrument's currency; negative where it is received. */
export interface Carry {
  readonly long: number;
  readonly short: number;
}

/** Days of a year, by which interest on borrowed shares is counted. */
const borrowYear = 360;

/**
 * Gives, for each bar in turn, what it costs to have held one unit from the open of the bar before to its own: whoever buys at
 * an open does not pay for the night before, and whoever sells at the next one does. Shares are borrowed for calendar days; a
 * night of currencies is over at 17:00 in New York, and that of Wednesday counts three times, because trades settle two days
 * later; funding is due at 00:00, 08:00 and 16:00 UTC.
 */
export function holdingCost({
  contractSize,
  pipSize = 0,
}: Instrument): (closeBefore: number, openTime: number, day: number, costs: Costs) => Carry {
  const offset = newYorkOffset();
  /** Open of the bar before, Unix ms, and its day. */
  const last = Float64Array.of(NaN, NaN);
  return (closeBefore, openTime, day, costs) => {
    const { borrowBps = 0, swapLongPips = 0, swapShortPips = 0, fundingBps = 0 } = costs;
    const [from, dayBefore] = last;
    last[0] = openTime;
    last[1] = day;
    if (Number.isNaN(from)) return nothing;
    const value = closeBefore * contractSize;
    const borrowed = (value * borrowBps * 1e-4 * (day - dayBefore)) / borrowYear;
    const nights = swapLongPips === 0 && swapShortPips === 0 ? 0 : nightsBetween(from, openTime, offset);
    const pip = pipSize * contractSize * nights;
    const funded = value * fundingBps * 1e-4 * (Math.floor(openTime / (8 * hourMs)) - Math.floor(from / (8 * hourMs)));
    return { long: swapLongPips * pip + funded, short: swapShortPips * pip + borrowed - funded };
  };
}

const nothing: Carry = { long: 0, short: 0 };

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
