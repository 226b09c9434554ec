/** @file Many lanes of a `World` as one `VectorEnv`, and the buffers that all vector envs write into. */
import { createRng, restoreRng } from "#base/rng.ts";
import type { Rng } from "#base/rng.ts";
import { invariant } from "#base/invariant.ts";
import type { Actions, Snapshot, StepBuffers, VectorEnv, World } from "./env.ts";
import type { ActionSpace, ObservationSpace } from "./space.ts";
import { actionWidth, logitWidth, observationWidth } from "./space.ts";

/** Zeroed buffers for `lanes` lanes; every action is legal until an env says otherwise. */
export function stepBuffers(lanes: number, observation: ObservationSpace, action: ActionSpace): StepBuffers {
  const width = observationWidth(observation);
  const logits = action.kind === "discrete" ? logitWidth(action) : 0;
  return {
    observations: new Float32Array(lanes * width),
    finalObservations: new Float32Array(lanes * width),
    rewards: new Float32Array(lanes),
    terminated: new Uint8Array(lanes),
    truncated: new Uint8Array(lanes),
    legal: new Uint8Array(lanes * logits).fill(1),
    finalLegal: new Uint8Array(lanes * logits).fill(1),
  };
}

/** A buffer for the actions of `lanes` lanes. */
export function actionBuffer(lanes: number, space: ActionSpace): Actions {
  const length = lanes * actionWidth(space);
  return space.kind === "discrete" ? new Int32Array(length) : new Float32Array(length);
}

/** Lanes of a world, each with dice of its own; a state is a record of numbers, with the same names at every step (for snapshots). */
export function vectorEnv<State extends Readonly<Record<string, number>>>(
  world: World<State>,
  lanes: number,
): VectorEnv {
  const width = observationWidth(world.observationSpace);
  const actions = actionWidth(world.actionSpace);
  const rngs: Rng[] = Array.from({ length: lanes }, (_, lane) => createRng(0, `lane ${lane}`));
  let states: State[] = rngs.map((rng) => world.initial(rng));
  const steps = new Int32Array(lanes);

  return {
    lanes,
    observationSpace: world.observationSpace,
    actionSpace: world.actionSpace,

    reset(seed, into) {
      for (let lane = 0; lane < lanes; lane++) {
        rngs[lane] = createRng(seed, `lane ${lane}`);
        states[lane] = world.initial(rngs[lane]);
        world.observe(states[lane], into.observations, lane * width);
      }
      steps.fill(0);
      into.rewards.fill(0);
      into.terminated.fill(0);
      into.truncated.fill(0);
    },

    step(chosen, into) {
      invariant(chosen.length === lanes * actions, "there is one action for each lane", { found: chosen.length });
      for (let lane = 0; lane < lanes; lane++) {
        const action = chosen.subarray(lane * actions, (lane + 1) * actions);
        const { state, reward, terminated } = world.step(states[lane], action, rngs[lane]);
        steps[lane]++;
        const truncated = !terminated && world.maxSteps !== undefined && steps[lane] >= world.maxSteps;
        into.rewards[lane] = reward;
        into.terminated[lane] = terminated ? 1 : 0;
        into.truncated[lane] = truncated ? 1 : 0;
        states[lane] = state;
        if (terminated || truncated) {
          world.observe(state, into.finalObservations, lane * width);
          states[lane] = world.initial(rngs[lane]);
          steps[lane] = 0;
        }
        world.observe(states[lane], into.observations, lane * width);
      }
    },

    snapshot(): Snapshot {
      const names = stateNames(states[0]);
      return {
        rng: Uint32Array.from(rngs.flatMap((rng) => [...rng.state()])),
        steps: steps.slice(),
        states: Float64Array.from(states.flatMap((state) => names.map((name) => state[name]))),
      };
    },

    restore(snapshot) {
      const names = stateNames(states[0]);
      const fits =
        snapshot["steps"]?.length === lanes &&
        snapshot["rng"]?.length === lanes * 4 &&
        snapshot["states"]?.length === lanes * names.length;
      invariant(fits, "a snapshot is of this world and has as many lanes", { world: world.name, lanes });
      steps.set(snapshot["steps"]);
      for (let lane = 0; lane < lanes; lane++) {
        rngs[lane] = restoreRng(Uint32Array.from(snapshot["rng"].subarray(lane * 4, lane * 4 + 4)));
        const values = snapshot["states"].subarray(lane * names.length, (lane + 1) * names.length);
        states[lane] = Object.fromEntries(names.map((name, at) => [name, values[at]])) as State;
      }
    },
  };
}

/** In one order, whatever the order in which a world happened to write them. */
function stateNames(state: Readonly<Record<string, number>>): string[] {
  return Object.keys(state).sort();
}
