/** @file The bodies of networks: from what is seen to hidden features, which a head turns into logits, values or actions. */
import type { Node } from "#tensor/graph.ts";
import type { ParameterLayout, Parameters } from "#tensor/parameters.ts";
import type { MlpConfig } from "./bodies/mlp.ts";
import { mlpBody } from "./bodies/mlp.ts";
import type { Seen, SeenShape } from "./seen.ts";

/** A body whose parameters were added to a layout. */
export interface Body {
  /** Hidden features that it gives. */
  readonly width: number;
  /** Hidden features `[B, width]`, with parameters from an `unpack` of the layout. */
  forward(seen: Seen, parameters: Parameters): Node;
}

/** Adds a body's parameters to a layout, as `<name>.…`. */
type CreateBody<Config> = (layout: ParameterLayout, name: string, shape: SeenShape, config: Config) => Body;

/** Which body, and its sizes. */
type BodyConfig = MlpConfig;

/** `shared`: one body under the heads of a policy and its value, where there are both; else each has its own. */
export type NetworkConfig = BodyConfig & { readonly shared?: boolean };

type BodyName = BodyConfig["body"];

const bodies = { mlp: mlpBody } satisfies {
  [Name in BodyName]: CreateBody<Extract<BodyConfig, { readonly body: Name }>>;
};

/** The body that a configuration asks for. */
export function createBody(layout: ParameterLayout, name: string, shape: SeenShape, config: NetworkConfig): Body {
  const create: CreateBody<NetworkConfig> = bodies[config.body];
  return create(layout, name, shape, config);
}
