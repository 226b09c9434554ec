/** @file What a symbol and a calendar say of an instrument: its class, the currency of its price, its pip. Guesses, unless named. */
import type { AssetClass, CalendarName } from "#domain/instrument.ts";
import { isCurrencyPair } from "./calendar.ts";

const lettersOf = (symbol: string): string => symbol.toUpperCase().replace("/", "").slice(0, 6);

/** A pair of currencies or of a metal, a coin where the market never closes, else a share. */
export function guessAssetClass(symbol: string, calendar: CalendarName): AssetClass {
  if (isCurrencyPair(symbol)) return /^X(AG|AU|PD|PT)/.test(lettersOf(symbol)) ? "metal" : "currency";
  return calendar === "crypto" ? "coin" : "share";
}

/** The currency in which a pair is quoted, its last three letters; dollars for everything else. */
export function guessCurrency(symbol: string): string {
  return isCurrencyPair(symbol) ? lettersOf(symbol).slice(3) : "USD";
}

/** The pip of a pair of currencies: the second decimal where it is quoted in yen, else the fourth. Of metals brokers differ. */
export function guessPipSize(symbol: string, assetClass: AssetClass): number | undefined {
  if (assetClass !== "currency" || !isCurrencyPair(symbol)) return undefined;
  return guessCurrency(symbol) === "JPY" ? 0.01 : 0.0001;
}
