/** @file What learners on the policy learn from: all lanes played for a while with the present policy, each transition one row of numbers. */
import type { Rng } from "#base/rng.ts";
import type { Snapshot, VectorEnv } from "#env/env.ts";
import { named, part } from "#env/snapshot.ts";
import { logitWidth, observationWidth } from "#env/space.ts";
import { actionBuffer } from "#env/vector.ts";
import type { ActionHead, Said } from "#policy/action-head.ts";
import { advantages } from "./advantage.ts";
import type { Rollout } from "./advantage.ts";
import type { IterationMetrics } from "./agent.ts";
import { average } from "./agent.ts";
import type { Node } from "#tensor/graph.ts";
import { split } from "#tensor/ops/movement.ts";
import { createPlay } from "./play.ts";
import { fixedRewardScale, runningRewardScale } from "./reward-scale.ts";

export interface RolloutConfig {
  /** Steps of each lane between two updates; a rollout holds lanes × rolloutSteps transitions. */
  readonly rolloutSteps: number;
  /** Discount of a step. */
  readonly gamma: number;
  /** λ of the advantage estimate. */
  readonly gaeLambda: number;
  /**
   * What rewards are multiplied by before learning, so that values are of order 1; `running`: they are divided by the running
   * deviation of their discounted return. Metrics are in raw rewards.
   */
  readonly rewardScale: number | "running";
}

const columnNames = ["observation", "action", "logProbability", "advantage", "target", "value", "legal"] as const;

type ColumnName = (typeof columnNames)[number];

/** Where each part of a transition stands in its row; a part without width is not kept. */
export interface Row {
  readonly width: number;
  readonly widths: Readonly<Record<ColumnName, number>>;
  readonly at: Readonly<Record<ColumnName, number>>;
}

/** The rows of an env's transitions; what is legal is kept where there are masks, a state's old value where it is asked for. */
export function rowOf(
  { observationSpace, actionSpace, masked }: VectorEnv,
  head: ActionHead,
  keeps: { readonly value: boolean },
): Row {
  const widths = {
    observation: observationWidth(observationSpace),
    action: head.keptWidth,
    logProbability: 1,
    advantage: 1,
    target: 1,
    value: keeps.value ? 1 : 0,
    legal: masked === true && actionSpace.kind === "discrete" ? logitWidth(actionSpace) : 0,
  };
  const at = { observation: 0, action: 0, logProbability: 0, advantage: 0, target: 0, value: 0, legal: 0 };
  let width = 0;
  for (const name of columnNames) {
    at[name] = width;
    width += widths[name];
  }
  return { width, widths, at };
}

/** The parts of rows `[B, width]`, each `[B, its width]`. */
export interface Columns extends Readonly<Record<Exclude<ColumnName, "value" | "legal">, Node>> {
  readonly value?: Node;
  readonly legal?: Node;
}

export function columnsOf(rows: Node, { widths }: Row): Columns {
  const kept = columnNames.filter((name) => widths[name] > 0);
  const parts = split(
    rows,
    kept.map((name) => widths[name]),
    1,
  );
  return Object.fromEntries(kept.map((name, n) => [name, parts[n]])) as unknown as Columns;
}

/** What the policy says of observations `[N, O]`, by name, and their `value` `[N]`. */
export type Look = (observations: Float32Array) => Promise<Said<Float32Array>>;

export interface Collector {
  /** `[T × N, row.width]`, step after step: everything that a gradient step needs to know of each transition. */
  readonly rows: Float32Array;
  /** `[T × N]`: generalised advantages, and the values as they were while collecting. */
  readonly advantage: Float32Array;
  readonly values: Float32Array;
  /** Plays `rolloutSteps` steps in every lane. */
  collect(look: Look, rng: Rng): Promise<void>;
  /** Of the episodes that ended since the last call. */
  takeEpisodes(): IterationMetrics;
  /** The env's lanes included. */
  snapshot(): Snapshot;
  restore(snapshot: Snapshot): void;
}

/** Starts all lanes of `env`, from a seed that `rng` draws. */
export function createCollector(
  env: VectorEnv,
  head: ActionHead,
  row: Row,
  config: RolloutConfig,
  rng: Rng,
): Collector {
  const { lanes } = env;
  const transitions = lanes * config.rolloutSteps;
  const { observation, legal } = row.widths;
  const play = createPlay(env, rng);
  const { buffers } = play;
  const actions = actionBuffer(lanes, env.actionSpace);
  const rows = new Float32Array(transitions * row.width);
  const advantage = new Float32Array(transitions);
  const scale =
    config.rewardScale === "running" ? runningRewardScale(lanes, config.gamma) : fixedRewardScale(config.rewardScale);
  const rollout: Rollout = {
    rewards: new Float32Array(transitions),
    values: new Float32Array(transitions),
    nextValues: new Float32Array(transitions),
    terminated: new Uint8Array(transitions),
    truncated: new Uint8Array(transitions),
  };

  /** Draws an action in every lane, and writes down what was seen and done. */
  function act(said: Said<Float32Array>, from: number, dice: Rng): void {
    for (let lane = 0; lane < lanes; lane++) {
      const at = (from + lane) * row.width;
      const drawn = head.draw(said, lane, buffers.legal, dice, actions, rows, at + row.at.action);
      rows[at + row.at.logProbability] = drawn;
      if (env.policyEntropy) head.writeUnsure(said, lane, buffers.legal, env.policyEntropy);
      for (let n = 0; n < observation; n++) rows[at + n] = buffers.observations[lane * observation + n];
      for (let n = 0; n < legal; n++) rows[at + row.at.legal + n] = buffers.legal[lane * legal + n];
    }
  }

  /** What the states that a step led to are worth: of an episode that was cut off, its last one. */
  async function valueNext(next: Said<Float32Array>, from: number, look: Look): Promise<void> {
    rollout.nextValues.set(next["value"], from);
    if (!buffers.truncated.includes(1)) return;
    const final = (await look(buffers.finalObservations))["value"];
    for (let lane = 0; lane < lanes; lane++) {
      if (buffers.truncated[lane] === 1) rollout.nextValues[from + lane] = final[lane];
    }
  }

  return {
    rows,
    advantage,
    values: rollout.values,

    async collect(look, dice) {
      let said = await look(buffers.observations);
      for (let from = 0; from < transitions; from += lanes) {
        rollout.values.set(said["value"], from);
        act(said, from, dice);
        play.step(actions);
        scale.scale(buffers.rewards, buffers.terminated, buffers.truncated, rollout.rewards, from);
        rollout.terminated.set(buffers.terminated, from);
        rollout.truncated.set(buffers.truncated, from);
        said = await look(buffers.observations);
        await valueNext(said, from, look);
      }
      advantage.set(advantages(rollout, lanes, config.gamma, config.gaeLambda));
      for (let n = 0, at = 0; n < transitions; n++, at += row.width) {
        rows[at + row.at.advantage] = advantage[n];
        rows[at + row.at.target] = advantage[n] + rollout.values[n];
        if (row.widths.value > 0) rows[at + row.at.value] = rollout.values[n];
      }
    },

    takeEpisodes: () => play.takeEpisodes(),

    snapshot: () => ({ ...named("play", play.snapshot()), ...named("rewardScale", scale.snapshot()) }),

    restore(snapshot) {
      play.restore(part("play", snapshot));
      scale.restore(part("rewardScale", snapshot));
    },
  };
}

/** 1 − Var(R − V) / Var(R): how much of the returns the values foresaw. 0 where all returns are equal. */
export function explainedVariance({ values, advantage }: Pick<Collector, "values" | "advantage">): number {
  const variance = (list: Float32Array): number => {
    const centre = average(list);
    return average(list.map((value) => (value - centre) ** 2));
  };
  const spread = variance(values.map((value, at) => value + advantage[at]));
  return spread === 0 ? 0 : 1 - variance(advantage) / spread;
}
