import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import { gradients } from "#tensor/gradient.ts";
import { input } from "#tensor/graph.ts";
import { compile } from "#tensor/onnx/session.ts";
import { sub, tanh } from "#tensor/ops/elementwise.ts";
import { sum } from "#tensor/ops/reduction.ts";
import { evaluate } from "#tensor/reference.ts";
import {
  boxed,
  normalEntropy,
  normalLogProbability,
  reparameterised,
  sampleNormal,
  squash,
  squashCorrection,
  toBox,
} from "./gaussian.ts";

/** The density itself, as in any textbook. */
const density = (x: number, mean: number, deviation: number): number =>
  Math.exp(-0.5 * ((x - mean) / deviation) ** 2) / (deviation * Math.sqrt(2 * Math.PI));

const row = (name: string, size = 1) => input(name, [1, size]);

/** ln of the density of tanh x at one x, by the graphs. */
function squashedLogDensity(x: number, mean: number, logDeviation: number): number {
  const drawn = row("x");
  const graph = sub(normalLogProbability(drawn, row("mean"), row("logDeviation")), squashCorrection(drawn));
  return evaluate({ graph }, { x: [x], mean: [mean], logDeviation: [logDeviation] }).graph[0];
}

/** Simpson's rule over [from, to]. */
function integral(f: (x: number) => number, from: number, to: number, parts = 400): number {
  const step = (to - from) / parts;
  let total = f(from) + f(to);
  for (let at = 1; at < parts; at++) total += f(from + at * step) * (at % 2 === 0 ? 2 : 4);
  return (total * step) / 3;
}

const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });

describe("acting", () => {
  test("draws with the mean and deviation that it is given, and says how likely that was", () => {
    const [means, logDeviations] = [Float32Array.of(9, 0.5, -2), Float32Array.of(9, Math.log(0.25), Math.log(3))];
    const rng = createRng(3);
    const into = new Float32Array(3);
    const draws = 20_000;
    const sums = [0, 0];
    const squares = [0, 0];
    for (let n = 0; n < draws; n++) {
      const logProbability = sampleNormal(means, logDeviations, 1, 2, rng, into, 1);
      const direct = Math.log(density(into[1], 0.5, 0.25)) + Math.log(density(into[2], -2, 3));
      expect(logProbability).toBeCloseTo(direct, 3);
      for (const at of [0, 1]) {
        sums[at] += into[1 + at];
        squares[at] += into[1 + at] ** 2;
      }
    }
    for (const [at, [mean, deviation]] of [
      [0.5, 0.25],
      [-2, 3],
    ].entries()) {
      const found = sums[at] / draws;
      expect(Math.abs(found - mean)).toBeLessThan((4 * deviation) / Math.sqrt(draws));
      expect(Math.abs(Math.sqrt(squares[at] / draws - found ** 2) / deviation - 1)).toBeLessThan(0.03);
    }
    expect(into[0], "another lane's action is left alone").toBe(0);
  });

  test("takes as many dice for each dimension, whatever the network says", () => {
    const into = new Float32Array(2);
    const [one, other] = [createRng(4), createRng(4)];
    sampleNormal(Float32Array.of(0, 0), Float32Array.of(0, 0), 0, 2, one, into, 0);
    sampleNormal(Float32Array.of(5, -5), Float32Array.of(-9, 2), 0, 2, other, into, 0);
    expect(other.state()).toEqual(one.state());
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])("stops at a mean of %d instead of acting on it", (mean) => {
    const act = () =>
      sampleNormal(Float32Array.of(mean), Float32Array.of(0), 0, 1, createRng(1), new Float32Array(1), 0);
    expect(act).toThrow("a drawn action is a finite number");
    expect(() => toBox(Float32Array.of(Number.NaN), 0, { low: [0], high: [1] }, new Float32Array(1), 0)).toThrow(
      "an action is a number",
    );
  });

  test("stays in the box whatever is drawn, meets its edges, and does as the graph does", () => {
    const edges = fc.tuple(number(-1e3, 1e3), number(1e-3, 1e3));
    fc.assert(
      fc.property(fc.array(fc.tuple(edges, number(-40, 40)), { minLength: 1, maxLength: 4 }), (dimensions) => {
        const width = dimensions.length;
        const box = {
          low: dimensions.map(([[low]]) => Math.fround(low)),
          high: dimensions.map(([[low, size]]) => Math.fround(low + size)),
        };
        const drawn = Float32Array.from(dimensions, ([, x]) => x);
        const [units, actions] = [new Float32Array(width), new Float32Array(width)];
        squash(drawn, 0, width, units, 0);
        toBox(units, 0, box, actions, 0);
        const clipped = new Float32Array(width);
        toBox(drawn, 0, box, clipped, 0);
        const [x, y] = [row("x", width), row("y", width)];
        const graph = evaluate({ squashed: boxed(tanh(x), box), clipped: boxed(y, box) }, { x: drawn, y: drawn });
        for (let n = 0; n < width; n++) {
          const size = box.high[n] - box.low[n];
          for (const values of [actions, clipped]) {
            expect(values[n]).toBeGreaterThanOrEqual(box.low[n]);
            expect(values[n]).toBeLessThanOrEqual(box.high[n]);
          }
          const rounding = 1e-6 * (size + Math.abs(box.low[n]));
          expect(Math.abs(actions[n] - graph.squashed[n])).toBeLessThan(rounding);
          expect(Math.abs(clipped[n] - graph.clipped[n])).toBeLessThan(rounding);
          expect(Math.abs(actions[n] - (box.low[n] + ((Math.tanh(drawn[n]) + 1) / 2) * size))).toBeLessThan(rounding);
          if (drawn[n] >= 1) expect(clipped[n]).toBe(box.high[n]);
          if (drawn[n] <= -1) expect(clipped[n]).toBe(box.low[n]);
        }
      }),
    );
  });

  test("cannot act in a box without edges", () => {
    expect(() => boxed(row("x"), { low: [0], high: [Number.POSITIVE_INFINITY] })).toThrow("finite edges");
  });
});

describe("densities", () => {
  test("are those of the textbook, over all dimensions, with one deviation for all or one for each", () => {
    const numbers = fc.tuple(number(-3, 3), number(-3, 3), number(-2, 1));
    fc.assert(
      fc.property(fc.tuple(numbers, numbers), (dimensions) => {
        const [x, mean, logDeviation] = [0, 1, 2].map((at) => dimensions.map((of) => of[at]));
        const direct = dimensions.reduce((total, of) => total + Math.log(density(of[0], of[1], Math.exp(of[2]))), 0);
        const nodes = [row("x", 2), row("mean", 2), row("logDeviation", 2)] as const;
        const { value } = evaluate({ value: normalLogProbability(...nodes) }, { x, mean, logDeviation });
        expect(Math.abs(value[0] - direct)).toBeLessThan(1e-9 * (1 + Math.abs(direct)));
      }),
    );
    const batch = normalLogProbability(input("x", [5, 2]), input("mean", [5, 2]), row("logDeviation", 2));
    expect(batch.shape).toEqual([5, 1]);
  });

  test.each([
    [0, 0],
    [0.7, -1],
    [-1.5, 0.5],
  ])("of a squashed action add up to 1 (mean %d, ln σ %d)", (mean, logDeviation) => {
    // ∫ p(a) da over [−1, 1] with a = tanh x, so da = (1 − tanh² x) dx.
    const deviation = Math.exp(logDeviation);
    const mass = integral(
      (x) => Math.exp(squashedLogDensity(x, mean, logDeviation)) * (1 - Math.tanh(x) ** 2),
      mean - 9 * deviation,
      mean + 9 * deviation,
    );
    expect(mass).toBeCloseTo(1, 9);
  });

  test.each([
    [0, 0],
    [0.7, -1],
    [-1.5, 0.5],
  ])("give the entropy that integration gives (mean %d, ln σ %d)", (mean, logDeviation) => {
    const deviation = Math.exp(logDeviation);
    const [from, to] = [mean - 9 * deviation, mean + 9 * deviation];
    const over = (value: (x: number) => number): number =>
      integral((x) => density(x, mean, deviation) * value(x), from, to);
    const raw = over((x) => -Math.log(density(x, mean, deviation)));
    const squashed = over((x) => -squashedLogDensity(x, mean, logDeviation));
    const entropy = evaluate({ h: normalEntropy(row("d")) }, { d: [logDeviation] }).h[0];
    expect(entropy).toBeCloseTo(raw, 9);
    const correction = over((x) => evaluate({ c: squashCorrection(row("x")) }, { x: [x] }).c[0]);
    expect(squashed).toBeCloseTo(entropy + correction, 9);
  });

  test("keep the squash correction exact in float32 where tanh is 1", async () => {
    const x = Float32Array.of(-30, -12, -1, 0, 0.5, 12, 30, 80);
    const drawn = input("x", [x.length, 1]);
    const correction = squashCorrection(drawn);
    const [slope] = gradients(sum(correction), [drawn]);
    const program = await compile({ correction, slope });
    const found = (await program.run({ x })) as Record<string, Float32Array>;
    await program.dispose();
    for (const [at, value] of x.entries()) {
      // ln (1 − tanh² x) = −2 ln cosh x, with cosh by its own exponentials.
      const direct = -2 * (Math.abs(value) + Math.log1p(Math.exp(-2 * Math.abs(value))) - Math.LN2);
      expect(Math.abs(found["correction"][at] - direct)).toBeLessThan(1e-6 * (1 + Math.abs(direct)));
      expect(found["slope"][at]).toBeCloseTo(-2 * Math.tanh(value), 5);
    }
  });
});

test("a reparameterised action has the density of its value, and moves with mean and deviation", () => {
  const values = fc.tuple(number(-3, 3), number(-3, 1), number(-4, 4));
  fc.assert(
    fc.property(values, ([mean, logDeviation, noise]) => {
      const nodes = { mean: row("mean"), logDeviation: row("logDeviation"), noise: row("noise") };
      const { drawn, logProbability } = reparameterised(nodes.mean, nodes.logDeviation, nodes.noise);
      const [byMean, byDeviation] = gradients(sum(drawn), [nodes.mean, nodes.logDeviation]);
      const found = evaluate(
        { drawn, logProbability, byMean, byDeviation },
        { mean: [mean], logDeviation: [logDeviation], noise: [noise] },
      );
      const x = mean + Math.exp(logDeviation) * noise;
      expect(found.drawn[0]).toBeCloseTo(x, 9);
      expect(found.logProbability[0]).toBeCloseTo(Math.log(density(x, mean, Math.exp(logDeviation))), 7);
      expect(found.byMean[0]).toBe(1);
      expect(found.byDeviation[0]).toBeCloseTo(Math.exp(logDeviation) * noise, 9);
    }),
  );
});
