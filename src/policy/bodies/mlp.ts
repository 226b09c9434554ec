/** @file A multilayer perceptron over everything that is seen, side by side: its dense layers read the windows as they are. */
import type { ParameterLayout } from "#tensor/parameters.ts";
import type { Encoder } from "../body.ts";
import type { JointLayersConfig } from "../joint-layers.ts";
import type { SeenShape } from "../seen.ts";

export interface MlpConfig extends JointLayersConfig {
  readonly body: "mlp";
}

export function mlpEncoder(_layout: ParameterLayout, _name: string, { lookback, columns }: SeenShape): Encoder {
  return { width: lookback * columns, encode: (windows) => windows, columns: lookback * columns };
}
