/** @file Splits and dividends: what a company does to its shares between two bars. */
import { dayMs, dayStart } from "./day.ts";
import type { Fill } from "./fill.ts";

/** Holds from the open of the first bar on or after `date`, a day of the exchange (`YYYY-MM-DD`). */
export interface CorporateAction {
  readonly symbol: string;
  readonly date: string;
  /** New units for each old one: 4 for a split of four for one, 0.1 for a merger of ten into one. */
  readonly split?: number | undefined;
  /** Paid for each unit as it is counted on that day, in the instrument's currency. */
  readonly dividend?: number | undefined;
}

/** What happened to one instrument since the bar before. */
export interface ActionsDue {
  /** New units for each old one, 1 where none was split. */
  split: number;
  /** Paid for each new unit. */
  dividend: number;
}

/**
 * Gives, for the days of bars in turn (counted from 1970-01-01), what became due of one symbol's actions since the bar before.
 * What was due at the first bar or before it is over: nobody held anything.
 */
export function dueActions(actions: readonly CorporateAction[], symbol: string): (day: number) => ActionsDue {
  const own = actions
    .filter((action) => action.symbol === symbol)
    .map(({ date, split = 1, dividend = 0 }) => ({ day: dayStart(date) / dayMs, split, dividend }))
    .sort((a, b) => a.day - b.day);
  let next = 0;
  let begun = false;
  const due: ActionsDue = { split: 1, dividend: 0 };
  return (day) => {
    due.split = 1;
    due.dividend = 0;
    for (; next < own.length && own[next].day <= day; next++) {
      due.split *= own[next].split;
      due.dividend = due.dividend / own[next].split + own[next].dividend;
    }
    if (!begun) {
      due.split = 1;
      due.dividend = 0;
    }
    begun = true;
    return due;
  };
}

/** Fills with units and prices as they are counted after all splits, so that what was bought before one can be matched with what was sold after it. */
export function afterSplits(fills: readonly Fill[], actions: readonly CorporateAction[]): readonly Fill[] {
  const splits = actions.filter(({ split = 1 }) => split !== 1);
  if (splits.length === 0) return fills;
  return fills.map((fill) => {
    let ratio = 1;
    for (const { symbol, date, split = 1 } of splits) {
      if (symbol === fill.symbol && fill.filledAt < dayStart(date)) ratio *= split;
    }
    if (ratio === 1) return fill;
    const { units, price, referencePrice } = fill;
    return { ...fill, units: units * ratio, price: price / ratio, referencePrice: referencePrice / ratio };
  });
}
