/** @file Hurst exponent: the contract, known answers, and what it says where its formula divides by zero. */
import { expect, test } from "vitest";
import { expectKnown, indicatorContract, lastOf } from "../indicator.contract.ts";
import { growingBars, sampleBars, stillBars } from "../sample-bars.ts";
import { hurstExponent } from "./hurst-exponent.ts";

indicatorContract("Hurst exponent", () => hurstExponent(256));

// simple-statistics 7 (npm), linearRegression: the fit in each box and the slope over the boxes.
test("agrees with an independent source", () => {
  expectKnown(
    hurstExponent(256),
    [
      [256, 0.6225957542427755],
      [257, 0.6006558978412843],
      [300, 0.5999210468454046],
      [350, 0.6296111761790891],
      [399, 0.522541751307686],
    ],
    400,
  );
});

test("is ½ where all returns are equal", () => {
  expect(lastOf(hurstExponent(256), [...growingBars(1.001), ...stillBars(300, 100, 1)])).toEqual([0.5]);
});

test("refuses fewer than 256 returns", () => {
  expect(() => hurstExponent(128)).toThrow(/256 returns or more/);
});

test("tells moves that persist from moves that undo each other", () => {
  // The same signs of returns, held for eight bars or turned at every bar.
  const walk = (hold: number) => {
    let close = 100;
    return sampleBars(700).map((bar, t, all) => {
      const source = all[Math.floor(t / hold)];
      const sign = (source.close > source.open ? 1 : -1) * (hold === 1 && t % 2 === 1 ? -1 : 1);
      close *= 1 + 0.01 * sign;
      return { ...bar, open: close, high: close, low: close, close };
    });
  };
  expect(lastOf(hurstExponent(256), walk(8))[0]).toBeGreaterThan(0.7);
  const back = sampleBars(700).map((bar, t) => {
    const close = 100 + (t % 2) + (bar.close - bar.open) / 10;
    return { ...bar, open: close, high: close, low: close, close };
  });
  expect(lastOf(hurstExponent(256), back)[0]).toBeLessThan(0.3);
});
