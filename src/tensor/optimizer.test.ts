/** @file Adam against numbers worked out by hand, and clipping by the global norm. */
import { expect, test } from "vitest";
import { input } from "./graph.ts";
import { adam, clipByGlobalNorm } from "./optimizer.ts";
import type { AdamState } from "./optimizer.ts";
import { evaluate } from "./reference.ts";

const vector = { parameters: input("parameters", [2]), first: input("first", [2]), second: input("second", [2]) };

test("makes the three steps that Algorithm 1 makes", () => {
  const learningRate = 0.1;
  const steps = [
    [1, -2],
    [0.5, 0],
    [-3, 4],
  ];
  const optimizer = adam();
  const rates = optimizer.rates(
    steps.map(() => learningRate),
    0,
  );
  const next = optimizer.update(vector, input("gradient", [2]), {
    rate: input("rate", []),
    epsilon: input("epsilon", []),
  });

  let state: Record<keyof AdamState, Float64Array> = {
    parameters: Float64Array.of(1, 1),
    first: new Float64Array(2),
    second: new Float64Array(2),
  };
  // By hand, first place: m̂ = 1, 0.14/0.19, −0.174/0.271 and v̂ = 1, 0.001249/0.001999, 0.010247751/0.002997001.
  const wanted = [
    [0.9, 1.1],
    [0.8067820383, 1.1670058244],
    [0.8415043888, 1.1330023775],
  ];
  for (const [at, gradient] of steps.entries()) {
    const feeds = { ...state, gradient, rate: [rates.rate[at]], epsilon: [rates.epsilon[at]] };
    state = evaluate(next, feeds);
    wanted[at].forEach((value, place) => expect(state.parameters[place], `step ${at + 1}`).toBeCloseTo(value, 6));
  }
});

test("follows the paper's formulas for any step and constants", () => {
  const options = { beta1: 0.8, beta2: 0.95, epsilon: 1e-3 };
  const optimizer = adam(options);
  const { rate, epsilon } = optimizer.rates([0.01], 6);
  const next = optimizer.update(vector, input("gradient", [2]), { rate: rate[0], epsilon: epsilon[0] });
  const feeds = { parameters: [1, -1], first: [0.2, 0.1], second: [0.04, 0.02], gradient: [0.3, -0.4] };
  const found = evaluate(next, feeds);
  for (const at of [0, 1]) {
    // What is kept is the paper's moments over 1 − β.
    const first = 0.8 * (0.2 * feeds.first[at]) + 0.2 * feeds.gradient[at];
    const second = 0.95 * (0.05 * feeds.second[at]) + 0.05 * feeds.gradient[at] ** 2;
    const move = (0.01 * first) / (1 - 0.8 ** 7) / (Math.sqrt(second / (1 - 0.95 ** 7)) + 1e-3);
    expect(0.2 * found.first[at]).toBeCloseTo(first, 12);
    expect(0.05 * found.second[at]).toBeCloseTo(second, 12);
    expect(found.parameters[at]).toBeCloseTo(feeds.parameters[at] - move, 7);
  }
});

test("scales a long gradient down to the largest norm and leaves a short one alone", () => {
  const { gradient, norm } = clipByGlobalNorm(input("gradient", [2]), 1);
  const long = evaluate({ gradient, norm }, { gradient: [3, 4] });
  expect(long.gradient[0]).toBeCloseTo(3 / 5, 12);
  expect(long.gradient[1]).toBeCloseTo(4 / 5, 12);
  expect(long.norm[0]).toBe(5);
  expect([...evaluate({ gradient }, { gradient: [0.3, 0.4] }).gradient]).toEqual([0.3, 0.4]);
  expect([...evaluate({ gradient }, { gradient: [0, 0] }).gradient]).toEqual([0, 0]);
});
