import { expect, test } from "vitest";
import { timeframeMs } from "#domain/bar.ts";
import { guessCalendar, guessOpenCalendar, inferTimeframe, isCurrencyPair, symbolOf } from "./calendar.ts";

test.each([
  ["prices/AAPL_1h.csv.gz", "AAPL"],
  ["EURUSD_M30.csv", "EURUSD"],
  ["EURUSD_1h_bidask.csv.gz", "EURUSD"],
  ["AUDUSD.x_H1.csv.gz", "AUDUSD.x"],
  ["FOREX_EURUSD_1H_ASK.csv", "EURUSD"],
  ["TSLA_2012-1-1_2018-1-1.csv", "TSLA"],
  ["BRK-B.csv", "BRK-B"],
  ["SPY.tsv", "SPY"],
  ["crypto.csv", "crypto"],
])("takes the symbol of %s for %s", (path, symbol) => {
  expect(symbolOf(path)).toBe(symbol);
});

test("knows currency pairs, with metals and brokers' endings", () => {
  expect(["EURUSD", "eur/usd", "XAUUSD", "AUDUSD.x"].map(isCurrencyPair)).toEqual([true, true, true, true]);
  expect(["AAPL", "BTCUSD", "GOOGLE"].map(isCurrencyPair)).toEqual([false, false, false]);
});

test.each(["1s", "10s", "1m", "5m", "15m", "30m", "1h", "4h", "1d", "1w"] as const)(
  "infers %s also where bars are missing",
  (timeframe) => {
    const times = Float64Array.from([0, 1, 2, 3, 7, 8, 9, 20, 21], (at) => at * timeframeMs[timeframe]);
    expect(inferTimeframe(times, "x.csv")).toBe(timeframe);
  },
);

const hourMs = timeframeMs["1h"];
/** Times of 20 weeks at which `open` holds for the day of the week (0 is Sunday) and the hour. */
const hours = (open: (day: number, hour: number) => boolean): Float64Array =>
  Float64Array.from({ length: 20 * 168 }, (_, at) => Date.UTC(2024, 0, 1) + at * hourMs).filter((time) => {
    const date = new Date(time);
    return open(date.getUTCDay(), date.getUTCHours());
  });
const days = (open: (day: number) => boolean): Float64Array => hours((day, hour) => hour === 0 && open(day));
const weekday = (day: number): boolean => day % 6 !== 0;

test("guesses the calendar from the hours and days at which there are bars", () => {
  expect(
    guessCalendar(
      hours(() => true),
      "1h",
      "BTCUSD",
    ),
  ).toBe("crypto");
  expect(
    guessCalendar(
      days(() => true),
      "1d",
      "X",
    ),
  ).toBe("crypto");
  expect(guessCalendar(hours(weekday), "1h", "X")).toBe("fx");
  expect(
    guessCalendar(
      hours((day, hour) => weekday(day) && hour >= 9 && hour < 16),
      "1h",
      "X",
    ),
  ).toBe("us-equities");
  expect(
    guessCalendar(
      hours((day, hour) => weekday(day) && hour >= 8),
      "1h",
      "X",
    ),
  ).toBe("us-equities-extended");
  expect(guessCalendar(days(weekday), "1d", "AAPL")).toBe("us-equities");
  expect(guessCalendar(days(weekday), "1d", "EURUSD")).toBe("fx");
});

test.each([
  ["an hour of New York's afternoon", "2024-03-04T18:00Z", "us-equities"],
  ["an hour before it opens", "2024-03-04T13:00Z", "us-equities-extended"],
  ["an hour of Sunday night", "2024-03-03T23:00Z", "fx"],
  ["an hour of Saturday", "2024-03-02T12:00Z", "crypto"],
  ["an hour that no exchange's calendar knows", "1970-01-03T12:00Z", "crypto"],
])("of a short recording, %s, guesses a calendar that was open at all of it", (_, from, calendar) => {
  const times = Float64Array.from({ length: 60 }, (__, minute) => Date.parse(from) + minute * 60_000);
  expect(guessOpenCalendar(times, "1m", "ES")).toBe(calendar);
});
