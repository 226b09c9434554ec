/** @file Combined indicators: the contract, and the numbers of what they are made of. */
import { expect, test } from "vitest";
import { barsFrom } from "#domain/bar.ts";
import { confluence, only, slope, weightedVote } from "./combinations.ts";
import { indicatorContract } from "./indicator.contract.ts";
import { indicatorColumns } from "./indicator.ts";
import { exponentialMovingAverage } from "./indicators/exponential-moving-average.ts";
import { macd } from "./indicators/macd.ts";
import { sampleBars } from "./sample-bars.ts";

indicatorContract("two outputs of one", () => only(macd(3, 6, 4), ["histogram", "macd"]));

test("only takes the outputs that are named, in that order", () => {
  const bars = barsFrom(sampleBars(40));
  const [all, two] = [macd(3, 6, 4), only(macd(3, 6, 4), ["histogram", "macd"])];
  const whole = indicatorColumns(all, bars);
  const taken = indicatorColumns(two, bars);
  bars.close.forEach((_, t) => expect([...taken.subarray(2 * t, 2 * t + 2)]).toEqual([whole[3 * t + 2], whole[3 * t]]));
  expect(() => only(macd(), ["nope"])).toThrow(/outputs that an indicator has/);
});

indicatorContract("the slope of one", () => slope(exponentialMovingAverage(6), 5));

test("a slope is the change of what it is the slope of, a bar", () => {
  const bars = barsFrom(sampleBars(60));
  const average = indicatorColumns(exponentialMovingAverage(6), bars);
  const steep = indicatorColumns(slope(exponentialMovingAverage(6), 5), bars);
  for (const t of [10, 30, 59]) expect(steep[t]).toBe((average[t] - average[t - 5]) / 5);
});

indicatorContract("the vote of three", () => weightedVote(macd(3, 6, 4), [3, 1, 1]));
indicatorContract("the confluence of three", () => confluence(macd(3, 6, 4)));

test("a vote is the weighted mean, and a confluence the sign that all have", () => {
  const bars = barsFrom(sampleBars(80));
  const all = indicatorColumns(macd(3, 6, 4), bars);
  const vote = indicatorColumns(weightedVote(macd(3, 6, 4), [3, 1, 1]), bars);
  const agreed = indicatorColumns(confluence(macd(3, 6, 4)), bars);
  const seen = new Set<number>();
  for (let t = 8; t < 80; t++) {
    const three = [...all.subarray(3 * t, 3 * t + 3)];
    expect(vote[t]).toBeCloseTo((3 * three[0] + three[1] + three[2]) / 5, 12);
    expect(agreed[t]).toBe(three.every((one) => one > 0) ? 1 : three.every((one) => one < 0) ? -1 : 0);
    seen.add(agreed[t]);
  }
  expect(
    [...seen].sort((one, other) => one - other),
    "all three answers occur",
  ).toEqual([-1, 0, 1]);
  expect(() => weightedVote(macd(), [1])).toThrow(/each voter has a weight/);
});
