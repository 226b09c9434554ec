/** @file Bollinger levels: the contract, known answers, and what it says where its formula divides by zero. */
import { expect, test } from "vitest";
import { expectKnown, indicatorContract, lastOf } from "../indicator.contract.ts";
import { stillBars } from "../sample-bars.ts";
import { bollingerLevels } from "./bollinger-levels.ts";

indicatorContract("Bollinger levels", () => bollingerLevels(20, 2));

// technicalindicators 3.1.0 (npm), BollingerBands.
test("agrees with an independent source", () => {
  expectKnown(bollingerLevels(20, 2), [
    [19, 106.47250000000001, 4.732479133604286, 115.93745826720858, 97.00754173279144],
    [20, 107.292, 4.777761609791767, 116.84752321958354, 97.73647678041647],
    [47, 117.24800000000002, 1.1692972248320785, 119.58659444966418, 114.90940555033586],
    [66, 116.08699999999996, 1.75686681339252, 119.600733626785, 112.57326637321492],
    [95, 115.7055, 2.2257369004444314, 120.15697380088886, 111.25402619911114],
    [121, 123.35350000000003, 2.652192065066174, 128.65788413013237, 118.04911586986766],
    [134, 125.7905, 3.0323678454303646, 131.85523569086072, 119.72576430913927],
    [150, 119.70749999999995, 1.3281636759074544, 122.36382735181486, 117.05117264818504],
    [175, 129.0365, 3.340416553365756, 135.7173331067315, 122.35566689326846],
    [199, 139.669, 1.7867341716103198, 143.24246834322065, 136.09553165677937],
  ]);
});

test("meet without movement", () => {
  expect(lastOf(bollingerLevels(20, 2), stillBars(200, 100, 500))).toEqual([100, 0, 100, 100]);
});
