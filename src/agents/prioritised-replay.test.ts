import { expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import { createPrioritisedReplay } from "./prioritised-replay.ts";

const rows = (...values: number[]): Float32Array => Float32Array.from(values);

/** Draws each of `count` rows once by hand, so that each gets the error that `errorOf` says. */
function learnAll(replay: ReturnType<typeof createPrioritisedReplay>, errorOf: (row: number) => number): void {
  const rng = createRng(9);
  const drawn = new Float32Array(64);
  for (let n = 0; n < 20; n++) {
    replay.sample(rng, drawn);
    replay.learned(drawn.map((row) => errorOf(row)));
  }
}

test("draws in proportion to (|δ| + 0.001)^α, whatever the sign of the error", () => {
  const alpha = 0.6;
  const replay = createPrioritisedReplay(4, 1, alpha);
  replay.add(rows(0, 1, 2, 3));
  const errors = [0, 0.5, -1, 4];
  learnAll(replay, (row) => errors[row]);
  const priorities = errors.map((error) => (Math.abs(error) + 1e-3) ** alpha);
  const total = priorities.reduce((sum, priority) => sum + priority, 0);
  const draws = 60_000;
  const drawn = new Float32Array(draws);
  replay.sample(createRng(1), drawn);
  priorities.forEach((priority, row) => {
    const chance = priority / total;
    const count = drawn.filter((value) => value === row).length;
    expect(Math.abs(count / draws - chance)).toBeLessThan(5 * Math.sqrt((chance * (1 - chance)) / draws));
  });
});

test("weighs what it drew by (N · P)^−β, the largest of each minibatch being 1", () => {
  const [alpha, beta, minibatch] = [0.7, 0.5, 5];
  const replay = createPrioritisedReplay(3, 1, alpha);
  replay.add(rows(0, 1, 2));
  const errors = [0.1, 1, 3];
  learnAll(replay, (row) => errors[row]);
  const chances = errors.map((error) => (error + 1e-3) ** alpha);
  const total = chances.reduce((sum, chance) => sum + chance, 0);
  const drawn = new Float32Array(15);
  const weights = new Float32Array(15);
  replay.sample(createRng(4), drawn);
  replay.weigh(beta, minibatch, weights);
  for (let from = 0; from < 15; from += minibatch) {
    const own = [...drawn.subarray(from, from + minibatch)].map((row) => ((3 * chances[row]) / total) ** -beta);
    own.forEach((weight, n) => expect(weights[from + n]).toBeCloseTo(weight / Math.max(...own), 6));
  }
  replay.weigh(0, minibatch, weights);
  expect([...new Set(weights)], "with β = 0 nothing is corrected").toEqual([1]);
});

test("draws evenly with α = 0, and new rows first of all otherwise", () => {
  const even = createPrioritisedReplay(2, 1, 0);
  even.add(rows(0, 1));
  learnAll(even, (row) => 100 * row);
  const drawn = new Float32Array(20_000);
  even.sample(createRng(1), drawn);
  expect(Math.abs(drawn.reduce((sum, row) => sum + row, 0) - 10_000)).toBeLessThan(5 * 71);
  const replay = createPrioritisedReplay(100, 1, 1);
  replay.add(rows(...Array.from({ length: 99 }, (_, at) => at)));
  learnAll(replay, (row) => (row === 7 ? 50 : 0));
  replay.add(rows(99));
  replay.sample(createRng(1), drawn);
  const newest = drawn.filter((row) => row === 99).length;
  expect(newest, "as often as the row of the largest error").toBeGreaterThan(8000);
});

test("forgets a row's priority when another takes its place", () => {
  const replay = createPrioritisedReplay(2, 1, 1);
  replay.add(rows(0, 1));
  learnAll(replay, (row) => (row === 0 ? 5 : 0));
  replay.add(rows(2));
  learnAll(replay, () => 0);
  const drawn = new Float32Array(1000);
  replay.sample(createRng(2), drawn);
  expect(new Set(drawn)).toEqual(new Set([1, 2]));
  expect(Math.abs(drawn.filter((row) => row === 2).length - 500)).toBeLessThan(5 * 16);
});

test("goes on from a snapshot as if nothing had happened", () => {
  const replay = createPrioritisedReplay(5, 1, 0.6);
  replay.add(rows(0, 1, 2, 3, 4, 5));
  learnAll(replay, (row) => row);
  const other = createPrioritisedReplay(5, 1, 0.6);
  other.add(rows(9, 9, 9, 9, 9));
  other.restore(replay.snapshot());
  expect(other.snapshot()).toEqual(replay.snapshot());
  const [first, second] = [replay, other].map((each) => {
    each.add(rows(6));
    const drawn = new Float32Array(50);
    const weights = new Float32Array(50);
    each.sample(createRng(2), drawn);
    each.weigh(0.4, 10, weights);
    return [...drawn, ...weights];
  });
  expect(second).toEqual(first);
});

test("refuses errors of other rows than it drew, and to draw from nothing", () => {
  const replay = createPrioritisedReplay(3, 1, 1);
  expect(() => replay.sample(createRng(1), new Float32Array(1))).toThrow("something to draw from");
  replay.add(rows(1));
  replay.sample(createRng(1), new Float32Array(2));
  expect(() => replay.learned(rows(1))).toThrow("its error");
});
