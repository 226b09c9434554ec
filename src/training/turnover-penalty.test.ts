import { describe, expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import { randomWalk } from "#data/synthetic.ts";
import { freeOfCosts } from "#market/costs.ts";
import { defaultSizing } from "#market/sizing.ts";
import { createMarket } from "#market/world.ts";
import { experiment } from "./experiment.ts";
import { independentNumbers, luckOfABar, turnoverPenalty } from "./turnover-penalty.ts";

const rows = 4000;
const span = [{ from: 0, to: rows }];

/** A table of `columns` columns, row by row. */
function tableOf(columns: number, row: (t: number) => readonly number[]) {
  const values = Float32Array.from(Array.from({ length: rows }, (_, t) => row(t)).flat());
  return { values, rows, columns };
}

const rng = createRng(1, "columns");
const independent = tableOf(7, () => Array.from({ length: 7 }, () => 3 + 2 * rng.normal()));

describe("how many independent numbers are seen", () => {
  test("is their count where they know nothing of each other, whatever their mean and size", () => {
    expect(independentNumbers(independent, span, 1)).toBeGreaterThan(6.5);
    expect(independentNumbers(independent, span, 1)).toBeLessThan(7.5);
  });

  test("is 1 where all are the same", () => {
    const same = tableOf(5, () => Array<number>(5).fill(rng.normal()));
    // The fourth moment of one normal number is estimated: E(xy)² = 1.
    expect(independentNumbers(same, span, 1)).toBeCloseTo(1, 0);
  });

  test("grows with the window, and not where a window repeats itself", () => {
    expect(independentNumbers(independent, span, 3)).toBeGreaterThan(19);
    expect(independentNumbers(independent, span, 3)).toBeLessThan(23);
    const slow = tableOf(1, (t) => [Math.sin(t / 300)]);
    expect(independentNumbers(slow, span, 3) / independentNumbers(slow, span, 1)).toBeCloseTo(1, 1);
  });

  test("is 0 where nothing moves", () => {
    expect(
      independentNumbers(
        tableOf(2, () => [1, 1]),
        span,
        1,
      ),
    ).toBe(0);
  });
});

describe("what luck seems to offer in a bar", () => {
  const universe = randomWalk({ bars: rows, volatility: 0.01, seed: 4 });
  const market = createMarket(universe, freeOfCosts, defaultSizing);

  test("is what the best linear rule foretells of noise on its own bars", () => {
    const { values, columns } = independent;
    const [{ close }] = universe.bars;
    const returns = Float64Array.from({ length: rows - 1 }, (_, t) => Math.log(close[t + 1] / close[t]));
    // Least squares of independent columns, one after the other: the squares of what each foretells add up.
    let foretold = 0;
    for (let f = 0; f < columns; f++) {
      let product = 0;
      for (let t = 0; t < rows - 1; t++) product += ((values[t * columns + f] - 3) / 2) * returns[t];
      foretold += (product / (rows - 1)) ** 2;
    }
    const luck = luckOfABar(market, independent, span, 1);
    expect(luck / (0.01 * Math.sqrt(7 / rows))).toBeCloseTo(1, 1);
    // The sum of 7 squares of normal numbers, over its mean: within 0.13 and 2.9 in 99.8 of 100 seeds.
    expect(foretold / luck ** 2).toBeGreaterThan(0.13);
    expect(foretold / luck ** 2).toBeLessThan(2.9);
  });

  test("is half as much on four times the bars, and all of a return where there are fewer bars than numbers", () => {
    const quarter = luckOfABar(market, independent, [{ from: 0, to: rows / 4 }], 1);
    const times = quarter / luckOfABar(market, independent, span, 1);
    expect(times).toBeGreaterThan(1.8);
    expect(times).toBeLessThan(2.2);
    expect(luckOfABar(market, independent, [{ from: 0, to: 5 }], 1)).toBeLessThan(0.02);
  });

  test("becomes a term that is whole after half of the training, or none", () => {
    const settings = experiment({ transitions: 6400, lanes: 64 });
    const [{ term, weight, growthSteps }] = turnoverPenalty(market, independent, span, settings);
    expect(term.name).toBe("turnover");
    expect(weight).toBe(2 * luckOfABar(market, independent, span, 1));
    expect(growthSteps).toBe(50);
    expect(turnoverPenalty(market, independent, span, experiment({ turnoverPenalty: 0 }))).toEqual([]);
  });
});

test("the penalty is on for the log return alone, unless the settings say otherwise", () => {
  expect(experiment({}).turnoverPenalty).toBe(2);
  expect(experiment({ reward: "v3" }).turnoverPenalty).toBe(0);
  expect(experiment({ reward: [{ term: "log-return" }, { term: "turnover", weight: 0.02 }] }).turnoverPenalty).toBe(0);
  expect(experiment({ reward: "v3", turnoverPenalty: 1 }).turnoverPenalty).toBe(1);
});
