/** @file Indicators of longer bars: the contract, what a longer series says by itself, and nothing before a bar is over. */
import { describe, expect, test } from "vitest";
import type { Bar, Timeframe } from "#domain/bar.ts";
import { barsFrom, timeframeMs } from "#domain/bar.ts";
import type { CalendarName } from "#domain/instrument.ts";
import { asOf, closeTimes, joined, resample } from "#domain/resample.ts";
import type { FeatureContext } from "./feature.ts";
import { indicatorContract } from "./indicator.contract.ts";
import { indicatorColumns } from "./indicator.ts";
import { averageTrueRange } from "./true-range.ts";
import { indicator } from "./indicator.ts";
import type { Indicator } from "./indicator.ts";
import { macd } from "./indicators/macd.ts";
import { relativeStrengthIndex } from "./indicators/relative-strength-index.ts";
import { simpleMovingAverage } from "./indicators/simple-moving-average.ts";
import { sampleBars } from "./sample-bars.ts";
import { onTimeframe, onTimeframes } from "./timeframes.ts";

function contextOf(timeframe: Timeframe, calendar: CalendarName = "crypto"): FeatureContext {
  return { timeframe, instrument: { symbol: "X", calendar } };
}

/** Says the close of each bar that it is given. */
const lastClose = (): Indicator => indicator(["close"], 1, [], (bar, into, at) => void (into[at] = bar.close));

indicatorContract(
  "RSI of 15 minutes on bars of 5",
  () => onTimeframe(contextOf("5m"), "15m", () => relativeStrengthIndex(14)),
  timeframeMs["5m"],
);
indicatorContract(
  "MACD of days on bars of 4 hours",
  () => onTimeframe(contextOf("4h"), "1d", () => macd(3, 6, 4)),
  timeframeMs["4h"],
);
indicatorContract(
  "an average of three timeframes",
  () => onTimeframes(contextOf("1h"), ["1h", "4h", "1d"], () => simpleMovingAverage(3)),
  timeframeMs["1h"],
);

/** Monday, 2024-01-01 was one; New York is five hours behind UTC then. */
const monday = Date.UTC(2024, 0, 8);

/** Bars of a calendar's own hours over some weeks, with every seventh missing. */
function openBars(timeframe: Timeframe, calendar: CalendarName, length: number): Bar[] {
  const step = timeframeMs[timeframe];
  const hours = { "us-equities": [15, 21], "us-equities-extended": [9, 24], fx: [0, 24], crypto: [0, 24] }[calendar];
  const bars = sampleBars(8 * length, 5, step).map((bar, t) => ({ ...bar, openTime: monday + t * step }));
  return bars
    .filter(({ openTime }, t) => {
      const hour = (openTime % 86_400_000) / 3_600_000;
      const day = new Date(openTime).getUTCDay();
      const holiday = openTime >= Date.UTC(2024, 0, 15) && openTime < Date.UTC(2024, 0, 16);
      const open = calendar === "crypto" || (day > 0 && day < 6 && !holiday && !(calendar === "fx" && hour >= 22));
      return open && hour >= hours[0] && hour < hours[1] && t % 7 !== 3;
    })
    .slice(0, length);
}

describe.each([
  ["15m", "1h", "crypto"],
  ["15m", "1d", "us-equities"],
  ["1h", "4h", "fx"],
  ["1h", "1d", "us-equities-extended"],
  ["1h", "1d", "us-equities"],
  ["1h", "1w", "fx"],
  ["1d", "1w", "us-equities"],
] as const)("bars of %s that know bars of %s, %s", (timeframe, longer, calendar) => {
  const bars = barsFrom(
    timeframe === "1d"
      ? sampleBars(700, 5)
          .map((bar, t) => ({ ...bar, openTime: monday + t * 86_400_000 }))
          .filter(({ openTime }) => [1, 2, 3, 4, 5].includes(new Date(openTime).getUTCDay()))
          .filter(({ openTime }) => openTime !== Date.UTC(2024, 6, 4))
          .slice(0, 120)
      : openBars(timeframe, calendar, 1500),
  );

  test("says what the longer series says by itself, joined as of each close", () => {
    const create = (): Indicator => simpleMovingAverage(4);
    const found = indicatorColumns(onTimeframe(contextOf(timeframe, calendar), longer, create), bars);
    const resampled = resample(bars, { from: timeframe, to: longer, calendar });
    const index = asOf(closeTimes(bars.openTime, timeframe, calendar), resampled.closeTime);
    const expected = joined(indicatorColumns(create(), resampled.bars), index);
    const { warmUpBars } = onTimeframe(contextOf(timeframe, calendar), longer, create);
    expect(bars.openTime.length).toBeGreaterThan(warmUpBars + 20);
    expect(found.subarray(0, warmUpBars - 1).every(Number.isNaN)).toBe(true);
    expect(found.subarray(warmUpBars - 1)).toEqual(expected.subarray(warmUpBars - 1));
  });
});

test("a longer bar is not known before its last shorter bar has closed, and then at once", () => {
  const bars = sampleBars(40, 3, timeframeMs["15m"]);
  const said = indicatorColumns(onTimeframe(contextOf("15m"), "1h", lastClose), barsFrom(bars));
  for (let t = 8; t < 40; t++) {
    const lastFull = 4 * Math.floor((t + 1) / 4) - 1;
    expect(said[t], `after bar ${t}`).toBe(bars[lastFull].close);
  }
});

test("the day of shares is over at the close of New York, not at midnight", () => {
  const bars = openBars("1h", "us-equities", 40);
  const said = indicatorColumns(onTimeframe(contextOf("1h", "us-equities"), "1d", lastClose), barsFrom(bars));
  const last = bars.findIndex(({ openTime }, t) => t > 20 && new Date(openTime).getUTCHours() === 20);
  expect(said[last], "known with the bar that ends the day").toBe(bars[last].close);
  expect(said[last - 1]).not.toBe(bars[last].close);
});

test("its own timeframe is the indicator itself", () => {
  const bars = barsFrom(sampleBars(60, 3));
  const own = onTimeframe(contextOf("1d"), "1d", () => relativeStrengthIndex(14));
  expect(own.warmUpBars).toBe(relativeStrengthIndex(14).warmUpBars);
  expect(indicatorColumns(own, bars)).toEqual(indicatorColumns(relativeStrengthIndex(14), bars));
});

test("shorter bars cannot be made of longer ones", () => {
  expect(() => onTimeframe(contextOf("1h"), "15m", lastClose)).toThrow(
    /bars of 15m are needed and cannot be made of bars of 1h/,
  );
});

test("too many bars outside the market's hours are refused by name", () => {
  const night = sampleBars(400, 3, timeframeMs["1h"]).map((bar, t) => ({
    ...bar,
    openTime: monday + t * timeframeMs["1h"],
  }));
  const one = onTimeframe(contextOf("1h", "us-equities"), "1d", () => simpleMovingAverage(10));
  expect(() => indicatorColumns(one, barsFrom(night))).toThrow(
    /\d+ of the first \d+ bars of X lie outside the hours of us-equities, too many for its bars of 1d/,
  );
});

test("a saved state holds the longer bar that is under way", () => {
  const bars = sampleBars(50, 9, timeframeMs["15m"]);
  const range = (): Indicator => {
    const average = averageTrueRange(3);
    return indicator(["range"], 3, [average], (bar, into, at) => void (into[at] = average(bar)));
  };
  const create = (): Indicator => onTimeframe(contextOf("15m"), "1h", range);
  const whole = indicatorColumns(create(), barsFrom(bars));
  const [saved, restored] = [create(), create()];
  indicatorColumns(saved, barsFrom(bars.slice(0, 22)));
  restored.restore(saved.state());
  expect(indicatorColumns(restored, barsFrom(bars.slice(22)))).toEqual(whole.subarray(22));
});
