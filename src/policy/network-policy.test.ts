import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import { compileModel } from "#tensor/onnx/session.ts";
import { categoricalHead } from "./action-heads/categorical.ts";
import { tanh } from "#tensor/ops/elementwise.ts";
import type { Actor } from "./actor.ts";
import { actingModel } from "./actor.ts";
import { boxed } from "./gaussian.ts";
import { actorCritic } from "./network.ts";
import { policyNetwork } from "./soft-networks.ts";
import type { NetworkPolicy } from "./network-policy.ts";
import { networkPolicy } from "./network-policy.ts";
import type { Observation, SignalDecision, WeightDecision } from "./policy.ts";

const levels = [-1, 0, 1];
const lookback = 2;
const columns = 3;
const rng = createRng(1);
const shape = { lookback, columns, own: 5 };
const network = actorCritic(shape, categoricalHead([levels.length, levels.length]), {
  body: "mlp",
  hidden: [8],
  activation: "tanh",
});
const parameters = network.initialise(createRng(5));
const model = actingModel(network.actor, parameters, shape, {});
const observations = Array.from({ length: 30 }, (): Observation => ({
  bars: [],
  market: Float32Array.from({ length: lookback * columns }, () => 3 * rng.normal()),
  account: Float32Array.from({ length: 5 }, () => rng.normal()),
}));

let policy: NetworkPolicy;
beforeAll(async () => (policy = await networkPolicy("net", model, { levels }, 2)));
afterAll(() => policy.dispose());

describe("a network that acts", () => {
  test("wants the level of the largest logit of each instrument's head, in shares of the equity", async () => {
    const program = await compileModel(model);
    const wanted = new Set<string>();
    for (const observation of observations) {
      const { market, account } = observation;
      const logits = [...(await program.run({ market, account }))["logits"]].map(Number);
      const expected = [logits.slice(0, 3), logits.slice(3)].map((head) => levels[head.indexOf(Math.max(...head))] / 2);
      const { weights } = (await policy.act(observation)) as WeightDecision;
      expect(weights).toEqual(expected);
      wanted.add(String(weights));
    }
    await program.dispose();
    expect(wanted.size, "these observations lead to different decisions").toBeGreaterThan(2);
  });

  test("decides the same of the same observation, in any order, and in another session", async () => {
    const other = await networkPolicy("net", model, { levels }, 2);
    const forwards = [];
    for (const observation of observations) forwards.push(await policy.act(observation));
    const backwards = [];
    for (const observation of observations.toReversed()) backwards.push(await other.act(observation));
    await other.dispose();
    expect(backwards.toReversed()).toEqual(forwards);
  });

  test("wants nothing at all when it is shown something that is no number", async () => {
    const market = observations[0].market.slice().fill(NaN);
    await expect(policy.act({ ...observations[0], market })).rejects.toThrow("logits are numbers");
  });
});

describe("a network that says words", () => {
  const words = ["HOLD", "BUY", "SELL"];
  const all = new Uint8Array(6).fill(1);

  test("says the most probable one that is legal, and how unsure it is of each", async () => {
    const speaking = await networkPolicy("net", model, { words }, 2);
    const program = await compileModel(model);
    const said = new Set<string>();
    for (const observation of observations) {
      const { market, account } = observation;
      const logits = [...(await program.run({ market, account }))["logits"]].map(Number);
      const free = (await speaking.act({ ...observation, legal: all })) as SignalDecision;
      const best = [logits.slice(0, 3), logits.slice(3)].map((head) => head.indexOf(Math.max(...head)));
      expect(free.signals).toEqual(best.map((signal) => words[signal]));
      for (const signal of free.signals) said.add(signal);
      const legal = all.slice();
      legal[best[0]] = 0;
      legal[3] = legal[4] = 0;
      const { signals, entropy } = (await speaking.act({ ...observation, legal })) as SignalDecision;
      const second = [0, 1, 2].filter((signal) => signal !== best[0]).sort((a, b) => logits[b] - logits[a]);
      expect(signals).toEqual([words[second[0]], "SELL"]);
      const odds = Math.exp(logits[second[0]] - logits[second[1]]);
      const [p, q] = [odds / (1 + odds), 1 / (1 + odds)];
      expect(entropy?.[0]).toBeCloseTo(-(p * Math.log(p) + q * Math.log(q)) / Math.LN2, 5);
      expect(entropy?.[1], "where there is one choice it is sure").toBe(0);
    }
    await program.dispose();
    await speaking.dispose();
    expect(said.size).toBeGreaterThan(1);
  });

  test("does not act where nobody says what is legal", async () => {
    const speaking = await networkPolicy("net", model, { words }, 2);
    await expect(speaking.act(observations[0])).rejects.toThrow("told which are legal");
    await speaking.dispose();
  });
});

describe("a network that gives an action", () => {
  const real = policyNetwork(shape, 2, { body: "mlp", hidden: [8], activation: "tanh" });
  const actor: Actor = {
    answers: "action",
    parameters: real.parameters,
    forward: (flat, seen) => ({ answer: boxed(tanh(real.forward(flat, seen)), { low: [-1, -1], high: [1, 1] }) }),
  };
  const acting = actingModel(
    actor,
    real.initialise(createRng(6)).map((value) => 3 * value),
    shape,
    {},
  );
  const halves = (action: Float32Array, at: number, weights: Float64Array): void => {
    for (let i = 0; i < weights.length; i++) weights[i] = action[at + i] / 2;
  };

  test("wants the weights that are written for it", async () => {
    const weighing = await networkPolicy("net", acting, { weights: halves }, 2);
    const program = await compileModel(acting);
    const wanted = new Set<string>();
    for (const observation of observations) {
      const { market, account } = observation;
      const action = [...(await program.run({ market, account }))["action"]].map(Number);
      const { weights } = (await weighing.act(observation)) as WeightDecision;
      expect(weights).toEqual(action.map((value) => value / 2));
      wanted.add(String(weights));
    }
    expect(wanted.size).toBe(observations.length);
    await program.dispose();
    await weighing.dispose();
  });

  test("wants nothing at all when it is shown something that is no number, or when its model gives choices", async () => {
    const weighing = await networkPolicy("net", acting, { weights: halves }, 2);
    const market = observations[0].market.slice().fill(NaN);
    await expect(weighing.act({ ...observations[0], market })).rejects.toThrow("weights are finite numbers");
    await weighing.dispose();
    const choosing = await networkPolicy("net", model, { weights: halves }, 2);
    await expect(choosing.act(observations[0])).rejects.toThrow("gives an action where weights are asked for");
    await choosing.dispose();
  });
});
