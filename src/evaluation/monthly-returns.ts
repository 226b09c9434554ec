/** @file What each calendar month earned. */
import { mean } from "./metrics.ts";

/** A year of the table. Fractions; absent where the year has no tested bar in that month. */
export interface YearOfMonths {
  readonly year: number;
  /** January first, `[12]`. */
  readonly months: readonly (number | undefined)[];
  readonly total: number;
}

/**
 * Return of each calendar month in UTC: equity at the close of its last bar over that of the bar before its first, less 1.
 * Several runs are averaged month by month.
 * @param openTime opens of the bars, that of the starting capital first, `[T+1]`, Unix ms UTC: a bar belongs to the month that it opens in
 * @param runs equity of each run, `[T+1]`
 */
export function monthlyReturns(
  openTime: ArrayLike<number>,
  runs: readonly ArrayLike<number>[],
): readonly YearOfMonths[] {
  const months = spans(openTime, (date) => date.getUTCFullYear() * 12 + date.getUTCMonth());
  const years = spans(openTime, (date) => date.getUTCFullYear());
  const returnOf = ({ from, to }: Span): number => mean(runs.map((equity) => returnBetween(equity, from, to)));
  return years.map((span) => {
    const inYear: (number | undefined)[] = Array.from({ length: 12 }, () => undefined);
    for (const month of months) {
      if (Math.floor(month.key / 12) === span.key) inYear[month.key % 12] = returnOf(month);
    }
    return { year: span.key, months: inYear, total: returnOf(span) };
  });
}

/** From the point before its first bar to its last. */
interface Span {
  readonly key: number;
  readonly from: number;
  readonly to: number;
}

function spans(openTime: ArrayLike<number>, keyOf: (date: Date) => number): Span[] {
  const found: { key: number; from: number; to: number }[] = [];
  for (let t = 1; t < openTime.length; t++) {
    const key = keyOf(new Date(openTime[t]));
    const last = found.at(-1);
    if (last?.key === key) last.to = t;
    else found.push({ key, from: t - 1, to: t });
  }
  return found;
}

/** Nothing can be earned after ruin. */
function returnBetween(equity: ArrayLike<number>, from: number, to: number): number {
  return equity[from] > 0 ? Math.max(equity[to] / equity[from] - 1, -1) : 0;
}
