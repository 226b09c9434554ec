/** @file A learner's lanes at play: what they last showed, and the episodes that ended. */
import { Failure } from "#base/failure.ts";
import type { Rng } from "#base/rng.ts";
import type { Actions, Snapshot, StepBuffers, VectorEnv } from "#env/env.ts";
import { named, part } from "#env/snapshot.ts";
import { stepBuffers } from "#env/vector.ts";
import type { IterationMetrics } from "./agent.ts";

export interface Play {
  /** What the env wrote last: observations to act on next, and what the last step gave. */
  readonly buffers: StepBuffers;
  /**
   * @throws Failure training/bad-reward where the env pays what it says it never does, or no finite number,
   * training/no-legal-action where a mask forbids everything
   */
  step(actions: Actions): void;
  /** `episodes` that ended since the last call, and the means of their `episodeReturn` (raw rewards) and `episodeLength`, where any did. */
  takeEpisodes(): IterationMetrics;
  /** The env's lanes included. */
  snapshot(): Snapshot;
  restore(snapshot: Snapshot): void;
}

/** Starts all lanes of `env` from a seed that `rng` draws. */
export function createPlay(env: VectorEnv, rng: Rng): Play {
  const { lanes } = env;
  const buffers = stepBuffers(lanes, env.observationSpace, env.actionSpace);
  const returns = new Float64Array(lanes);
  const lengths = new Int32Array(lanes);
  const [least, most] = env.rewardRange ?? [-Number.MAX_VALUE, Number.MAX_VALUE];
  let ended = { episodes: 0, return: 0, length: 0 };
  env.reset(rng.integer(2 ** 31), buffers);
  const sizes = env.masked === true && env.actionSpace.kind === "discrete" ? env.actionSpace.sizes : [];
  for (let lane = 0; lane < lanes; lane++) checkMask(buffers.legal, lane, sizes, "is seen");

  return {
    buffers,

    step(actions) {
      env.step(actions, buffers);
      for (let lane = 0; lane < lanes; lane++) {
        const reward = buffers.rewards[lane];
        if (!(reward >= least && reward <= most)) throw badReward(lane, reward, least, most);
        returns[lane] += reward;
        lengths[lane]++;
        checkMask(buffers.legal, lane, sizes, "is seen");
        if (buffers.terminated[lane] === 0 && buffers.truncated[lane] === 0) continue;
        checkMask(buffers.finalLegal, lane, sizes, "its episode ended with");
        ended.episodes++;
        ended.return += returns[lane];
        ended.length += lengths[lane];
        returns[lane] = 0;
        lengths[lane] = 0;
      }
    },

    takeEpisodes() {
      const { episodes, return: total, length } = ended;
      ended = { episodes: 0, return: 0, length: 0 };
      if (episodes === 0) return { episodes };
      return { episodes, episodeReturn: total / episodes, episodeLength: length / episodes };
    },

    snapshot: () => ({
      returns: returns.slice(),
      lengths: lengths.slice(),
      ended: Float64Array.of(ended.episodes, ended.return, ended.length),
      ...named("buffers", { ...buffers }),
      ...named("env", env.snapshot()),
    }),

    restore(snapshot) {
      returns.set(snapshot["returns"]);
      lengths.set(snapshot["lengths"]);
      const [episodes, total, length] = snapshot["ended"];
      ended = { episodes, return: total, length };
      for (const [name, values] of Object.entries(buffers)) values.set(snapshot[`buffers.${name}`]);
      env.restore(part("env", snapshot));
    },
  };
}

/** @throws Failure training/no-legal-action */
function checkMask(legal: Uint8Array, lane: number, sizes: readonly number[], seen: string): void {
  const logits = sizes.reduce((sum, size) => sum + size, 0);
  for (let head = 0, from = lane * logits; head < sizes.length; from += sizes[head++]) {
    let any = 0;
    for (let action = 0; action < sizes[head]; action++) any |= legal[from + action];
    if (any !== 0) continue;
    throw new Failure(
      "training/no-legal-action",
      `the mask of lane ${lane} forbids all ${sizes[head]} choices of part ${head + 1} of ${sizes.length} in what ${seen}`,
      { lane, head },
    );
  }
}

function badReward(lane: number, reward: number, least: number, most: number): Failure {
  const range = most === Number.MAX_VALUE ? "finite numbers" : `${least} to ${most}`;
  return new Failure("training/bad-reward", `lane ${lane} was paid ${reward}, its range is ${range}`, { lane, reward });
}
