/** @file What every learner must do, whatever its algorithm; the test of each calls it. */
import { describe, expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import type { VectorEnv } from "#env/env.ts";
import { bandit } from "#env/toys/bandit.ts";
import { cartpole } from "#env/toys/cartpole.ts";
import { corridor, corridorOptimum } from "#env/toys/corridor.ts";
import { pendulum } from "#env/toys/pendulum.ts";
import { vectorEnv } from "#env/vector.ts";
import type { Learner } from "./agent.ts";
import type { LearnerConfig } from "./learner-config.ts";
import { aimWorld, armsWorld, lastReturn, learned, maskedEnv, masking, paying } from "./learner.fixture.ts";

/** Settings that all learners have. */
interface LearnerSettings extends LearnerConfig {
  readonly rewardScale: number;
}

export interface LearnerUnderTest {
  readonly acts: readonly ("choices" | "reals")[];
  /** Small and quick, with these settings in place of its own; of 8 lanes it learns in its sixth iteration. */
  readonly create: (env: VectorEnv, settings: Partial<LearnerSettings>, seed: number) => Promise<Learner>;
  /** Transitions of 16 lanes in which it learns toys. */
  readonly enough: number;
  /** With what the same breaks down: its steps are far too large. */
  readonly breakDown: (env: VectorEnv) => Promise<Learner>;
  /** Whether it says how sure it is of its choices; one that does not says NaN. */
  readonly saysHowSure: boolean;
}

/** Defines the tests of the contract, for each kind of action that the learner can learn. */
export function learnerContract(name: string, learner: LearnerUnderTest): void {
  describe.each(learner.acts)(`${name} keeps the contract of a learner of %s`, (acts) => {
    const env = acts === "choices" ? () => vectorEnv(cartpole(), 8) : () => vectorEnv(pendulum(), 8);
    reproducibleContract(learner, env);
    adoptingContract(learner, env);
    brokenContract(learner, env);
    if (acts === "choices") choosingContract(learner);
    else aimingContract(learner);
  });
}

/** Seed, threads, snapshots. */
function reproducibleContract({ create }: LearnerUnderTest, env: () => VectorEnv): void {
  /** Everything that decides its future after so many iterations. */
  async function after(iterations: number, seed: number, settings: Partial<LearnerSettings> = {}) {
    const learner = await create(env(), settings, seed);
    const metrics: unknown[] = [];
    for (let n = 0; n < iterations; n++) metrics.push(await learner.iterate());
    const found = { metrics, parameters: learner.parameters(), snapshot: learner.snapshot() };
    await learner.dispose();
    return found;
  }

  test("its seed decides everything, to the bit, and it does learn", async () => {
    const first = await after(6, 1);
    expect(await after(6, 1)).toEqual(first);
    expect((await after(6, 2)).parameters).not.toEqual(first.parameters);
    expect((await after(5, 1)).parameters).not.toEqual(first.parameters);
  });

  test("the number of threads decides nothing", async () => {
    const network = { body: "mlp", hidden: [128, 128], activation: "tanh" } as const;
    expect(await after(6, 1, { network, threads: 2 })).toEqual(await after(6, 1, { network, threads: 1 }));
  });

  test("it goes on from a snapshot to the same bytes, in itself and in a new learner", async () => {
    const learner = await create(env(), {}, 5);
    for (let n = 0; n < 5; n++) await learner.iterate();
    const snapshot = learner.snapshot();
    const kept = structuredClone(snapshot);
    const onwards = async (from: Learner): Promise<unknown[]> => {
      const metrics = [await from.iterate(), await from.iterate()];
      return [metrics, from.transitions, from.snapshot()];
    };
    const future = await onwards(learner);
    expect(snapshot, "a snapshot does not change while the learner goes on").toEqual(kept);
    learner.restore(snapshot);
    expect(await onwards(learner)).toEqual(future);
    const other = await create(env(), {}, 99);
    await other.iterate();
    other.restore(kept);
    expect(other.snapshot()).toEqual(kept);
    expect(await onwards(other)).toEqual(future);
    for (const each of [learner, other]) await each.dispose();
  });

  test("its env has dice of its own: one that draws more does not change the first actions", async () => {
    const seeds: number[] = [];
    const inner = env();
    const watched: VectorEnv = { ...inner, reset: (seed, into) => (seeds.push(seed), inner.reset(seed, into)) };
    for (const seed of [1, 2]) await (await create(watched, {}, seed)).dispose();
    expect(seeds).toEqual([1, 2].map((seed) => createRng(seed, "env").integer(2 ** 31)));
  });

  test("all that it reports is finite, and returns are in raw rewards", async () => {
    const [plain] = (await after(1, 1)).metrics as Record<string, number>[];
    const { metrics } = await after(8, 1, { rewardScale: 100 });
    for (const each of metrics as Record<string, number>[]) {
      for (const [key, value] of Object.entries(each)) expect(Number.isFinite(value), key).toBe(true);
    }
    expect((metrics[0] as Record<string, number>)["episodeReturn"]).toBe(plain["episodeReturn"]);
  });
}

/** Other parameters in place of its own: of a stage before, or of an imitation. */
function adoptingContract({ create }: LearnerUnderTest, env: () => VectorEnv): void {
  test("it begins with a copy of other parameters, goes on from there, and takes none later", async () => {
    const other = await create(env(), {}, 9);
    const start = other.parameters();
    await other.dispose();
    const given = start.slice();
    const learner = await create(env(), {}, 1);
    expect(learner.parameters()).not.toEqual(start);
    learner.adopt(given);
    given.fill(7);
    expect(learner.parameters()).toEqual(start);
    const again = await create(env(), {}, 2);
    again.restore(structuredClone(learner.snapshot()));
    for (let n = 0; n < 6; n++) expect(await again.iterate()).toEqual(await learner.iterate());
    expect(learner.parameters(), "it learns from there").not.toEqual(start);
    expect(again.snapshot()).toEqual(learner.snapshot());
    expect(() => learner.adopt(start)).toThrow("before anything is learned");
    for (const each of [learner, again]) await each.dispose();
  });
}

/** What is broken stops it at once. */
function brokenContract({ create, breakDown }: LearnerUnderTest, env: () => VectorEnv): void {
  test.each([
    { pays: NaN, range: undefined, says: /^lane 0 was paid NaN, its range is finite numbers$/ },
    { pays: Infinity, range: undefined, says: /^lane 0 was paid Infinity/ },
    { pays: 0.75, range: [0, 0.5] as const, says: /^lane 0 was paid 0.75, its range is 0 to 0.5$/ },
  ])("a reward of $pays where its range is $range stops it in the step", async ({ pays, range, says }) => {
    const wrong = { ...paying(env(), pays), ...(range === undefined ? {} : { rewardRange: range }) };
    const learner = await create(wrong, {}, 1);
    const before = learner.parameters();
    await expect(learner.iterate()).rejects.toMatchObject({ code: "training/bad-reward", found: said(says) });
    expect(learner.parameters(), "nothing was learned").toEqual(before);
    await learner.dispose();
  });

  test("a loss or a gradient that is not finite stops it in the update, by name, and nothing of it is kept", async () => {
    const learner = await breakDown(env());
    let before = learner.parameters();
    const untilItBreaks = async (): Promise<void> => {
      for (let n = 0; n < 50; n++, before = learner.parameters()) await learner.iterate();
    };
    await expect(untilItBreaks()).rejects.toMatchObject({
      code: "training/not-finite",
      found: said(/^\w+(\[\d+\])? is (NaN|-?Infinity).* after \d+ transitions$/),
    });
    expect(learner.parameters()).toEqual(before);
    expect(before.every((value) => Number.isFinite(value))).toBe(true);
    await learner.dispose();
  });
}

const said = (pattern: RegExp): string => expect.stringMatching(pattern) as string;

/** Of choices. */
function choosingContract({ create, enough, saysHowSure }: LearnerUnderTest): void {
  test.each([1, 2])("it learns the best arm of ten (seed %i)", async (seed) => {
    const settings = { gamma: 0, totalTransitions: enough };
    const metrics = await learned(create(vectorEnv(bandit(), 16), settings, seed), enough);
    expect(metrics[0]["episodeReturn"], "a tenth of the arms pays 1").toBeLessThan(0.4);
    expect(lastReturn(metrics), "of at least 1,280 pulls, with a standard error of 0.03, at best 1").toBeGreaterThan(
      0.9,
    );
  });

  test.each([1, 2])("it learns to walk the corridor to its end, terminated and truncated (seed %i)", async (seed) => {
    const settings = { gamma: 0.95, totalTransitions: enough };
    const metrics = await learned(create(vectorEnv(corridor({ maxSteps: 30 }), 16), settings, seed), enough);
    expect(lastReturn(metrics)).toBeGreaterThan(corridorOptimum() - 0.01);
  });

  test("it learns the best arm of each of three heads at once, however many arms each has", async () => {
    const settings = { gamma: 0, totalTransitions: enough };
    const env = vectorEnv(armsWorld([3, 2, 4], [2, 0, 3]), 16);
    const metrics = await learned(create(env, settings, 1), enough);
    expect(metrics[0]["episodeReturn"]).toBeLessThan(1.5);
    expect(lastReturn(metrics)).toBeGreaterThan(2.75);
  });

  test("it learns the best legal action, tries every other one, and never takes one that is not", async () => {
    const taken = new Set<string>();
    const env = maskedEnv(16, (state, action) => taken.add(`${state}${action}`));
    const metrics = await learned(create(env, { gamma: 0, totalTransitions: enough }, 1), enough);
    expect([...taken].sort((one, two) => one.localeCompare(two))).toEqual(["00", "01", "10", "11", "12"]);
    expect(metrics[0]["episodeReturn"]).toBeLessThan(0.6);
    expect(lastReturn(metrics), "0.75 is the best; 1 would need what is forbidden").toBeGreaterThan(0.72);
  });

  test.each([
    { mask: "legal", from: 0, says: "is seen" },
    { mask: "legal", from: 3, says: "is seen" },
    { mask: "finalLegal", from: 3, says: "its episode ended with" },
  ] as const)("$mask that forbids everything stops it, from step $from on", async ({ mask, from, says }) => {
    let steps = -1;
    const closed = masking(vectorEnv(armsWorld([2, 3], [0, 0]), 4), (into) => {
      if (++steps >= from) into[mask].fill(0, 7, 10);
    });
    const untilItStops = async (): Promise<unknown> => (await create(closed, {}, 1)).iterate();
    const found = `the mask of lane 1 forbids all 3 choices of part 2 of 2 in what ${says}`;
    await expect(untilItStops()).rejects.toMatchObject({ code: "training/no-legal-action", found });
  });

  test("it tells a world that asks how sure it is, before each step", async () => {
    const env = vectorEnv(corridor(), 8);
    const policyEntropy = new Float32Array(8).fill(2);
    const told: number[] = [];
    const step: VectorEnv["step"] = (actions, into) => {
      told.push(...policyEntropy);
      env.step(actions, into);
    };
    const learner = await create({ ...env, policyEntropy, step }, {}, 1);
    for (let n = 0; n < 3; n++) await learner.iterate();
    expect(told).toHaveLength(learner.transitions);
    if (saysHowSure) {
      for (const unsure of told.slice(0, 8)) expect(unsure, "at first all are nearly alike").toBeCloseTo(1, 1);
      for (const unsure of told) expect(unsure > 0 && unsure <= 1 + 1e-6, String(unsure)).toBe(true);
    } else {
      expect(told.every(Number.isNaN)).toBe(true);
    }
    await learner.dispose();
  });
}

/** Of real numbers. */
function aimingContract({ create, enough }: LearnerUnderTest): void {
  test("it learns to aim where it pays, and never leaves the box", async () => {
    const taken: number[] = [];
    const env = vectorEnv(
      { ...aimWorld, step: (state, action, rng) => (taken.push(action[0]), aimWorld.step(state, action, rng)) },
      16,
    );
    const metrics = await learned(create(env, { gamma: 0, totalTransitions: enough }, 1), enough);
    expect(taken.every((action) => action >= 0 && action <= 1)).toBe(true);
    expect(metrics[0]["episodeReturn"]).toBeLessThan(-0.5);
    expect(lastReturn(metrics), "0 is the best, and it is drawn with what deviation is left").toBeGreaterThan(-0.15);
  });
}
