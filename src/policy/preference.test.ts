/** @file Preferences against plain numbers, their slopes against finite differences, and parts that add up to the whole. */
import { describe, expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import { constant } from "#tensor/graph.ts";
import { matMul } from "#tensor/ops/linalg.ts";
import { categoricalHead } from "./action-heads/categorical.ts";
import { gaussianHead } from "./action-heads/gaussian.ts";
import type { Actor } from "./actor.ts";
import { integratedGradients } from "./integrated-gradients.ts";
import { actorCritic, qNetwork } from "./network.ts";
import type { ActionShape, Asked } from "./preference.ts";
import { gradientRows, preferences } from "./preference.ts";
import { flatSeen } from "./seen.ts";

const shape = { lookback: 2, columns: 3, own: 4 };
const inputs = { market: 6, account: 4 };
const sizes = [3, 2];
const config = { body: "mlp", hidden: [8, 8], activation: "relu" } as const;
const policy = actorCritic(shape, categoricalHead(sizes), config);
const smooth = { ...config, activation: "gelu" } as const;
const values = qNetwork(shape, sizes, smooth, { dueling: true });
const reals = actorCritic(shape, gaussianHead({ low: [-1, -1], high: [1, 1] }, { squashed: true }), smooth);

interface Case {
  readonly actor: Actor;
  readonly initial: Float32Array;
  readonly action: ActionShape;
}

/** Random parameters, large enough to matter. */
function loud(network: { initialise(rng: ReturnType<typeof createRng>): Float32Array }): Float32Array {
  const rng = createRng(3);
  return network.initialise(rng).map((value) => value + 0.4 * rng.normal());
}

const cases: Readonly<Record<string, Case>> = {
  logits: { actor: policy.actor, initial: loud(policy), action: { sizes } },
  "action values": { actor: values.actor, initial: loud(values), action: { sizes } },
  "real actions": { actor: reals.actor, initial: loud(reals), action: { instruments: 2 } },
};

function observation(seed: number): Asked {
  const rng = createRng(seed, "observation");
  const drawn = (length: number): Float32Array => Float32Array.from({ length }, () => rng.normal());
  return {
    market: drawn(inputs.market),
    account: drawn(inputs.account),
    legal: Float32Array.of(1, 0, 1, 1, 1),
    chosen: Float32Array.of(0, 0, 1, 1, 0),
  };
}

function rows(one: Asked): Asked {
  const repeated = (row: Float32Array): Float32Array =>
    Float32Array.from({ length: row.length * gradientRows }, (_, at) => row[at % row.length]);
  return {
    market: repeated(one.market),
    account: repeated(one.account),
    legal: repeated(one.legal),
    chosen: repeated(one.chosen),
  };
}

test("are the probability among what is legal, the worth beyond the mean, and the number itself", async () => {
  const seen = observation(1);
  const found: Record<string, { answer: Float32Array; preference: Float32Array }> = {};
  for (const [name, { actor, initial, action }] of Object.entries(cases)) {
    const asked = await preferences(actor, initial, shape, action);
    found[name] = await asked.of(seen);
    await asked.dispose();
  }
  const logits = found["logits"];
  const e = [...logits.answer].map(Math.exp);
  expect(logits.preference[0]).toBeCloseTo(e[2] / (e[0] + e[2]), 5);
  expect(logits.preference[1]).toBeCloseTo(e[3] / (e[3] + e[4]), 5);
  const worth = found["action values"];
  expect(worth.preference[0]).toBeCloseTo(worth.answer[2] - (worth.answer[0] + worth.answer[2]) / 2, 5);
  expect(worth.preference[1]).toBeCloseTo(worth.answer[3] - (worth.answer[3] + worth.answer[4]) / 2, 5);
  expect(found["real actions"].preference).toEqual(found["real actions"].answer);
});

describe.each(Object.entries(cases))("%s", (_, { actor, initial, action }) => {
  test.each([0, 1])("slopes of instrument %i are finite differences", async (instrument) => {
    const asked = await preferences(actor, initial, shape, action);
    const seen = observation(2);
    const slopes = await asked.gradients(rows(seen), instrument);
    const step = 1e-2;
    const preferred = async (name: "market" | "account", at: number, by: number): Promise<number> => {
      const moved = seen[name].slice();
      moved[at] += by;
      return (await asked.of({ ...seen, [name]: moved })).preference[instrument];
    };
    for (const name of ["market", "account"] as const) {
      for (let at = 0; at < inputs[name]; at++) {
        const difference = ((await preferred(name, at, step)) - (await preferred(name, at, -step))) / (2 * step);
        // A kink of a ReLU may lie within the step.
        expect(Math.abs(slopes[name][at] - difference), `${name} ${at}`).toBeLessThan(0.02);
      }
    }
    await asked.dispose();
  });

  test("parts add up to the preference less that of the baseline (completeness)", async () => {
    const asked = await preferences(actor, initial, shape, action);
    for (const seed of [1, 2, 3, 4, 5]) {
      const found = await integratedGradients(asked, observation(seed), seed % 2);
      const sum = [...found.market, ...found.account].reduce((so, part) => so + part, 0);
      expect(sum - (found.value - found.baseline)).toBeCloseTo(found.gap, 9);
      const tolerated = Math.max(1e-4, 0.005 * Math.abs(found.value - found.baseline));
      expect(Math.abs(found.gap), `${found.points} points`).toBeLessThanOrEqual(tolerated);
    }
    await asked.dispose();
  });
});

test("the parts of a linear network are its weights times what was seen, and what it does not see has none", async () => {
  const weights = Float64Array.of(1, -2, 0, 0.5, 3, 0, 0, 1, 0, -1);
  const actor: Actor = {
    answers: "action",
    parameters: 1,
    forward: (_, seen) => ({ answer: matMul(flatSeen(seen), constant(weights, [10, 1])) }),
  };
  const asked = await preferences(actor, new Float32Array(1), shape, { instruments: 1 });
  const seen = observation(7);
  const { market, account, value, baseline } = await integratedGradients(asked, seen, 0);
  const expected = [...seen.market, ...seen.account].map((number, at) => number * weights[at]);
  [...market, ...account].forEach((part, at) => expect(part).toBeCloseTo(expected[at], 5));
  expect([market[2], market[5], account[0], account[2]].map(Math.abs)).toEqual([0, 0, 0, 0]);
  expect(baseline).toBe(0);
  expect(value).toBeCloseTo(
    expected.reduce((sum, part) => sum + part, 0),
    5,
  );
  await asked.dispose();
});

test("refuses parameters of another network", async () => {
  await expect(preferences(policy.actor, new Float32Array(3), shape, { sizes })).rejects.toThrow(/its own parameters/);
});
