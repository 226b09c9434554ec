/** @file Something per its usual size: the contract, a case by hand, its bound, and silence. */
import { expect, test } from "vitest";
import { indicatorColumns } from "../indicator.ts";
import { indicatorContract } from "../indicator.contract.ts";
import { measuredColumn } from "../sample-bars.ts";
import { measured } from "./measured.ts";
import { perUsualSize } from "./usual-size.ts";

indicatorContract("something per its usual size", () => perUsualSize(measured([4]), 20));

const said = (period: number, values: readonly number[]): number[] => [
  ...indicatorColumns(perUsualSize(measured([0]), period), measuredColumn(values)),
];

test("divides by the exponentially weighted mean of its size, with α = 2 / (n + 1)", () => {
  // α = 1/2: sizes 2, 4, 1, 0 average 2, 3, 2, 1.
  expect(said(3, [2, -4, 1, 0])).toEqual([1, -4 / 3, 1 / 2, 0]);
});

test("is as large as (n + 1) / 2 where something comes after long silence, and 0 in it", () => {
  expect(said(20, [0, 0, 0, -7])).toEqual([0, 0, 0, -10.5]);
});
