/** @file What an op has to say about itself, and how a node is built from that. */
import { invariant } from "#base/invariant.ts";
import { constant, count, fixedShape, is } from "../graph.ts";
import type { DType, Node, OpAttributes, OpName, Shape } from "../graph.ts";

/** A value of the reference evaluation; booleans are 0 and 1. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** Whole numbers and texts as they are; real numbers say that they are. */
export type OnnxAttribute =
  | number
  | readonly number[]
  | string
  | readonly string[]
  | { readonly float: number }
  | { readonly floats: ArrayLike<number> };

/** Where ops write their ONNX nodes to. Values are known by name. */
export interface Emitter {
  /** Adds one ONNX node and returns the names of its outputs (one unless said otherwise). */
  emit(type: string, inputs: readonly string[], attributes?: Readonly<Record<string, OnnxAttribute>>): string;
  emitMany(
    type: string,
    inputs: readonly string[],
    outputs: number,
    attributes?: Readonly<Record<string, OnnxAttribute>>,
  ): readonly string[];
  /** Parts that one node may split into or be joined of: graphics processors take few. */
  readonly mostParts: number;
  /** A stored tensor; equal ones are stored once. */
  store(values: ArrayLike<number>, shape: readonly number[], dtype: DType): string;
  /** Something that several nodes share, made at the first call with this key. */
  shared<Value>(key: string, make: () => Value): Value;
}

/** One op: its shape, its gradient, its form in ONNX and its meaning in plain TypeScript. */
export interface OpDefinition<Op extends OpName = OpName> {
  /** Shape and type of the result; throws if the op makes no sense for these inputs. */
  infer(inputs: readonly Node[], attributes: OpAttributes[Op]): { readonly shape: Shape; readonly dtype: DType };
  /** A simpler node of the same value, if there is one. */
  simplify?(inputs: readonly Node[], attributes: OpAttributes[Op]): Node | undefined;
  /**
   * The gradient of the loss by each input, given the one by the output (`upstream`). What is returned may be of any
   * shape that broadcasts to the input's, or larger along axes that the input stretched over; undefined means none.
   */
  gradient(node: Node<Op>, upstream: Node): readonly (Node | undefined)[];
  /** Writes the node as ONNX and returns the name of its value. */
  lower(node: Node<Op>, inputs: readonly string[], to: Emitter): string;
  /** The value, computed plainly in double precision: the oracle of the tests. */
  evaluate(node: Node<Op>, inputs: readonly Tensor[]): Float64Array;
}

export type Definitions<Op extends OpName> = { readonly [Name in Op]: OpDefinition<Name> };

/** Constants up to this many numbers are computed while the graph is built. */
const foldUpTo = 65_536;

function valueOf(node: Node): Tensor | undefined {
  return is(node, "constant") ? { shape: fixedShape(node.shape), data: node.attributes.values } : undefined;
}

/** The builder of a family of ops: infers the shape, simplifies, and computes at once what is already known. */
export function builder<Op extends OpName>(
  definitions: Definitions<Op>,
): <Name extends Op>(op: Name, inputs: readonly Node[], attributes: OpAttributes[Name]) => Node {
  return (op, inputs, attributes) => {
    const definition = definitions[op] as OpDefinition<typeof op>;
    const { shape, dtype } = definition.infer(inputs, attributes);
    const node: Node<typeof op> = { op, inputs, shape, dtype, attributes };
    const known = inputs.map(valueOf);
    if (known.length > 0 && known.every((value) => value !== undefined) && count(shape) <= foldUpTo) {
      return constant(definition.evaluate(node, known), fixedShape(shape), dtype);
    }
    return definition.simplify?.(inputs, attributes) ?? node;
  };
}

/** The number that a constant holds everywhere, or undefined if it is no such constant. */
export function uniformValue(node: Node): number | undefined {
  if (!is(node, "constant")) return undefined;
  const { values } = node.attributes;
  return values.length > 0 && values.every((value) => value === values[0]) ? values[0] : undefined;
}

/** A node, or a number that stands for a scalar constant. */
export type Operand = Node | number;

/** Two operands as nodes; a number beside a node takes the node's type. */
export function pair(a: Operand, b: Operand): [Node, Node] {
  const left = typeof a === "number" ? constant(a, [], typeof b === "number" ? "float32" : b.dtype) : a;
  return [left, typeof b === "number" ? constant(b, [], left.dtype) : b];
}

/** Throws unless all inputs are float32. */
export function requireFloats(operation: string, inputs: readonly Node[]): void {
  for (const { dtype } of inputs) {
    invariant(dtype === "float32", "this op works on float32", { operation, found: dtype });
  }
}

/** A node of one ONNX node without attributes. */
export function as(type: string): (node: Node, inputs: readonly string[], to: Emitter) => string {
  return (_node, inputs, to) => to.emit(type, inputs);
}
