/** @file What every `VectorEnv` must do, as checks that say what they did and found: for our own envs' tests and for a user's env. */
import type { Snapshot, StepBuffers, VectorEnv } from "./env.ts";
import { logitWidth, observationWidth } from "./space.ts";
import { agree, guardedBuffers, legalActor, row, sameRows, spoil, trace } from "./trace.ts";
import { stepBuffers } from "./vector.ts";

export interface EnvCheckSettings {
  /** False for a world without chance, where all seeds and all lanes must agree instead of differ. */
  readonly chance?: boolean;
  /** Says whether an observation may be the first of an episode. */
  readonly isStart?: (observation: Float32Array) => boolean;
  /** Steps of random actions within which at least one of four lanes must end an episode. */
  readonly episodeSteps?: number;
}

/** Makes an env with that many lanes and otherwise the same settings each time. */
export type CreateEnv = (lanes: number) => VectorEnv;

/** What became of a check. */
export interface Checked {
  readonly name: string;
  readonly passed: boolean;
  /** What was done and found, or what is broken. */
  readonly found: string;
}

/** One check: says what it did and found. @throws Error that says what is broken */
export interface Check<Subject extends readonly unknown[]> {
  readonly name: string;
  readonly run: (...subject: Subject) => string;
}

/** Every check of an env, in the order in which they are told. Lane k is the same in an env of any number of lanes. */
export const envChecks: readonly Check<[create: CreateEnv, settings: Required<EnvCheckSettings>]>[] = [
  { name: "describes spaces that can be built for", run: checkSpaces },
  { name: "gives the same steps for the same seed, however it was used before", run: checkSeeds },
  { name: "differs by seed and lane where there is chance, and else does not", run: checkChance },
  { name: "keeps each lane to itself and the same whatever the number of lanes", run: checkLanes },
  { name: "writes its own lanes whole and nothing else, in numbers that are some", run: checkBuffers },
  { name: "ends episodes one way, shows the last observation and starts afresh", run: checkEnds },
  { name: "goes on from a snapshot to the bit, in itself and in a new env, as often as asked", run: checkSnapshot },
];

/** The settings of a check with what is usual in place of what is not given. */
export function checkSettings(given: EnvCheckSettings): Required<EnvCheckSettings> {
  return { chance: true, isStart: () => true, episodeSteps: 600, ...given };
}

/** Holds an env to all checks; what one of them throws is what is broken, and the others go on. */
export function checkEnv(create: CreateEnv, settings: EnvCheckSettings = {}): Checked[] {
  return envChecks.map((check) => checked(check, create, checkSettings(settings)));
}

/** Runs one check. */
export function checked<Subject extends readonly unknown[]>(
  { name, run }: Check<Subject>,
  ...subject: Subject
): Checked {
  try {
    return { name, passed: true, found: run(...subject) };
  } catch (error) {
    return { name, passed: false, found: error instanceof Error ? error.message : String(error) };
  }
}

/** The rule of a check, stated positively. @throws Error that says what was found instead */
export function insist(holds: boolean, broken: string): asserts holds {
  if (!holds) throw new Error(broken);
}

function checkSpaces(create: CreateEnv): string {
  const env = create(3);
  insist(env.lanes === 3, `an env of 3 lanes was asked for, it has ${env.lanes}`);
  const { actionSpace: action, observationSpace: observation } = env;
  if (action.kind === "discrete") {
    insist(action.sizes.length > 0, "a discrete space has at least one head");
    for (const size of action.sizes) insist(Number.isInteger(size) && size > 0, `a head has ${size} actions`);
  } else {
    insist(action.low.length === action.high.length, "a box has as many lows as highs");
    for (const [at, low] of action.low.entries()) {
      const high = action.high[at];
      insist(low < high && Number.isFinite(high - low), `axis ${at} of the box goes from ${low} to ${high}`);
    }
  }
  insist(Number.isInteger(observation.size) && observation.size >= 0, `an observation has ${observation.size} numbers`);
  if (observation.kind === "windowed") {
    const { table, lookback } = observation;
    insist(table.values.length === table.rows * table.columns, "the table has rows × columns values");
    insist(lookback >= 1 && lookback <= table.rows, `a window of ${lookback} rows fits into ${table.rows}`);
  }
  const actions = action.kind === "discrete" ? `${action.sizes.length} head(s)` : `a box of ${action.low.length}`;
  return `${observationWidth(observation)} numbers observed, actions of ${actions}`;
}

function checkSeeds(create: CreateEnv, { episodeSteps }: Required<EnvCheckSettings>): string {
  // Long enough that a step count left over from before would move the end of an episode.
  const settings = { seed: 11, steps: episodeSteps };
  const fresh = trace(create(3), settings);
  insist(sameRows(trace(create(3), settings), fresh), "two envs with the same seed and actions differ");
  const used = create(3);
  trace(used, { seed: 5, steps: 33, actionSeed: 2 });
  insist(sameRows(trace(used, settings), fresh), "an env that was used before differs after reset(seed)");
  return `${episodeSteps} steps of 3 lanes, three times the same bits`;
}

function checkChance(create: CreateEnv, { chance }: Required<EnvCheckSettings>): string {
  const sameActions = { steps: 60, actionLanes: [0, 0] };
  const one = trace(create(2), { ...sameActions, seed: 1 });
  const two = trace(create(2), { ...sameActions, seed: 2 });
  insist(agree(one[0], two[0]) !== chance, `seeds ${chance ? "agree" : "differ"}`);
  insist(agree(one[0], one[1]) !== chance, `lanes ${chance ? "agree" : "differ"}`);
  return chance ? "other seeds and other lanes go other ways" : "all seeds and lanes go one way";
}

function checkLanes(create: CreateEnv): string {
  const settings = { seed: 3, steps: 60 };
  const three = trace(create(3), settings);
  insist(sameRows(trace(create(1), settings), three.slice(0, 1)), "lane 0 alone differs from lane 0 of three");
  insist(sameRows(trace(create(5), settings).slice(0, 3), three), "lanes of five differ from the same lanes of three");
  const otherActions = trace(create(3), { ...settings, actionLanes: [0, 9, 2] });
  const others = sameRows([otherActions[0], otherActions[2]], [three[0], three[2]]);
  insist(others, "what lane 1 does changes lanes 0 and 2");
  return "lanes of 1, 3 and 5 agree; what one does leaves the others";
}

function checkBuffers(create: CreateEnv): string {
  const env = create(3);
  const { own, marginsUntouched } = guardedBuffers(env);
  env.reset(4, own);
  insistOnValidObservations(env, own);
  const zero = [...own.rewards, ...own.terminated, ...own.truncated].every((value) => value === 0);
  insist(zero, "a reset leaves rewards and flags that are not 0");
  const act = legalActor(env, 1, [0, 1, 2]);
  for (let step = 0; step < 60; step++) {
    const actions = act(own);
    spoil(own);
    env.step(actions, own);
    insistOnValidObservations(env, own);
    insist(own.rewards.every(Number.isFinite), `step ${step} leaves a reward that is no finite number`);
    const flags = [...own.terminated, ...own.truncated].every((flag) => flag === 0 || flag === 1);
    insist(flags, `step ${step} leaves a flag that is neither 0 nor 1`);
    insistOnALegalAction(env, own.legal, "the mask");
  }
  insist(marginsUntouched(), "numbers beyond the env's own lanes are written");
  return "60 steps of 3 lanes: every number written, finite and within bounds, a legal action each time";
}

function checkEnds(create: CreateEnv, { isStart, episodeSteps }: Required<EnvCheckSettings>): string {
  const env = create(4);
  const width = observationWidth(env.observationSpace);
  const buffers = stepBuffers(4, env.observationSpace, env.actionSpace);
  env.reset(8, buffers);
  for (let lane = 0; lane < 4; lane++) {
    insist(isStart(row(buffers.observations, lane, width)), "a reset shows no first observation");
  }
  const act = legalActor(env, 6, [0, 1, 2, 3]);
  const ended = { terminated: 0, truncated: 0 };
  for (let step = 0; step < episodeSteps; step++) {
    const actions = act(buffers);
    spoil(buffers);
    if (env.masked === true) buffers.finalLegal.fill(0);
    env.step(actions, buffers);
    for (let lane = 0; lane < 4; lane++) {
      const [terminated, truncated] = [buffers.terminated[lane], buffers.truncated[lane]];
      insist(terminated + truncated <= 1, "terminated and truncated are both set");
      ended.terminated += terminated;
      ended.truncated += truncated;
      const last = row(buffers.finalObservations, lane, width);
      if (terminated + truncated === 0) {
        insist(last.every(Number.isNaN), "a lane that goes on has a final observation");
        continue;
      }
      insist(last.every(Number.isFinite), "a lane that ended has no whole final observation");
      insistOnALegalAction(env, buffers.finalLegal, "the mask of the final observation", lane, lane + 1);
      const first = row(buffers.observations, lane, width);
      insist(isStart(first), "after an end no first observation of the next episode is shown");
    }
  }
  insist(ended.terminated + ended.truncated > 0, `no episode of 4 lanes ends within ${episodeSteps} steps`);
  return `${episodeSteps} steps of 4 lanes: ${ended.terminated} episodes terminated, ${ended.truncated} truncated`;
}

function checkSnapshot(create: CreateEnv): string {
  const env = create(3);
  const shown = stepBuffers(3, env.observationSpace, env.actionSpace);
  trace(env, { seed: 21, steps: 37, buffers: shown });
  const snapshot = env.snapshot();
  const kept: Snapshot = structuredClone(snapshot);
  const onwards = (from: VectorEnv): Float32Array[] =>
    trace(from, { steps: 80, actionSeed: 7, buffers: structuredClone(shown) });
  const future = onwards(env);
  insist(sameSnapshot(snapshot, kept), "a snapshot changes while the env goes on");
  env.restore(snapshot);
  insist(sameRows(onwards(env), future), "restored, the env goes another way");
  const other = create(3);
  trace(other, { seed: 99, steps: 12 });
  other.restore(structuredClone(snapshot));
  insist(sameSnapshot(other.snapshot(), kept), "restored in a new env, the snapshot is another");
  insist(sameRows(onwards(other), future), "restored in a new env, it goes another way");
  insist(sameSnapshot(snapshot, kept), "the env writes into what it was restored from");
  return "80 steps after a snapshot, three times the same bits";
}

function sameSnapshot(one: Snapshot, two: Snapshot): boolean {
  const names = Object.keys(two);
  return (
    Object.keys(one).length === names.length &&
    names.every((name) => one[name] !== undefined && agree(one[name], two[name]))
  );
}

function insistOnValidObservations({ lanes, observationSpace }: VectorEnv, { observations }: StepBuffers): void {
  insist(observations.every(Number.isFinite), "an observation holds what is no finite number");
  if (observationSpace.kind === "vector") return;
  const { table, lookback } = observationSpace;
  for (let lane = 0; lane < lanes; lane++) {
    const bar = observations[lane * observationWidth(observationSpace)];
    const whole = Number.isInteger(bar) && bar >= lookback - 1 && bar < table.rows;
    insist(whole, `row ${bar} of ${table.rows} has no whole window of ${lookback}`);
  }
}

function insistOnALegalAction(
  { lanes, actionSpace }: VectorEnv,
  mask: Uint8Array,
  name: string,
  from = 0,
  to = lanes,
): void {
  if (actionSpace.kind === "box") return;
  const logits = logitWidth(actionSpace);
  insist(mask.length === lanes * logits, `${name} has a number for each action`);
  let at = from * logits;
  for (let lane = from; lane < to; lane++) {
    for (const size of actionSpace.sizes) {
      insist(mask.subarray(at, at + size).includes(1), `a head has no legal action in ${name}`);
      at += size;
    }
  }
}
