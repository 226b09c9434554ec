/** @file Layers: each adds its parameters to a layout and gives the function that applies it. */
import { orthogonal, ones, zeros } from "./initialisers.ts";
import type { Initialiser } from "./initialisers.ts";
import type { Node } from "./graph.ts";
import { gelu as geluOp, relu, tanh } from "./ops/elementwise.ts";
import { project } from "./ops/linalg.ts";
import { layerNorm as layerNormOp } from "./ops/normalisation.ts";
import type { ParameterLayout, Parameters } from "./parameters.ts";

/** Applies a layer to `[…, inputs]`, with parameters from an `unpack` of the layout it was added to. */
export type Layer = (x: Node, parameters: Parameters) => Node;

export type Activation = "tanh" | "relu" | "gelu";

/** The functions behind the names. */
export const activations = { tanh, relu, gelu: geluOp } satisfies Record<Activation, (x: Node) => Node>;

export interface LinearOptions {
  /** First weights; orthogonal by default. */
  readonly weight?: Initialiser;
  readonly bias?: Initialiser;
}

/** x·W + b: weights `[inputs, outputs]` as `<name>.weight`, bias `[outputs]` as `<name>.bias`. */
export function linear(
  layout: ParameterLayout,
  name: string,
  inputs: number,
  outputs: number,
  { weight = orthogonal(), bias = zeros }: LinearOptions = {},
): Layer {
  layout.add(`${name}.weight`, [inputs, outputs], weight);
  layout.add(`${name}.bias`, [outputs], bias);
  return (x, parameters) => project(x, parameters(`${name}.weight`), parameters(`${name}.bias`));
}

/** Layer normalisation over the last axis, with gain and bias `[width]`. */
export function layerNorm(layout: ParameterLayout, name: string, width: number): Layer {
  layout.add(`${name}.gain`, [width], ones);
  layout.add(`${name}.bias`, [width], zeros);
  return (x, parameters) => layerNormOp(x, parameters(`${name}.gain`), parameters(`${name}.bias`));
}

export interface MlpOptions {
  readonly activation?: Activation;
  /** First weights of the hidden layers; orthogonal with gain √2 by default, as is usual in reinforcement learning. */
  readonly weight?: Initialiser;
  /** First weights of the last layer, which has no activation; orthogonal with gain 1 by default. */
  readonly outputWeight?: Initialiser;
  /** Normalise each hidden layer before its activation. */
  readonly normalise?: boolean;
}

/** Layers `sizes[0]` → … → `sizes.at(-1)`, each linear with an activation after it, one by one. */
export function layersOf(
  layout: ParameterLayout,
  name: string,
  sizes: readonly number[],
  { activation = "tanh", weight = orthogonal(Math.SQRT2), normalise = false }: MlpOptions = {},
): readonly Layer[] {
  return sizes.slice(1).map((outputs, at): Layer => {
    const apply = linear(layout, `${name}.${at}`, sizes[at], outputs, { weight });
    const normed = normalise ? layerNorm(layout, `${name}.${at}.norm`, outputs) : undefined;
    return (x, parameters) => {
      const sum = apply(x, parameters);
      return activations[activation](normed ? normed(sum, parameters) : sum);
    };
  });
}

/** One layer that applies these one after the other. */
export function inTurn(layers: readonly Layer[]): Layer {
  return (x, parameters) => layers.reduce((hidden, layer) => layer(hidden, parameters), x);
}

/** Linear layers `sizes[0]` → … → `sizes.at(-1)` with an activation after all but the last. */
export function mlp(
  layout: ParameterLayout,
  name: string,
  sizes: readonly number[],
  { outputWeight = orthogonal(), ...options }: MlpOptions = {},
): Layer {
  const last = sizes.length - 2;
  const hidden = inTurn(layersOf(layout, name, sizes.slice(0, -1), options));
  const output = linear(layout, `${name}.${last}`, sizes[last], sizes[last + 1], { weight: outputWeight });
  return (x, parameters) => output(hidden(x, parameters), parameters);
}
