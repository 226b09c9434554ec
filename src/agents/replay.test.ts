import { expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import { createReplay } from "./replay.ts";

test("keeps the last rows, and draws each of them equally often", () => {
  const replay = createReplay(4, 2);
  for (let n = 0; n < 6; n++) replay.add(Float32Array.of(n, -n));
  expect(replay.size).toBe(4);
  const drawn = new Float32Array(2 * 40_000);
  replay.sample(createRng(1), drawn);
  const counts = new Map<number, number>();
  for (let at = 0; at < drawn.length; at += 2) {
    expect(drawn[at + 1]).toBe(-drawn[at]);
    counts.set(drawn[at], (counts.get(drawn[at]) ?? 0) + 1);
  }
  expect([...counts.keys()].toSorted((a, b) => a - b)).toEqual([2, 3, 4, 5]);
  // A count has a standard deviation of √(40,000 · ¼ · ¾) = 87.
  for (const count of counts.values()) expect(Math.abs(count - 10_000)).toBeLessThan(5 * 87);
});

test("goes on from a snapshot as if nothing had happened", () => {
  const replay = createReplay(3, 1);
  replay.add(Float32Array.of(1, 2, 3, 4));
  const other = createReplay(3, 1);
  other.restore(replay.snapshot());
  for (const each of [replay, other]) each.add(Float32Array.of(5));
  const [first, second] = [replay, other].map((each) => {
    const drawn = new Float32Array(50);
    each.sample(createRng(2), drawn);
    return drawn;
  });
  expect(second).toEqual(first);
  expect([...new Set(first)].toSorted((a, b) => a - b)).toEqual([3, 4, 5]);
});

test("refuses rows that are not whole, and to draw from nothing", () => {
  const replay = createReplay(3, 2);
  expect(() => replay.add(new Float32Array(3))).toThrow("rows are whole");
  expect(() => replay.sample(createRng(1), new Float32Array(2))).toThrow("something to draw from");
});
