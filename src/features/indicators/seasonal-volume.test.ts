/** @file Volume by the time of the session: the contract, one slot against a plain mean, and slots worked by hand. */
import { expect, test } from "vitest";
import { indicatorContract, lastOf } from "../indicator.contract.ts";
import { sampleBars, scaledBars } from "../sample-bars.ts";
import { seasonalVolume } from "./seasonal-volume.ts";
import { volumeAverage } from "./volume-average.ts";

const hourMs = 3_600_000;
const hourOf = (openTime: number): number => (openTime / hourMs) % 24;

indicatorContract("volume by the time of the session", () => seasonalVolume(3, 24, hourOf, 24), hourMs);

test("is the volume beside its plain mean where there is one slot", () => {
  const bars = sampleBars(120);
  expect(
    lastOf(
      seasonalVolume(20, 1, () => 0, 1),
      bars,
    )[0],
  ).toBeCloseTo(lastOf(volumeAverage(20), bars)[1], 12);
});

test("compares each hour with its own last days only", () => {
  // Noon trades 1,000 a day and all other hours 10: neither is unusual.
  const bars = sampleBars(24 * 5 + 13, 1, hourMs).map((bar, t) => ({ ...bar, volume: t % 24 === 12 ? 1000 : 10 }));
  const ratio = seasonalVolume(3, 24, hourOf, 24);
  expect(lastOf(ratio, bars)).toEqual([1]);
  const loud = [...bars.slice(0, -1), { ...bars[bars.length - 1], volume: 4000 }];
  expect(lastOf(seasonalVolume(3, 24, hourOf, 24), loud)).toEqual([2]);
});

test("is 1 without volume", () => {
  expect(lastOf(seasonalVolume(3, 24, hourOf, 24), scaledBars(sampleBars(100, 1, hourMs), 1, 0))).toEqual([1]);
});
