/** @file The bodies of networks: from what is seen to hidden features, which a head turns into logits, values or actions. */
import { invariant } from "#base/invariant.ts";
import type { Node } from "#tensor/graph.ts";
import type { ParameterLayout, Parameters } from "#tensor/parameters.ts";
import type { ConvolutionConfig } from "./bodies/convolution.ts";
import { convolutionEncoder } from "./bodies/convolution.ts";
import type { GruConfig } from "./bodies/gru.ts";
import { gruEncoder } from "./bodies/gru.ts";
import type { MlpConfig } from "./bodies/mlp.ts";
import { mlpEncoder } from "./bodies/mlp.ts";
import type { TransformerConfig } from "./bodies/transformer.ts";
import { transformerEncoder } from "./bodies/transformer.ts";
import { jointLayers } from "./joint-layers.ts";
import type { Seen, SeenShape } from "./seen.ts";

/** A body whose parameters were added to a layout. */
export interface Body {
  /** Hidden features that it gives. */
  readonly width: number;
  /** Hidden features `[B, width]`, with parameters from an `unpack` of the layout. */
  forward(seen: Seen, parameters: Parameters): Node;
}

/** The part of a body that reads windows, and nothing else. */
export interface Encoder {
  /** Numbers that it makes of a window. */
  readonly width: number;
  /** `[N, width]` of windows `[N, L × F]`; N may be known at run time only. */
  encode(windows: Node, parameters: Parameters): Node;
  /** Its cost, in columns that a dense layer would multiply instead; absent: more than any such layer's. */
  readonly columns?: number;
}

/** Adds an encoder's parameters to a layout, as `<name>.…`. */
type CreateEncoder<Config> = (layout: ParameterLayout, name: string, shape: SeenShape, config: Config) => Encoder;

/** Which body, and its sizes. */
type BodyConfig = MlpConfig | GruConfig | ConvolutionConfig | TransformerConfig;

/** `shared`: one body under the heads of a policy and its value, where there are both; else each has its own. */
export type NetworkConfig = BodyConfig & { readonly shared?: boolean };

type BodyName = BodyConfig["body"];

const encoders = {
  mlp: mlpEncoder,
  gru: gruEncoder,
  convolution: convolutionEncoder,
  transformer: transformerEncoder,
} satisfies { [Name in BodyName]: CreateEncoder<Extract<BodyConfig, { readonly body: Name }>> };

/** The body that a configuration asks for: an encoder of the windows, then dense layers over that and the lane's own numbers. */
export function createBody(layout: ParameterLayout, name: string, shape: SeenShape, config: NetworkConfig): Body {
  invariant(config.body === "mlp" || shape.lookback > 0, "a body that reads windows is for worlds with a table", {
    body: config.body,
  });
  const create = encoders[config.body] as CreateEncoder<NetworkConfig>;
  const encoder = create(layout, `${name}.encoder`, shape, config);
  return jointLayers(layout, name, encoder, shape, config);
}
