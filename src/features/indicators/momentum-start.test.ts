/** @file start of momentum: the contract, known answers, and what it says where its formula divides by zero. */
import { expect, test } from "vitest";
import { expectKnown, indicatorContract, lastOf } from "../indicator.contract.ts";
import { stillBars } from "../sample-bars.ts";
import { momentumStart } from "./momentum-start.ts";

indicatorContract("start of momentum", () => momentumStart(5));

// technicalindicators 3.1.0 (npm), ROC / 100.
test("agrees with an independent source", () => {
  expectKnown(momentumStart(5), [
    [6, 0.030612244897959207, -0.0063761330707118, 0],
    [7, 0.03813306852035753, 0.00752082362239832, 1],
    [47, -0.009927874416631205, 0.001567349993815921, 1],
    [66, -0.01487215167855286, 0.01400686404256821, 1],
    [95, 0.019114509246088117, 0.017171561264104553, 1],
    [121, 0.010295291300877944, -0.008630375124184424, 0],
    [134, -0.053925077547124806, 0.0019526653995836224, 0],
    [150, 0.032907704173451055, 0.025384458188666602, 1],
    [175, 0.025984976237927223, -0.005656218754776902, 0],
    [199, -0.010824853864472829, -0.006290848826689486, 0],
  ]);
});

test("is 0 without movement", () => {
  expect(lastOf(momentumStart(5), stillBars(200, 100, 500))).toEqual([0, 0, 0]);
});
