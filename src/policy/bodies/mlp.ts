/** @file A multilayer perceptron over everything that is seen, side by side. */
import type { Activation } from "#tensor/layers.ts";
import { hiddenLayers } from "#tensor/layers.ts";
import type { ParameterLayout } from "#tensor/parameters.ts";
import type { Body } from "../body.ts";
import type { SeenShape } from "../seen.ts";
import { flatSeen, flatWidth } from "../seen.ts";

export interface MlpConfig {
  readonly body: "mlp";
  /** Units of each hidden layer, the first next to the observation. */
  readonly hidden: readonly number[];
  readonly activation: Activation;
}

export function mlpBody(layout: ParameterLayout, name: string, shape: SeenShape, config: MlpConfig): Body {
  const { hidden, activation } = config;
  const apply = hiddenLayers(layout, name, [flatWidth(shape), ...hidden], { activation });
  return {
    width: hidden.at(-1) ?? flatWidth(shape),
    forward: (seen, parameters) => apply(flatSeen(seen), parameters),
  };
}
