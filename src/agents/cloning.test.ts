import { describe, expect, test } from "vitest";
import type { World } from "#env/env.ts";
import { corridor } from "#env/toys/corridor.ts";
import { vectorEnv } from "#env/vector.ts";
import { input } from "#tensor/graph.ts";
import { compile } from "#tensor/onnx/session.ts";
import { createA2c, a2cDefaults } from "./a2c.ts";
import type { CloningConfig, Teacher } from "./cloning.ts";
import { cloned, demonstrated } from "./cloning.ts";
import { createDqn, dqnDefaults } from "./dqn.ts";
import { createPpo, ppoDefaults } from "./ppo.ts";

const config: CloningConfig = { epochs: 20, minibatchSize: 64, learningRate: 0.01, threads: 1 };
const network = { body: "mlp", hidden: [16], activation: "tanh" } as const;

/** Two numbers that are drawn anew at each step. */
function numbers(actionSpace: World<State>["actionSpace"]): World<State> {
  return {
    name: "numbers",
    observationSpace: { kind: "vector", size: 2 },
    actionSpace,
    initial: (rng) => ({ a: rng.normal(), b: rng.normal() }),
    step: (_, __, rng) => ({ state: { a: rng.normal(), b: rng.normal() }, reward: 0, terminated: false }),
    observe: ({ a, b }, into, at) => {
      into[at] = a;
      into[at + 1] = b;
    },
  };
}
type State = { readonly a: number; readonly b: number };

const signs: Teacher = {
  act(lane, { observations }, actions, at) {
    const [a, b] = observations.subarray(2 * lane, 2 * lane + 2);
    actions[at] = a > b ? 1 : 0;
    actions[at + 1] = a + b > 0 ? 2 : 1;
    return true;
  },
};

test("notes what was seen and done, and leaves out what is not to be learned", () => {
  const env = vectorEnv(numbers({ kind: "discrete", sizes: [2, 3] }), 4);
  const { rows, sizes } = demonstrated(
    env,
    { act: (lane, ...rest) => signs.act(lane, ...rest) && rest[0].observations[2 * lane] > 0 },
    50,
    1,
  );
  expect(sizes).toEqual([2, 5, 5]);
  expect(rows.length % 12).toBe(0);
  expect(rows.length / 12).toBeGreaterThan(60);
  expect(rows.length / 12).toBeLessThan(140);
  for (let at = 0; at < rows.length; at += 12) {
    const [a, b, ...rest] = rows.subarray(at, at + 12);
    expect(a).toBeGreaterThan(0);
    const first = a > b ? [0, 1] : [1, 0];
    const second = a + b > 0 ? [0, 0, 1] : [0, 1, 0];
    expect(rest).toEqual([...first, ...second, 1, 1, 1, 1, 1]);
  }
});

describe("a clone", () => {
  test("does what its teacher does on what it has never seen, and leaves the value alone", async () => {
    const env = vectorEnv(numbers({ kind: "discrete", sizes: [2, 3] }), 16);
    const learner = await createPpo(env, { ...ppoDefaults, network, rolloutSteps: 16, minibatchSize: 64 }, 1);
    const start = learner.parameters();
    const clone = await cloned(learner.actor, env, demonstrated(env, signs, 256, 1), config, start, 1);
    expect(clone.agreement).toBeGreaterThan(0.99);
    expect(clone.loss).toBeLessThan(0.1);
    const { answer, value } = learner.actor.forward(input("parameters", [start.length]), { own: input("x", [500, 2]) });
    const program = await compile({ answer, value: value! });
    const { rows } = demonstrated(env, signs, 32, 99);
    const x = Float32Array.from({ length: 1000 }, (_, at) => rows[Math.floor(at / 2) * 12 + (at % 2)]);
    const after = await program.run({ parameters: clone.parameters, x });
    const before = await program.run({ parameters: start, x });
    await program.dispose();
    const logits = after["answer"] as Float32Array;
    let same = 0;
    for (let n = 0; n < 500; n++) {
      const [z0, z1, y0, y1, y2] = logits.subarray(5 * n, 5 * n + 5);
      const second = y2 > y1 ? 2 : 1;
      if (z1 > z0 === rows[12 * n + 3] > 0 && rows[12 * n + 4 + second] === 1 && y0 < Math.max(y1, y2)) same++;
    }
    expect(same / 500).toBeGreaterThan(0.98);
    expect(after["value"], "nothing that acts reaches the value's own body").toEqual(before["value"]);
    await learner.dispose();
  });

  test("of action values values what its teacher does above all else by a margin, of what is legal", async () => {
    const env = vectorEnv(numbers({ kind: "discrete", sizes: [2, 3] }), 16);
    const learner = await createDqn(env, { ...dqnDefaults, network }, 1);
    const shown = demonstrated(env, signs, 256, 1);
    const start = learner.parameters();
    const clone = await cloned(learner.actor, env, shown, config, start, 1);
    expect(clone.agreement).toBeGreaterThan(0.98);
    expect(clone.loss, "0.8 for each head that has no margin at all").toBeLessThan(0.1);
    // Its loss before anything is learned, from the definition.
    const { sizes, rows } = shown;
    const before = await cloned(learner.actor, env, shown, { ...config, epochs: 1, learningRate: 0 }, start, 1);
    const program = await compile({
      answer: learner.actor.forward(input("parameters", [start.length]), { own: input("x", [4096, 2]) }).answer,
    });
    const x = Float32Array.from({ length: 2 * 4096 }, (_, at) => rows[Math.floor(at / 2) * 12 + (at % 2)]);
    const values = (await program.run({ parameters: start, x }))["answer"] as Float32Array;
    await program.dispose();
    let sum = 0;
    for (let n = 0; n < 4096; n++) {
      for (const [from, size] of [
        [0, 2],
        [2, 3],
      ]) {
        const own = [...values.subarray(5 * n + from, 5 * n + from + size)];
        const did = rows.subarray(12 * n + sizes[0] + from, 12 * n + sizes[0] + from + size).indexOf(1);
        sum += Math.max(...own.map((value, action) => value + (action === did ? 0 : 0.8))) - own[did];
      }
    }
    expect(before.loss).toBeCloseTo(sum / 4096, 4);
    await learner.dispose();
  });

  test.each([false, true])("aims where its teacher aims, in a box (squashed: %s)", async (squashed) => {
    const env = vectorEnv(numbers({ kind: "box", low: [0, -2], high: [1, 2] }), 16);
    const aim: Teacher = {
      act(lane, { observations }, actions, at) {
        const [a, b] = observations.subarray(2 * lane, 2 * lane + 2);
        actions[at] = 0.5 + 0.3 * Math.sin(a);
        actions[at + 1] = Math.cos(b);
        return true;
      },
    };
    const learner = await createA2c(env, { ...a2cDefaults, network, gaussian: { squashed } }, 1);
    const shown = demonstrated(env, aim, 256, 1);
    const clone = await cloned(learner.actor, env, shown, { ...config, epochs: 40 }, learner.parameters(), 1);
    expect(clone.agreement).toBeGreaterThan(0.9);
    expect(clone.loss).toBeLessThan(0.005);
    await learner.dispose();
  });

  test("is where a learner begins, which then goes on by itself", async () => {
    const env = vectorEnv(corridor(), 8);
    const right: Teacher = {
      act(_, __, actions, at) {
        actions[at] = 1;
        return true;
      },
    };
    const learner = await createPpo(env, { ...ppoDefaults, network, rolloutSteps: 16, minibatchSize: 64 }, 1);
    const clone = await cloned(learner.actor, env, demonstrated(env, right, 64, 1), config, learner.parameters(), 1);
    learner.adopt(clone.parameters);
    expect(learner.parameters()).toEqual(clone.parameters);
    const first = await learner.iterate();
    expect(first["episodeReturn"], "it walks to the end from the start").toBeGreaterThan(0.5);
    expect(() => learner.adopt(clone.parameters)).toThrow("before anything is learned");
    await learner.dispose();
  });

  test("is the same for the same seed", async () => {
    const env = vectorEnv(numbers({ kind: "discrete", sizes: [2, 3] }), 4);
    const learner = await createA2c(env, { ...a2cDefaults, network }, 1);
    const shown = demonstrated(env, signs, 64, 1);
    expect(demonstrated(env, signs, 64, 1)).toEqual(shown);
    expect(demonstrated(env, signs, 64, 2)).not.toEqual(shown);
    const quick = { ...config, epochs: 2 };
    const make = (seed: number, threads = 1) =>
      cloned(learner.actor, env, shown, { ...quick, threads }, learner.parameters(), seed);
    const one = await make(1);
    expect(await make(1, 2)).toEqual(one);
    expect((await make(2)).parameters).not.toEqual(one.parameters);
    await learner.dispose();
  });
});
