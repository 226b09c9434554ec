/** @file The percentile within a slot of time: the contract, a case by hand, and what it looks at. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { indicatorColumns } from "../indicator.ts";
import { indicatorContract } from "../indicator.contract.ts";
import { measuredColumn } from "../sample-bars.ts";
import { measured } from "./measured.ts";
import { slotPercentile } from "./slot-percentile.ts";

const dayMs = 86_400_000;
const two = (openTime: number): number => (openTime / dayMs) % 2;

indicatorContract("the percentile within a slot", () =>
  slotPercentile(measured([6]), { count: 2, of: two, every: 2, kept: 10, fewest: 4 }),
);

const said = (values: readonly number[], kept = 3, fewest = 2, every = 1): number[] => [
  ...indicatorColumns(
    slotPercentile(measured([0]), { count: 2, of: two, every, kept, fewest }),
    measuredColumn(values),
  ),
];

test("says which share of the earlier bars of its own slot lies below, equal ones half, and a half before there are enough", () => {
  // Even bars hold 1, 2, 3, 2, 9; odd ones 100 all the time.
  const all = said([1, 100, 2, 100, 3, 100, 2, 100, 9, 100]);
  expect(all.filter((_, t) => t % 2 === 0)).toEqual([0.5, 0.5, 1, 1.5 / 3, 1]);
  expect(all.filter((_, t) => t % 2 === 1)).toEqual([0.5, 0.5, 0.5, 0.5, 0.5]);
});

test("looks at the last ones of the slot that are kept, and never at this bar or at another slot", () => {
  const number = fc.integer({ min: 0, max: 5 });
  fc.assert(
    fc.property(fc.array(number, { minLength: 20, maxLength: 40 }), fc.integer({ min: 1, max: 3 }), (values, every) => {
      const all = said(values, 4, 3, every);
      values.forEach((value, t) => {
        const ofSlot = values.filter((_, at) => at < t && at % 2 === t % 2);
        const before = ofSlot.filter((_, at) => at % every === 0).slice(-4);
        const below = before.filter((one) => one < value).length + before.filter((one) => one === value).length / 2;
        expect(all[t]).toBe(before.length < 3 ? 0.5 : below / before.length);
      });
    }),
  );
});
