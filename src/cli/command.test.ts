import { expect, test } from "vitest";
import { count, wholeNumber, wholeNumbers } from "./command.ts";

test.each(["-1", "1.5", "", "two", "1e3"])("%j is no whole number", (text) => {
  expect(() => wholeNumber(text)).toThrow("It must be a whole number.");
  expect(() => count(text)).toThrow("It must be a whole number.");
  expect(() => wholeNumbers(`3,${text}`)).toThrow("It must be a whole number.");
});

test("nothing can be asked for no times: no workers, no steps", () => {
  expect(count("1")).toBe(1);
  expect(() => count("0")).toThrow("It must be at least 1.");
});

test("a seed that is there twice is refused: it would be counted as two runs that agree", () => {
  expect(wholeNumbers("3, 1,2")).toEqual([3, 1, 2]);
  expect(() => wholeNumbers("1,2,1")).toThrow("Each number may be there once.");
});
