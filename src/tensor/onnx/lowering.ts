/** @file Writes nodes of our graph as nodes of an ONNX graph: each distinct computation once, the unused never. */
import { invariant } from "#base/invariant.ts";
import { checkName, fixedShape, inOrder, is, showShape } from "../graph.ts";
import type { Node } from "../graph.ts";
import type { Emitter } from "../ops/definition.ts";
import { definitionOf } from "../ops/table.ts";
import type { OnnxGraph, OnnxNode, OnnxTensor, OnnxValue } from "./model.ts";

/** One ONNX graph in the making; the body of a loop has the graph around it as its outer scope. */
export interface Scope {
  /** Gives a node that is fed or carried the name under which it is known here. */
  bind(node: Node, name: string): void;
  /** The name of a node's value; written here, or outside if nothing in it changes from one iteration to the next. */
  lower(node: Node): string;
  /** As `lower`, but a value that a node of this very graph makes and that no other output has. */
  result(node: Node): string;
  /** Calls a value of `result` by another name, everywhere. */
  rename(value: string, name: string): void;
  /** Adds a node as it is and returns its outputs. */
  add(node: Omit<OnnxNode, "outputs">, outputs: number): readonly string[];
  fresh(): string;
  inner(): Scope;
  finish(name: string, inputs: readonly OnnxValue[], outputs: readonly OnnxValue[]): OnnxGraph;
}

const commutative = new Set(["Add", "Mul", "Min", "Max", "Equal", "And"]);

/** What all graphs of one model share. */
interface Whole {
  /** Number of the next name, which must be unique across the model. */
  next: number;
  readonly mostParts: number;
}

export interface LoweringOptions {
  /** Parts that one node may split into or be joined of; absent: any number. */
  readonly mostParts?: number | undefined;
}

export function createScope({ mostParts = Number.POSITIVE_INFINITY }: LoweringOptions = {}): Scope {
  return scopeWithin(undefined, { next: 0, mostParts });
}

function scopeWithin(outer: Scope | undefined, whole: Whole): Scope {
  const nodes: OnnxNode[] = [];
  const initializers: OnnxTensor[] = [];
  const known = new Map<Node, string>();
  const varying = new Set<Node>();
  const shared = new Map<string, unknown>();
  const made = new Set<string>();
  const taken = new Set<string>();
  const renamed = new Map<string, string>();

  const fresh = (): string => `_${whole.next++}`;

  const add: Scope["add"] = (node, outputs) => {
    const values = Array.from({ length: outputs }, fresh);
    nodes.push({ ...node, outputs: values });
    for (const value of values) made.add(value);
    return values;
  };
  const once: Emitter["shared"] = (key, make) => {
    if (!shared.has(key)) shared.set(key, make());
    return shared.get(key) as ReturnType<typeof make>;
  };
  const emitter: Emitter = {
    mostParts: whole.mostParts,
    emitMany: (type, inputs, outputs, attributes = {}) => {
      const order = commutative.has(type) ? inputs.toSorted() : inputs;
      return once(`${type}(${order.join()})${JSON.stringify(attributes)}`, () =>
        add({ type, inputs, attributes }, outputs),
      );
    },
    emit: (type, inputs, attributes) => emitter.emitMany(type, inputs, 1, attributes)[0],
    store: (values, shape, dtype) =>
      once(`${dtype} ${showShape(shape)} ${Array.from(values).join()}`, () => {
        const name = fresh();
        initializers.push({ name, values, shape, dtype });
        return name;
      }),
    shared: once,
  };

  const lowerOne = (node: Node): string => {
    if (is(node, "constant")) return emitter.store(node.attributes.values, fixedShape(node.shape), node.dtype);
    if (outer && !varying.has(node)) return outer.lower(node);
    invariant(!is(node, "input"), "every input of a graph is fed or carried", node.attributes as { name?: string });
    const inputs = node.inputs.map((input) => lower(input));
    return definitionOf(node).lower(node, inputs, emitter);
  };
  const lower = (output: Node): string => {
    if (known.has(output)) return known.get(output)!;
    for (const node of inOrder([output])) {
      if (known.has(node)) continue;
      if (node.inputs.some((input) => varying.has(input))) varying.add(node);
      // What does not vary is written only when something that varies asks for it, so that it leaves no trace here.
      if (!outer || varying.has(node) || node === output) known.set(node, lowerOne(node));
    }
    return known.get(output)!;
  };

  const scope: Scope = {
    bind: (node, name) => {
      known.set(node, name);
      varying.add(node);
    },
    lower,
    result: (node) => {
      const value = lower(node);
      const own = made.has(value) && !taken.has(value);
      const name = own ? value : add({ type: "Identity", inputs: [value], attributes: {} }, 1)[0];
      taken.add(name);
      return name;
    },
    rename: (value, name) => {
      checkName(name);
      renamed.set(value, name);
    },
    add,
    fresh,
    inner: () => scopeWithin(scope, whole),
    finish: (name, inputs, outputs) => {
      const seen = [...inputs, ...outputs].map((value) => value.name);
      invariant(new Set(seen).size === seen.length, "inputs and outputs have names of their own", {
        names: seen.join(),
      });
      return renameAll({ name, nodes, initializers, inputs, outputs }, renamed);
    },
  };
  return scope;
}

function renameAll(graph: OnnxGraph, names: ReadonlyMap<string, string>): OnnxGraph {
  if (names.size === 0) return graph;
  const renamed = (list: readonly string[]): string[] => list.map((name) => names.get(name) ?? name);
  return {
    ...graph,
    nodes: graph.nodes.map((node) => ({
      ...node,
      inputs: renamed(node.inputs),
      outputs: renamed(node.outputs),
      attributes: Object.fromEntries(
        Object.entries(node.attributes).map(([name, value]) => [
          name,
          typeof value === "object" && "nodes" in value ? renameAll(value, names) : value,
        ]),
      ),
    })),
  };
}
