/** @file Bollinger pattern: the contract, known answers, and what it says where its formula divides by zero. */
import { expect, test } from "vitest";
import { expectKnown, indicatorContract, lastOf } from "../indicator.contract.ts";
import { stillBars } from "../sample-bars.ts";
import { bollingerPattern } from "./bollinger-pattern.ts";

indicatorContract("Bollinger pattern", () => bollingerPattern(20, 2, 50));

// technicalindicators 3.1.0 (npm), BollingerBands; quantiles by their formula.
test("agrees with an independent source", () => {
  expectKnown(bollingerPattern(20, 2, 50), [
    [
      68, 115.6405, 1.8796661272683508, 119.3998322545367, 111.8811677454633, 0.06501757177695879, 0.1940281086855527,
      0, 0, 0,
    ],
    [
      69, 115.3305, 1.964422243307176, 119.25934448661435, 111.40165551338565, 0.0681319249741283, 0.0583306985267474,
      1, 0, 0,
    ],
    [
      95, 115.7055, 2.2257369004444314, 120.15697380088886, 111.25402619911114, 0.07694489546112955, 0.3791973121592616,
      0, 0, 0,
    ],
    [
      121, 123.35350000000003, 2.652192065066174, 128.65788413013237, 118.04911586986766, 0.08600297729910143,
      0.8050778300174904, 0, 0, 0,
    ],
    [
      134, 125.7905, 3.0323678454303646, 131.85523569086072, 119.72576430913927, 0.09642597319925955,
      -0.06395697592463119, 1, 0, 0,
    ],
    [
      150, 119.70749999999995, 1.3281636759074544, 122.36382735181486, 117.05117264818504, 0.044380299510304866,
      0.6548190209761012, 0, 0, 1,
    ],
    [
      175, 129.0365, 3.340416553365756, 135.7173331067315, 122.35566689326846, 0.10354950896423136, 0.860246987396676,
      0, 0, 0,
    ],
    [
      199, 139.669, 1.7867341716103198, 143.24246834322065, 136.09553165677937, 0.05117052951221301,
      0.13634769495990107, 1, 0, 1,
    ],
  ]);
});

test("stands in the middle without movement", () => {
  expect(lastOf(bollingerPattern(20, 2, 50), stillBars(200, 100, 500))).toEqual([100, 0, 100, 100, 0, 0.5, 1, 1, 0]);
});
