/** @file The clock: the contract, and moments whose place on the circles is known. */
import { expect, test } from "vitest";
import { indicatorContract, lastOf } from "../indicator.contract.ts";
import { stillBars } from "../sample-bars.ts";
import { clock } from "./clock.ts";

const hourMs = 3_600_000;

indicatorContract("clock", () => clock((time) => time), hourMs);

function at(time: number): number[] {
  return lastOf(
    clock((openTime) => openTime + hourMs),
    [{ ...stillBars(1, 100, 1)[0], openTime: time }],
  );
}

test("stands at six in the morning of a Monday a quarter round the day, and at the start of the week", () => {
  const [hourSin, hourCos, weekdaySin, weekdayCos] = at(Date.UTC(2024, 0, 1, 5));
  expect([hourSin, weekdayCos]).toEqual([1, 1]);
  expect(hourCos).toBeCloseTo(0, 12);
  expect(weekdaySin).toBeCloseTo(0, 12);
});

test("brings midnight beside midnight", () => {
  const [late, early] = [at(Date.UTC(2024, 0, 1, 22, 59)), at(Date.UTC(2024, 0, 1, 23, 1))];
  expect(late[1]).toBeCloseTo(early[1], 12);
  expect(Math.abs(late[0] - early[0])).toBeLessThan(0.01);
});
