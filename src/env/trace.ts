/** @file An env under random legal actions: all that it shows, and buffers that tell what was written. For its checks. */
import { createRng } from "#base/rng.ts";
import type { Actions, StepBuffers, VectorEnv } from "./env.ts";
import { observationWidth } from "./space.ts";
import { actionBuffer, stepBuffers } from "./vector.ts";

/** Written over everything before a step, to see what the step writes. Not a valid flag, reward or observation. */
const spoilt = NaN;
const spoiltFlag = 255;

/** Writes what nobody may leave there over everything that a step must write. */
export function spoil({ observations, finalObservations, rewards, terminated, truncated }: StepBuffers): void {
  for (const floats of [observations, finalObservations, rewards]) floats.fill(spoilt);
  for (const flags of [terminated, truncated]) flags.fill(spoiltFlag);
}

/** Buffers of an env's lanes cut out of larger ones, whose margins (a lane on each side) must stay spoilt. */
export function guardedBuffers(env: VectorEnv): { own: StepBuffers; marginsUntouched: () => boolean } {
  const whole = stepBuffers(env.lanes + 2, env.observationSpace, env.actionSpace);
  spoil(whole);
  for (const masks of [whole.legal, whole.finalLegal]) masks.fill(spoiltFlag);
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
    finalLegal: flags(whole.finalLegal).fill(1),
  };
  const marginsUntouched = (): boolean =>
    Object.values(whole).every((array: Float32Array | Uint8Array) => {
      const margin = marginOf(array);
      const outside = [...array.subarray(0, margin), ...array.subarray(array.length - margin)];
      return outside.every((value) => Object.is(value, array instanceof Uint8Array ? spoiltFlag : spoilt));
    });
  return { own, marginsUntouched };
}

/** The numbers of one lane. */
export function row(values: Float32Array, lane: number, width: number): Float32Array {
  return values.subarray(lane * width, (lane + 1) * width);
}

/** Random legal actions. Each lane draws from the stream that `actionLanes` names for it. */
export function legalActor(
  env: VectorEnv,
  seed: number,
  actionLanes: readonly number[],
): (seen: StepBuffers) => Actions {
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
export function trace(
  env: VectorEnv,
  { seed, steps, actionSeed = 1, actionLanes, ...given }: TraceSettings,
): Float32Array[] {
  const width = observationWidth(env.observationSpace);
  const buffers = given.buffers ?? stepBuffers(env.lanes, env.observationSpace, env.actionSpace);
  if (seed !== undefined) env.reset(seed, buffers);
  const streams = actionLanes ?? Array.from({ length: env.lanes }, (_, lane) => lane);
  const act = legalActor(env, actionSeed, streams);
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

/** The same numbers, to the bit. */
export function agree(one: ArrayLike<number>, two: ArrayLike<number>): boolean {
  if (one.length !== two.length) return false;
  for (let at = 0; at < one.length; at++) if (!Object.is(one[at], two[at])) return false;
  return true;
}

/** The same numbers in each row, to the bit. */
export function sameRows(one: readonly ArrayLike<number>[], two: readonly ArrayLike<number>[]): boolean {
  return one.length === two.length && one.every((values, at) => agree(values, two[at]));
}
