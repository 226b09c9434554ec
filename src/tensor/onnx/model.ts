/** @file The parts of ONNX's format that we write, as bytes. The tags are those of the published onnx.proto. */
import type { Writer } from "protobufjs/minimal.js";
import protobuf from "protobufjs/minimal.js";
import type { DType, Shape } from "../graph.ts";
import type { OnnxAttribute } from "../ops/definition.ts";
import { onnxType } from "../ops/logic.ts";

/** The operator set whose meaning the ops are written in, and the format version that belongs to it. */
const opsetVersion = 17;
const irVersion = 8;
/** The same of the operators of classical machine learning, which lie in a domain of their own. */
export const classicalDomain = "ai.onnx.ml";
const classicalVersion = 3;

export interface OnnxTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly values: ArrayLike<number>;
}

export interface OnnxNode {
  readonly type: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute | OnnxGraph>>;
  /** Absent: ONNX's own. */
  readonly domain?: typeof classicalDomain;
}

export interface OnnxValue {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DType;
}

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

const varint = 0;
const bytes = 2;
const fixed32 = 5;

/** A field that holds a message; `write` fills it. */
function message(to: Writer, field: number, write: (to: Writer) => void): void {
  to.uint32((field << 3) | bytes).fork();
  write(to);
  to.ldelim();
}

function text(to: Writer, field: number, value: string): void {
  to.uint32((field << 3) | bytes).string(value);
}

function integer(to: Writer, field: number, value: number): void {
  to.uint32((field << 3) | varint).int64(value);
}

/** Element values as little-endian bytes. */
function rawData({ dtype, values }: OnnxTensor): Uint8Array {
  const width = { float32: 4, int64: 8, bool: 1 }[dtype];
  const raw = new DataView(new ArrayBuffer(values.length * width));
  for (let at = 0; at < values.length; at++) {
    if (dtype === "float32") raw.setFloat32(at * 4, values[at], true);
    else if (dtype === "int64") raw.setBigInt64(at * 8, BigInt(values[at]), true);
    else raw.setUint8(at, values[at]);
  }
  return new Uint8Array(raw.buffer);
}

function writeTensor(to: Writer, tensor: OnnxTensor): void {
  for (const dim of tensor.shape) integer(to, 1, dim);
  integer(to, 2, onnxType[tensor.dtype]);
  text(to, 8, tensor.name);
  to.uint32((9 << 3) | bytes).bytes(rawData(tensor));
}

/** Kinds of attribute, AttributeProto.AttributeType. */
const kind = { float: 1, int: 2, string: 3, graph: 5, floats: 6, ints: 7, strings: 8 };

function writeAttribute(to: Writer, name: string, value: OnnxAttribute | OnnxGraph): void {
  text(to, 1, name);
  if (typeof value === "number") {
    integer(to, 3, value);
    integer(to, 20, kind.int);
  } else if (typeof value === "string") {
    to.uint32((4 << 3) | bytes).bytes(new TextEncoder().encode(value));
    integer(to, 20, kind.string);
  } else if ("float" in value) {
    to.uint32((2 << 3) | fixed32).float(value.float);
    integer(to, 20, kind.float);
  } else if ("floats" in value) {
    for (let at = 0; at < value.floats.length; at++) to.uint32((7 << 3) | fixed32).float(value.floats[at]);
    integer(to, 20, kind.floats);
  } else if ("nodes" in value) {
    message(to, 6, (inner) => writeGraph(inner, value));
    integer(to, 20, kind.graph);
  } else if (isTexts(value)) {
    for (const item of value) to.uint32((9 << 3) | bytes).bytes(new TextEncoder().encode(item));
    integer(to, 20, kind.strings);
  } else {
    for (const item of value) integer(to, 8, item);
    integer(to, 20, kind.ints);
  }
}

function isTexts(values: readonly number[] | readonly string[]): values is readonly string[] {
  return typeof values[0] === "string";
}

function writeNode(to: Writer, node: OnnxNode): void {
  for (const name of node.inputs) text(to, 1, name);
  for (const name of node.outputs) text(to, 2, name);
  text(to, 4, node.type);
  for (const [name, value] of Object.entries(node.attributes)) {
    message(to, 5, (inner) => writeAttribute(inner, name, value));
  }
  if (node.domain !== undefined) text(to, 7, node.domain);
}

function writeValue(to: Writer, { name, shape, dtype }: OnnxValue): void {
  text(to, 1, name);
  message(to, 2, (type) =>
    message(type, 1, (tensor) => {
      integer(tensor, 1, onnxType[dtype]);
      message(tensor, 2, (dims) => {
        for (const dim of shape) {
          message(dims, 1, (one) => (typeof dim === "number" ? integer(one, 1, dim) : text(one, 2, dim)));
        }
      });
    }),
  );
}

function writeGraph(to: Writer, graph: OnnxGraph): void {
  for (const node of graph.nodes) message(to, 1, (inner) => writeNode(inner, node));
  text(to, 2, graph.name);
  for (const tensor of graph.initializers) message(to, 5, (inner) => writeTensor(inner, tensor));
  for (const value of graph.inputs) message(to, 11, (inner) => writeValue(inner, value));
  for (const value of graph.outputs) message(to, 12, (inner) => writeValue(inner, value));
}

/** The bytes of a model file: the same graph and metadata always give the same bytes. */
export function modelBytes(graph: OnnxGraph, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const to = protobuf.Writer.create();
  integer(to, 1, irVersion);
  text(to, 2, "ploutos");
  message(to, 7, (inner) => writeGraph(inner, graph));
  message(to, 8, (opset) => {
    text(opset, 1, "");
    integer(opset, 2, opsetVersion);
  });
  if (graph.nodes.some(({ domain }) => domain === classicalDomain)) {
    message(to, 8, (opset) => {
      text(opset, 1, classicalDomain);
      integer(opset, 2, classicalVersion);
    });
  }
  for (const [key, value] of Object.entries(metadata)) {
    message(to, 14, (entry) => {
      text(entry, 1, key);
      text(entry, 2, value);
    });
  }
  return to.finish();
}
