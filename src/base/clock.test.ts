import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { fixedClock, stopwatch, systemClock } from "./clock.ts";

test("tells the machine's time in Unix milliseconds", () => {
  const before = Date.now();
  const now = systemClock.now();
  expect(now).toBeGreaterThanOrEqual(before);
  expect(now).toBeLessThanOrEqual(Date.now());
});

test("stands still until it is moved", () => {
  const clock = fixedClock(1000);
  expect([clock.now(), clock.now()]).toEqual([1000, 1000]);
  clock.set(500);
  expect(clock.now()).toBe(500);
});

test("measures how long something took, again and again", async () => {
  const elapsed = stopwatch();
  const first = elapsed();
  await setTimeout(5);
  const second = elapsed();
  expect(first).toBeGreaterThanOrEqual(0);
  expect(second - first, "timers may fire a little early").toBeGreaterThan(3);
});
