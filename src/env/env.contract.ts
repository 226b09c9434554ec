/** @file What every `VectorEnv` must do; each env's own test calls it. */
import { describe, expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import type { Actions, Snapshot, StepBuffers, VectorEnv } from "./env.ts";
import { logitWidth, observationWidth } from "./space.ts";
import { actionBuffer, stepBuffers } from "./vector.ts";

interface EnvContractSettings {
  /** False for a world without chance, where all seeds and all lanes must agree instead of differ. */
  readonly chance?: boolean;
  /** Says whether an observation may be the first of an episode. */
  readonly isStart?: (observation: Float32Array) => boolean;
  /** Steps of random actions within which at least one of four lanes must end an episode. */
  readonly episodeSteps?: number;
}

/**
 * Registers the tests. `create` makes an env with that many lanes and otherwise the same settings each time.
 *
 * Lanes are defined by the seed and their own number: lane k is the same in an env of any number of lanes.
 */
export function envContract(
  name: string,
  create: (lanes: number) => VectorEnv,
  { chance = true, isStart = () => true, episodeSteps = 600 }: EnvContractSettings = {},
): void {
  describe(`${name} keeps the contract of an env`, () => {
    test("describes spaces that can be built for", () => {
      const env = create(3);
      expect(env.lanes).toBe(3);
      const { actionSpace: action, observationSpace: observation } = env;
      if (action.kind === "discrete") {
        expect(action.sizes.length).toBeGreaterThan(0);
        for (const size of action.sizes) expect(Number.isInteger(size) && size > 0, `head of ${size}`).toBe(true);
      } else {
        expect(action.low.length).toBe(action.high.length);
        for (const [at, low] of action.low.entries()) expect(low).toBeLessThan(action.high[at]);
      }
      if (observation.kind === "windowed") {
        const { table, lookback } = observation;
        expect(table.values.length).toBe(table.rows * table.columns);
        expect(lookback).toBeLessThanOrEqual(table.rows);
      }
    });

    test("gives the same steps for the same seed, however it was used before", () => {
      // Long enough that a step count left over from before would move the end of an episode.
      const settings = { seed: 11, steps: episodeSteps };
      const fresh = trace(create(3), settings);
      expect(trace(create(3), settings)).toEqual(fresh);
      const used = create(3);
      trace(used, { seed: 5, steps: 33, actionSeed: 2 });
      expect(trace(used, settings)).toEqual(fresh);
    });

    test(chance ? "gives different steps for different seeds and lanes" : "gives the same steps for all seeds", () => {
      const sameActions = { steps: 60, actionLanes: [0, 0] };
      const one = trace(create(2), { ...sameActions, seed: 1 });
      const two = trace(create(2), { ...sameActions, seed: 2 });
      const alike = chance ? "differ" : "agree";
      expect(agreement(one[0], two[0]), "seeds").toBe(alike);
      expect(agreement(one[0], one[1]), "lanes").toBe(alike);
    });

    test("keeps each lane to itself and the same whatever the number of lanes", () => {
      const settings = { seed: 3, steps: 60 };
      const three = trace(create(3), settings);
      expect(trace(create(1), settings)).toEqual(three.slice(0, 1));
      expect(trace(create(5), settings).slice(0, 3)).toEqual(three);
      const otherActions = trace(create(3), { ...settings, actionLanes: [0, 9, 2] });
      expect([otherActions[0], otherActions[2]]).toEqual([three[0], three[2]]);
    });

    test("writes its own lanes whole and nothing else", () => {
      const env = create(3);
      const { own, marginsUntouched } = guardedBuffers(env);
      env.reset(4, own);
      expectValidObservations(env, own);
      expect([...own.rewards, ...own.terminated, ...own.truncated]).toEqual(Array.from({ length: 9 }, () => 0));
      const act = actor(env, 1, [0, 1, 2]);
      for (let step = 0; step < 60; step++) {
        const actions = act(own);
        spoil(own);
        env.step(actions, own);
        expectValidObservations(env, own);
        expect(own.rewards.every(Number.isFinite), "rewards are finite").toBe(true);
        expect([...own.terminated, ...own.truncated].every((flag) => flag === 0 || flag === 1)).toBe(true);
        expectALegalAction(env, own);
      }
      expect(marginsUntouched(), "nothing beyond the lanes is written").toBe(true);
    });

    test("ends episodes one way, shows the last observation and starts afresh", () => {
      const env = create(4);
      const width = observationWidth(env.observationSpace);
      const buffers = stepBuffers(4, env.observationSpace, env.actionSpace);
      env.reset(8, buffers);
      for (let lane = 0; lane < 4; lane++) expect(isStart(row(buffers.observations, lane, width))).toBe(true);
      const act = actor(env, 6, [0, 1, 2, 3]);
      let ended = 0;
      for (let step = 0; step < episodeSteps; step++) {
        const actions = act(buffers);
        spoil(buffers);
        env.step(actions, buffers);
        for (let lane = 0; lane < 4; lane++) {
          const terminated = buffers.terminated[lane];
          const truncated = buffers.truncated[lane];
          expect(terminated + truncated, "terminated and truncated are never both set").toBeLessThanOrEqual(1);
          const last = row(buffers.finalObservations, lane, width);
          if (terminated + truncated === 0) {
            expect(last.every(Number.isNaN), "no final observation of a lane that goes on").toBe(true);
            continue;
          }
          ended++;
          expect(last.every(Number.isFinite), "a final observation of a lane that ended").toBe(true);
          expect(isStart(row(buffers.observations, lane, width)), "the next episode's first observation").toBe(true);
        }
      }
      expect(ended, `an episode ends within ${episodeSteps} steps`).toBeGreaterThan(0);
    });

    test("goes on from a snapshot to the bit, in itself and in a new env, as often as asked", () => {
      const env = create(3);
      const shown = stepBuffers(3, env.observationSpace, env.actionSpace);
      trace(env, { seed: 21, steps: 37, buffers: shown });
      const snapshot = env.snapshot();
      const kept: Snapshot = structuredClone(snapshot);
      const onwards = (from: VectorEnv): Float32Array[] =>
        trace(from, { steps: 80, actionSeed: 7, buffers: structuredClone(shown) });
      const future = onwards(env);
      expect(snapshot, "a snapshot does not change while the env goes on").toEqual(kept);
      env.restore(snapshot);
      expect(onwards(env)).toEqual(future);
      const other = create(3);
      trace(other, { seed: 99, steps: 12 });
      other.restore(structuredClone(snapshot));
      expect(other.snapshot()).toEqual(kept);
      expect(onwards(other)).toEqual(future);
      expect(snapshot, "nor does the env write into what it was restored from").toEqual(kept);
    });
  });
}

/** Written over everything before a step, to see what the step writes. Not a valid flag, reward or observation. */
const spoilt = NaN;
const spoiltFlag = 255;

function spoil({ observations, finalObservations, rewards, terminated, truncated }: StepBuffers): void {
  for (const floats of [observations, finalObservations, rewards]) floats.fill(spoilt);
  for (const flags of [terminated, truncated]) flags.fill(spoiltFlag);
}

/** Buffers of an env's lanes cut out of larger ones, whose margins (a lane on each side) must stay spoilt. */
function guardedBuffers(env: VectorEnv): { own: StepBuffers; marginsUntouched: () => boolean } {
  const whole = stepBuffers(env.lanes + 2, env.observationSpace, env.actionSpace);
  spoil(whole);
  whole.legal.fill(spoiltFlag);
  const marginOf = (array: ArrayLike<number>): number => array.length / (env.lanes + 2);
  const floats = (array: Float32Array): Float32Array => array.subarray(marginOf(array), -marginOf(array));
  const flags = (array: Uint8Array): Uint8Array => array.subarray(marginOf(array), array.length - marginOf(array));
  const own: StepBuffers = {
    observations: floats(whole.observations),
    finalObservations: floats(whole.finalObservations),
    rewards: floats(whole.rewards),
    terminated: flags(whole.terminated),
    truncated: flags(whole.truncated),
    legal: flags(whole.legal).fill(1),
  };
  const marginsUntouched = (): boolean =>
    Object.values(whole).every((array: Float32Array | Uint8Array) => {
      const margin = marginOf(array);
      const outside = [...array.subarray(0, margin), ...array.subarray(array.length - margin)];
      return outside.every((value) => Object.is(value, array instanceof Uint8Array ? spoiltFlag : spoilt));
    });
  return { own, marginsUntouched };
}

function row(values: Float32Array, lane: number, width: number): Float32Array {
  return values.subarray(lane * width, (lane + 1) * width);
}

function expectValidObservations({ lanes, observationSpace }: VectorEnv, { observations }: StepBuffers): void {
  expect(observations.every(Number.isFinite), "observations are finite").toBe(true);
  if (observationSpace.kind === "vector") return;
  for (let lane = 0; lane < lanes; lane++) {
    const bar = observations[lane * observationWidth(observationSpace)];
    const { table, lookback } = observationSpace;
    expect(Number.isInteger(bar) && bar >= lookback - 1 && bar < table.rows, `row ${bar} has a whole window`).toBe(
      true,
    );
  }
}

function expectALegalAction({ lanes, actionSpace }: VectorEnv, { legal }: StepBuffers): void {
  if (actionSpace.kind === "box") return;
  expect(legal.length).toBe(lanes * logitWidth(actionSpace));
  let at = 0;
  for (let lane = 0; lane < lanes; lane++) {
    for (const size of actionSpace.sizes) {
      expect(legal.subarray(at, at + size), "each head has a legal action").toContain(1);
      at += size;
    }
  }
}

/** Random legal actions. Each lane draws from the stream that `actionLanes` names for it. */
function actor(env: VectorEnv, seed: number, actionLanes: readonly number[]): (seen: StepBuffers) => Actions {
  const rngs = actionLanes.map((stream) => createRng(seed, `actions ${stream}`));
  const actions = actionBuffer(env.lanes, env.actionSpace);
  const space = env.actionSpace;
  return ({ legal }) => {
    let at = 0;
    let logit = 0;
    for (const rng of rngs) {
      if (space.kind === "box") {
        for (const [axis, low] of space.low.entries()) actions[at++] = low + rng.uniform() * (space.high[axis] - low);
        continue;
      }
      for (const size of space.sizes) {
        const choices = Array.from({ length: size }, (_, choice) => choice).filter(
          (choice) => legal[logit + choice] === 1,
        );
        actions[at++] = choices[rng.integer(choices.length)];
        logit += size;
      }
    }
    return actions;
  };
}

interface TraceSettings {
  /** Absent: goes on from where the env is. */
  readonly seed?: number;
  /** What the env showed last, written on; absent: buffers of the trace's own. */
  readonly buffers?: StepBuffers;
  readonly steps: number;
  readonly actionSeed?: number;
  readonly actionLanes?: readonly number[];
}

/** All that each lane shows, step after step: `[lanes][steps · (width + 3)]`. */
function trace(env: VectorEnv, { seed, steps, actionSeed = 1, actionLanes, ...given }: TraceSettings): Float32Array[] {
  const width = observationWidth(env.observationSpace);
  const buffers = given.buffers ?? stepBuffers(env.lanes, env.observationSpace, env.actionSpace);
  if (seed !== undefined) env.reset(seed, buffers);
  const streams = actionLanes ?? Array.from({ length: env.lanes }, (_, lane) => lane);
  const act = actor(env, actionSeed, streams);
  const shown: number[][] = streams.map(() => []);
  const note = (): void => {
    for (const [lane, numbers] of shown.entries()) {
      numbers.push(...row(buffers.observations, lane, width), buffers.rewards[lane]);
      numbers.push(buffers.terminated[lane], buffers.truncated[lane]);
    }
  };
  if (seed !== undefined) note();
  for (let step = 0; step < steps; step++) {
    env.step(act(buffers), buffers);
    note();
  }
  return shown.map((numbers) => Float32Array.from(numbers));
}

function agreement(one: Float32Array, two: Float32Array): "agree" | "differ" {
  return one.every((value, at) => Object.is(value, two[at])) ? "agree" : "differ";
}
