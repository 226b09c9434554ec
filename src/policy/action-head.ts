/** @file The head of a policy that is unsure: from hidden features to a distribution of actions, drawn in plain numbers and judged as a graph. */
import type { Rng } from "#base/rng.ts";
import type { Actions, StepBuffers } from "#env/env.ts";
import type { ActionSpace } from "#env/space.ts";
import type { Node } from "#tensor/graph.ts";
import type { ParameterLayout, Parameters } from "#tensor/parameters.ts";
import type { Answer } from "./actor.ts";
import { categoricalHead } from "./action-heads/categorical.ts";
import type { GaussianConfig } from "./action-heads/gaussian.ts";
import { gaussianHead } from "./action-heads/gaussian.ts";

/** What a head says of the actions of B observations, each `[B, …]`, by name. */
export type Said<Value> = Readonly<Record<string, Value>>;

/** How probable actions were, and how unsure the policy was, as graphs. */
interface Judged {
  /** ln π of the whole action, `[B, 1]`. */
  readonly logProbability: Node;
  /** Of each part, `[B, parts]`, or `[1, parts]` where it does not depend on what is seen. */
  readonly entropies: Node;
}

export interface ActionHead {
  /** What its deterministic answer is. */
  readonly answers: Answer;
  /** Parts of an action that are drawn independently: heads of choices, dimensions of a box. */
  readonly parts: number;
  /** Numbers by which a learner remembers an action. */
  readonly keptWidth: number;
  /** Adds its parameters to a layout, as `<name>.…`; gives what it says of hidden features `[B, inputs]`. */
  create(layout: ParameterLayout, name: string, inputs: number): (hidden: Node, parameters: Parameters) => Said<Node>;
  /** The answer of one that acts and does not draw. */
  answer(said: Said<Node>): Node;
  /** @param kept `[B, keptWidth]`, as `draw` wrote it; @param legal `[B, logits]`, of discrete spaces that are masked */
  judge(said: Said<Node>, kept: Node, legal?: Node): Judged;
  /**
   * Draws a lane's action into `actions` and remembers it in `kept` from `keptAt` on.
   * @returns ln π of it
   */
  draw(
    said: Said<Float32Array>,
    lane: number,
    legal: StepBuffers["legal"],
    rng: Rng,
    actions: Actions,
    kept: Float32Array,
    keptAt: number,
  ): number;
  /** H(π) / ln(number of legal actions) of each part of a lane's action, `[lanes, parts]`; NaN where there is no such number. */
  writeUnsure(said: Said<Float32Array>, lane: number, legal: StepBuffers["legal"], into: Float32Array): void;
}

/** The head for a space of actions; `gaussian` counts where they are real numbers. */
export function actionHead(space: ActionSpace, gaussian?: GaussianConfig): ActionHead {
  return space.kind === "discrete" ? categoricalHead(space.sizes) : gaussianHead(space, gaussian);
}
