import { expect, test } from "vitest";
import { barsPerYear, calendarNames, instrument } from "./instrument.ts";

test("counts the bars of a year as the calendars do", () => {
  expect(barsPerYear("us-equities", "1d")).toBe(252);
  expect(barsPerYear("us-equities", "1h"), "a session of 6.5 hours has 7 hourly bars, the last one short").toBe(
    252 * 7,
  );
  expect(barsPerYear("us-equities", "30m")).toBe(252 * 13);
  expect(barsPerYear("us-equities", "1m")).toBe(252 * 390);
  expect(barsPerYear("us-equities-extended", "1h")).toBe(252 * 16);
  expect(barsPerYear("fx", "1h")).toBe(260 * 24);
  expect(barsPerYear("crypto", "1h")).toBe(8760);
  expect(barsPerYear("crypto", "4h")).toBe(365 * 6);
  for (const calendar of calendarNames) expect(barsPerYear(calendar, "1w")).toBe(52);
});

test("is a fractional share in dollars unless told otherwise", () => {
  expect(instrument("A")).toEqual({
    symbol: "A",
    assetClass: "share",
    currency: "USD",
    tickSize: 0.01,
    lotStep: 0.000001,
    contractSize: 1,
    calendar: "us-equities",
  });
  expect(instrument("EURUSD", { contractSize: 100_000, calendar: "fx" })).toMatchObject({
    symbol: "EURUSD",
    contractSize: 100_000,
    calendar: "fx",
    lotStep: 0.000001,
  });
});
