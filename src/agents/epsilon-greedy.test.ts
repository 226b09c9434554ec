import { expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import { epsilonGreedy } from "./epsilon-greedy.ts";

const sizes = [3, 2];
const values = Float32Array.of(9, 9, 5, 1, 7, 2, 3);
/** The lane begins at 2: values 5, 1, 7 and 2, 3; the best of the first head is forbidden. */
const legal = Uint8Array.of(1, 1, 1, 1, 0, 1, 1);

/** How often each action of each head was taken. */
function counts(epsilon: number, draws: number): number[][] {
  const rng = createRng(3);
  const into = new Int32Array(3);
  const found = sizes.map((size) => Array.from({ length: size }, () => 0));
  for (let n = 0; n < draws; n++) {
    epsilonGreedy(values, legal, 2, sizes, epsilon, rng, into, 1);
    sizes.forEach((_, head) => found[head][into[1 + head]]++);
  }
  expect(into[0], "nothing before its place is written").toBe(0);
  return found;
}

test("takes the best legal action of each head where it does not explore", () => {
  expect(counts(0, 100)).toEqual([
    [100, 0, 0],
    [0, 100],
  ]);
});

test("takes each legal action equally often where it always explores, and never an illegal one", () => {
  const draws = 20_000;
  const [[first, second, forbidden], [third]] = counts(1, draws);
  expect(forbidden).toBe(0);
  expect(first + second).toBe(draws);
  for (const count of [first, third]) expect(Math.abs(count - draws / 2)).toBeLessThan(5 * Math.sqrt(draws / 4));
});

test("explores as often as it is told", () => {
  const draws = 20_000;
  const [[, other]] = counts(0.3, draws);
  const chance = 0.3 / 2;
  expect(Math.abs(other / draws - chance)).toBeLessThan(5 * Math.sqrt((chance * (1 - chance)) / draws));
});
