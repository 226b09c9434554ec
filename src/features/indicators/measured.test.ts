/** @file What is measured of a bar: the contract, one number and the mean of several, and a bar without them. */
import { expect, test } from "vitest";
import { indicatorContract, lastOf } from "../indicator.contract.ts";
import { sampleBars, withMeasured } from "../sample-bars.ts";
import { measured } from "./measured.ts";

indicatorContract("one measured number", () => measured([3]));
indicatorContract("the mean of measured numbers", () => measured([0, 1, 2]));

test("says the number at its place, and the mean of several", () => {
  const [bar] = sampleBars(1);
  const bars = [{ ...bar, measured: Float64Array.of(5, 7, -3) }];
  expect(lastOf(measured([1]), bars)).toEqual([7]);
  expect(lastOf(measured([0, 1, 2]), bars)).toEqual([3]);
});

test("breaks off at a bar without what it is made of, instead of saying 0", () => {
  expect(() => lastOf(measured([0]), sampleBars(1))).toThrow(/the bar has what its features are made of/);
  expect(() => measured([])).toThrow(/names at least one place/);
  const few = withMeasured(sampleBars(1));
  expect(lastOf(measured([99]), few), "no such place is no number").toEqual([NaN]);
});
