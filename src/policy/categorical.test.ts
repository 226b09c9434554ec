import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import { gradients } from "#tensor/gradient.ts";
import { input } from "#tensor/graph.ts";
import type { Node } from "#tensor/graph.ts";
import { compile } from "#tensor/onnx/session.ts";
import { add } from "#tensor/ops/elementwise.ts";
import { mean } from "#tensor/ops/reduction.ts";
import { evaluate } from "#tensor/reference.ts";
import {
  chosenLogProbability,
  entropies,
  entropy,
  logProbabilities,
  mostProbable,
  normalisedEntropy,
  sample,
} from "./categorical.ts";

/** log π over the legal actions of one head, by the definition. */
function logSoftmax(logits: readonly number[], legal: readonly number[]): number[] {
  const total = Math.log(logits.reduce((sum, logit, at) => sum + (legal[at] === 0 ? 0 : Math.exp(logit)), 0));
  return logits.map((logit, at) => (legal[at] === 0 ? -Infinity : logit - total));
}

/** The upper 0.1 % quantile of χ² (Wilson and Hilferty, 1931). */
function chiSquareLimit(degrees: number): number {
  const part = 2 / (9 * degrees);
  return degrees * (1 - part + 3.09 * Math.sqrt(part)) ** 3;
}

/** Pearson's χ² of counts against probabilities; what cannot happen must not have. */
function chiSquare(counts: readonly number[], probability: readonly number[]): number {
  const draws = counts.reduce((sum, count) => sum + count, 0);
  return counts.reduce((sum, count, at) => {
    if (probability[at] === 0) {
      expect(count, "an illegal action was drawn").toBe(0);
      return sum;
    }
    return sum + (count - draws * probability[at]) ** 2 / (draws * probability[at]);
  }, 0);
}

describe("sampling", () => {
  const draws = 20_000;
  const cases = [
    { name: "all legal", logits: [0.5, -1, 2, 0], legal: [1, 1, 1, 1] },
    { name: "some illegal, among them the likeliest", logits: [0.5, -1, 9, 0], legal: [1, 1, 0, 1] },
    { name: "the last one illegal", logits: [0, 0, 0, 5], legal: [1, 1, 1, 0] },
    { name: "logits far from zero", logits: [-800, -801, -799, -802], legal: [1, 1, 1, 1] },
  ];

  test.each(cases)("draws as often as the softmax says: $name", ({ logits, legal }) => {
    const rng = createRng(17);
    const counts = logits.map(() => 0);
    const into = new Int32Array(1);
    for (let n = 0; n < draws; n++) {
      sample(Float32Array.from(logits), Uint8Array.from(legal), 0, [4], rng, into, 0);
      counts[into[0]]++;
    }
    const shifted = logits.map((logit) => logit - Math.max(...logits));
    const probability = logSoftmax(shifted, legal).map(Math.exp);
    const degrees = probability.filter((p) => p > 0).length - 1;
    expect(chiSquare(counts, probability)).toBeLessThan(chiSquareLimit(degrees));
  });

  test("draws each head by itself: the joint frequencies are the products", () => {
    const rng = createRng(18);
    const logits = Float32Array.of(1, 0, 0, 1, -1);
    const legal = Uint8Array.of(1, 1, 1, 0, 1);
    const into = new Int32Array(2);
    const counts = Array.from({ length: 6 }, () => 0);
    for (let n = 0; n < draws; n++) {
      sample(logits, legal, 0, [2, 3], rng, into, 0);
      counts[into[0] * 3 + into[1]]++;
    }
    const first = logSoftmax([1, 0], [1, 1]).map(Math.exp);
    const second = logSoftmax([0, 1, -1], [1, 0, 1]).map(Math.exp);
    const joint = first.flatMap((one) => second.map((two) => one * two));
    expect(chiSquare(counts, joint)).toBeLessThan(chiSquareLimit(3));
  });

  const heads = fc.array(
    fc
      .array(fc.record({ logit: fc.float({ min: -30, max: 30, noNaN: true }), legal: fc.constantFrom(0, 1, 1) }), {
        minLength: 1,
        maxLength: 5,
      })
      .filter((actions) => actions.some(({ legal }) => legal === 1)),
    { minLength: 1, maxLength: 3 },
  );

  test("returns the log-probability of the joint action, reads and writes its own lane only, takes one uniform a head", () => {
    fc.assert(
      fc.property(heads, fc.integer(), (lane, seed) => {
        const flat = lane.flat();
        const padded = <Value>(values: Value[], by: Value): Value[] => [by, ...values, by];
        const logits = Float32Array.from(
          padded(
            flat.map(({ logit }) => logit),
            1e30,
          ),
        );
        const legal = Uint8Array.from(
          padded(
            flat.map((action) => action.legal),
            1,
          ),
        );
        const into = new Int32Array(lane.length + 2).fill(-9);
        const rng = createRng(seed);
        const logProbability = sample(
          logits,
          legal,
          1,
          lane.map((head) => head.length),
          rng,
          into,
          1,
        );
        let expected = 0;
        lane.forEach((head, at) => {
          const action = into[at + 1];
          expect(head[action].legal).toBe(1);
          expected += logSoftmax(
            head.map(({ logit }) => logit),
            head.map((each) => each.legal),
          )[action];
        });
        expect(logProbability).toBeCloseTo(expected, 9);
        expect([into[0], into.at(-1)]).toEqual([-9, -9]);
        const spent = createRng(seed);
        lane.forEach(() => spent.uniform());
        expect(rng.state()).toEqual(spent.state());
      }),
    );
  });

  test("refuses a head without a legal action, and logits that are no numbers", () => {
    const draw = (logits: number[], legal: number[]) => () =>
      sample(Float32Array.from(logits), Uint8Array.from(legal), 0, [2], createRng(1), new Int32Array(1), 0);
    expect(draw([0, 0], [0, 0])).toThrow("at least one action is legal");
    expect(draw([NaN, NaN], [1, 1])).toThrow("logits are numbers");
    expect(draw([NaN, 0], [1, 1])).toThrow("logits are numbers");
    expect(draw([0, Infinity], [1, 1])).toThrow("logits are numbers");
    expect(draw([NaN, 0], [0, 1]), "an illegal one is not looked at").not.toThrow();
  });
});

describe("the most probable action", () => {
  const best = (logits: number[], sizes: number[], legal?: number[]): number[] => {
    const into = new Int32Array(sizes.length);
    mostProbable(Float32Array.from(logits), legal && Uint8Array.from(legal), 0, sizes, into, 0);
    return [...into];
  };

  test("is the legal one with the largest logit, in each head", () => {
    expect(best([0, 3, 1], [3])).toEqual([1]);
    expect(best([0, 3, 1], [3], [1, 0, 1])).toEqual([2]);
    expect(best([1, 0, -5, -4, -6], [2, 3])).toEqual([0, 1]);
  });

  test("is the first of equals", () => {
    expect(best([2, 2, 2], [3])).toEqual([0]);
    expect(best([2, 2, 2], [3], [0, 1, 1])).toEqual([1]);
    expect(best([1, 2, 2, 0, 0], [3, 2])).toEqual([1, 0]);
  });

  test("is never taken from a network that gives no numbers", () => {
    expect(() => best([NaN, 1, 2], [3])).toThrow("logits are numbers");
    expect(() => best([1, 2, NaN], [3])).toThrow("logits are numbers");
    expect(() => best([1, 2], [2], [0, 0])).toThrow("at least one action is legal");
    expect(best([NaN, 1, 2], [3], [0, 1, 1])).toEqual([2]);
  });

  test("reads and writes the lane it is told", () => {
    const into = Int32Array.of(-1, -1, -1);
    mostProbable(Float32Array.of(9, 0, 0, 1, 9), Uint8Array.of(1, 1, 0, 1, 1), 1, [2, 2], into, 1);
    expect([...into]).toEqual([-1, 0, 1]);
  });
});

describe("the graphs", () => {
  const sizes = [3, 2];
  const values = [0.5, -1, 2, 1, 0, 3, 3, 3, -2, 0.25];
  const mask = [1, 0, 1, 1, 1, 1, 1, 0, 0, 1];
  const logits = input("logits", [2, 5]);
  const legal = input("legal", [2, 5]);

  const expectedRow = (row: number, masked: boolean): number[] => {
    const of = (list: number[], from: number, to: number): number[] => list.slice(row * 5 + from, row * 5 + to);
    const legalOf = (from: number, to: number): number[] => (masked ? of(mask, from, to) : of(mask, from, to).fill(1));
    return [...logSoftmax(of(values, 0, 3), legalOf(0, 3)), ...logSoftmax(of(values, 3, 5), legalOf(3, 5))];
  };

  test.each([false, true])("give the log-probabilities of plain numbers, masked: %s", async (masked) => {
    const node = logProbabilities(logits, sizes, masked ? legal : undefined);
    const feeds = { logits: Float32Array.from(values), ...(masked ? { legal: Float32Array.from(mask) } : {}) };
    const expected = [...expectedRow(0, masked), ...expectedRow(1, masked)];
    const program = await compile({ node });
    const { node: run } = await program.run(feeds);
    await program.dispose();
    const { node: reference } = evaluate({ node }, feeds);
    expected.forEach((value, at) => {
      if (value === -Infinity) {
        expect(Math.exp(Number(run[at])), "an illegal action has probability 0").toBe(0);
        expect(Math.exp(reference[at])).toBe(0);
      } else {
        expect(Number(run[at])).toBeCloseTo(value, 5);
        expect(reference[at]).toBeCloseTo(value, 6);
      }
    });
  });

  test("agree with what sampling says of the action it drew", () => {
    const rng = createRng(4);
    const into = new Int32Array(4);
    for (let n = 0; n < 20; n++) {
      const drawn = [0, 1].map((row) =>
        sample(Float32Array.from(values), Uint8Array.from(mask), row * 5, sizes, rng, into, row * 2),
      );
      const chosen = new Float32Array(10);
      for (const row of [0, 1]) {
        chosen[row * 5 + into[row * 2]] = 1;
        chosen[row * 5 + 3 + into[row * 2 + 1]] = 1;
      }
      const node = chosenLogProbability(logProbabilities(logits, sizes, legal), input("chosen", [2, 5]));
      const { node: graph } = evaluate({ node }, { logits: values, legal: mask, chosen });
      drawn.forEach((value, row) => expect(graph[row]).toBeCloseTo(value, 6));
    }
  });

  test("know the entropy: ln n where all are equally likely, 0 where one is certain, the sum over heads", () => {
    const entropyOf = (row: number[], heads: number[], legalRow?: number[]): number => {
      const node = entropy(
        logProbabilities(input("logits", [1, row.length]), heads, legalRow && input("legal", [1, row.length])),
      );
      expect(node.shape).toEqual([1, 1]);
      return evaluate({ node }, { logits: row, ...(legalRow ? { legal: legalRow } : {}) }).node[0];
    };
    expect(entropyOf([7, 7, 7, 7], [4])).toBeCloseTo(Math.log(4), 9);
    expect(entropyOf([0, 500, 0], [3])).toBeCloseTo(0, 9);
    expect(entropyOf([1, 1, 2, 2, 2], [2, 3])).toBeCloseTo(Math.log(2) + Math.log(3), 9);
    expect(entropyOf([5, 1, 1, 9], [4], [0, 1, 1, 0]), "illegal actions add nothing").toBeCloseTo(Math.log(2), 9);
    const p = 1 / (1 + Math.exp(-1));
    expect(entropyOf([1, 0], [2])).toBeCloseTo(-p * Math.log(p) - (1 - p) * Math.log(1 - p), 9);
  });

  test("know the entropy of each head, whose sum is that of all", () => {
    const all = logProbabilities(logits, sizes, legal);
    const found = evaluate({ each: entropies(all, sizes), sum: entropy(all) }, { logits: values, legal: mask });
    expect(found.each).toHaveLength(4);
    for (const row of [0, 1]) {
      const logs = expectedRow(row, true).filter((log) => log !== -Infinity);
      const whole = logs.reduce((sum, log) => sum - Math.exp(log) * log, 0);
      expect(found.each[2 * row] + found.each[2 * row + 1]).toBeCloseTo(whole, 6);
      expect(found.sum[row]).toBeCloseTo(whole, 6);
    }
    const one = [values[0], values[2]].map((value) => Math.exp(value));
    const p = one[0] / (one[0] + one[1]);
    expect(found.each[0]).toBeCloseTo(-p * Math.log(p) - (1 - p) * Math.log(1 - p), 6);
  });

  test("send no gradient through an illegal action, and the softmax's through the legal ones", async () => {
    const logProbability = logProbabilities(logits, sizes, legal);
    const chosen = input("chosen", [2, 5]);
    const loss: Node = mean(add(chosenLogProbability(logProbability, chosen), entropy(logProbability)));
    const [gradient] = gradients(loss, [logits]);
    const picked = [0, 0, 1, 1, 0, 1, 0, 0, 0, 1];
    const feeds = {
      logits: Float32Array.from(values),
      legal: Float32Array.from(mask),
      chosen: Float32Array.from(picked),
    };
    const program = await compile({ gradient });
    const run = (await program.run(feeds))["gradient"];
    await program.dispose();
    for (const row of [0, 1]) {
      const logs = expectedRow(row, true);
      const spans = [
        [0, 3],
        [3, 5],
      ];
      for (const [from, to] of spans) {
        const head = logs.slice(from, to);
        const uncertainty = head.reduce((sum, log) => sum - (log === -Infinity ? 0 : Math.exp(log) * log), 0);
        head.forEach((log, at) => {
          const place = row * 5 + from + at;
          const p = Math.exp(log);
          // d log π(chosen) / dz = 1[chosen] − π; dH / dz = −π (log π + H)
          const expected = log === -Infinity ? 0 : (picked[place] - p - p * (log + uncertainty)) / 2;
          if (log === -Infinity) expect(Number(run[place]) === 0, `illegal action at ${place}`).toBe(true);
          else expect(Number(run[place])).toBeCloseTo(expected, 6);
        });
      }
    }
  });
});

test("normalised entropy is 1 where legal actions are alike, 0 for one choice, and −Σ π ln π / ln n between, head by head", () => {
  const into = new Float32Array(4).fill(7);
  const logits = Float32Array.of(2, 2, 2, 9, 5, 8, Math.log(3), 0);
  const legal = Uint8Array.of(1, 1, 1, 0, 0, 1, 1, 1);
  normalisedEntropy(logits, legal, 0, [4, 2, 2], into, 1);
  const expected = -(0.75 * Math.log(0.75) + 0.25 * Math.log(0.25)) / Math.log(2);
  expect(into[0]).toBe(7);
  expect(into[1]).toBeCloseTo(1, 6);
  expect(into[2]).toBe(0);
  expect(into[3]).toBeCloseTo(expected, 6);
});
