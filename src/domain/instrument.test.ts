import { expect, test } from "vitest";
import { barsPerYear, calendarNames, instrument, stepValues } from "./instrument.ts";

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

test("a standard lot of a pair in dollars gains 10 a pip and 1 a tick; a share has no pip", () => {
  const pair = instrument("EURUSD", {
    assetClass: "currency",
    contractSize: 100_000,
    pipSize: 0.0001,
    tickSize: 0.00001,
  });
  const { tickValue, pipValue } = stepValues(pair);
  expect(tickValue).toBeCloseTo(1, 12);
  expect(pipValue).toBeCloseTo(10, 12);
  expect(stepValues(instrument("A"))).toEqual({ tickValue: 0.01, pipValue: undefined });
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
