/** @file A run's parts: by named days, by a day of one's own or by a share; kept apart, and blind to what comes after. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";
import { dayOf } from "#domain/day.ts";
import { knownBars, partOf, partsOf, runSplitFields, splitConflict, testedDays } from "./run-split.ts";
import type { RunSplit } from "./run-split.ts";
import { z } from "zod";

const schema = z.strictObject(runSplitFields);
const split = (asked: z.input<typeof schema>): RunSplit => schema.parse(asked);
const hour = 3_600_000;

/** Hours without a gap from a day on. */
function hours(from: string, until: string): Float64Array {
  const start = Date.parse(from);
  return Float64Array.from({ length: (Date.parse(until) - start) / hour }, (_, t) => start + t * hour);
}

test("the reference split trains on 2023, chooses by the first quarter of 2024 and is tested on the rest of 2024", () => {
  const openTime = hours("2022-06-01", "2024-04-01");
  const asked = split({ split: "reference", embargoBars: 24, purgeBars: 48 });
  const { train, validation } = partsOf(openTime, 100, asked);
  expect(partOf(openTime, train)).toEqual({ from: "2023-01-01", until: "2023-12-29", bars: 365 * 24 - 48 });
  expect(partOf(openTime, validation)).toEqual({ from: "2024-01-02", until: "2024-03-29", bars: 91 * 24 - 24 - 48 });
  expect(testedDays(asked)).toEqual({ from: "2024-04-01", until: "2024-12-31" });
  expect(partsOf(openTime, 6000, asked).train.from, "never before features are warm").toBe(6000);
});

test("a split of one's own begins to choose on the day that is named", () => {
  const openTime = hours("2022-06-01", "2024-04-01");
  const asked = split({ from: "2022-07-01", validateFrom: "2023-07-01", until: "2023-12-31", embargoBars: 0 });
  const { train, validation } = partsOf(openTime, 0, asked);
  expect(partOf(openTime, train)).toMatchObject({ from: "2022-07-01", until: "2023-06-30" });
  expect(partOf(openTime, validation)).toMatchObject({ from: "2023-07-01", until: "2023-12-31" });
  expect(testedDays(asked)).toEqual({});
});

test("whatever parts the bars, purge and embargo lie between training and validation, and the purge before the end", () => {
  const openTime = hours("2022-06-01", "2024-04-01");
  const border = fc.integer({ min: 0, max: 300 });
  const ways = fc.constantFrom({ split: "reference" as const }, { validateFrom: "2023-09-01" }, {});
  fc.assert(
    fc.property(ways, border, border, (way, purgeBars, embargoBars) => {
      const { train, validation } = partsOf(openTime, 10, split({ ...way, purgeBars, embargoBars }));
      expect(validation.from - train.to).toBe(purgeBars + embargoBars);
      expect(openTime.length - validation.to).toBe(purgeBars);
    }),
  );
});

test("what may be known ends with the last day, in memory of its own", () => {
  const walk = randomWalk({ bars: 600, volatility: 0.01, seed: 1, timeframe: "1d" });
  const until = dayOf(walk.openTime[499]);
  const known = knownBars(walk, split({ until }));
  expect(known.openTime).toEqual(walk.openTime.slice(0, 500));
  const buffers = known.bars.flatMap(({ open, close, openTime }) => [open, close, openTime]);
  expect(buffers.map(({ buffer }) => buffer.byteLength)).toEqual(buffers.map(() => 500 * 8));
});

test("a named split refuses days beside its own", () => {
  expect(splitConflict(split({ split: "reference", from: "2020-01-01" }))).toMatch(/leave out --from/);
  expect(splitConflict(split({ split: "reference", validateFrom: "2020-01-01" }))).toMatch(/--validate-from/);
  expect(splitConflict(split({ split: "reference" }))).toBeUndefined();
  expect(splitConflict(split({ from: "2020-01-01", validateFrom: "2021-01-01" }))).toBeUndefined();
});
