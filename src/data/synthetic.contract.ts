/** @file What every synthetic market must keep to; each kind's test calls it. */
import { describe, expect, test } from "vitest";
import { barColumns } from "#domain/bar.ts";
import type { Universe } from "#domain/universe.ts";
import type { MarketShape, SyntheticKind } from "./synthetic/kind.ts";

/** Registers the tests, with the kind's own settings and with `settings`, on the shapes that it can make. */
export function syntheticContract<Given extends object>(
  kind: SyntheticKind<Given>,
  settings: Given,
  like?: Universe,
): void {
  const make = (shape: Partial<MarketShape> = {}, given: object = {}): Universe =>
    (kind as SyntheticKind).create({ bars: 300, seed: 3, like, ...shape }, given);

  describe(`${kind.name} keeps the contract of a synthetic market`, () => {
    test.each([{}, settings])("makes valid bars in time order: settings %o", (given) => {
      const { bars, openTime } = make({}, given);
      expect(openTime.length).toBe(300);
      expect(openTime.every((time, t) => t === 0 || time > openTime[t - 1])).toBe(true);
      for (const { open, high, low, close, volume } of bars) {
        for (let t = 0; t < 300; t++) {
          const held = low[t] > 0 && low[t] <= Math.min(open[t], close[t]) && high[t] >= Math.max(open[t], close[t]);
          expect(held && high[t] < Infinity && volume[t] > 0, `bar ${t}`).toBe(true);
        }
        expect(new Set(close).size, "prices move").toBeGreaterThan(250);
      }
    });

    test("gives the same bits for the same seed and others for another", () => {
      expect(make()).toEqual(make());
      expect(make({ seed: 4 }).bars[0].close).not.toEqual(make().bars[0].close);
    });

    test("begins alike whatever its length: no bar depends on those after it", () => {
      const [short, long] = [make({ bars: 150 }), make({ bars: 300 })];
      for (const [i, bars] of short.bars.entries()) {
        for (const column of barColumns) expect(bars[column], column).toEqual(long.bars[i][column].slice(0, 150));
      }
    });

    test("refuses settings that it does not have, by name", () => {
      expect(() => make({}, { volatilty: 0.1 })).toThrow("volatilty");
    });

    test("makes as many instruments as it usually does", () => {
      if (like === undefined) expect(make().instruments.length).toBe(kind.usualInstruments);
      else expect(make().instruments).toEqual(like.instruments);
    });
  });
}
