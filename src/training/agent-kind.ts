/** @file What an experiment must know of an algorithm: its settings with their defaults, and how a learner is made of them. */
import type { z } from "zod";
import type { Learner } from "#agents/agent.ts";
import type { VectorEnv } from "#env/env.ts";
import type { ActionSpace } from "#env/space.ts";
import type { Actor } from "#policy/actor.ts";
import type { NetworkConfig } from "#policy/body.ts";
import type { SeenShape } from "#policy/seen.ts";
import type { Device } from "#tensor/onnx/session.ts";

/** The settings of an experiment that every algorithm looks at. */
export interface CommonSettings {
  readonly seed: number;
  /** Env steps to train for, over all lanes. */
  readonly transitions: number;
  readonly lanes: number;
  readonly network: NetworkConfig;
  readonly threads: number;
  readonly device: Device;
}

/** What actions are: choices of discrete spaces, or real numbers. */
export type Acts = "choices" | "reals";

/** What an actor sees and what its actions are. */
export interface ActorShape {
  readonly seen: SeenShape;
  readonly space: ActionSpace;
  readonly network: NetworkConfig;
}

interface Algorithm<Settings> {
  /** What it can learn to do. */
  readonly acts: readonly Acts[];
  /** Whether it has a policy and a value that can share a body. */
  readonly sharesBody?: boolean;
  /** What is wrong between its settings and the others, from the setting's name on; undefined where nothing is. */
  readonly issue?: (own: Settings, common: CommonSettings) => string | undefined;
  readonly create: (env: VectorEnv, own: Settings, common: CommonSettings) => Promise<Learner>;
  /** The part of such a learner that acts, without anything to learn with. */
  readonly actor: (shape: ActorShape, own: Settings) => Actor;
}

/** An algorithm whose own settings are still to be read. */
export interface AgentKind<Schema extends z.ZodType = z.ZodType> {
  readonly schema: Schema;
  readonly acts: readonly Acts[];
  readonly sharesBody: boolean;
  issue(own: unknown, common: CommonSettings): string | undefined;
  create(env: VectorEnv, own: unknown, common: CommonSettings): Promise<Learner>;
  actor(shape: ActorShape, own: unknown): Actor;
}

/** Settings that were checked read as the same again. */
export function agentKind<Schema extends z.ZodType>(
  schema: Schema,
  { acts, sharesBody = false, issue, create, actor }: Algorithm<z.output<Schema>>,
): AgentKind<Schema> {
  return {
    schema,
    acts,
    sharesBody,
    issue: (own, common) => issue?.(schema.parse(own), common),
    create: (env, own, common) => create(env, schema.parse(own), common),
    actor: (shape, own) => actor(shape, schema.parse(own)),
  };
}
