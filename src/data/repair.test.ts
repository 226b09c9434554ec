import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Bars } from "#domain/bar.ts";
import { barAt, barColumns, emptyBars } from "#domain/bar.ts";
import { checkQuality } from "./quality.ts";
import type { RepairWay } from "./repair.ts";
import { checkUsable, repair, repairWays } from "./repair.ts";
import { randomWalk } from "./synthetic.ts";

const market = { timeframe: "1h", calendar: "crypto" } as const;
const all = Object.keys(repairWays) as RepairWay[];
const hourly = (length = 200): Bars => randomWalk({ bars: length, volatility: 0.01, seed: 1, timeframe: "1h" }).bars[0];
const usable = (bars: Bars): void => checkUsable("x.csv", checkQuality(bars, market));

/** Bars with one of each defect, and what mends it. */
const spoilt: readonly [way: RepairWay, flag: RegExp, done: string, spoil: (bars: Bars) => void][] = [
  [
    "sort",
    /in time order.*--sort was not asked for/,
    "Bars put in time order: 2.",
    (bars) => {
      for (const column of barColumns) [bars[column][50], bars[column][51]] = [bars[column][51], bars[column][50]];
    },
  ],
  [
    "dropDuplicates",
    /--drop-duplicates was not/,
    "Bars dropped because another bar, which was kept, opens at the same time: 1.",
    ({ openTime }) => (openTime[50] = openTime[49]),
  ],
  [
    "dropZero",
    /low 0.*--drop-zero was not/,
    "Bars dropped because a price is zero, negative or no number: 1.",
    ({ low }) => (low[50] = 0),
  ],
  [
    "dropZero",
    /close is NaN.*--drop-zero/,
    "Bars dropped because a price is zero, negative or no number: 1.",
    ({ close }) => (close[50] = NaN),
  ],
  [
    "dropBroken",
    /--drop-broken was not/,
    "Bars dropped because they break low <= open, close <= high: 1.",
    ({ high }) => (high[50] /= 2),
  ],
];

test.each(spoilt)("mends by %s what it is asked to, says so, and refuses it unmended", (way, refused, done, spoil) => {
  const bars = hourly();
  spoil(bars);
  const before = structuredClone(bars);
  expect(() => usable(bars)).toThrow(refused);
  const others = all.filter((other) => other !== way);
  expect(() => usable(repair(bars, others, market).bars), "no other way mends it").toThrow(refused);
  const mended = repair(bars, [way], market);
  expect(mended.done).toEqual([done]);
  expect(() => usable(mended.bars)).not.toThrow();
  expect(bars, "the bars that were given stay as they were").toEqual(before);
});

test("changes nothing in good bars, and nothing at all that it is not asked to", () => {
  fc.assert(
    fc.property(fc.subarray(all), fc.boolean(), (asked, good) => {
      const bars = hourly();
      if (!good) bars.openTime.reverse();
      const { bars: mended, done } = repair(bars, good ? asked : [], market);
      expect(mended).toEqual(bars);
      expect(done).toEqual([]);
    }),
  );
});

test("keeps the first of bars that open at the same time", () => {
  const bars = hourly();
  bars.openTime[50] = bars.openTime[49];
  const mended = repair(bars, ["dropDuplicates"], market).bars;
  expect(barAt(mended, 49)).toEqual(barAt(bars, 49));
  expect(barAt(mended, 50)).toEqual(barAt(bars, 51));
});

test("keeps what is measured beside the bars that are kept", () => {
  const bars = hourly();
  const values = Float64Array.from(bars.openTime.keys());
  bars.openTime[50] = bars.openTime[49];
  const mended = repair({ ...bars, measured: { names: ["ofi1"], values } }, ["dropDuplicates"], market).bars;
  expect([...mended.measured!.values.subarray(48, 51)]).toEqual([48, 49, 51]);
});

test("drops bars at which the market was closed", () => {
  const { bars, done } = repair(hourly(24 * 7), ["dropOutside"], { timeframe: "1h", calendar: "us-equities" });
  expect(done).toEqual([`Bars dropped because the market was closed: ${24 * 7 - bars.openTime.length}.`]);
  expect(bars.openTime.length, "five days of the hours that 9:30 to 16:00 touches").toBe(5 * 7);
});

test("refuses a series of which nothing is left", () => {
  expect(() => usable(emptyBars(0))).toThrow(/nothing is left of x.csv/);
});
