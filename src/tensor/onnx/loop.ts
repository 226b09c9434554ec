/** @file A whole phase of updates as one ONNX Loop: one call from here, however many iterations. */
import { invariant } from "#base/invariant.ts";
import { fixedShape, input, sameShape, showShape } from "../graph.ts";
import type { Node } from "../graph.ts";
import { gather } from "../ops/movement.ts";
import { createScope } from "./lowering.ts";
import type { LoweringOptions, Scope } from "./lowering.ts";
import { modelBytes } from "./model.ts";
import type { OnnxGraph, OnnxValue } from "./model.ts";
import { compileModel, loweringFor } from "./session.ts";
import type { Program, ProgramOptions } from "./session.ts";

/** The name under which the number of iterations is fed: one int64. */
const iterationsInput = "iterations";

export interface LoopSpec {
  /** Inputs that every iteration sees unchanged. What is computed from them alone is computed once, before the loop. */
  readonly invariants: readonly Node<"input">[];
  /** Inputs whose value at iteration i is row i of what is fed under their name, `[iterations, …]`. */
  readonly perIteration: readonly Node<"input">[];
  /** State that goes round: `state` is fed at first, then `next` takes its place. */
  readonly carried: readonly { readonly state: Node<"input">; readonly next: Node }[];
  /** What is told of each iteration, a number or a tensor; it comes out as `[iterations run, …]`. */
  readonly metrics: Readonly<Record<string, Node>>;
  /** A bool; where it is false, this iteration is the last. Its own update still counts. */
  readonly continueWhile?: Node;
}

/** What a loop gives back: each state's last value under the state's name with this suffix, and each metric under its own. */
const lastSuffix = ".last";

/** The model of a loop, as bytes. Besides the inputs of the spec it takes `iterations`. */
export function encodeLoop(
  spec: LoopSpec,
  metadata: Readonly<Record<string, string>> = {},
  options: LoweringOptions = {},
): Uint8Array {
  const scope = createScope(options);
  const values: OnnxValue[] = [];
  const declare = (name: string, { shape, dtype }: Pick<Node, "shape" | "dtype">): string => {
    values.push({ name, shape, dtype });
    return name;
  };
  declare(iterationsInput, { shape: [], dtype: "int64" });
  for (const node of spec.invariants) scope.bind(node, declare(node.attributes.name, node));
  const tables = spec.perIteration.map((node) => {
    const shape = [iterationsInput, ...node.shape];
    declare(node.attributes.name, { shape, dtype: node.dtype });
    const table = input(node.attributes.name, shape, node.dtype);
    scope.bind(table, node.attributes.name);
    return { node, table };
  });
  const initial = spec.carried.map(({ state }) => declare(state.attributes.name, state));

  const metrics = Object.entries(spec.metrics);
  const body = bodyOf(spec, tables, scope.inner());
  const results = scope.add(
    { type: "Loop", inputs: [iterationsInput, "", ...initial], attributes: { body } },
    initial.length + metrics.length,
  );
  const outputs = [
    ...spec.carried.map(({ state }) => ({
      name: `${state.attributes.name}${lastSuffix}`,
      shape: state.shape,
      dtype: state.dtype,
    })),
    ...metrics.map(([name, { shape, dtype }]) => ({ name, shape: [`${name}.count`, ...fixedShape(shape)], dtype })),
  ];
  outputs.forEach(({ name }, at) => scope.rename(results[at], name));
  return modelBytes(scope.finish("loop", values, outputs), metadata);
}

function bodyOf(
  { carried, metrics, continueWhile }: LoopSpec,
  tables: readonly { node: Node; table: Node }[],
  scope: Scope,
): OnnxGraph {
  const iteration = input("iteration", [], "int64");
  const goingOn = input("going-on", [], "bool");
  const parameters = [iteration, goingOn, ...carried.map(({ state }) => state)];
  const inputs = parameters.map((node) => {
    const name = scope.fresh();
    scope.bind(node, name);
    return { name, shape: node.shape, dtype: node.dtype };
  });
  for (const { node, table } of tables) scope.bind(node, scope.lower(gather(table, iteration)));

  const result = (node: Node): OnnxValue => ({ name: scope.result(node), shape: node.shape, dtype: node.dtype });
  const condition = continueWhile ?? goingOn;
  invariant(condition.dtype === "bool" && condition.shape.length === 0, "a loop goes on while one bool holds", {
    dtype: condition.dtype,
    shape: showShape(condition.shape),
  });
  const outputs = [result(condition)];
  for (const { state, next } of carried) {
    invariant(sameShape(state.shape, next.shape) && state.dtype === next.dtype, "a state keeps its shape and type", {
      state: state.attributes.name,
      shape: showShape(state.shape),
      next: showShape(next.shape),
    });
    outputs.push(result(next));
  }
  for (const node of Object.values(metrics)) outputs.push(result(node));
  return scope.finish("body", inputs, outputs);
}

/**
 * A program that runs up to `iterations` (fed, one int64) iterations. It gives each state's last value as
 * `<state>.last`, and each metric of the iterations that were run, one after the other.
 */
export async function compileLoop(spec: LoopSpec, options: ProgramOptions = {}): Promise<Program> {
  return compileModel(encodeLoop(spec, {}, loweringFor(options)), options);
}
