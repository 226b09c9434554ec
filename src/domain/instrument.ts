/** @file What is traded: its units, its steps and its calendar. */
import type { Timeframe } from "./bar.ts";
import { timeframeMs } from "./bar.ts";

/** When an instrument trades; it decides how returns are annualised. */
export type CalendarName = "us-equities" | "us-equities-extended" | "fx" | "crypto";

/** Trading days a year and trading hours a day. Sources: NYSE (252 sessions of 6.5 h, 16 h with pre- and after-market), FX week (5 × 24 h), crypto (always open). */
const calendars: Readonly<Record<CalendarName, { readonly daysPerYear: number; readonly hoursPerDay: number }>> = {
  "us-equities": { daysPerYear: 252, hoursPerDay: 6.5 },
  "us-equities-extended": { daysPerYear: 252, hoursPerDay: 16 },
  fx: { daysPerYear: 260, hoursPerDay: 24 },
  crypto: { daysPerYear: 365, hoursPerDay: 24 },
};

export const calendarNames = Object.keys(calendars) as readonly CalendarName[];

/** Bars a year, by which per-bar means are multiplied and per-bar deviations by its square root. */
export function barsPerYear(calendar: CalendarName, timeframe: Timeframe): number {
  const { daysPerYear, hoursPerDay } = calendars[calendar];
  if (timeframe === "1w") return 52;
  if (timeframe === "1d") return daysPerYear;
  return daysPerYear * Math.ceil((hoursPerDay * timeframeMs["1h"]) / timeframeMs[timeframe]);
}

export const assetClasses = ["share", "currency", "metal", "index", "coin", "perpetual"] as const;

/** What is traded; it decides which costs and rules can apply to it. */
export type AssetClass = (typeof assetClasses)[number];

export interface Instrument {
  readonly symbol: string;
  readonly assetClass: AssetClass;
  readonly currency: string;
  /** Smallest price step, in currency. */
  readonly tickSize: number;
  /** Smallest tradable quantity step, in units. */
  readonly lotStep: number;
  /** Value of one unit at a price of 1, in currency: 1 for shares and coins, 100,000 for a standard FX lot. */
  readonly contractSize: number;
  readonly calendar: CalendarName;
  /** Price step in which spreads, swaps and stops of currencies and metals are told; absent where nobody counts in pips. */
  readonly pipSize?: number | undefined;
}

/** What one unit (a lot of a currency pair, a share) gains when its price rises by a tick and by a pip, in the instrument's currency. */
export function stepValues(of: Instrument): { readonly tickValue: number; readonly pipValue: number | undefined } {
  const { tickSize, pipSize, contractSize } = of;
  return { tickValue: tickSize * contractSize, pipValue: pipSize === undefined ? undefined : pipSize * contractSize };
}

/** An instrument with the usual settings of a fractional share; name what differs. */
export function instrument(symbol: string, settings: Partial<Omit<Instrument, "symbol">> = {}): Instrument {
  return {
    symbol,
    assetClass: "share",
    currency: "USD",
    tickSize: 0.01,
    lotStep: 0.000001,
    contractSize: 1,
    calendar: "us-equities",
    ...settings,
  };
}
