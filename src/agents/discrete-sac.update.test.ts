/** @file Discrete SAC's losses and gradients against the same written again in plain numbers, with finite differences. */
import { expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import { policyNetwork, twinCritics } from "#policy/soft-networks.ts";
import { discreteSacLosses } from "./discrete-sac.ts";
import type { PlainLosses, PlainParameters } from "./soft-learner.fixture.ts";
import { graphOf, meanOf, numbers, parametersOf, perceptron, plainGradient } from "./soft-learner.fixture.ts";

const observed = 3;
const sizes = [2, 3];
const logits = 5;
const widths = [observed, 5, 4, logits];
const network = { body: "mlp", hidden: [5, 4], activation: "tanh" } as const;
const shape = { lookback: 0, columns: 0, own: observed };
const rows = 16;
const share = 0.4;

interface Row {
  readonly seen: readonly number[];
  readonly next: readonly number[];
  readonly kept: readonly number[];
  readonly reward: number;
  readonly discount: number;
  readonly legal: readonly number[];
  readonly nextLegal: readonly number[];
}

/** Every legal joint action with its probability, its log-probability and its place in each head. */
function joint(policy: readonly number[], seen: readonly number[], legal: readonly number[]) {
  const scores = perceptron(policy, 0, widths, seen);
  const heads = sizes.map((size, head) => {
    const from = head === 0 ? 0 : sizes[0];
    const allowed = Array.from({ length: size }, (_, at) => from + at).filter((at) => legal[at] === 1);
    const total = allowed.reduce((sum, at) => sum + Math.exp(scores[at]), 0);
    return allowed.map((at) => ({ at, probability: Math.exp(scores[at]) / total }));
  });
  return heads[0].flatMap((one) =>
    heads[1].map((two) => {
      const probability = one.probability * two.probability;
      return { places: [one.at, two.at], probability, log: Math.log(probability) };
    }),
  );
}

/** What each critic says of each choice of each head. */
function twins(critics: readonly number[], seen: readonly number[]): readonly [readonly number[], readonly number[]] {
  return [perceptron(critics, 0, widths, seen), perceptron(critics, parametersOf(widths), widths, seen)];
}

const sumAt = (values: readonly number[], places: readonly number[]): number =>
  places.reduce((sum, at) => sum + values[at], 0);

/** Christodoulou, 2019, eq. 10 to 12, by going through all joint actions, with the targets of Zhou et al., 2022. */
function plain(batch: readonly Row[], parameters: PlainParameters, clip: number | undefined): PlainLosses {
  const alpha = Math.exp(parameters.logTemperature[0]);
  const overRows = (of: (row: Row) => number): number => meanOf(batch.map(of));
  const valueOf = (critics: readonly number[], seen: readonly number[], places: readonly number[]): number =>
    meanOf(twins(critics, seen).map((values) => sumAt(values, places)));
  return {
    criticLoss: (critics) =>
      overRows(({ seen, kept, reward, discount, next, nextLegal }) => {
        const worth = joint(parameters.policy, next, nextLegal).reduce(
          (sum, { places, probability, log }) =>
            sum + probability * (valueOf(parameters.targetCritics, next, places) - alpha * log),
          0,
        );
        const goal = reward + discount * worth;
        const chosen = kept.flatMap((one, at) => (one === 1 ? [at] : []));
        return twins(critics, seen).reduce((sum, values, which) => {
          const value = sumAt(values, chosen);
          const error = (value - goal) ** 2;
          if (clip === undefined) return sum + error / 2;
          const slow = sumAt(twins(parameters.targetCritics, seen)[which], chosen);
          const held = slow + Math.min(clip, Math.max(-clip, value - slow));
          return sum + Math.max(error, (held - goal) ** 2) / 2;
        }, 0);
      }),
    policyLoss: (policy) =>
      overRows(({ seen, legal }) =>
        joint(policy, seen, legal).reduce(
          (sum, { places, probability, log }) =>
            sum + probability * (alpha * log - valueOf(parameters.critics, seen, places)),
          0,
        ),
      ),
    temperatureLoss: ([logTemperature]) =>
      logTemperature *
      overRows(({ seen, legal }) => {
        const actions = joint(parameters.policy, seen, legal);
        const entropy = -actions.reduce((sum, { probability, log }) => sum + probability * log, 0);
        return entropy - share * Math.log(actions.length);
      }),
  };
}

function rowsOf(label: string, masked: boolean): Row[] {
  const rng = createRng(11, label);
  const normals = (count: number): number[] => Array.from({ length: count }, () => Math.fround(rng.normal()));
  const mask = (): number[] => {
    const legal = Array.from({ length: logits }, () => (masked && rng.uniform() < 0.4 ? 0 : 1));
    legal[rng.integer(2)] = 1;
    legal[2 + rng.integer(3)] = 1;
    return legal;
  };
  return Array.from({ length: rows }, (_, row): Row => {
    const legal = mask();
    const kept = [0, 0, 0, 0, 0];
    for (const [from, size] of [
      [0, 2],
      [2, 3],
    ]) {
      const allowed = Array.from({ length: size }, (__, at) => from + at).filter((at) => legal[at] === 1);
      kept[allowed[rng.integer(allowed.length)]] = 1;
    }
    const discount = row % 4 === 0 ? 0 : Math.fround(0.9);
    return {
      seen: normals(observed),
      next: normals(observed),
      kept,
      reward: normals(1)[0],
      discount,
      legal,
      nextLegal: mask(),
    };
  });
}

test.each([
  { batch: "a", masked: false, clip: undefined },
  { batch: "b", masked: true, clip: undefined },
  { batch: "c", masked: true, clip: 0.3 },
  { batch: "d", masked: false, clip: 0.3 },
])(
  "gives the losses and gradients to 1e-5 that going through all joint actions gives (masked: $masked, clip: $clip)",
  async ({ batch, masked, clip }) => {
    const count = parametersOf(widths);
    const parameters = {
      policy: numbers(`policy ${batch}`, count, 0.5),
      critics: numbers(`critics ${batch}`, 2 * count, 0.5),
      targetCritics: numbers(`target ${batch}`, 2 * count, 0.5),
      logTemperature: numbers(`temperature ${batch}`, 1, 0.3),
    };
    const samples = rowsOf(batch, masked);
    const flat = (of: (row: Row) => number | readonly number[]): number[] => samples.flatMap(of);
    const values = {
      seen: flat(({ seen }) => seen),
      next: flat(({ next }) => next),
      kept: flat(({ kept }) => kept),
      reward: flat(({ reward }) => reward),
      discount: flat(({ discount }) => discount),
      ...(masked ? { legal: flat(({ legal }) => legal), nextLegal: flat(({ nextLegal }) => nextLegal) } : {}),
    };
    const config = { targetEntropyShare: share, ...(clip === undefined ? {} : { valueClip: clip }) };
    const [policy, critics] = [policyNetwork(shape, logits, network), twinCritics(shape, 0, logits, network)];
    const found = await graphOf(
      (nodes, vectors) => discreteSacLosses(policy, critics, sizes, nodes, vectors, config),
      rows,
      values,
      parameters,
    );
    const expected = plain(samples, parameters, clip);
    expect(found["criticLoss"][0]).toBeCloseTo(expected.criticLoss(parameters.critics), 5);
    expect(found["policyLoss"][0]).toBeCloseTo(expected.policyLoss(parameters.policy), 5);
    expect(found["temperatureLoss"][0]).toBeCloseTo(expected.temperatureLoss(parameters.logTemperature), 5);
    const gradient = [...found["byPolicy"], ...found["byCritics"], ...found["byTemperature"]];
    const direct = plainGradient(expected, parameters);
    expect(gradient).toHaveLength(direct.length);
    const size = Math.max(...direct.map(Math.abs));
    expect(size).toBeGreaterThan(0.1);
    gradient.forEach((value, at) => {
      expect(Math.abs(value - direct[at]), `slope ${at}`).toBeLessThan(1e-5 * Math.max(1, size));
    });
  },
);
