/** @file A head of real numbers: a normal distribution for each dimension of a box, clipped to it or squashed into it. */
import { constantly, orthogonal } from "#tensor/initialisers.ts";
import { linear } from "#tensor/layers.ts";
import { tanh } from "#tensor/ops/elementwise.ts";
import { clamp } from "#tensor/ops/logic.ts";
import { reshape, split } from "#tensor/ops/movement.ts";
import type { ActionHead } from "../action-head.ts";
import type { Box } from "../gaussian.ts";
import { boxed, normalEntropies, normalLogProbability, sampleNormal, squash, toBox } from "../gaussian.ts";

export interface GaussianConfig {
  /** True: tanh x is acted, which no x leaves the box by; false: x itself, clipped at the box. */
  readonly squashed?: boolean | undefined;
  /** What ln σ is: one number for each dimension whatever is seen, or an output of the network. */
  readonly deviation?: "free" | "seen" | undefined;
  /** ln σ at the start, in halves of the box's width. */
  readonly logDeviation?: number | undefined;
}

/** ln σ is held between these: below, the density leaves float32; above, nothing is aimed at. */
const [leastLogDeviation, largestLogDeviation] = [-10, 2];

/**
 * x ~ N(μ, σ) in halves of the box's width around its centre. What is remembered, and judged, is x before it is clipped or
 * squashed: how probable tanh x is differs from it by a factor that no parameter moves, so ratios are the same. Entropies are
 * those of x.
 */
export function gaussianHead(box: Box, config: GaussianConfig = {}): ActionHead {
  const { squashed = false, deviation = "free", logDeviation: start = -0.5 } = config;
  const dimensions = box.low.length;
  const units = new Float32Array(dimensions);
  return {
    answers: "action",
    parts: dimensions,
    keptWidth: dimensions,
    create(layout, name, inputs) {
      const free = deviation === "free";
      const bias = free ? undefined : { bias: constantStart(dimensions, start) };
      const apply = linear(layout, name, inputs, free ? dimensions : 2 * dimensions, {
        weight: orthogonal(0.01),
        ...bias,
      });
      if (free) layout.add(`${name}.logDeviation`, [dimensions], constantly(start));
      return (hidden, parameters) => {
        const numbers = apply(hidden, parameters);
        const [means, spread] = free
          ? [numbers, reshape(parameters(`${name}.logDeviation`), [1, dimensions])]
          : split(numbers, [dimensions, dimensions], 1);
        return { means, logDeviations: clamp(spread, leastLogDeviation, largestLogDeviation) };
      };
    },
    answer: ({ means }) => boxed(squashed ? tanh(means) : clamp(means, -1, 1), box),
    judge: ({ means, logDeviations }, kept) => ({
      logProbability: normalLogProbability(kept, means, logDeviations),
      entropies: normalEntropies(logDeviations),
    }),
    draw({ means, logDeviations }, lane, _, rng, actions, kept, keptAt) {
      const at = lane * dimensions;
      const own = logDeviations.length === dimensions ? logDeviations : logDeviations.subarray(at);
      const logProbability = sampleNormal(means.subarray(at), own, 0, dimensions, rng, kept, keptAt);
      if (squashed) squash(kept, keptAt, dimensions, units, 0);
      else for (let n = 0; n < dimensions; n++) units[n] = Math.min(1, Math.max(-1, kept[keptAt + n]));
      toBox(units, 0, box, actions as Float32Array, at);
      return logProbability;
    },
    writeUnsure: (_, lane, __, into) => void into.fill(Number.NaN, lane * dimensions, (lane + 1) * dimensions),
  };
}

/** Biases of a head that gives means, which start at 0, and then ln σ. */
function constantStart(dimensions: number, logDeviation: number): () => Float32Array {
  return () => new Float32Array(2 * dimensions).fill(logDeviation, dimensions);
}
