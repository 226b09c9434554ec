/** @file Attention between the rows of sequences, as blocks of a Transformer encoder. */
import { invariant } from "#base/invariant.ts";
import { beside, orthogonal, zeros } from "./initialisers.ts";
import { constant } from "./graph.ts";
import type { Node } from "./graph.ts";
import { layerNorm, linear } from "./layers.ts";
import { add, gelu, mul } from "./ops/elementwise.ts";
import { matMul, project } from "./ops/linalg.ts";
import { reshape, slice, split, transpose } from "./ops/movement.ts";
import { softmax } from "./ops/normalisation.ts";
import type { ParameterLayout, Parameters } from "./parameters.ts";

export interface BlockSizes {
  /** D: numbers of a row. */
  readonly width: number;
  /** Must divide D. */
  readonly heads: number;
  /** Units between the two layers of the feed-forward part. */
  readonly feedForward: number;
}

/** Applies a block to sequences `[N, L, D]`. */
export interface Block {
  /** `[N, L, D]`: every row looks at every row. */
  all(x: Node, parameters: Parameters): Node;
  /** `[N, 1, D]`: as the last row of `all`, which is all that is computed. */
  last(x: Node, parameters: Parameters): Node;
}

/**
 * A pre-norm block of a Transformer encoder (Vaswani et al., 2017, https://arxiv.org/abs/1706.03762; Xiong et al., 2020,
 * https://arxiv.org/abs/2002.04745), without dropout: y = x + Attention(norm(x)), out = y + W₂·gelu(W₁·norm(y)), with
 * Attention(x) = W·[head₁, …], headᵢ = softmax(Qᵢ·Kᵢᵀ/√(D/heads))·Vᵢ.
 */
export function encoderBlock(layout: ParameterLayout, name: string, { width, heads, feedForward }: BlockSizes): Block {
  invariant(width % heads === 0, "heads divide the width of an attention block", { width, heads });
  const normed = layerNorm(layout, `${name}.attention.norm`, width);
  layout.add(`${name}.attention.query.weight`, [width, width], orthogonal());
  layout.add(`${name}.attention.query.bias`, [width], zeros);
  layout.add(`${name}.attention.keyValue.weight`, [width, 2 * width], beside(2, orthogonal()));
  layout.add(`${name}.attention.keyValue.bias`, [2 * width], zeros);
  const out = linear(layout, `${name}.attention.out`, width, width);
  const normedAgain = layerNorm(layout, `${name}.feedForward.norm`, width);
  const wide = linear(layout, `${name}.feedForward.wide`, width, feedForward, { weight: orthogonal(Math.SQRT2) });
  const narrow = linear(layout, `${name}.feedForward.narrow`, feedForward, width);

  const block = (x: Node, rows: (x: Node) => Node, parameters: Parameters): Node => {
    const normal = normed(x, parameters);
    const of = (part: string, from: Node): Node =>
      project(from, parameters(`${name}.attention.${part}.weight`), parameters(`${name}.attention.${part}.bias`));
    // Scaled here, where the numbers are fewer than in the table of scores.
    const query = mul(of("query", rows(normal)), Math.sqrt(heads / width));
    const [key, value] = split(of("keyValue", normal), [width, width], 2);
    const seen = matMul(
      softmax(matMul(byHead(query, heads, [0, 2, 1, 3]), byHead(key, heads, [0, 2, 3, 1]))),
      byHead(value, heads, [0, 2, 1, 3]),
    );
    const together = reshape(transpose(seen, [0, 2, 1, 3]), query.shape);
    const attended = add(rows(x), out(together, parameters));
    return add(attended, narrow(gelu(wide(normedAgain(attended, parameters), parameters)), parameters));
  };
  return {
    all: (x, parameters) => block(x, (rows) => rows, parameters),
    last: (x, parameters) => {
      const length = x.shape[1] as number;
      return block(x, (rows) => slice(rows, 1, length - 1, length), parameters);
    },
  };
}

/** `[N, L, D]` as `[N, L, heads, D / heads]`, its axes in another order. */
function byHead(x: Node, heads: number, permutation: readonly number[]): Node {
  const [count, length, width] = x.shape;
  return transpose(reshape(x, [count, length, heads, (width as number) / heads]), permutation);
}

/**
 * Where a row stands, `[L, D]`: sin(p·ω) and cos(p·ω) in turn, with ω from 1 down to 1/10,000 (Vaswani et al., 2017, §3.5),
 * p counted back from the newest row, so that a longer lookback leaves the numbers of the newest rows as they are.
 */
export function positions(length: number, width: number): Node {
  const values = Float64Array.from({ length: length * width }, (_, at) => {
    const [row, column] = [Math.floor(at / width), at % width];
    const angle = (length - 1 - row) / 10_000 ** ((column - (column % 2)) / width);
    return column % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
  });
  return constant(values, [length, width]);
}
