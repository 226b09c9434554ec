/** @file Each encoder against its definition, written out in plain numbers. */
import { describe, expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import { positions } from "#tensor/attention.ts";
import { input } from "#tensor/graph.ts";
import type { ParameterLayout } from "#tensor/parameters.ts";
import { parameterLayout } from "#tensor/parameters.ts";
import { evaluate } from "#tensor/reference.ts";
import type { Encoder } from "../body.ts";
import { convolutionEncoder } from "./convolution.ts";
import { gruEncoder } from "./gru.ts";
import { transformerEncoder } from "./transformer.ts";

type Row = readonly number[];

const rng = createRng(11);
const tail = { hidden: [4], activation: "relu" } as const;
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const sum = (values: Row): number => values.reduce((so, value) => so + value, 0);
const plus = (a: Row, b: Row): number[] => a.map((value, at) => value + b[at]);
const rectified = (row: Row): number[] => row.map((value) => Math.max(0, value));

/** Everything that a test needs of an encoder: numbers of its parameters by name, and what it makes of one window. */
function opened(layout: ParameterLayout, encoder: Encoder) {
  const flat = layout.initialise(createRng(2)).map((value) => value + 0.2 * rng.normal());
  const part = (name: string): { values: Row; columns: number } => {
    const { shape, offset } = layout.parameters.find((parameter) => parameter.name === `e.${name}`)!;
    const size = shape.reduce((a, b) => a * b, 1);
    return { values: [...flat.subarray(offset, offset + size)], columns: shape.at(-1)! };
  };
  return {
    bias: (name: string): Row => part(name).values,
    /** x·W */
    times: (x: Row, name: string): number[] => {
      const { values, columns } = part(name);
      return Array.from({ length: columns }, (_, to) =>
        sum(x.map((value, from) => value * values[from * columns + to])),
      );
    },
    encode: (window: Row): number[] => {
      const node = encoder.encode(input("window", [1, window.length]), layout.unpack(input("flat", [layout.size])));
      expect(node.shape).toEqual([1, encoder.width]);
      return [...evaluate({ node }, { window, flat }).node];
    },
  };
}

const close = (found: Row, wanted: Row): void => {
  expect(found).toHaveLength(wanted.length);
  wanted.forEach((value, at) => expect(found[at]).toBeCloseTo(value, 9));
};

const rowsOf = (count: number, columns: number): number[][] =>
  Array.from({ length: count }, () => Array.from({ length: columns }, () => rng.normal()));

test("a GRU is its recurrence, row after row from a state of zeros", () => {
  const layout = parameterLayout();
  const units = 3;
  const shape = { lookback: 4, columns: 2, own: 1 };
  const { encode, times, bias } = opened(layout, gruEncoder(layout, "e", shape, { body: "gru", units, ...tail }));
  const rows = rowsOf(4, 2);
  let state: Row = [0, 0, 0];
  for (const row of rows) {
    const x = plus(times(row, "input.weight"), bias("input.bias"));
    const h = times(state, "state.weight");
    state = state.map((old, unit) => {
      const [reset, keep] = [0, units].map((from) => sigmoid(x[from + unit] + h[from + unit]));
      const fresh = Math.tanh(x[2 * units + unit] + reset * (h[2 * units + unit] + bias("state.bias")[unit]));
      return (1 - keep) * fresh + keep * old;
    });
  }
  close(encode(rows.flat()), state);
});

test("a temporal convolution is its definition, looks no further than it says, and pads with zeros", () => {
  const layout = parameterLayout();
  const shape = { lookback: 12, columns: 2, own: 1 };
  const config = { body: "convolution", channels: [3, 3], kernel: 2, ...tail } as const;
  const { encode, times, bias } = opened(layout, convolutionEncoder(layout, "e", shape, config));
  const rows = rowsOf(12, 2);
  const convolved = (x: Row[], name: string, dilation: number): number[][] =>
    x.map((row, t) => {
      const before = x[t - dilation] ?? row.map(() => 0);
      return plus(times([...before, ...row], `${name}.weight`), bias(`${name}.bias`));
    });
  let x: Row[] = rows;
  for (const block of [0, 1]) {
    const changed = convolved(convolved(x, `${block}.first`, 2 ** block).map(rectified), `${block}.second`, 2 ** block);
    const past = block === 0 ? x.map((row) => plus(times(row, "0.past.weight"), bias("0.past.bias"))) : x;
    x = past.map((row, t) => rectified(plus(row, rectified(changed[t]))));
  }
  close(encode(rows.flat()), x.at(-1)!);

  const sees = 1 + 2 * (2 - 1) * (2 ** 2 - 1);
  const moved = (back: number): number[] =>
    encode(rows.map((row, t) => (t === 11 - back ? row.map((value) => value + 3) : row)).flat());
  expect(moved(sees)).toEqual(encode(rows.flat()));
  expect(moved(sees - 1)).not.toEqual(encode(rows.flat()));
});

describe("a Transformer", () => {
  const sizes = { width: 4, heads: 2, feedForward: 6 };
  const config = { body: "transformer", ...sizes, layers: 2, acrossLayers: 1, ...tail } as const;
  const shape = { lookback: 3, columns: 6, own: 1, instruments: 2 };

  /** A block of the encoder by its definition. */
  function block(x: Row[], name: string, { times, bias }: ReturnType<typeof opened>): number[][] {
    const dense = (row: Row, layer: string): number[] =>
      plus(times(row, `${name}.${layer}.weight`), bias(`${name}.${layer}.bias`));
    const normed = x.map((row) =>
      normal(row, bias(`${name}.attention.norm.gain`), bias(`${name}.attention.norm.bias`)),
    );
    const query = normed.map((row) => dense(row, "attention.query"));
    const both = normed.map((row) => dense(row, "attention.keyValue"));
    const size = sizes.width / sizes.heads;
    return x.map((row, t) => {
      const looked = Array.from({ length: sizes.heads }, (_, head) => {
        const of = (list: Row, from: number): Row => list.slice(from + head * size, from + (head + 1) * size);
        const scores = both.map((other) => {
          const key = of(other, 0);
          return Math.exp(sum(of(query[t], 0).map((value, at) => value * key[at])) / Math.sqrt(size));
        });
        return Array.from({ length: size }, (__, at) =>
          sum(both.map((other, u) => (scores[u] / sum(scores)) * of(other, sizes.width)[at])),
        );
      }).flat();
      const attended = plus(row, dense(looked, "attention.out"));
      const again = normal(attended, bias(`${name}.feedForward.norm.gain`), bias(`${name}.feedForward.norm.bias`));
      return plus(attended, dense(dense(again, "feedForward.wide").map(gelu), "feedForward.narrow"));
    });
  }

  const normal = (row: Row, gain: Row, bias: Row): number[] => {
    const centre = sum(row) / row.length;
    const deviation = Math.sqrt(sum(row.map((value) => (value - centre) ** 2)) / row.length + 1e-5);
    return row.map((value, at) => ((value - centre) / deviation) * gain[at] + bias[at]);
  };
  /** x·Φ(x), Φ by Simpson's rule on the density. */
  const gelu = (x: number): number => {
    const steps = 2000;
    const density = (at: number): number => Math.exp(-(at ** 2) / 2) / Math.sqrt(2 * Math.PI);
    const weights = Array.from({ length: steps + 1 }, (_, at) => (at === 0 || at === steps ? 1 : at % 2 === 1 ? 4 : 2));
    return x * (0.5 + (x / steps / 3) * sum(weights.map((weight, at) => weight * density((x * at) / steps))));
  };

  const wanted = (rows: Row[], e: ReturnType<typeof opened>): number[] => {
    const places = evaluate({ p: positions(3, 4) }).p;
    const newest = [0, 1].map((instrument) => {
      const start = rows.map((row, t) =>
        plus(plus(e.times(row.slice(instrument * 3, instrument * 3 + 3), "embed.weight"), e.bias("embed.bias")), [
          ...places.subarray(t * 4, t * 4 + 4),
        ]),
      );
      return [0, 1].reduce<number[][]>((x, at) => block(x, `along.${at}`, e), start).at(-1)!;
    });
    return block(newest, "across.0", e).flatMap((row) => normal(row, e.bias("norm.gain"), e.bias("norm.bias")));
  };

  test("is its definition: blocks over the rows of each instrument, then across the instruments", () => {
    const layout = parameterLayout();
    const e = opened(layout, transformerEncoder(layout, "e", shape, config));
    const rows = rowsOf(3, 6);
    close(e.encode(rows.flat()), wanted(rows, e));
  });

  test("gives of instruments in another order the same in that order", () => {
    const layout = parameterLayout();
    const { encode } = opened(
      layout,
      transformerEncoder(layout, "e", { ...shape, columns: 9, instruments: 3 }, config),
    );
    const rows = rowsOf(3, 9);
    const found = encode(rows.flat());
    const turned = encode(rows.flatMap((row) => [...row.slice(6), ...row.slice(0, 6)]));
    close(turned, [...found.slice(8), ...found.slice(0, 8)]);
  });

  test("knows in which order the rows of the lookback came, also with one layer", () => {
    const layout = parameterLayout();
    const { encode } = opened(layout, transformerEncoder(layout, "e", shape, { ...config, layers: 1 }));
    const [a, b, c] = rowsOf(3, 6);
    const [found, turned] = [encode([a, b, c].flat()), encode([b, a, c].flat())];
    expect(Math.max(...found.map((value, at) => Math.abs(value - turned[at])))).toBeGreaterThan(1e-3);
  });

  test("tells places by sine and cosine, the newest row alike whatever the lookback", () => {
    const [long, short] = [evaluate({ p: positions(5, 6) }).p, evaluate({ p: positions(2, 6) }).p];
    expect([...long.subarray(24)]).toEqual([...short.subarray(6)]);
    expect([...short.subarray(6)]).toEqual([0, 1, 0, 1, 0, 1]);
    expect(short[0]).toBeCloseTo(Math.sin(1), 12);
    expect(short[3]).toBeCloseTo(Math.cos(1 / 10_000 ** (2 / 6)), 12);
  });

  test("refuses heads that do not divide its width, and columns that are not equally many for each instrument", () => {
    const create =
      (changes: object, columns = 6) =>
      () =>
        transformerEncoder(parameterLayout(), "e", { ...shape, columns }, { ...config, ...changes });
    expect(create({ heads: 3 })).toThrow("heads divide the width");
    expect(create({}, 7)).toThrow("equally many columns");
    expect(create({ layers: 0 })).toThrow("at least one block");
  });
});
