import { expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import { compare } from "./comparison.ts";

const bars = 750;
const runs = (name: string, edge: number, count = 3): { name: string; runs: Float64Array[] } => {
  const market = createRng(1, "market");
  const common = Float64Array.from({ length: bars }, () => 0.01 * market.normal());
  const own = createRng(2, name);
  return {
    name,
    runs: Array.from({ length: count }, () => common.map((value) => value + edge + 0.002 * own.normal())),
  };
};
const options = { barsPerYear: 252, seed: 1 };

test("says which of two is better, whichever is named first", () => {
  const [good, bad] = [runs("good", 0.001), runs("bad", -0.001)];
  const forward = compare(good, bad, options);
  expect(forward.better).toBe("good");
  expect(forward.difference.lower).toBeGreaterThan(0);
  expect(forward.reason).toContain("good is better");
  const backward = compare(bad, good, options);
  expect(backward.better).toBe("good");
  expect(backward.difference.upper).toBeLessThan(0);
  expect(backward.difference.estimate).toBeCloseTo(-forward.difference.estimate, 12);
});

test("says that it can't be told where the difference may be luck, or where there are few bars", () => {
  const same = compare(runs("one", 0), runs("other", 0), options);
  expect(same.better).toBeUndefined();
  expect(same.difference.lower).toBeLessThan(0);
  expect(same.difference.upper).toBeGreaterThan(0);
  const short = (name: string, edge: number): { name: string; runs: Float64Array[] } => {
    const { runs: long } = runs(name, edge);
    return { name, runs: long.map((run) => run.subarray(0, 40)) };
  };
  expect(compare(short("one", 0.01), short("other", -0.01), options).better).toBeUndefined();
});

test("refuses two of one name", () => {
  expect(() => compare(runs("one", 0), runs("one", 1), options)).toThrow("different names");
});
