/** @file What is measured of a bar: the contract, one number and the mean of several, and a bar without them. */
import { expect, test } from "vitest";
import { indicatorContract, lastOf } from "../indicator.contract.ts";
import { sampleBars, withMeasured } from "../sample-bars.ts";
import { measured, measuredEach } from "./measured.ts";

indicatorContract("one measured number", () => measured([3]));
indicatorContract("the mean of measured numbers", () => measured([0, 1, 2]));

indicatorContract("several measured numbers", () => measuredEach(["near", "far"], [0, 2]));

test("says each number at its place", () => {
  const [bar] = sampleBars(1);
  const bars = [{ ...bar, measured: Float64Array.of(5, 7, -3) }];
  expect(lastOf(measuredEach(["near", "far"], [2, 0]), bars)).toEqual([-3, 5]);
  expect(() => lastOf(measuredEach(["near"], [0]), sampleBars(1))).toThrow(/the bar has what its features are made of/);
  expect(() => measuredEach(["near"], [0, 1])).toThrow(/each measured number has an output/);
});

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
