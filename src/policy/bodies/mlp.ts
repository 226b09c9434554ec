/** @file A multilayer perceptron over everything that is seen, side by side. */
import type { Node } from "#tensor/graph.ts";
import type { Activation } from "#tensor/layers.ts";
import { activations, inTurn, layersOf } from "#tensor/layers.ts";
import { gemm } from "#tensor/ops/linalg.ts";
import { gather, split } from "#tensor/ops/movement.ts";
import type { ParameterLayout, Parameters } from "#tensor/parameters.ts";
import type { Body } from "../body.ts";
import type { SeenShape, SharedWindows } from "../seen.ts";
import { flatSeen, flatWidth } from "../seen.ts";

export interface MlpConfig {
  readonly body: "mlp";
  /** Units of each hidden layer, the first next to the observation. */
  readonly hidden: readonly number[];
  readonly activation: Activation;
}

/**
 * Finding the windows of a batch, handing out what was computed of them and adding up what comes back takes about as long as
 * multiplying so many columns for each observation: fewer than that saved, on average, are not worth it.
 */
const columnsOfSharing = 256;

export function mlpBody(layout: ParameterLayout, name: string, shape: SeenShape, config: MlpConfig): Body {
  const { hidden, activation } = config;
  const market = shape.lookback * shape.columns;
  const layers = layersOf(layout, name, [flatWidth(shape), ...hidden], { activation });
  const whole = inTurn(layers);
  const rest = inTurn(layers.slice(1));

  /** W·[market, own] + b = (Wm·market + b) + Wa·own, the first part once for each window. */
  const first = (own: Node, { windows, at }: SharedWindows, parameters: Parameters): Node => {
    const [ofMarket, ofOwn] = split(parameters(`${name}.0.weight`), [market, shape.own]);
    const each = gather(gemm(windows, ofMarket, parameters(`${name}.0.bias`)), at);
    return activations[activation](gemm(own, ofOwn, each));
  };

  return {
    width: hidden.at(-1) ?? flatWidth(shape),
    forward: (seen, parameters) => {
      const { shared, own } = seen;
      const pays = shared !== undefined && layers.length > 0 && market * (1 - shared.share) >= columnsOfSharing;
      return pays ? rest(first(own, shared, parameters), parameters) : whole(flatSeen(seen), parameters);
    },
  };
}
