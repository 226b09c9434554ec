/** @file ease of movement: the contract, known answers, and what it says where its formula divides by zero. */
import { expect, test } from "vitest";
import { expectKnown, indicatorContract, lastOf } from "../indicator.contract.ts";
import { sampleBars, scaledBars } from "../sample-bars.ts";
import { easeOfMovement } from "./ease-of-movement.ts";

indicatorContract("ease of movement", () => easeOfMovement(14));

// trading-signals 8.3.0 (npm), EMV with a scale of 1.
test("agrees with an independent source", () => {
  expectKnown(easeOfMovement(14), [
    [14, 0.00026237493674253186],
    [15, 0.0004242063565909988],
    [47, 0.00002489678099670342],
    [66, -0.000057879927216713896],
    [95, -0.00021183704653898367],
    [121, 0.000008043828075976755],
    [134, -0.0003701570040254997],
    [150, -4.5112452114045317e-7],
    [175, 0.0005849410067833938],
    [199, 0.00004744013613424145],
  ]);
});

test("is 0 without volume", () => {
  expect(lastOf(easeOfMovement(14), scaledBars(sampleBars(60), 1, 0))).toEqual([0]);
});
