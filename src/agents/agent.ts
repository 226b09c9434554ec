/** @file The contract of a learner: it lives in a vector env, and gets better at it. */
import { Failure } from "#base/failure.ts";
import type { Snapshot } from "#env/env.ts";
import type { Actor } from "#policy/actor.ts";

/** What one iteration did, by name: losses, entropy, episode returns … Every value is finite. */
export type IterationMetrics = Readonly<Record<string, number>>;

/** An algorithm at work. Everything it will do follows from its configuration, its seed and its env. */
export interface Learner {
  /** Env steps taken so far, over all lanes. */
  readonly transitions: number;
  /** What acts for it, with `parameters()`. */
  readonly actor: Actor;
  /** Collects experience once and learns from it. */
  iterate(): Promise<IterationMetrics>;
  /** The actor's parameters now, a copy `[P]`. */
  parameters(): Float32Array;
  /** Begins with a copy of these parameters of its actor instead of its own, before the first iteration. */
  adopt(parameters: Float32Array): void;
  /** Everything that decides its future, the env's lanes included. */
  snapshot(): Snapshot;
  /** Goes on exactly where `snapshot` was taken, on a learner made with the same settings. */
  restore(snapshot: Snapshot): void;
  dispose(): Promise<void>;
}

/** One value for each gradient step of a call, `[K]` or `[K × n]`, by name. */
export type UpdateMetrics = Readonly<Record<string, Float32Array>>;

/**
 * The mean of each metric over the gradient steps of a call, once all of them are known to be finite.
 * @param before gradient steps that were made before this call
 * @throws Failure training/not-finite that names the first step in which one is not, and all that are not in it
 */
export function meansOf(metrics: UpdateMetrics, count: number, before: number, transitions: number): IterationMetrics {
  for (let update = 0; update < count; update++) {
    const found = Object.entries(metrics).flatMap(([name, values]) => {
      const each = values.length / count;
      const broken = values.subarray(update * each, (update + 1) * each).find((value) => !Number.isFinite(value));
      return broken === undefined ? [] : [`${name} is ${broken}`];
    });
    if (found.length > 0) throw notFinite(`${found.join(", ")} in update ${before + update + 1},`, transitions);
  }
  return Object.fromEntries(Object.entries(metrics).map(([name, values]) => [name, average(values)]));
}

/**
 * A copy of what an update made of a flat vector, once it is known to be finite.
 * @throws Failure training/not-finite that names the vector and the place in it
 */
export function taken(name: string, values: ArrayLike<number>, transitions: number): Float32Array {
  const copy = Float32Array.from(values);
  const at = copy.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) throw notFinite(`${name}[${at}] is ${copy[at]}`, transitions);
  return copy;
}

/**
 * What an iteration did, once it is known to be finite.
 * @throws Failure training/not-finite that names what is not; what such a number has touched is not to be kept
 */
export function reported(metrics: IterationMetrics, transitions: number): IterationMetrics {
  const broken = Object.entries(metrics).filter(([, value]) => !Number.isFinite(value));
  if (broken.length === 0) return metrics;
  const found = broken.map(([name, value]) => `${name} is ${value}`).join(", ");
  throw notFinite(found, transitions);
}

function notFinite(found: string, transitions: number): Failure {
  return new Failure("training/not-finite", `${found} after ${transitions} transitions`, { transitions });
}

export function average(values: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += values[at];
  return sum / values.length;
}
