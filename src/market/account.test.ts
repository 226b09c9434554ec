import { expect, test } from "vitest";
import { accountWidth, drawdown, writePosition } from "./account.ts";

test("has two numbers for each instrument and the drawdown", () => {
  expect(accountWidth(1)).toBe(3);
  expect(accountWidth(15)).toBe(31);
});

test("writes a position as weight and unrealised gain, both signed fractions of equity", () => {
  const into = new Float32Array(6).fill(7);
  writePosition(into, 1, 10, 900, 100, 1, 2000); // bought for 900, worth 1,000
  writePosition(into, 3, -10, -1800, 100, 2, 4000); // sold short for 1,800, now worth 2,000
  expect([...into]).toEqual([7, 0.5, Math.fround(0.05), -0.5, Math.fround(-0.05), 7]);
});

test("shows no position of an account that has nothing left", () => {
  const into = new Float32Array(2).fill(7);
  for (const equity of [0, -5]) {
    writePosition(into, 0, -10, -100, 20, 1, equity);
    expect([...into]).toEqual([0, 0]);
  }
});

test("counts drawdown as a positive fraction of the highest equity", () => {
  expect(drawdown(80, 100)).toBeCloseTo(0.2, 12);
  expect(drawdown(100, 100)).toBe(0);
  expect(drawdown(-10, 100)).toBeCloseTo(1.1, 12);
});
