/** @file The dense layers of a body, over what its encoder made of a window and the lane's own numbers. */
import { invariant } from "#base/invariant.ts";
import type { Node } from "#tensor/graph.ts";
import type { Activation } from "#tensor/layers.ts";
import { activations, inTurn, layersOf } from "#tensor/layers.ts";
import { gemm } from "#tensor/ops/linalg.ts";
import { gather, split } from "#tensor/ops/movement.ts";
import type { ParameterLayout, Parameters } from "#tensor/parameters.ts";
import type { Body, Encoder } from "./body.ts";
import { flatSeen } from "./seen.ts";
import type { Seen, SeenShape, SharedWindows } from "./seen.ts";

export interface JointLayersConfig {
  /** Units of each hidden layer, the first next to the observation. */
  readonly hidden: readonly number[];
  readonly activation: Activation;
}

/**
 * Finding the windows of a batch, handing out what was computed of them and adding up what comes back takes about as long as
 * multiplying so many columns for each observation: fewer than that saved, on average, are not worth it.
 */
const columnsOfSharing = 256;

/**
 * Layers over [encoded, own]. What depends on the window alone is computed once for observations that share one, the first
 * layer's part of it too, exactly: W·[encoded, own] + b = (Wm·encoded + b) + Wa·own.
 */
export function jointLayers(
  layout: ParameterLayout,
  name: string,
  encoder: Encoder,
  { lookback, own: ownWidth }: SeenShape,
  { hidden, activation }: JointLayersConfig,
): Body {
  const layers = layersOf(layout, name, [encoder.width + ownWidth, ...hidden], { activation });
  const [whole, rest] = [inTurn(layers), inTurn(layers.slice(1))];
  const pays = ({ share }: SharedWindows): boolean =>
    layers.length > 0 && (1 - share) * (encoder.columns ?? Infinity) >= columnsOfSharing;

  const first = (own: Node, { windows, at }: SharedWindows, parameters: Parameters): Node => {
    const [ofMarket, ofOwn] = split(parameters(`${name}.0.weight`), [encoder.width, ownWidth]);
    const market = gemm(encoder.encode(windows, parameters), ofMarket, parameters(`${name}.0.bias`));
    return activations[activation](gemm(own, ofOwn, gather(market, at)));
  };
  const beside = ({ windows, own }: Seen, parameters: Parameters): Node => {
    if (lookback === 0) return own;
    invariant(windows !== undefined, "there are windows where a table is seen");
    return flatSeen({ windows: encoder.encode(windows, parameters), own });
  };
  return {
    width: hidden.at(-1) ?? encoder.width + ownWidth,
    forward: (seen, parameters) => {
      const { shared, own } = seen;
      if (shared !== undefined && pays(shared)) return rest(first(own, shared, parameters), parameters);
      return whole(beside(seen, parameters), parameters);
    },
  };
}
