/** @file What the tests of both forms of soft actor-critic are held against: plain double precision, written from the papers. */
import { createRng, restoreRng } from "#base/rng.ts";
import type { Rng } from "#base/rng.ts";
import type { Snapshot } from "#env/env.ts";
import { gradients } from "#tensor/gradient.ts";
import { input } from "#tensor/graph.ts";
import { compile } from "#tensor/onnx/session.ts";
import { total } from "#tensor/ops/elementwise.ts";
import { createReplay } from "./replay.ts";
import type { SoftBatch, SoftLosses, SoftParameters } from "./soft-learner.ts";

/** A tanh perceptron with these widths; its parameters are `parameters` from `at` on, layer after layer, weights before biases. */
export function perceptron(
  parameters: ArrayLike<number>,
  at: number,
  widths: readonly number[],
  x: readonly number[],
): number[] {
  let from = at;
  return widths.slice(1).reduce(
    (inputs: number[], outputs, layer) => {
      const bias = from + inputs.length * outputs;
      const sums = Array.from({ length: outputs }, (_, out) =>
        inputs.reduce(
          (sum, value, row) => sum + value * parameters[from + row * outputs + out],
          parameters[bias + out],
        ),
      );
      from = bias + outputs;
      return layer === widths.length - 2 ? sums : sums.map(Math.tanh);
    },
    [...x],
  );
}

export const parametersOf = (widths: readonly number[]): number =>
  widths.slice(1).reduce((sum, outputs, layer) => sum + (widths[layer] + 1) * outputs, 0);

export const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Slopes by central differences. */
function slopes(parameters: readonly number[], loss: (parameters: readonly number[]) => number): number[] {
  return parameters.map((value, at) => {
    const moved = (by: number): number => loss(parameters.with(at, value + by));
    return (moved(1e-5) - moved(-1e-5)) / 2e-5;
  });
}

/** What a form's three losses are, in plain numbers, each of the parameters that it moves. */
export interface PlainLosses {
  criticLoss(critics: readonly number[]): number;
  policyLoss(policy: readonly number[]): number;
  temperatureLoss(logTemperature: readonly number[]): number;
}

export interface PlainParameters {
  readonly policy: readonly number[];
  readonly critics: readonly number[];
  readonly logTemperature: readonly number[];
  readonly targetCritics: readonly number[];
}

/** The gradient of all three by policy, critics and ln α, side by side. */
export function plainGradient(losses: PlainLosses, parameters: PlainParameters): number[] {
  return [
    ...slopes(parameters.policy, (policy) => losses.policyLoss(policy)),
    ...slopes(parameters.critics, (critics) => losses.criticLoss(critics)),
    ...slopes(parameters.logTemperature, (logTemperature) => losses.temperatureLoss(logTemperature)),
  ];
}

type Numbers = Readonly<Record<string, readonly number[]>>;

/** Losses and gradient of the graph, run in float32; `values` are fed by name, `[rows, n]` each. */
export async function graphOf(
  build: (batch: SoftBatch, parameters: SoftParameters) => SoftLosses,
  rows: number,
  batch: Numbers,
  parameters: PlainParameters,
): Promise<Record<string, number[]>> {
  const node = (name: string) => input(name, [rows, batch[name].length / rows]);
  const vector = (name: keyof PlainParameters) => input(name, [parameters[name].length]);
  const nodes = {
    policy: vector("policy"),
    critics: vector("critics"),
    logTemperature: vector("logTemperature"),
    targetCritics: vector("targetCritics"),
  };
  const masked = "legal" in batch;
  const losses = build(
    {
      seen: { own: node("seen") },
      next: { own: node("next") },
      kept: node("kept"),
      reward: node("reward"),
      discount: node("discount"),
      noise: "noise" in batch ? node("noise") : input("noise", [rows, 0]),
      legal: masked ? node("legal") : undefined,
      nextLegal: masked ? node("nextLegal") : undefined,
    },
    nodes,
  );
  const loss = total([losses.criticLoss, losses.policyLoss, losses.temperatureLoss]);
  const [policy, critics, logTemperature] = gradients(loss, [nodes.policy, nodes.critics, nodes.logTemperature]);
  const program = await compile({ ...losses, byPolicy: policy, byCritics: critics, byTemperature: logTemperature });
  const feeds = Object.entries({ ...batch, ...parameters }).map(([name, values]) => [name, Float32Array.from(values)]);
  const found = await program.run(Object.fromEntries(feeds));
  await program.dispose();
  return Object.fromEntries(Object.entries(found).map(([name, values]) => [name, Array.from(values, Number)]));
}

/** The learner's dice once it has acted: what it draws its batches and its noise with. */
export function diceAfter(before: Snapshot, acting: (rng: Rng) => void): Rng {
  const rng = restoreRng(Uint32Array.from(before["rng"]));
  acting(rng);
  return rng;
}

/** The batch rows that a learner drew from what it remembers at the end. */
export function drawnRows(after: Snapshot, width: number, rows: number, rng: Rng): number[][] {
  const remembered = after["replay.rows"];
  const replay = createReplay(remembered.length / width, width);
  replay.add(Float32Array.from(remembered));
  const drawn = new Float32Array(rows * width);
  replay.sample(rng, drawn);
  return Array.from({ length: rows }, (_, row) => [...drawn.subarray(row * width, (row + 1) * width)]);
}

/** Adam, Algorithm 1 of Kingma and Ba, 2015, in place. */
export function adamStep(
  state: { parameters: number[]; first: number[]; second: number[]; steps: number },
  gradient: readonly number[],
  learningRate: number,
): void {
  state.steps++;
  gradient.forEach((g, at) => {
    state.first[at] = 0.9 * state.first[at] + 0.1 * g;
    state.second[at] = 0.999 * state.second[at] + 0.001 * g * g;
    const mean = state.first[at] / (1 - 0.9 ** state.steps);
    const spread = Math.sqrt(state.second[at] / (1 - 0.999 ** state.steps));
    state.parameters[at] -= (learningRate * mean) / (spread + 1e-8);
  });
}

/** Random numbers in double precision that float32 holds exactly. */
export function numbers(label: string, count: number, scale = 1): number[] {
  const rng = createRng(7, label);
  return Array.from({ length: count }, () => Math.fround(scale * rng.normal()));
}
