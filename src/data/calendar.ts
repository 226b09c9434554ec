/** @file What a series' times say about it: its timeframe, and the calendar that it most likely trades by. */
import { Failure } from "#base/failure.ts";
import type { Timeframe } from "#domain/bar.ts";
import { timeframeMs } from "#domain/bar.ts";
import { exchangeCalendar, sessionFinder } from "#domain/exchange-calendar.ts";
import type { CalendarName } from "#domain/instrument.ts";
import { calendarNames } from "#domain/instrument.ts";

const dayMs = 86_400_000;
const timeframes = Object.keys(timeframeMs) as Timeframe[];

/** Currencies and metals that make a symbol of six letters a pair. */
const currencies = new Set(
  "AUD BRL CAD CHF CNH CNY CZK DKK EUR GBP HKD HUF ILS INR JPY KRW MXN NOK NZD PLN RUB SEK SGD THB TRY USD XAG XAU XPD XPT ZAR".split(
    " ",
  ),
);

/** True for `EURUSD`, `EUR/USD`, `EURUSD.x` and the like. */
export function isCurrencyPair(symbol: string): boolean {
  const letters = symbol.toUpperCase().replace("/", "").slice(0, 6);
  return currencies.has(letters.slice(0, 3)) && currencies.has(letters.slice(3));
}

/**
 * The timeframe of ascending times `[T]`: the spacing that occurs most.
 * @throws Failure data/unknown-timeframe when that is none of ours.
 */
export function inferTimeframe(openTime: Float64Array, where: string): Timeframe {
  const counts = new Map<number, number>();
  for (let t = 1; t < openTime.length;) {
    const spacing = openTime[t] - openTime[t - 1];
    const from = t;
    while (t < openTime.length && openTime[t] - openTime[t - 1] === spacing) t++;
    counts.set(spacing, (counts.get(spacing) ?? 0) + t - from);
  }
  const [mode] = [...counts].reduce((best, next) => (next[1] > best[1] ? next : best), [0, 0]);
  const timeframe = timeframes.find((name) => timeframeMs[name] === mode);
  if (timeframe !== undefined) return timeframe;
  const found =
    openTime.length < 2
      ? `${where} has one bar only`
      : `${where} has bars that are mostly ${mode / 60_000} minutes apart`;
  throw new Failure("data/unknown-timeframe", found, { file: where });
}

/**
 * The calendar of ascending times `[T]`, a guess: weekends mean crypto; a currency pair, or more than 16 hours a
 * day, fx; more than a regular session of 6.5 hours, shares with pre- and after-market; the rest, shares.
 */
export function guessCalendar(openTime: Float64Array, timeframe: Timeframe, symbol: string): CalendarName {
  const barsOfDay = new Map<number, number>();
  let saturdays = 0;
  for (let t = 0; t < openTime.length;) {
    const day = Math.floor(openTime[t] / dayMs);
    const from = t;
    while (t < openTime.length && openTime[t] >= day * dayMs && openTime[t] < (day + 1) * dayMs) t++;
    barsOfDay.set(day, (barsOfDay.get(day) ?? 0) + t - from);
    if (new Date(day * dayMs).getUTCDay() === 6) saturdays += t - from;
  }
  // A market without weekends has one bar in seven on a Saturday; the Saturday morning of New York's Friday is far less.
  if (timeframe !== "1w" && saturdays > openTime.length / 14) return "crypto";
  if (isCurrencyPair(symbol)) return "fx";
  if (timeframe === "1d" || timeframe === "1w") return "us-equities";
  const busy = [...barsOfDay.values()].sort((a, b) => a - b)[Math.floor((barsOfDay.size - 1) * 0.9)];
  const hours = (busy * timeframeMs[timeframe]) / timeframeMs["1h"];
  if (hours > 17) return "fx";
  return hours > 8 ? "us-equities-extended" : "us-equities";
}

/** `guessCalendar`, or where that market was closed at one of the bars, the next larger one that was open at all of them. */
export function guessOpenCalendar(openTime: Float64Array, timeframe: Timeframe, symbol: string): CalendarName {
  const guess = guessCalendar(openTime, timeframe, symbol);
  const larger = calendarNames.slice(calendarNames.indexOf(guess));
  return larger.find((name) => isOpenAtAll(name, openTime, timeframe)) ?? "crypto";
}

function isOpenAtAll(name: CalendarName, openTime: Float64Array, timeframe: Timeframe): boolean {
  const calendar = exchangeCalendar(name);
  const first = calendar.dateOf(openTime[0]);
  const last = calendar.dateOf(openTime[openTime.length - 1] + timeframeMs[timeframe]);
  if (first < calendar.from || last >= calendar.until) return false;
  const sessionOf = sessionFinder(calendar, timeframe);
  return openTime.every((time) => sessionOf(time) !== undefined);
}

/** The symbol that a file name speaks of: `AAPL_1h.csv.gz` is AAPL, `FOREX_EURUSD_1H_ASK.csv` EURUSD. */
export function symbolOf(path: string): string {
  const name = path.split(/[/\\]/).at(-1) ?? path;
  const words = name
    .replace(/\.(gz|csv|tsv|txt|parquet)$/i, "")
    .replace(/\.(csv|tsv|txt)$/i, "")
    .split(/[_\s]+/)
    .filter((word) => word !== "");
  return words.find((word) => !/^(forex|fx|crypto|stocks?|etf|index|history|prices?)$/i.test(word)) ?? words[0] ?? name;
}
