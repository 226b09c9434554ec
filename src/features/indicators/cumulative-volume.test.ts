/** @file OBV and VPT: the contract and known answers. */
import { test } from "vitest";
import { expectKnown, indicatorContract } from "../indicator.contract.ts";
import { cumulativeVolume } from "./cumulative-volume.ts";

indicatorContract("cumulative volume", () => cumulativeVolume());

// technicalindicators 3.1.0 (npm), OBV; trading-signals 8.3.0 (npm), PVT.
test("agrees with an independent source", () => {
  expectKnown(cumulativeVolume(), [
    [0, 0, 0],
    [1, 2149, 21.935219807983632],
    [47, 90650, 945.2067855583692],
    [66, 39990, 641.226203834239],
    [95, 38528, 520.7310370008528],
    [121, 95664, 1070.339157361791],
    [134, 78159, 814.7769272432602],
    [150, 79755, 788.9289004549956],
    [175, 122144, 1549.3402363115163],
    [199, 126188, 1643.387676822502],
  ]);
});
