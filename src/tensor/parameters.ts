/** @file All parameters of a model in one flat vector: one Split to use them, one Adam to change them. */
import { invariant } from "#base/invariant.ts";
import type { Rng } from "#base/rng.ts";
import { count, showShape } from "./graph.ts";
import type { Node } from "./graph.ts";
import type { Initialiser } from "./initialisers.ts";
import { concat, reshape, split } from "./ops/movement.ts";

/** Finds a parameter by its name, in its own shape. */
export type Parameters = (name: string) => Node;

interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  /** Where it begins in the flat vector. */
  readonly offset: number;
}

export interface ParameterLayout {
  /** Appends a parameter; layers call this while a network is put together. */
  add(name: string, shape: readonly number[], initialise: Initialiser): void;
  /** The parameters so far, in the order of the vector. */
  readonly parameters: readonly Parameter[];
  /** How many numbers the flat vector holds. */
  readonly size: number;
  /** First values. Each parameter draws from its own stream, named as it is, so adding one changes no other. */
  initialise(rng: Rng): Float32Array;
  /** The parameters as parts of a flat vector `[size]`: one Split. */
  unpack(flat: Node): Parameters;
  /** A flat vector `[size]` of one node for each parameter: one Concat. */
  pack(values: Parameters): Node;
}

export function parameterLayout(): ParameterLayout {
  const parameters: (Parameter & { readonly initialise: Initialiser })[] = [];
  let size = 0;
  return {
    add: (name, shape, initialise) => {
      invariant(
        parameters.every((parameter) => parameter.name !== name),
        "parameters have names of their own",
        { name },
      );
      parameters.push({ name, shape, offset: size, initialise });
      size += count(shape);
    },
    parameters,
    get size() {
      return size;
    },
    initialise: (rng) => {
      const flat = new Float32Array(size);
      for (const { name, shape, offset, initialise } of parameters) flat.set(initialise(shape, rng.fork(name)), offset);
      return flat;
    },
    unpack: (flat) => {
      invariant(flat.shape.length === 1 && flat.shape[0] === size, "a flat vector holds all parameters", {
        size,
        shape: showShape(flat.shape),
      });
      const parts = split(
        flat,
        parameters.map(({ shape }) => count(shape)),
      );
      const nodes = new Map(parameters.map(({ name, shape }, at) => [name, reshape(parts[at], shape)]));
      return (name) => {
        const node = nodes.get(name);
        invariant(node !== undefined, "a parameter was added before it is used", { name });
        return node;
      };
    },
    pack: (values) => concat(parameters.map(({ name, shape }) => reshape(values(name), [count(shape)]))),
  };
}
