import { expect, test } from "vitest";
import { expectSameConfig } from "./same-config.ts";

const began = { market: "walk", experiment: { seed: 1, levels: [0, 1], costs: { spreadBps: 2 } } };

test("lets a run go on with what it began with, whatever is absent or undefined", () => {
  expectSameConfig(began, structuredClone(began));
  expectSameConfig(began, { ...began, until: undefined });
});

test.each<[string, object, RegExp]>([
  [
    "a number",
    { ...began, experiment: { ...began.experiment, costs: { spreadBps: 3 } } },
    /costs\.spreadBps is 3, .*2/,
  ],
  ["a list", { ...began, experiment: { ...began.experiment, levels: [0, 0.5] } }, /levels is \[0,0\.5\], .*\[0,1\]/],
  ["one that is new", { ...began, until: "2020-01-01" }, /until is "2020-01-01", .*none/],
  ["one that is gone", { market: "walk" }, /is none, and the run began with \{"seed"/],
])("names the setting that differs: %s", (_, asked, message) => {
  expect(() => expectSameConfig(began, asked)).toThrow(message);
});
