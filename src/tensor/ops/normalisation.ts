/** @file Softmax, its logarithm, and layer normalisation. */
import { invariant } from "#base/invariant.ts";
import { axisOf, showShape, sizeAt } from "../graph.ts";
import type { Node } from "../graph.ts";
import { builder, requireFloats } from "./definition.ts";
import type { Definitions, Tensor } from "./definition.ts";
import { add, div, exp, mul, sqrt, square, sub } from "./elementwise.ts";
import { mean, unstretch } from "./reduction.ts";

type Normalisation = "softmax" | "logSoftmax" | "layerNorm";

/** Applies a function to each line of numbers along an axis. */
function alongAxis({ shape, data }: Tensor, axis: number, apply: (line: Float64Array) => Float64Array): Float64Array {
  const length = shape[axis];
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const result = new Float64Array(data.length);
  for (let line = 0; line < data.length / length; line++) {
    const start = Math.floor(line / inner) * length * inner + (line % inner);
    const values = apply(Float64Array.from({ length }, (_, at) => data[start + at * inner]));
    values.forEach((value, at) => (result[start + at * inner] = value));
  }
  return result;
}

/** log Σeˣ, shifted by the largest so that nothing overflows. */
function logSumExp(line: Float64Array): number {
  const largest = line.reduce((a, b) => Math.max(a, b), -Infinity);
  return largest + Math.log(line.reduce((so, x) => so + Math.exp(x - largest), 0));
}

/** The total over one axis of a gradient that may not have been stretched to the full shape yet. */
function totalAlong(axis: number, gradient: Node, node: Node): Node {
  return unstretch(
    gradient,
    node.shape,
    node.shape.map((dim, at) => (at === axis ? 1 : dim)),
  );
}

export const normalisation: Definitions<Normalisation> = {
  softmax: {
    infer: ([x]) => {
      requireFloats("softmax", [x]);
      return { shape: x.shape, dtype: "float32" };
    },
    gradient: (node, upstream) => {
      const y: Node = node;
      const weighted = mul(upstream, y);
      return [sub(weighted, mul(y, totalAlong(node.attributes.axis, weighted, y)))];
    },
    lower: ({ attributes: { axis } }, [x], to) => to.emit("Softmax", [x], { axis }),
    evaluate: ({ attributes: { axis } }, [x]) =>
      alongAxis(x, axis, (line) => {
        const log = logSumExp(line);
        return line.map((value) => Math.exp(value - log));
      }),
  },
  logSoftmax: {
    infer: ([x]) => {
      requireFloats("softmax", [x]);
      return { shape: x.shape, dtype: "float32" };
    },
    gradient: (node, upstream) => {
      const y: Node = node;
      return [sub(upstream, mul(exp(y), totalAlong(node.attributes.axis, upstream, y)))];
    },
    lower: ({ attributes: { axis } }, [x], to) => to.emit("LogSoftmax", [x], { axis }),
    evaluate: ({ attributes: { axis } }, [x]) =>
      alongAxis(x, axis, (line) => {
        const log = logSumExp(line);
        return line.map((value) => value - log);
      }),
  },
  layerNorm: {
    infer: ([x, gain, bias]) => {
      requireFloats("layerNorm", [x, gain, bias]);
      const width = x.shape.at(-1);
      invariant(
        [gain, bias].every(({ shape }) => shape.length === 1 && shape[0] === width),
        "gain and bias of a layer norm are as long as the last axis",
        { x: showShape(x.shape), gain: showShape(gain.shape), bias: showShape(bias.shape) },
      );
      return { shape: x.shape, dtype: "float32" };
    },
    gradient: (node, upstream) => {
      const [x, gain] = node.inputs;
      const centred = sub(x, mean(x, -1, true));
      const deviation = sqrt(add(mean(square(centred), -1, true), node.attributes.epsilon));
      const unit = div(centred, deviation);
      const byUnit = mul(upstream, gain);
      // The two means are what centring and scaling take away from the gradient.
      const inward = sub(sub(byUnit, mean(byUnit, -1, true)), mul(unit, mean(mul(byUnit, unit), -1, true)));
      const width = [sizeAt(x.shape, -1)];
      return [
        div(inward, deviation),
        unstretch(mul(upstream, unit), node.shape, width),
        unstretch(upstream, node.shape, width),
      ];
    },
    lower: ({ attributes: { epsilon } }, inputs, to) =>
      to.emit("LayerNormalization", inputs, { axis: -1, epsilon: { float: epsilon } }),
    evaluate: ({ attributes: { epsilon } }, [x, gain, bias]) =>
      alongAxis(x, x.shape.length - 1, (line) => {
        const centre = line.reduce((a, b) => a + b, 0) / line.length;
        const variance = line.reduce((so, value) => so + (value - centre) ** 2, 0) / line.length;
        const deviation = Math.sqrt(variance + epsilon);
        return line.map((value, at) => ((value - centre) / deviation) * gain.data[at] + bias.data[at]);
      }),
  },
};

const build = builder<Normalisation>(normalisation);

export function softmax(x: Node, axis = -1): Node {
  return build("softmax", [x], { axis: axisOf(axis, x.shape.length) });
}

/** log softmax, x − log Σeˣ. */
export function logSoftmax(x: Node, axis = -1): Node {
  return build("logSoftmax", [x], { axis: axisOf(axis, x.shape.length) });
}

/** Layer normalisation over the last axis (Ba, Kiros and Hinton, 2016): gain and bias are `[N]`. */
export function layerNorm(x: Node, gain: Node, bias: Node, epsilon = 1e-5): Node {
  return build("layerNorm", [x, gain, bias], { epsilon });
}
