/** @file The loss and its gradient, as ONNX Runtime computes them in float32, against formulas in float64 and finite differences. */
import { describe, expect, test } from "vitest";
import type { Rng } from "#base/rng.ts";
import { createRng } from "#base/rng.ts";
import type { ActionSpace } from "#env/space.ts";
import { actionHead } from "#policy/action-head.ts";
import { actorCritic } from "#policy/network.ts";
import { gradients } from "#tensor/gradient.ts";
import { input } from "#tensor/graph.ts";
import { compile } from "#tensor/onnx/session.ts";
import { split } from "#tensor/ops/movement.ts";
import type { PpoConfig } from "./ppo.ts";
import { ppoDefaults } from "./ppo.ts";
import { ppoLosses } from "./ppo-loss.ts";

const batch = 16;
const seenWidth = 2;
const hidden = 4;
const choices: ActionSpace = { kind: "discrete", sizes: [2, 3] };
const box: ActionSpace = { kind: "box", low: [-1, -2], high: [1, 3] };

interface Case {
  readonly space: ActionSpace;
  readonly config: Partial<PpoConfig>;
  readonly changing?: {
    readonly clip?: number;
    readonly entropyCoefficient?: readonly number[];
    readonly klCoefficient?: number;
  };
}

const cases: Readonly<Record<string, Case>> = {
  "separate bodies": { space: choices, config: { entropyCoefficient: 0.03 } },
  "a shared body": { space: choices, config: { entropyCoefficient: 0.03, network: network(true) } },
  "a clipped value": { space: choices, config: { valueClip: 0.3 } },
  "a coefficient for each head's entropy": { space: choices, config: { entropyCoefficient: [0.1, 0.4] } },
  "settings that change": {
    space: choices,
    config: {},
    changing: { clip: 0.15, entropyCoefficient: [0.2, 0.05], klCoefficient: 0.7 },
  },
  "normal actions with a free deviation": { space: box, config: { entropyCoefficient: [0.02, 0.1] } },
  "normal actions with a deviation that is seen, on a shared body": {
    space: box,
    config: { gaussian: { deviation: "seen", squashed: true }, network: network(true), entropyCoefficient: 0.05 },
  },
};

function network(shared: boolean): PpoConfig["network"] {
  return { body: "mlp", hidden: [hidden], activation: "tanh", shared };
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** What the networks say, written by hand: numbers of the policy and the value. Parameters in the order of their layers. */
function forward(parameters: readonly number[], observation: readonly number[], { space, config }: Case) {
  let at = 0;
  const layer = (x: readonly number[], outputs: number): number[] => {
    const weight = at;
    at += x.length * outputs + outputs;
    const bias = weight + x.length * outputs;
    return Array.from({ length: outputs }, (_, out) =>
      x.reduce((sum, value, row) => sum + value * parameters[weight + row * outputs + out], parameters[bias + out]),
    );
  };
  const seenBy = (): number[] => layer(observation, hidden).map(Math.tanh);
  const body = seenBy();
  const free = space.kind === "box" && config.gaussian?.deviation !== "seen";
  const numbers = layer(body, space.kind === "discrete" ? 5 : free ? 2 : 4);
  const own = free ? parameters.slice(at, (at += 2)) : [];
  const [value] = layer(config.network?.shared === true ? body : seenBy(), 1);
  return { numbers: [...numbers, ...own], value };
}

/** ln π of an action as it is kept, and the entropy of each part. */
function judge(numbers: readonly number[], kept: readonly number[], space: ActionSpace) {
  if (space.kind === "box") {
    const [means, logs] = [numbers.slice(0, 2), numbers.slice(2)];
    const each = kept.map(
      (x, n) => -0.5 * ((x - means[n]) / Math.exp(logs[n])) ** 2 - logs[n] - 0.5 * Math.log(2 * Math.PI),
    );
    return {
      logProbability: each[0] + each[1],
      entropies: logs.map((log) => log + 0.5 * Math.log(2 * Math.PI * Math.E)),
    };
  }
  let logProbability = 0;
  const spans = [
    [0, 2],
    [2, 5],
  ];
  const entropies = spans.map(([from, to]) => {
    const total = Math.log(numbers.slice(from, to).reduce((sum, logit) => sum + Math.exp(logit), 0));
    let unsure = 0;
    for (let at = from; at < to; at++) {
      const log = numbers[at] - total;
      unsure -= Math.exp(log) * log;
      if (kept[at] === 1) logProbability += log;
    }
    return unsure;
  });
  return { logProbability, entropies };
}

/** A row as `rowOf` lays it out, with old numbers near enough to the new ones that some ratios are clipped and some are not. */
function randomRow(parameters: readonly number[], of: Case, rng: Rng): number[] {
  const observation = [rng.normal(), rng.normal()].map(Math.fround);
  const { numbers, value } = forward(parameters, observation, of);
  const one = [rng.integer(2), 2 + rng.integer(3)];
  const kept =
    of.space.kind === "discrete"
      ? Array.from({ length: 5 }, (_, at) => (one.includes(at) ? 1 : 0))
      : [0, 1].map((n) => Math.fround(numbers[n] + 0.8 * rng.normal()));
  const { logProbability } = judge(numbers, kept, of.space);
  const rest = [logProbability + 0.3 * rng.normal(), rng.normal(), value + rng.normal(), value + 0.5 * rng.normal()];
  return [...observation, ...kept, ...rest.map(Math.fround)];
}

/** The loss and its parts by their formulas. */
function reference(parameters: readonly number[], rows: readonly (readonly number[])[], of: Case) {
  const config = { ...ppoDefaults, ...of.config };
  const { clip = config.clip, klCoefficient = 0, entropyCoefficient = config.entropyCoefficient } = of.changing ?? {};
  const weights =
    typeof entropyCoefficient === "number" ? [entropyCoefficient, entropyCoefficient] : entropyCoefficient;
  const each = rows.map((row) => {
    const kept = row.slice(seenWidth, -4);
    const [oldLog, advantage, target, oldValue] = row.slice(-4);
    const { numbers, value } = forward(parameters, row.slice(0, seenWidth), of);
    const { logProbability, entropies } = judge(numbers, kept, of.space);
    const ratio = Math.exp(logProbability - oldLog);
    const gain = Math.min(ratio * advantage, Math.min(1 + clip, Math.max(1 - clip, ratio)) * advantage);
    const limit = config.valueClip ?? Infinity;
    const near = oldValue + Math.min(limit, Math.max(-limit, value - oldValue));
    const error = Math.max((value - target) ** 2, (near - target) ** 2);
    const bonus = (weights[0] * entropies[0] + weights[1] * entropies[1]) / 2;
    return { gain, error, bonus, entropies, ratio, nearer: near !== value };
  });
  const policyLoss = -meanOf(each.map(({ gain }) => gain));
  const valueLoss = meanOf(each.map(({ error }) => error)) / 2;
  const approximateKl = meanOf(each.map(({ ratio }) => ratio - 1 - Math.log(ratio)));
  const bonus = meanOf(each.map((row) => row.bonus));
  return {
    loss: policyLoss + config.valueCoefficient * valueLoss - bonus + klCoefficient * approximateKl,
    policyLoss,
    valueLoss,
    approximateKl,
    entropies: [0, 1].map((part) => meanOf(each.map(({ entropies }) => entropies[part]))),
    clipFraction: meanOf(each.map(({ ratio }) => (Math.abs(ratio - 1) > clip ? 1 : 0))),
    valuesClipped: each.filter(({ nearer }) => nearer).length,
  };
}

/** What ONNX Runtime finds. */
async function computed(parameters: readonly number[], rows: readonly (readonly number[])[], of: Case) {
  const config = { ...ppoDefaults, network: network(false), ...of.config };
  const head = actionHead(of.space, config.gaussian);
  const net = actorCritic({ lookback: 0, columns: 0, own: seenWidth }, head, config.network);
  const flat = input("parameters", [net.parameters]);
  const parts = split(input("batch", [batch, rows[0].length]), [seenWidth, head.keptWidth, 1, 1, 1, 1], 1);
  const [observation, action, logProbability, advantage, target, value] = parts;
  const { clip, entropyCoefficient, klCoefficient } = of.changing ?? {};
  const losses = ppoLosses({
    ...net.forward(flat, { own: observation }),
    head,
    columns: { observation, action, logProbability, advantage, target, value },
    config,
    changing: {
      clip: clip === undefined ? undefined : input("clip", []),
      entropyCoefficient: entropyCoefficient && input("entropyCoefficient", [1, 2]),
      klCoefficient: klCoefficient === undefined ? undefined : input("klCoefficient", []),
    },
  });
  const program = await compile({ ...losses, gradient: gradients(losses.loss, [flat])[0] });
  const found = await program.run({
    parameters: Float32Array.from(parameters),
    batch: Float32Array.from(rows.flat()),
    ...(clip === undefined ? {} : { clip: Float32Array.of(clip) }),
    ...(entropyCoefficient === undefined ? {} : { entropyCoefficient: Float32Array.from(entropyCoefficient) }),
    ...(klCoefficient === undefined ? {} : { klCoefficient: Float32Array.of(klCoefficient) }),
  });
  await program.dispose();
  return found as Record<string, Float32Array>;
}

describe.each(Object.entries(cases))("with %s", (_, of) => {
  test("loss and gradient are those of the formulas to 1e-5, on random batches", async () => {
    const rng = createRng(8);
    const config = { ...ppoDefaults, network: network(false), ...of.config };
    const net = actorCritic(
      { lookback: 0, columns: 0, own: seenWidth },
      actionHead(of.space, config.gaussian),
      config.network,
    );
    let [clipped, valuesClipped] = [0, 0];
    for (let round = 0; round < 3; round++) {
      const parameters = Array.from({ length: net.parameters }, () => Math.fround(0.5 * rng.normal()));
      const rows = Array.from({ length: batch }, () => randomRow(parameters, of, rng));
      const expected = reference(parameters, rows, of);
      const found = await computed(parameters, rows, of);
      for (const name of ["loss", "policyLoss", "valueLoss", "approximateKl", "clipFraction"] as const) {
        expect(Math.abs(found[name][0] - expected[name]), name).toBeLessThan(1e-5);
      }
      expected.entropies.forEach((value, part) =>
        expect(Math.abs(found["entropies"][part] - value)).toBeLessThan(1e-5),
      );
      parameters.forEach((value, at) => {
        const moved = (by: number): number => reference(parameters.with(at, value + by), rows, of).loss;
        const slope = (moved(1e-6) - moved(-1e-6)) / 2e-6;
        expect(Math.abs(found["gradient"][at] - slope), `parameter ${at}`).toBeLessThan(1e-5);
      });
      clipped += expected.clipFraction;
      valuesClipped += expected.valuesClipped;
    }
    expect(clipped, "some ratios are clipped, not all").toBeGreaterThan(0);
    expect(clipped).toBeLessThan(3);
    if (config.valueClip !== undefined) expect(valuesClipped).toBeGreaterThan(0);
  });
});
