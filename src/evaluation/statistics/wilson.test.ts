import { expect, test } from "vitest";
import { wilsonInterval } from "./wilson.ts";

test.each([
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
])("%i of %i, as Newcombe (1998, table I, method 3) has it", (k, n, lower, upper) => {
  const interval = wilsonInterval(k, n);
  expect(interval.estimate).toBe(k / n);
  expect(interval.lower).toBeCloseTo(lower, 4);
  expect(interval.upper).toBeCloseTo(upper, 4);
  const mirrored = wilsonInterval(n - k, n);
  expect(mirrored.lower).toBeCloseTo(1 - interval.upper, 12);
  expect(mirrored.upper).toBeCloseTo(1 - interval.lower, 12);
});
