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
  /** Begins with these parameters of its actor instead of its own, before the first iteration; absent where it cannot. */
  adopt?(parameters: Float32Array): void;
  /** Everything that decides its future, the env's lanes included. */
  snapshot(): Snapshot;
  /** Goes on exactly where `snapshot` was taken, on a learner made with the same settings. */
  restore(snapshot: Snapshot): void;
  dispose(): Promise<void>;
}

/**
 * What an iteration did, once it is known to be finite.
 * @throws Failure training/not-finite that names what is not: parameters that such a number has touched are lost
 */
export function reported(metrics: IterationMetrics, transitions: number): IterationMetrics {
  const broken = Object.entries(metrics).filter(([, value]) => !Number.isFinite(value));
  if (broken.length === 0) return metrics;
  const found = broken.map(([name, value]) => `${name} is ${value}`).join(", ");
  throw new Failure("training/not-finite", `${found} after ${transitions} transitions`, { transitions });
}
