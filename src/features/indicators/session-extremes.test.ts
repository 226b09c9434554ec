/** @file extremes of sessions: the contract, known answers; the same on daily bars and within the day. */
import { expect, test } from "vitest";
import { expectKnown, indicatorContract, lastOf } from "../indicator.contract.ts";
import { sampleBars } from "../sample-bars.ts";
import { sessionExtremes } from "./session-extremes.ts";

indicatorContract("extremes of sessions", () => sessionExtremes(50, (openTime) => openTime, 1));

// technicalindicators 3.1.0 (npm), Highest and Lowest, of daily bars.
test("agrees with an independent source", () => {
  expectKnown(
    sessionExtremes(50, (openTime) => openTime, 1),
    [
      [49, 119.62, 98.64],
      [50, 119.62, 98.64],
      [66, 119.93, 111.59],
      [95, 119.93, 111.08],
      [121, 127.94, 111.41],
      [134, 130.03, 111.41],
      [150, 130.03, 115.65],
      [175, 134.85, 115.65],
      [199, 143.11, 119.36],
    ],
  );
});

const hourMs = 3_600_000;
const dayOf = (openTime: number): number => Math.floor(openTime / (24 * hourMs));

indicatorContract("extremes of sessions within the day", () => sessionExtremes(3, dayOf, 24), hourMs);

test("is at a session's last bar what it is on daily bars", () => {
  const hours = sampleBars(24 * 12, 5, hourMs);
  const days = Array.from({ length: 12 }, (_, day) => {
    const part = hours.slice(24 * day, 24 * (day + 1));
    const [highs, lows] = [part.map(({ high }) => high), part.map(({ low }) => low)];
    return { ...part[23], openTime: day, high: Math.max(...highs), low: Math.min(...lows) };
  });
  for (const day of [4, 8, 12]) {
    const onDays = lastOf(
      sessionExtremes(4, (openTime) => openTime, 1),
      days.slice(0, day),
    );
    expect(lastOf(sessionExtremes(4, dayOf, 24), hours.slice(0, 24 * day))).toEqual(onDays);
  }
});
