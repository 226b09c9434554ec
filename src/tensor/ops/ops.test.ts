/** @file Every op of the table: gradients against finite differences, ONNX Runtime against the reference. */
import { expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import { gradients } from "../gradient.ts";
import { inOrder } from "../graph.ts";
import type { Node } from "../graph.ts";
import { compile } from "../onnx/session.ts";
import type { TypedArray } from "../onnx/session.ts";
import { evaluate } from "../reference.ts";
import { cases, opGraph } from "./cases.ts";
import type { OpGraph } from "./cases.ts";
import { operations } from "./table.ts";

const step = 1e-6;

/** ∂loss/∂input by central differences. */
function slopes({ loss, feeds }: OpGraph, name: string): number[] {
  return Array.from(feeds[name], (_, at) => {
    const [up, down] = [step, -step].map((move) => {
      const moved = feeds[name].with(at, feeds[name][at] + move);
      return evaluate({ loss }, { ...feeds, [name]: moved }).loss[0];
    });
    return (up - down) / (2 * step);
  });
}

function expectClose(
  found: ArrayLike<number | bigint>,
  wanted: ArrayLike<number>,
  tolerance: number,
  what: string,
): void {
  expect(found.length, what).toBe(wanted.length);
  for (let at = 0; at < wanted.length; at++) {
    const difference = Math.abs(Number(found[at]) - wanted[at]);
    const scale = Math.max(1, Math.abs(wanted[at]));
    expect(difference / scale, `${what}, place ${at}: ${Number(found[at])} beside ${wanted[at]}`).toBeLessThan(
      tolerance,
    );
  }
}

function typed(node: Node, values: Float64Array): TypedArray {
  if (node.dtype === "int64") return BigInt64Array.from(values, BigInt);
  return node.dtype === "bool" ? Uint8Array.from(values) : Float32Array.from(values);
}

function graphsOf(op: keyof typeof cases): OpGraph[] {
  return cases[op].map((one, at) => opGraph(one, `${op}${at}`, createRng(at, op)));
}

for (const op of Object.keys(cases) as (keyof typeof cases)[]) {
  const graphs = graphsOf(op);

  test(`${op} has the gradient that finite differences say`, () => {
    for (const graph of graphs) {
      const real = graph.inputs.filter((node) => node.dtype === "float32");
      const found = gradients(graph.loss, real);
      real.forEach((node, at) => {
        const { name } = node.attributes;
        expect(found[at].shape, name).toEqual(node.shape);
        expectClose(evaluate({ g: found[at] }, graph.feeds).g, slopes(graph, name), 1e-6, name);
      });
    }
  });

  test(`${op} gives on ONNX Runtime what the reference gives, forward and backward`, async () => {
    const outputs: Record<string, Node> = {};
    const feeds: Record<string, Float64Array> = {};
    graphs.forEach((graph, at) => {
      const real = graph.inputs.filter((node) => node.dtype === "float32");
      outputs[`y${at}`] = graph.output;
      gradients(graph.loss, real).forEach((gradient, by) => (outputs[`g${at}.${by}`] = gradient));
      Object.assign(feeds, graph.feeds);
    });
    const wanted = evaluate(outputs, feeds);
    const needed = inOrder(Object.values(outputs)).filter((node) => node.op === "input") as Node<"input">[];
    const program = await compile(outputs);
    const found = await program.run(
      Object.fromEntries(needed.map((node) => [node.attributes.name, typed(node, feeds[node.attributes.name])])),
    );
    for (const name of Object.keys(outputs)) expectClose(found[name], wanted[name], 1e-5, `${op} ${name}`);
    await program.dispose();
  });
}

test("every op has cases, and at least one of them uses it", () => {
  for (const op of Object.keys(operations)) {
    if (op === "input" || op === "constant") continue;
    const used = graphsOf(op as keyof typeof cases).flatMap((graph) => inOrder([graph.output]).map((node) => node.op));
    expect(used, op).toContain(op);
  }
});
