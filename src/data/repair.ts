/** @file Bars mended in the ways that were asked for and in no other, with an account of what was done. */
import { Failure } from "#base/failure.ts";
import type { FailureCode } from "#base/failure.ts";
import { invariant } from "#base/invariant.ts";
import type { Bars, Timeframe } from "#domain/bar.ts";
import { copyBars, pickBars } from "#domain/bar.ts";
import { dayStart } from "#domain/day.ts";
import type { CalendarName } from "#domain/instrument.ts";
import { exchangeCalendar, sessionFinder } from "#domain/exchange-calendar.ts";
import type { DefectKind, QualityReport } from "./quality.ts";

/** Ways to mend, in the order in which they are done, with what each does to the bars it counts. */
export const repairWays = {
  sort: "put in time order",
  dropDuplicates: "dropped because another bar, which was kept, opens at the same time",
  dropZero: "dropped because a price is zero, negative or no number",
  dropBroken: "dropped because they break low <= open, close <= high",
  dropOutside: "dropped because the market was closed",
} as const;

export type RepairWay = keyof typeof repairWays;

/** A split that prices were not adjusted for: from that day on, UTC, there are `ratio` shares for each one before. */
export interface SplitAdjustment {
  readonly day: string;
  readonly ratio: number;
}

export interface RepairedBars {
  readonly bars: Bars;
  /** One sentence for each way that changed anything. */
  readonly done: readonly string[];
}

interface Market {
  readonly timeframe: Timeframe;
  readonly calendar: CalendarName;
}

/**
 * Mends bars in the ways `asked`. Of bars that open at the same time the first is kept.
 * @throws Failure data/no-calendar for `dropOutside` on days that the calendar does not know.
 */
export function repair(bars: Bars, asked: readonly RepairWay[], market: Market): RepairedBars {
  let rows = Int32Array.from(bars.openTime, (_, row) => row);
  const done: string[] = [];
  for (const way of Object.keys(repairWays) as RepairWay[]) {
    if (!asked.includes(way)) continue;
    const mended = way === "sort" ? sorted(bars, rows) : rows.filter(keeps(way, bars, market));
    const changed = way === "sort" ? mended.filter((row, at) => row !== rows[at]).length : rows.length - mended.length;
    if (changed > 0) done.push(`Bars ${repairWays[way]}: ${changed}.`);
    rows = mended;
  }
  return { bars: pickBars(bars, rows), done };
}

function sorted({ openTime }: Bars, rows: Int32Array): Int32Array<ArrayBuffer> {
  return Int32Array.from(rows).sort((a, b) => openTime[a] - openTime[b] || a - b);
}

/** Which rows a way of dropping keeps, asked once for each. */
function keeps(way: Exclude<RepairWay, "sort">, bars: Bars, market: Market): (row: number) => boolean {
  const { openTime, open, high, low, close, volume } = bars;
  if (way === "dropDuplicates") {
    const seen = new Set<number>();
    return (row) => !seen.has(openTime[row]) && seen.add(openTime[row]) === seen;
  }
  if (way === "dropZero") {
    const positive = (price: number): boolean => price > 0 && price < Infinity;
    return (row) => [open, high, low, close].every((column) => positive(column[row])) && volume[row] >= 0;
  }
  if (way === "dropBroken") {
    return (row) => !(high[row] < Math.max(open[row], close[row]) || low[row] > Math.min(open[row], close[row]));
  }
  const sessionOf = sessionFinder(exchangeCalendar(market.calendar), market.timeframe);
  return (row) => sessionOf(openTime[row]) !== undefined;
}

/**
 * Divides prices before each split by its ratio and multiplies volumes by it. A volume of 0, unknown, stays so.
 * @throws Failure cli/bad-option for a day that does not have bars on both sides: there is nothing to adjust then.
 */
export function adjustSplits(bars: Bars, splits: readonly SplitAdjustment[]): RepairedBars {
  if (splits.length === 0) return { bars, done: [] };
  const adjusted = copyBars(bars);
  const done = splits.map(({ day, ratio }) => {
    const start = dayStart(day);
    const before = bars.openTime.filter((time) => time < start).length;
    const first = bars.openTime.findIndex((time) => time >= start);
    if (before === 0 || first < 0) {
      throw new Failure("cli/bad-option", `a split on ${day} has no bars ${before === 0 ? "before" : "after"} it`, {
        day,
      });
    }
    const jump = (series: Bars): string => (series.open[first] / series.close[first - 1]).toPrecision(4);
    const found = jump(adjusted);
    for (let t = 0; t < adjusted.openTime.length; t++) {
      if (adjusted.openTime[t] >= start) continue;
      for (const column of ["open", "high", "low", "close"] as const) adjusted[column][t] /= ratio;
      adjusted.volume[t] *= ratio;
    }
    const opens = `That day opens at ${jump(adjusted)} times the close before it, and did at ${found}.`;
    return `Prices before ${day} divided by ${ratio} and volumes multiplied by it: ${before}. ${opens}`;
  });
  return { bars: adjusted, done };
}

/**
 * Prices scaled bar by bar by what the adjusted close is of the close, so that all four are adjusted alike. Volumes stay.
 * @param adjustedClose `[T]`
 * @param column what the adjusted close is called
 */
export function scaleToClose(bars: Bars, adjustedClose: Float64Array, column: string): RepairedBars {
  invariant(adjustedClose.length === bars.close.length, "each bar has an adjusted close", {
    bars: bars.close.length,
    closes: adjustedClose.length,
  });
  const scaled = copyBars(bars);
  let [least, most] = [Infinity, -Infinity];
  for (let t = 0; t < adjustedClose.length; t++) {
    const factor = adjustedClose[t] / bars.close[t];
    for (const price of ["open", "high", "low"] as const) scaled[price][t] *= factor;
    scaled.close[t] = adjustedClose[t];
    least = Math.min(least, factor);
    most = Math.max(most, factor);
  }
  const span = `by ${least.toPrecision(4)} to ${most.toPrecision(4)}`;
  return {
    bars: scaled,
    done: [`Prices scaled to the close of the column ${column}, ${span}; volumes left as they are.`],
  };
}

/** Defects with which bars cannot be used: the failure that each is, and the ways to mend it. */
const unusable: Readonly<Partial<Record<DefectKind, readonly [FailureCode, string]>>> = {
  unsorted: ["data/out-of-order", "--sort"],
  duplicate: ["data/duplicate-bar", "--drop-duplicates"],
  notANumber: ["data/bad-price", "--drop-zero"],
  zeroPrice: ["data/bad-price", "--drop-zero"],
  negativePrice: ["data/bad-price", "--drop-zero"],
  brokenBar: ["data/broken-bar", "--drop-broken"],
};

/** @throws Failure for the first kind of defect that is left and with which bars cannot be used, naming the way to mend it. */
export function checkUsable(file: string, { bars, defects }: QualityReport): void {
  if (bars === 0) throw new Failure("data/empty-file", `nothing is left of ${file}`, { file });
  for (const [kind, [code, way]] of Object.entries(unusable)) {
    const { count, first } = defects[kind as DefectKind];
    if (count === 0) continue;
    const found = `${file} still has ${count} such bars, the first at ${new Date(first[0].time).toISOString()} (${first[0].detail}); ${way} was not asked for`;
    throw new Failure(code, found, { file, count });
  }
}
