import * as fc from "fast-check";
import { expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";
import { closeTime } from "./bar.ts";
import { dayMs, dayOf, dayStart } from "./day.ts";
import type { Universe } from "./universe.ts";
import type { Seal } from "./vault.ts";
import { outsideVault, sealOf } from "./vault.ts";

const universe = randomWalk({ bars: 100, volatility: 0.01, seed: 1, instruments: 2 });
const [{ symbol }] = universe.instruments;

function sealed(from: number, given: Partial<Seal> = {}): { readonly seals: readonly Seal[]; readonly openings: [] } {
  const seen = { looks: 0, trainings: 0 };
  return { seals: [{ market: "m", symbols: [symbol], from, at: 0, seenBefore: seen, ...given }], openings: [] };
}

test("every bar outside the vault has closed when it begins, and only they are in memory", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 90 }),
      fc.constantFrom<Universe["timeframe"]>("1h", "4h", "1d", "1w"),
      (days, timeframe) => {
        const whole = randomWalk({ bars: 100, volatility: 0.01, seed: 1, timeframe });
        const from = dayStart(dayOf(whole.openTime[0] + days * dayMs));
        const seals = sealed(from, { market: whole.name });
        const length = whole.openTime.filter((time) => closeTime(time, timeframe) <= from).length;
        if (length === 0) return;
        const before = outsideVault(whole, seals);
        expect(before.openTime).toHaveLength(length);
        if (length === whole.openTime.length) return;
        for (const { close } of before.bars) expect(close.buffer.byteLength).toBe(8 * length);
      },
    ),
  );
});

test("a seal holds its instruments in whatever market they lie, and no others", () => {
  const from = universe.openTime[50];
  expect(outsideVault({ ...universe, name: "copy" }, sealed(from)).openTime).toHaveLength(50);
  expect(outsideVault({ ...universe, name: "m" }, sealed(from, { symbols: [] })).openTime).toHaveLength(50);
  expect(outsideVault(universe, sealed(from, { symbols: ["other"] }))).toBe(universe);
  expect(outsideVault(universe, sealed(universe.openTime[99] + 10 * dayMs))).toBe(universe);
});

test("of two seals the earlier one holds", () => {
  const [late, early] = [universe.openTime[50], universe.openTime[20]];
  const seals = [...sealed(late).seals, ...sealed(early).seals, ...sealed(late).seals];
  expect(sealOf({ seals, openings: [] }, universe)!.from).toBe(early);
});

test("days in the vault that are asked for are refused, and days before it are not", () => {
  const from = dayStart(dayOf(universe.openTime[50]));
  const day = (bar: number): string => dayOf(universe.openTime[bar]);
  expect(outsideVault(universe, sealed(from), { from: day(10), until: day(49) }).openTime).toHaveLength(50);
  for (const asked of [{ until: day(50) }, { from: day(50) }, { from: day(60), until: day(70) }]) {
    expect(() => outsideVault(universe, sealed(from), asked)).toThrow(
      expect.objectContaining({ code: "vault/sealed" }),
    );
  }
  expect(() => outsideVault(universe, sealed(universe.openTime[0]))).toThrow(/has none before them/);
});
