/** @file Transitions over n steps (Sutton and Barto, 2018, section 7.1), cut where an episode ends and bootstrapped as they should be. */
import type { Actions, Snapshot, StepBuffers } from "#env/env.ts";

/** Where each part of a transition stands in its row; `sizes` are their widths, in this order. */
export interface TransitionRow {
  readonly width: number;
  /** What was seen `[O]`, then what was done `[A]`. */
  readonly action: number;
  /** R = Σ γᵏ·r over the steps of the window. */
  readonly reward: number;
  /** What the value of `next` counts: γᵐ after m steps; 0 where the world ended in them. */
  readonly beyond: number;
  /** What was seen m steps later `[O]`; of an episode that ended, its last observation. */
  readonly next: number;
  /** What may be done there `[logits]`; where nothing is ever forbidden, this has no width. */
  readonly legal: number;
  readonly sizes: readonly number[];
}

export function transitionRow(observation: number, action: number, logits: number): TransitionRow {
  const sizes = [observation, action, 1, 1, observation, ...(logits > 0 ? [logits] : [])];
  const reward = observation + action;
  const next = reward + 2;
  const width = sizes.reduce((sum, size) => sum + size, 0);
  return { width, action: observation, reward, beyond: reward + 1, next, legal: next + observation, sizes };
}

export interface NStep {
  /** Before a step: every lane begins a window. */
  begin(observations: Float32Array, actions: Actions): void;
  /** After it: windows that are whole, and all of a lane whose episode ended, are written and passed on, the oldest first. */
  end(buffers: StepBuffers, emit: (row: Float32Array) => void): void;
  snapshot(): Snapshot;
  restore(snapshot: Snapshot): void;
}

export interface NStepSettings {
  readonly lanes: number;
  readonly steps: number;
  readonly gamma: number;
  /** What rewards are multiplied by. */
  readonly rewardScale: number;
}

/**
 * Windows of n steps in each lane. A window of m ≤ n steps is worth Σ γᵏ·r_{t+k} + γᵐ·V(s_{t+m}), with V = 0 where the world
 * terminated; where it was truncated V is that of the last observation, and the windows that were still open end there too.
 */
export function createNStep(row: TransitionRow, { lanes, steps, gamma, rewardScale }: NStepSettings): NStep {
  /** Of each lane the windows that are open, oldest first: their rows as far as they are known, and what was paid so far. */
  const rows = new Float32Array(lanes * steps * row.width);
  const returns = new Float64Array(lanes * steps);
  const open = new Int32Array(lanes);
  const observation = row.action;
  const actions = row.reward - row.action;
  const logits = row.width - row.legal;

  return {
    begin(observations, chosen) {
      for (let lane = 0; lane < lanes; lane++) {
        const window = lane * steps + open[lane]++;
        const at = window * row.width;
        for (let n = 0; n < observation; n++) rows[at + n] = observations[lane * observation + n];
        for (let n = 0; n < actions; n++) rows[at + row.action + n] = chosen[lane * actions + n];
        returns[window] = 0;
      }
    },

    end(buffers, emit) {
      for (let lane = 0; lane < lanes; lane++) {
        const reward = buffers.rewards[lane];
        const first = lane * steps;
        const terminated = buffers.terminated[lane] === 1;
        const ended = terminated || buffers.truncated[lane] === 1;
        const [seen, legal] = ended
          ? [buffers.finalObservations, buffers.finalLegal]
          : [buffers.observations, buffers.legal];
        const begun = open[lane];
        for (let n = 0; n < begun; n++) returns[first + n] += gamma ** (begun - 1 - n) * reward * rewardScale;
        const done = ended ? begun : begun === steps ? 1 : 0;
        for (let n = 0; n < done; n++) {
          const at = (first + n) * row.width;
          rows[at + row.reward] = returns[first + n];
          rows[at + row.beyond] = terminated ? 0 : gamma ** (begun - n);
          for (let k = 0; k < observation; k++) rows[at + row.next + k] = seen[lane * observation + k];
          for (let k = 0; k < logits; k++) rows[at + row.legal + k] = legal[lane * logits + k];
          emit(rows.subarray(at, at + row.width));
        }
        open[lane] -= done;
        if (done === 0 || open[lane] === 0) continue;
        rows.copyWithin(first * row.width, (first + done) * row.width, (first + begun) * row.width);
        returns.copyWithin(first, first + done, first + begun);
      }
    },

    snapshot: () => ({ rows: rows.slice(), returns: returns.slice(), open: open.slice() }),

    restore(snapshot) {
      rows.set(snapshot["rows"]);
      returns.set(snapshot["returns"]);
      open.set(snapshot["open"]);
    },
  };
}
