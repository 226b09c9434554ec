/** @file Each check of an env can fail: one env for each way to be broken, and the check that must find it. */
import { expect, test } from "vitest";
import type { CreateEnv } from "./check.ts";
import { checkEnv, envChecks } from "./check.ts";
import type { StepBuffers, VectorEnv, World } from "./env.ts";
import { vectorEnv } from "./vector.ts";

/** A walk to either end that is cut short at 12 steps, with a window into a table. */
const walk: World<{ readonly at: number; readonly bar: number }> = {
  name: "walk",
  observationSpace: {
    kind: "windowed",
    table: { values: new Float32Array(20), rows: 20, columns: 1 },
    lookback: 2,
    size: 1,
  },
  actionSpace: { kind: "discrete", sizes: [2] },
  maxSteps: 12,
  initial: (rng) => ({ at: rng.integer(5) - 2, bar: 1 }),
  step: ({ at, bar }, action, rng) => {
    const next = at + (action[0] === 0 ? -1 : 1) * (1 + rng.integer(2));
    return { state: { at: next, bar: bar + 1 }, reward: next / 4, terminated: Math.abs(next) > 6 };
  },
  observe: ({ at, bar }, into, index) => into.set([bar, at], index),
};
const isStart = (seen: Float32Array): boolean => seen[0] === 1;
const sound: CreateEnv = (lanes) => vectorEnv(walk, lanes);

/** The sound env with parts of it replaced. */
const changed =
  (change: (env: VectorEnv, lanes: number) => Partial<VectorEnv>): CreateEnv =>
  (lanes) => {
    const env = sound(lanes);
    return { ...env, ...change(env, lanes) };
  };
const afterStep = (spoil: (into: StepBuffers, lanes: number) => void): CreateEnv =>
  changed((env, lanes) => ({
    step: (actions, into) => {
      env.step(actions, into);
      spoil(into, lanes);
    },
  }));
let calls = 0;

/** What is broken → the env, a word of the check that must find it, and a word of what it must say. */
const broken: Readonly<Record<string, readonly [CreateEnv, check: string, says: string]>> = {
  "a head without actions": [
    changed(() => ({ actionSpace: { kind: "discrete", sizes: [2, 0] } })),
    "describes spaces",
    "0 actions",
  ],
  "a box that is inside out": [
    changed(() => ({ actionSpace: { kind: "box", low: [1], high: [-1] } })),
    "describes spaces",
    "from 1 to -1",
  ],
  "a table of another size": [
    changed(({ observationSpace }) => ({
      observationSpace: { ...observationSpace, table: { values: new Float32Array(3), rows: 20, columns: 1 } } as never,
    })),
    "describes spaces",
    "rows × columns",
  ],
  "a number of lanes that was not asked for": [
    changed((_, lanes) => ({ lanes: lanes + 1 })),
    "describes spaces",
    "asked for",
  ],
  "dice that no seed decides": [afterStep(({ rewards }) => (rewards[0] += ++calls)), "same seed", "differ"],
  "a reset that forgets something": [
    changed((env) => {
      let steps = 0;
      return {
        step: (actions, into) => {
          env.step(actions, into);
          into.rewards[0] += steps++;
        },
      };
    }),
    "however it was used",
    "used before",
  ],
  "a seed that decides nothing": [
    changed((env) => ({ reset: (_, into) => env.reset(1, into) })),
    "by seed and lane",
    "seeds agree",
  ],
  "lanes that see each other": [
    afterStep(({ rewards }) => (rewards[0] = rewards.reduce((sum, reward) => sum + reward, 0))),
    "each lane to itself",
    "differs",
  ],
  "a reward that is no number": [
    afterStep(({ rewards }) => rewards.fill(NaN, 1, 2)),
    "lanes whole",
    "no finite number",
  ],
  "an observation that is not written": [
    afterStep(({ observations }) => observations.fill(NaN, 3, 4)),
    "lanes whole",
    "no finite number",
  ],
  "a flag that is none": [afterStep(({ terminated }) => terminated.fill(3, 0, 1)), "lanes whole", "neither 0 nor 1"],
  "a row beyond the table": [
    afterStep(({ observations }) => observations.fill(20, 0, 1)),
    "lanes whole",
    "no whole window",
  ],
  "a mask that forbids everything": [afterStep(({ legal }) => legal.fill(0, 2, 4)), "lanes whole", "no legal action"],
  "writing beyond its lanes": [
    afterStep(({ rewards }) => {
      new Float32Array(rewards.buffer, rewards.byteOffset, rewards.length + 1)[rewards.length] = 1;
    }),
    "lanes whole",
    "beyond",
  ],
  "a reward before the first step": [
    changed((env) => ({
      reset: (seed, into) => {
        env.reset(seed, into);
        into.rewards.fill(1);
      },
    })),
    "lanes whole",
    "not 0",
  ],
  "both kinds of end at once": [
    afterStep(({ terminated, truncated }) => {
      for (const [lane, flag] of truncated.entries()) if (flag === 1) terminated[lane] = 1;
    }),
    "ends episodes one way",
    "both set",
  ],
  "an end that is not told": [
    afterStep(({ terminated, truncated }) => {
      terminated.fill(0);
      truncated.fill(0);
    }),
    "ends episodes one way",
    "goes on has a final observation",
  ],
  "no final observation": [
    afterStep(({ finalObservations }) => finalObservations.fill(NaN)),
    "ends episodes one way",
    "no whole final observation",
  ],
  "a mask of the final observation that nobody writes": [
    changed(() => ({ masked: true })),
    "ends episodes one way",
    "no legal action in the mask of the final observation",
  ],
  "an end without a new start": [
    afterStep(({ observations, terminated, truncated }) => {
      for (const [lane, flag] of terminated.entries()) if (flag + truncated[lane] > 0) observations[2 * lane] = 5;
    }),
    "ends episodes one way",
    "next episode",
  ],
  "episodes that never end": [
    (lanes) => vectorEnv({ ...walk, maxSteps: 1e9, step: (state) => ({ state, reward: 0, terminated: false }) }, lanes),
    "ends episodes one way",
    "no episode",
  ],
  "a snapshot that shares the env's memory": [
    changed((env) => {
      const steps = new Int32Array(1);
      return {
        step: (actions, into) => {
          steps[0]++;
          env.step(actions, into);
        },
        snapshot: () => ({ ...env.snapshot(), shared: steps }),
      };
    }),
    "from a snapshot",
    "changes while",
  ],
  "a snapshot without the dice": [
    changed((env) => ({ snapshot: () => ({ ...env.snapshot(), rng: new Uint32Array(4 * env.lanes).fill(7) }) })),
    "from a snapshot",
    "another way",
  ],
  "a restore that does nothing": [changed(() => ({ restore: () => undefined })), "from a snapshot", "another way"],
};

test("an env that keeps the contract passes every check, each of which says what it did", () => {
  const results = checkEnv(sound, { isStart });
  expect(results.map(({ name }) => name)).toEqual(envChecks.map(({ name }) => name));
  for (const { passed, found, name } of results) {
    expect(passed, `${name}: ${found}`).toBe(true);
    expect(found.length).toBeGreaterThan(10);
  }
});

test.each(Object.entries(broken))("finds %s", (_, [create, check, says]) => {
  const failed = checkEnv(create, { isStart }).filter(({ passed }) => !passed);
  const found = failed.find(({ name }) => name.includes(check));
  expect(found?.found, `failed: ${failed.map((each) => `${each.name}: ${each.found}`).join("; ")}`).toContain(says);
});

test("every check of an env is one that some broken env fails", () => {
  const covered = new Set(Object.values(broken).map(([, check]) => check));
  for (const { name } of envChecks)
    expect(
      [...covered].some((check) => name.includes(check)),
      name,
    ).toBe(true);
});
