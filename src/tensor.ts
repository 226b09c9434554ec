/** @file The door `ploutos/tensor`: symbolic graphs, gradients, layers, Adam, and ONNX to run and to keep them. */
export { encoderBlock } from "#tensor/attention.ts";
export type { Block, BlockSizes } from "#tensor/attention.ts";
export { gradients } from "#tensor/gradient.ts";
export { constant, input } from "#tensor/graph.ts";
export type { Dim, DType, Node, Shape } from "#tensor/graph.ts";
export { constantly, kaiming, ones, orthogonal, uniform, zeros } from "#tensor/initialisers.ts";
export type { Initialiser } from "#tensor/initialisers.ts";
export { layerNorm, linear, mlp } from "#tensor/layers.ts";
export type { Activation, Layer, LinearOptions, MlpOptions } from "#tensor/layers.ts";
export { encodeModel } from "#tensor/onnx/encode.ts";
export { compileLoop, encodeLoop } from "#tensor/onnx/loop.ts";
export type { LoopSpec } from "#tensor/onnx/loop.ts";
export { compile, compileModel } from "#tensor/onnx/session.ts";
export type { Program, ProgramOptions, TypedArray } from "#tensor/onnx/session.ts";
export {
  abs,
  add,
  div,
  erf,
  exp,
  gelu,
  log,
  mul,
  neg,
  relu,
  sigmoid,
  softplus,
  sqrt,
  square,
  sub,
  tanh,
} from "#tensor/ops/elementwise.ts";
export { gemm, matMul, project } from "#tensor/ops/linalg.ts";
export {
  and,
  cast,
  clamp,
  equal,
  greater,
  less,
  lessOrEqual,
  maximum,
  minimum,
  stopGradient,
  where,
} from "#tensor/ops/logic.ts";
export {
  broadcastTo,
  concat,
  distinctOf,
  gather,
  gatherLast,
  oneHot,
  pad,
  reshape,
  scatterAdd,
  slice,
  split,
  transpose,
} from "#tensor/ops/movement.ts";
export { logSoftmax, softmax } from "#tensor/ops/normalisation.ts";
export { max, mean, norm, sum } from "#tensor/ops/reduction.ts";
export { adam, clipByGlobalNorm } from "#tensor/optimizer.ts";
export type { Adam, AdamOptions, AdamRates, AdamState } from "#tensor/optimizer.ts";
export { parameterLayout } from "#tensor/parameters.ts";
export type { ParameterLayout, Parameters } from "#tensor/parameters.ts";
