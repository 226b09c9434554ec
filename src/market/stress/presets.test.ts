import { expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";
import { checkStress, stressEvents } from "../stress.ts";
import { adversarial, curriculumStrengths, noise20, stressPresets } from "./presets.ts";

const walk = randomWalk({ bars: 4000, seed: 1, volatility: 0.01, timeframe: "1h" });

/** Share of the bars in which something begins. */
function share(settings: typeof noise20): number {
  return new Set(stressEvents(walk, settings, 3).map(({ bar }) => bar)).size / (walk.openTime.length - 1);
}

test("noise-20 begins something in a fifth of all decisions", () => {
  expect(share({ events: noise20.events })).toBeCloseTo(0.2, 1);
  expect(Math.abs(share({ events: noise20.events }) - 0.2)).toBeLessThan(0.025);
  expect(share(noise20), "a little less within its budget").toBeGreaterThan(0.15);
});

test("the adversarial set begins something as often as its strength says", () => {
  for (const strength of [0.1, 0.25]) {
    expect(Math.abs(share({ events: adversarial(strength).events }) - strength)).toBeLessThan(0.025);
  }
});

test("the curriculum goes from 10 to 25 %", () => {
  expect(curriculumStrengths(4)).toEqual([0.1, 0.15, 0.2, 0.25].map((strength) => expect.closeTo(strength, 12)));
  expect(curriculumStrengths(1)).toEqual([0.25]);
});

test("every preset is within all ranges", () => {
  for (const settings of Object.values(stressPresets)) expect(() => checkStress(settings)).not.toThrow();
});
