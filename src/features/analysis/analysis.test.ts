/** @file The analysis: known answers by hand, what is planted is found, what is noise is not, and no row outside is read. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import { binCounts, binEdges } from "./bins.ts";
import { correlations, redundancyClusters } from "./correlation.ts";
import { analyseFeatures } from "./feature-analysis.ts";
import { mutualInformation } from "./mutual-information.ts";
import { stabilityIndex, stabilityOverTime } from "./stability.ts";
import type { TrainingTable } from "./training-table.ts";
import { nextReturns } from "./training-table.ts";

const normals = (length: number, label: string): Float64Array => {
  const rng = createRng(3, label);
  return Float64Array.from({ length }, () => rng.normal());
};

describe("bins", () => {
  test("hold equally many, and equal numbers stay together", () => {
    const even = Float64Array.of(8, 1, 7, 2, 6, 3, 5, 4);
    expect([...binEdges(even, 4)]).toEqual([2, 4, 6]);
    expect([...binCounts(binEdges(even, 4), even)]).toEqual([2, 2, 2, 2]);
    const tied = Float64Array.of(0, 0, 0, 0, 0, 1, 2, 3);
    expect([...binEdges(tied, 4)]).toEqual([0, 1]);
    expect([...binCounts(binEdges(tied, 4), tied)]).toEqual([5, 1, 2]);
    expect([...binEdges(Float64Array.of(4, 4, 4), 4)]).toEqual([]);
  });

  test("count every number once", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true }), { minLength: 1 }),
        fc.integer({ min: 1, max: 12 }),
        (list, bins) => {
          const values = Float64Array.from(list);
          const counts = binCounts(binEdges(values, bins), values);
          expect(counts.reduce((sum, count) => sum + count, 0)).toBe(values.length);
          expect(Math.min(...counts), "no bin of its own numbers is empty").toBeGreaterThan(0);
        },
      ),
    );
  });
});

describe("correlation", () => {
  test("is Pearson's, by hand", () => {
    const table = correlations([
      Float64Array.of(1, 2, 3, 4),
      Float64Array.of(2, 1, 4, 3),
      Float64Array.of(-1, -2, -3, -4),
    ]);
    // Deviations −1.5, −0.5, 0.5, 1.5 and −0.5, −1.5, 1.5, 0.5: 3 / 5.
    [1, 0.6, -1, 0.6, 1, -0.6, -1, -0.6, 1].forEach((value, at) => expect(table[at]).toBeCloseTo(value, 12));
  });

  test("of a column that does not move is 0 with every other", () => {
    const table = correlations([Float64Array.of(1, 2, 3), Float64Array.of(0.3, 0.1 + 0.2, 0.3)]);
    expect([...table]).toEqual([1, 0, 0, 1]);
  });

  test("joins features into groups, also by way of a third", () => {
    const table = Float64Array.of(1, 0.95, 0.5, 0, 0.95, 1, -0.92, 0, 0.5, -0.92, 1, 0, 0, 0, 0, 1);
    expect(redundancyClusters(table, 4, 0.9)).toEqual([[0, 1, 2]]);
    expect(redundancyClusters(table, 4, 0.93)).toEqual([[0, 1]]);
    expect(redundancyClusters(table, 4, 0.99)).toEqual([]);
  });
});

describe("mutual information", () => {
  test("of a column with itself is the entropy of its bins", () => {
    const even = Float64Array.from({ length: 80 }, (_, at) => at);
    expect(mutualInformation(even, even, 8).nats).toBeCloseTo(Math.log(8), 12);
  });

  test("by hand: two bins, three of four agree", () => {
    // p = 3/8, 1/8, 1/8, 3/8 with halves at the sides.
    const x = Float64Array.of(0, 0, 0, 0, 1, 1, 1, 1);
    const y = Float64Array.of(0, 0, 0, 1, 0, 1, 1, 1);
    const { nats, biasNats, correctedNats } = mutualInformation(x, y, 2);
    expect(nats).toBeCloseTo(0.75 * Math.log(1.5) + 0.25 * Math.log(0.5), 12);
    expect(biasNats).toBe(1 / 16);
    expect(correctedNats).toBe(nats - biasNats);
  });

  test("of noise is its stated bias, and of a bent relation far above it", () => {
    const [x, y] = [normals(20_000, "x"), normals(20_000, "y")];
    const { nats, biasNats } = mutualInformation(x, y, 8);
    expect(nats / biasNats).toBeGreaterThan(0.6);
    expect(nats / biasNats).toBeLessThan(1.5);
    const bent = mutualInformation(
      x,
      x.map((value, at) => value * value + y[at] / 2),
      8,
    );
    expect(bent.correctedNats).toBeGreaterThan(0.3);
    const table = correlations([x, x.map((value) => value * value)]);
    expect(Math.abs(table[1]), "which correlation does not see").toBeLessThan(0.05);
  });
});

describe("stability", () => {
  test("by hand: two bins, from halves to a quarter and three", () => {
    const first = Float64Array.of(0, 0, 1, 1);
    const later = Float64Array.of(0, 1, 1, 1);
    // Half a row added to each bin: (2.5, 2.5) / 5 and (1.5, 3.5) / 5.
    const expected = (0.3 - 0.5) * Math.log(0.3 / 0.5) + (0.7 - 0.5) * Math.log(0.7 / 0.5);
    expect(stabilityIndex(first, later)).toBeCloseTo(expected, 12);
    expect(stabilityIndex(first, first)).toBe(0);
  });

  test("is low where nothing changes, high where the level or the spread does, part by part", () => {
    const noise = normals(8000, "stable");
    expect(Math.max(...stabilityOverTime(noise, 4))).toBeLessThan(0.02);
    const jump = noise.map((value, t) => (t < 6000 ? value : value + 1));
    const [second, third, fourth] = stabilityOverTime(jump, 4);
    expect(Math.max(second, third)).toBeLessThan(0.02);
    expect(fourth).toBeGreaterThan(0.5);
    const wider = noise.map((value, t) => (t < 2000 ? value : 3 * value));
    expect(Math.min(...stabilityOverTime(wider, 4))).toBeGreaterThan(0.5);
  });
});

/** A market whose next return is half told by `signal`, repeated by `echo`; `drift` grows, `noise` is noise. */
function planted(rows: number): TrainingTable {
  const [signal, luck, noise] = ["signal", "luck", "noise"].map((label) => normals(rows, label));
  const close = new Float64Array(rows).fill(100);
  for (let t = 1; t < rows; t++) close[t] = close[t - 1] * Math.exp(0.01 * (signal[t - 1] + luck[t]));
  const columns = new Float64Array(rows * 4);
  for (let t = 0; t < rows; t++) {
    columns.set([noise[t], -2 * signal[t] + 0.01 * noise[t], signal[t], luck[t] / 9 + t / rows], t * 4);
  }
  return { features: ["noise", "echo", "signal", "drift"], columns, close, fromRow: 100, toRow: rows - 100 };
}

describe("the whole analysis", () => {
  const table = planted(4000);
  const analysis = analyseFeatures(table);
  const of = (name: string): (typeof analysis.features)[number] =>
    analysis.features.find(({ feature }) => feature === name)!;

  test("finds what is planted, and nothing in the noise", () => {
    expect(of("signal").information.correctedNats).toBeGreaterThan(0.2);
    expect(Math.abs(of("noise").information.correctedNats)).toBeLessThan(0.01);
    expect(of("drift").worstStability).toBeGreaterThan(1);
    expect(of("signal").worstStability).toBeLessThan(0.1);
    expect(analysis.clusters).toHaveLength(1);
    expect(analysis.clusters[0].toSorted()).toEqual(["echo", "signal"]);
    expect(of(analysis.clusters[0][0]).information.correctedNats).toBeGreaterThanOrEqual(
      of(analysis.clusters[0][1]).information.correctedNats,
    );
  });

  test("reads the rows of the training fold only: the last one's next close is not among them", () => {
    expect(nextReturns(table)).toHaveLength(table.toRow - table.fromRow - 1);
    const outside = (t: number): boolean => t < table.fromRow || t >= table.toRow;
    const columns = table.columns.map((value, at) => (outside(Math.floor(at / 4)) ? NaN : value));
    const close = table.close.map((value, t) => (outside(t) ? NaN : value));
    expect(analyseFeatures({ ...table, columns, close })).toEqual(analysis);
  });

  test("refuses a fold of too few rows", () => {
    expect(() => analyseFeatures({ ...table, toRow: 299 })).toThrow(/has 199 warm rows, an analysis needs 200/);
  });
});
