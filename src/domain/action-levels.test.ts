import fc from "fast-check";
import { expect, test } from "vitest";
import { levelSpace, levelWeight } from "./action-levels.ts";

test("has one head for each instrument and one action for each level", () => {
  expect(levelSpace([-1, 0, 1], 2)).toEqual({ kind: "discrete", sizes: [3, 3] });
  expect(levelSpace([0, 1], 1)).toEqual({ kind: "discrete", sizes: [2] });
});

test("refuses levels without flat, and flat alone", () => {
  expect(() => levelSpace([-1, 1], 1)).toThrow("flat");
  expect(() => levelSpace([0], 1)).toThrow("at least one other");
});

const levels = fc.uniqueArray(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 7 });

test("leads from an action to its weight and back", () => {
  fc.assert(
    fc.property(levels, fc.integer({ min: 1, max: 20 }), (list, instruments) => {
      const actions = list.map((_, action) => action);
      const weights = actions.map((action) => levelWeight(list, action, instruments));
      actions.forEach((action) => expect(weights[action] * instruments).toBeCloseTo(list[action], 12));
    }),
  );
});

test("never asks for more than the whole equity over all instruments", () => {
  fc.assert(
    fc.property(levels, fc.integer({ min: 1, max: 20 }), (list, instruments) => {
      const largest = Math.max(...list.map((_, action) => Math.abs(levelWeight(list, action, instruments))));
      expect(largest * instruments).toBeLessThanOrEqual(1 + 1e-12);
    }),
  );
});

test("gives no weight for an action that does not exist", () => {
  for (const action of [-1, 3, 0.5]) expect(levelWeight([-1, 0, 1], action, 1)).toBeNaN();
});
