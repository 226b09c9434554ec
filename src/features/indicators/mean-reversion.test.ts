/** @file mean reversion: the contract, known answers, and what it says where its formula divides by zero. */
import { expect, test } from "vitest";
import { expectKnown, indicatorContract, lastOf } from "../indicator.contract.ts";
import { stillBars } from "../sample-bars.ts";
import { meanReversion } from "./mean-reversion.ts";

indicatorContract("mean reversion", () => meanReversion(20));

// simple-statistics 7 (npm), mean and sampleStandardDeviation.
test("agrees with an independent source", () => {
  expectKnown(meanReversion(20), [
    [20, 107.292, 4.901879983069868, 1.6418190628485836, 0, 1, 0],
    [21, 108.074, 4.918141925564979, 1.5302527080154231, 0, 1, 0],
    [28, 112.641, 3.460886561196954, 0.6411651930112812, 0, 0, 0],
    [36, 115.83800000000001, 1.755720275046833, 1.4136648276353583, 0, 0, 0],
    [47, 117.248, 1.1996736398309589, -0.47346209930896904, 0, 0, 0],
    [66, 116.08699999999999, 1.8025073180375577, -1.5628230586419716, 1, 0, 0],
    [95, 115.7055, 2.2835578772930987, -0.4709755818735322, 0, 0, 0],
    [121, 123.35350000000001, 2.721091644329919, 1.1894123473364289, 0, 0, 0],
    [134, 125.7905, 3.111143764970658, -2.1987090654631016, 1, 0, 0],
    [150, 119.70750000000001, 1.3626671795068912, 0.6035956632474477, 0, 0, 0],
    [175, 129.0365, 3.4271950707001744, 1.4045013197969525, 0, 0, 0],
    [199, 139.669, 1.8331505810029833, -1.4177776920966365, 0, 0, 0],
  ]);
});

test("has a z of 0 without movement", () => {
  expect(lastOf(meanReversion(20), stillBars(200, 100, 500))).toEqual([100, 0, 0, 0, 0, 0]);
});

test("reverts where z rises below −1, not where it still falls", () => {
  const calm = stillBars(30, 100, 1).map((bar, t) => ({ ...bar, close: 100 + (t % 2) }));
  const at = (close: number) => ({ ...calm[29], close });
  expect(lastOf(meanReversion(20), [...calm, at(99.8), at(98)])[5]).toBe(0);
  expect(lastOf(meanReversion(20), [...calm, at(99.8), at(99.85)])[5]).toBe(1);
});
