/** @file The progress of a session: the contract, and a session worked by hand. */
import { expect, test } from "vitest";
import { indicatorContract, lastOf } from "../indicator.contract.ts";
import { sampleBars } from "../sample-bars.ts";
import { sessionProgress } from "./session-progress.ts";

const hourMs = 3_600_000;
const dayOf = (openTime: number): number => Math.floor(openTime / (24 * hourMs));

indicatorContract("progress of a session", () => sessionProgress(dayOf), hourMs);

test("widens over the session and starts anew at its first bar", () => {
  const bars = sampleBars(60, 3, hourMs);
  for (const t of [24, 30, 47, 48]) {
    const part = bars.slice(24 * Math.floor(t / 24), t + 1);
    const range = Math.max(...part.map(({ high }) => high)) - Math.min(...part.map(({ low }) => low));
    expect(lastOf(sessionProgress(dayOf), bars.slice(0, t + 1))).toEqual([range, t % 24 === 0 ? 1 : 0]);
  }
});
