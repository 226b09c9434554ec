/** @file moments of returns: the contract, known answers, and what it says where its formula divides by zero. */
import { expect, test } from "vitest";
import { expectKnown, indicatorContract, lastOf } from "../indicator.contract.ts";
import { stillBars } from "../sample-bars.ts";
import { returnMoments } from "./return-moments.ts";

indicatorContract("moments of returns", () => returnMoments(60));

// simple-statistics 7 (npm), mean and sampleStandardDeviation.
test("agrees with an independent source", () => {
  expectKnown(returnMoments(60), [
    [60, 0.002798351411054907, 0.00963595320321582],
    [61, 0.0023331349038065593, 0.009943635352802817],
    [66, 0.0015808534179197209, 0.010000095802831732],
    [95, -0.0006683234919938192, 0.009910854125923222],
    [121, 0.0016032552908931985, 0.009054544382435713],
    [134, 0.00030828414435571714, 0.009572030595658356],
    [150, 0.00115205427563162, 0.009874064019127231],
    [175, 0.0012511362589601829, 0.010273059249670403],
    [199, 0.002165356864194108, 0.009650350473308308],
  ]);
});

test("has no deviation without movement", () => {
  expect(lastOf(returnMoments(60), stillBars(200, 100, 500))).toEqual([0, 0]);
});
