/** @file A temporal convolution over the lookback: residual blocks of dilated causal convolutions. */
import type { Node } from "#tensor/graph.ts";
import { orthogonal, zeros } from "#tensor/initialisers.ts";
import { linear } from "#tensor/layers.ts";
import { add, relu } from "#tensor/ops/elementwise.ts";
import { project } from "#tensor/ops/linalg.ts";
import { concat, pad, reshape, slice } from "#tensor/ops/movement.ts";
import type { ParameterLayout, Parameters } from "#tensor/parameters.ts";
import type { Encoder } from "../body.ts";
import type { JointLayersConfig } from "../joint-layers.ts";
import type { SeenShape } from "../seen.ts";

export interface ConvolutionConfig extends JointLayersConfig {
  readonly body: "convolution";
  /** Channels of each block, the first next to the observation; block i looks 2ⁱ rows apart. */
  readonly channels: readonly number[];
  /** Rows that one convolution looks at. */
  readonly kernel: number;
}

/** Applies to `[N, L, C]`. */
type Convolution = (x: Node, parameters: Parameters) => Node;

/**
 * What the last row of a window `[N, channels.at(-1)]` is after residual blocks relu(x + relu(conv(relu(conv(x))))) (Bai et
 * al., 2018, https://arxiv.org/abs/1803.01271, without its weight normalisation and dropout; a block that changes the number
 * of channels has a linear map on its way past). It sees 1 + 2·(kernel − 1)·(2ᵇ − 1) rows with b blocks.
 */
export function convolutionEncoder(
  layout: ParameterLayout,
  name: string,
  { lookback, columns }: SeenShape,
  { channels, kernel }: ConvolutionConfig,
): Encoder {
  const blocks = channels.map((outputs, at): Convolution => {
    const inputs = at === 0 ? columns : channels[at - 1];
    const block = `${name}.${at}`;
    const first = causal(layout, `${block}.first`, [inputs, outputs], kernel, 2 ** at);
    const second = causal(layout, `${block}.second`, [outputs, outputs], kernel, 2 ** at);
    const past = inputs === outputs ? undefined : linear(layout, `${block}.past`, inputs, outputs);
    return (x, parameters) => {
      const changed = relu(second(relu(first(x, parameters)), parameters));
      return relu(add(past === undefined ? x : past(x, parameters), changed));
    };
  });
  const width = channels.at(-1) ?? columns;
  return {
    width,
    encode: (windows, parameters) => {
      const count = windows.shape[0];
      const rows = reshape(windows, [count, lookback, columns]);
      const read = blocks.reduce((x, block) => block(x, parameters), rows);
      return reshape(slice(read, 1, lookback - 1, lookback), [count, width]);
    },
  };
}

/** A causal convolution: row t reads rows t, t − dilation, …, and zeros before the window. One product for all rows. */
function causal(
  layout: ParameterLayout,
  name: string,
  [inputs, outputs]: readonly [number, number],
  kernel: number,
  dilation: number,
): Convolution {
  layout.add(`${name}.weight`, [kernel * inputs, outputs], orthogonal(Math.SQRT2));
  layout.add(`${name}.bias`, [outputs], zeros);
  return (x, parameters) => {
    const length = x.shape[1] as number;
    const back = (rows: number): Node => slice(pad(x, 1, Math.min(rows, length), 0), 1, 0, length);
    const taps = Array.from({ length: kernel }, (_, tap) => back((kernel - 1 - tap) * dilation));
    return project(concat(taps, 2), parameters(`${name}.weight`), parameters(`${name}.bias`));
  };
}
