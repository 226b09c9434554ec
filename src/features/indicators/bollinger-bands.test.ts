/** @file bollinger bands: the contract, known answers, and what it says where its formula divides by zero. */
import { expect, test } from "vitest";
import { expectKnown, indicatorContract, lastOf } from "../indicator.contract.ts";
import { stillBars } from "../sample-bars.ts";
import { bollingerBands } from "./bollinger-bands.ts";

indicatorContract("bollinger bands", () => bollingerBands(20, 2));

// technicalindicators 3.1.0 (npm), BollingerBands: pb, and (upper − lower) / middle.
test("agrees with an independent source", () => {
  expectKnown(bollingerBands(20, 2), [
    [19, 0.9399121351042128, 0.17779160378893277],
    [20, 0.9211177041308453, 0.1781218211904622],
    [30, 0.6953048726374599, 0.09391263752066288],
    [47, 0.37855953389404867, 0.039891417331880404],
    [66, 0.0991443434234606, 0.060536212095842624],
    [95, 0.3791973121592616, 0.07694489546112955],
    [121, 0.8050778300174904, 0.08600297729910143],
    [134, -0.06395697592463119, 0.09642597319925955],
    [150, 0.6548190209761012, 0.044380299510304866],
    [175, 0.860246987396676, 0.10354950896423136],
    [199, 0.13634769495990107, 0.05117052951221301],
  ]);
});

test("is in the middle of bands that meet", () => {
  expect(lastOf(bollingerBands(20, 2), stillBars(200, 0.1, 500))).toEqual([0.5, 0]);
});
