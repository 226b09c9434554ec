/** @file The contract of a learner: it lives in a vector env, and gets better at it. */
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
  /** Everything that decides its future, the env's lanes included. */
  snapshot(): Snapshot;
  /** Goes on exactly where `snapshot` was taken, on a learner made with the same settings. */
  restore(snapshot: Snapshot): void;
  dispose(): Promise<void>;
}
