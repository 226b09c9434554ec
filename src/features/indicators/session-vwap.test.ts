/** @file VWAP of the session: the contract, known answers within one session, and a new session. */
import { expect, test } from "vitest";
import { expectKnown, indicatorContract, lastOf } from "../indicator.contract.ts";
import { sampleBars, scaledBars } from "../sample-bars.ts";
import { sessionVwap } from "./session-vwap.ts";

const hourMs = 3_600_000;
const dayOf = (openTime: number): number => Math.floor(openTime / (24 * hourMs));

indicatorContract("VWAP of the session", () => sessionVwap(dayOf), hourMs);

// trading-signals 8.3.0 (npm), VWAP, from the first bar on.
test("agrees with an independent source while the session lasts", () => {
  expectKnown(
    sessionVwap(() => 0),
    [
      [0, 99.69999999999999],
      [1, 99.69350755287009],
      [47, 112.7546062744174],
      [66, 113.72566547875813],
      [95, 114.1635681142],
      [121, 115.5326086755537],
      [134, 116.45995577180557],
      [150, 116.78651026326783],
      [175, 118.2669071174175],
      [199, 120.98458531511581],
    ],
  );
});

test("begins anew with the session", () => {
  const bars = sampleBars(60, 1, hourMs).map((bar) => ({ ...bar, volume: bar.volume + 1 }));
  const { high, low, close } = bars[48];
  expect(lastOf(sessionVwap(dayOf), bars.slice(0, 49))[0]).toBeCloseTo((high + low + close) / 3, 12);
});

test("is the typical price while nothing was traded", () => {
  const bars = scaledBars(sampleBars(30, 1, hourMs), 1, 0);
  const { high, low, close } = bars[29];
  expect(lastOf(sessionVwap(dayOf), bars)).toEqual([(high + low + close) / 3]);
});
