/** @file Entry score: the contract, and a count of the signs by hand. */
import { expect, test } from "vitest";
import { indicatorContract, lastOf } from "../indicator.contract.ts";
import { sampleBars, stillBars } from "../sample-bars.ts";
import { bollingerPattern } from "./bollinger-pattern.ts";
import { candlePattern } from "./candle-pattern.ts";
import { divergence } from "./divergence.ts";
import { entryScore } from "./entry-score.ts";
import { meanReversion } from "./mean-reversion.ts";
import { supportResistance } from "./support-resistance.ts";
import { volumePattern } from "./volume-pattern.ts";

indicatorContract("entry score", () => entryScore());

test("counts the signs of the blocks", () => {
  for (const length of [80, 110, 143, 171, 200]) {
    const bars = sampleBars(length);
    const [near20, near50] = [20, 50].map((period) => lastOf(supportResistance(period), bars));
    const [turn20, turn50] = [20, 50].map((period) => lastOf(meanReversion(period), bars));
    const [volume, candle] = [lastOf(volumePattern(), bars), lastOf(candlePattern(), bars)];
    const [apart, bands] = [lastOf(divergence(), bars), lastOf(bollingerPattern(), bars)];
    const count = (signs: readonly number[]): number => signs.reduce((total, sign) => total + sign, 0);
    const buying = [near20[4], near50[4], turn20[3], turn20[5], turn50[3], turn50[5]];
    const buy = count([...buying, volume[4], candle[4], candle[7], apart[3], bands[6]]);
    const selling = [near20[5], near50[5], turn20[4], turn50[4]];
    const sell = count([...selling, candle[5], candle[8], apart[6], bands[7]]);
    expect(lastOf(entryScore(), bars)).toEqual([buy, buy / 11, sell, sell / 8, buy / 11 - sell / 8]);
  }
});

test("finds the close near every level without movement", () => {
  expect(lastOf(entryScore(), stillBars(200, 100, 500)).slice(0, 4)).toEqual([3, 3 / 11, 3, 3 / 8]);
});
