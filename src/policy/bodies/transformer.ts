/** @file A Transformer encoder over the lookback of each instrument, with weights shared by all, then attention across them. */
import { encoderBlock, positions } from "#tensor/attention.ts";
import type { BlockSizes } from "#tensor/attention.ts";
import { product } from "#tensor/graph.ts";
import { layerNorm, linear } from "#tensor/layers.ts";
import { add } from "#tensor/ops/elementwise.ts";
import { reshape, transpose } from "#tensor/ops/movement.ts";
import type { ParameterLayout } from "#tensor/parameters.ts";
import { invariant } from "#base/invariant.ts";
import type { Encoder } from "../body.ts";
import type { JointLayersConfig } from "../joint-layers.ts";
import type { SeenShape } from "../seen.ts";

export interface TransformerConfig extends JointLayersConfig, BlockSizes {
  readonly body: "transformer";
  /** Blocks over the rows of the lookback, at least 1. */
  readonly layers: number;
  /** Blocks across the instruments after these; of one instrument there are none. */
  readonly acrossLayers: number;
}

/**
 * `[N, I × D]` of windows `[N, L × I × f]`: the rows of each instrument are a sequence, `[N × I, L, f]`, mapped to D numbers
 * each, told where they stand, and read by blocks in which every row looks at every row of its window, all of it past. What
 * the newest row has become stands for its instrument; then the instruments look at one another. Weights are the same for
 * each instrument and none is told which it is: instruments in another order give the same in that order.
 */
export function transformerEncoder(
  layout: ParameterLayout,
  name: string,
  { lookback, columns, instruments = 1 }: SeenShape,
  config: TransformerConfig,
): Encoder {
  const { width, layers } = config;
  const features = columns / instruments;
  invariant(Number.isInteger(features), "instruments have equally many columns", { columns, instruments });
  invariant(layers >= 1, "a Transformer has at least one block over the lookback", { layers });
  const embed = linear(layout, `${name}.embed`, features, width);
  const along = Array.from({ length: layers }, (_, at) => encoderBlock(layout, `${name}.along.${at}`, config));
  const across = Array.from({ length: instruments === 1 ? 0 : config.acrossLayers }, (_, at) =>
    encoderBlock(layout, `${name}.across.${at}`, config),
  );
  const norm = layerNorm(layout, `${name}.norm`, width);
  const places = positions(lookback, width);
  return {
    width: instruments * width,
    encode: (windows, parameters) => {
      const count = windows.shape[0];
      const byInstrument = transpose(reshape(windows, [count, lookback, instruments, features]), [0, 2, 1, 3]);
      const sequences = reshape(byInstrument, [product([count, instruments]), lookback, features]);
      const read = along.reduce(
        (x, block, at) => (at === layers - 1 ? block.last(x, parameters) : block.all(x, parameters)),
        add(embed(sequences, parameters), places),
      );
      const newest = reshape(read, [count, instruments, width]);
      const seen = across.reduce((x, block) => block.all(x, parameters), newest);
      return reshape(norm(seen, parameters), [count, instruments * width]);
    },
  };
}
