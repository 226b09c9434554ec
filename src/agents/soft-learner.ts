/**
 * @file What both forms of soft actor-critic share: play, remember, and learn so many updates in one call. The forms say how an
 * action is chosen and what is minimised.
 */
import { createRng, restoreRng } from "#base/rng.ts";
import type { Rng } from "#base/rng.ts";
import { invariant } from "#base/invariant.ts";
import type { Actions, Snapshot, VectorEnv } from "#env/env.ts";
import { named, part } from "#env/snapshot.ts";
import { observationWidth } from "#env/space.ts";
import { actionBuffer } from "#env/vector.ts";
import type { Actor } from "#policy/actor.ts";
import type { HeadedNetwork, TwinCritics } from "#policy/soft-networks.ts";
import type { Seen } from "#policy/seen.ts";
import { seen } from "#policy/seen.ts";
import { gradients } from "#tensor/gradient.ts";
import type { Node } from "#tensor/graph.ts";
import { input } from "#tensor/graph.ts";
import { compileLoop } from "#tensor/onnx/loop.ts";
import type { Program } from "#tensor/onnx/session.ts";
import { compile } from "#tensor/onnx/session.ts";
import { add, exp, mul, sub, total } from "#tensor/ops/elementwise.ts";
import { broadcastTo, concat, reshape, split } from "#tensor/ops/movement.ts";
import { norm } from "#tensor/ops/reduction.ts";
import { adam } from "#tensor/optimizer.ts";
import type { IterationMetrics, Learner, UpdateMetrics } from "./agent.ts";
import { meansOf, taken } from "./agent.ts";
import type { LearnerConfig } from "./learner-config.ts";
import { createPlay } from "./play.ts";
import { createReplay } from "./replay.ts";
import type { SoftRow } from "./soft-row.ts";
import { softRow } from "./soft-row.ts";

export interface SoftConfig extends LearnerConfig {
  /** Steps of each lane between two phases of updates: K steps, then K × lanes × `updatesPerTransition` updates in one call. */
  readonly rolloutSteps: number;
  /** Gradient steps for each transition that was played; what is left of a fraction waits for the next phase. */
  readonly updatesPerTransition: number;
  /** Transitions played before anything is learned: by even dice, or by the policy that was adopted. */
  readonly learningStarts: number;
  /** Transitions of one gradient step. */
  readonly minibatchSize: number;
  /** Transitions that are remembered; the oldest make room. */
  readonly capacity: number;
  /** The policy's step size, as a multiple of `learningRate`, which is that of critics and temperature. */
  readonly policyRate: number;
  /** Updates that the critics make before the policy's first: until then it would follow what they know nothing of. */
  readonly policyDelay: number;
  /** τ: how much of the way the target critics follow in an update. */
  readonly targetRate: number;
  /** α at the start. */
  readonly initialTemperature: number;
  /** What rewards are multiplied by before learning, so that values are of order 1. Metrics are in raw rewards. */
  readonly rewardScale: number;
}

/** B remembered transitions as nodes. */
export interface SoftBatch {
  readonly seen: Seen;
  readonly next: Seen;
  /** `[B, keptWidth]`: the action, as `choose` remembered it. */
  readonly kept: Node;
  /** `[B, 1]`, scaled. */
  readonly reward: Node;
  /** `[B, 1]`: γ where the episode went on or was truncated, 0 where it terminated. */
  readonly discount: Node;
  /** `[B, noiseWidth]` standard normal numbers. */
  readonly noise: Node;
  /** `[B, logits]`, of masked spaces only: what was legal then, and afterwards. */
  readonly legal: Node | undefined;
  readonly nextLegal: Node | undefined;
}

/** The flat vectors that a loss is a function of. */
export interface SoftParameters {
  readonly policy: Node;
  readonly critics: Node;
  /** ln α `[1]`. */
  readonly logTemperature: Node;
  /** Of the critics that follow slowly. */
  readonly targetCritics: Node;
}

/** Each a single number. The gradient of their sum by all parameters is what is followed: a loss stops it where it is not meant. */
export interface SoftLosses {
  readonly criticLoss: Node;
  readonly policyLoss: Node;
  readonly temperatureLoss: Node;
  /** H(π), mean over the batch. */
  readonly entropy: Node;
  /** What the critics say of what was done, mean over the batch. */
  readonly actionValue: Node;
}

/** What one form of soft actor-critic is, and the other is not. */
export interface SoftForm {
  readonly actor: Actor;
  readonly policy: HeadedNetwork;
  readonly critics: TwinCritics;
  /** Numbers that an action is remembered by. */
  readonly keptWidth: number;
  /** Standard normal numbers that the losses need for each transition. */
  readonly noiseWidth: number;
  /** What the policy says of the lanes, for `choose`. */
  say(policy: Node, seen: Seen): Readonly<Record<string, Node>>;
  losses(batch: SoftBatch, parameters: SoftParameters): SoftLosses;
  /**
   * Draws a lane's action into `actions`, and what is remembered of it into `kept` from `keptAt` on; evenly where nothing is said yet.
   * There stands what was remembered of the lane's action before; zeros where its episode begins.
   */
  choose(
    said: Readonly<Record<string, Float32Array>> | undefined,
    lane: number,
    legal: Uint8Array,
    rng: Rng,
    actions: Actions,
    kept: Float32Array,
    keptAt: number,
  ): void;
}

/** Updates of one call at most: what is fed to it stays of moderate size. */
const updatesPerCall = 128;

const optimizer = adam();

/** A learner of this form that lives in `env`. */
export async function createSoftLearner(
  env: VectorEnv,
  form: SoftForm,
  config: SoftConfig,
  seed: number,
): Promise<Learner> {
  const { lanes, observationSpace, actionSpace } = env;
  const width = observationWidth(observationSpace);
  const row = softRow(env, form.keptWidth);
  invariant(
    config.learningStarts >= config.minibatchSize,
    "a batch of transitions is played before anything is learned",
    {
      learningStarts: config.learningStarts,
      minibatchSize: config.minibatchSize,
    },
  );
  const programs = await compilePrograms(env, form, row, config);
  const tableFeed = observationSpace.kind === "windowed" ? { table: observationSpace.table.values } : {};

  let parameters = firstParameters(form, config, seed);
  let [first, second] = [new Float32Array(parameters.length), new Float32Array(parameters.length)];
  const criticsAt = form.policy.parameters;
  let targetCritics = parameters.slice(criticsAt, criticsAt + form.critics.parameters);
  /** Updates that are due for transitions that were played; less than one between two iterations. */
  let owed = 0;
  let updates = 0;
  let transitions = 0;
  /** Its policy began where something else ended, and so it acts from the first step on. */
  let adopted = false;
  let rng = createRng(seed, "actions and batches");

  const play = createPlay(env, createRng(seed, "env"));
  const { buffers } = play;
  const replay = createReplay(config.capacity, row.width);
  const actions = actionBuffer(lanes, actionSpace);
  /** The last transition of each lane. */
  const rows = new Float32Array(lanes * row.width);

  /** Plays `rolloutSteps` steps in every lane and remembers them; by even dice at first, unless it has adopted a policy. */
  async function collect(): Promise<void> {
    for (let step = 0; step < config.rolloutSteps; step++) {
      const said = transitions < config.learningStarts && !adopted ? undefined : await say();
      for (let lane = 0; lane < lanes; lane++) {
        const at = lane * row.width;
        form.choose(said, lane, buffers.legal, rng, actions, rows, at + row.kept);
        copy(buffers.observations, lane * width, width, rows, at);
        if (row.logits > 0) copy(buffers.legal, lane * row.logits, row.logits, rows, at + row.legal);
      }
      play.step(actions);
      transitions += lanes;
      for (let lane = 0; lane < lanes; lane++) remember(lane);
    }
  }

  const say = (): Promise<Record<string, Float32Array>> =>
    programs.act.run({
      policy: parameters.subarray(0, criticsAt),
      observations: buffers.observations,
      ...tableFeed,
    }) as Promise<Record<string, Float32Array>>;

  function remember(lane: number): void {
    const at = lane * row.width;
    const [terminated, truncated] = [buffers.terminated[lane] === 1, buffers.truncated[lane] === 1];
    rows[at + row.reward] = buffers.rewards[lane] * config.rewardScale;
    rows[at + row.discount] = terminated ? 0 : config.gamma;
    const [next, legal] =
      terminated || truncated ? [buffers.finalObservations, buffers.finalLegal] : [buffers.observations, buffers.legal];
    copy(next, lane * width, width, rows, at + row.next);
    if (row.logits > 0) copy(legal, lane * row.logits, row.logits, rows, at + row.nextLegal);
    replay.add(rows.subarray(at, at + row.width));
    if (terminated || truncated) rows.fill(0, at + row.kept, at + row.reward);
  }

  /** So many updates, in one call. Returns the mean of each metric. */
  async function learn(count: number): Promise<IterationMetrics> {
    const progress = Math.min(1, transitions / config.totalTransitions);
    const learningRate = config.learningRate + progress * (config.finalLearningRate - config.learningRate);
    const rates = optimizer.rates(new Float32Array(count).fill(learningRate), updates);
    const policyRate = rates.rate.map((rate, at) => (updates + at < config.policyDelay ? 0 : rate * config.policyRate));
    const batch = new Float32Array(count * config.minibatchSize * row.width);
    replay.sample(rng, batch);
    const noise = new Float32Array(count * config.minibatchSize * form.noiseWidth);
    for (let at = 0; at < noise.length; at++) noise[at] = rng.normal();
    const {
      "parameters.last": nextParameters,
      "first.last": nextFirst,
      "second.last": nextSecond,
      "targetCritics.last": nextTargets,
      ...metrics
    } = await programs.update.run({
      iterations: Int32Array.of(count),
      batch,
      ...(noise.length > 0 ? { noise } : {}),
      ...rates,
      policyRate,
      parameters,
      first,
      second,
      targetCritics,
      ...tableFeed,
    });
    const means = meansOf(metrics as UpdateMetrics, count, updates, transitions);
    parameters = taken("parameters", nextParameters as Float32Array, transitions);
    first = Float32Array.from(nextFirst as Float32Array);
    second = Float32Array.from(nextSecond as Float32Array);
    targetCritics = Float32Array.from(nextTargets as Float32Array);
    updates += count;
    return { ...means, learningRate };
  }

  return {
    actor: form.actor,
    get transitions() {
      return transitions;
    },

    async iterate(): Promise<IterationMetrics> {
      await collect();
      const before = updates;
      let metrics: IterationMetrics = {};
      if (transitions >= config.learningStarts && replay.size > 0) {
        owed += config.rolloutSteps * lanes * config.updatesPerTransition;
        for (; owed >= 1; owed -= Math.min(updatesPerCall, Math.floor(owed))) {
          metrics = await learn(Math.min(updatesPerCall, Math.floor(owed)));
        }
      }
      return { ...play.takeEpisodes(), ...metrics, updates: updates - before, remembered: replay.size };
    },

    parameters: () => parameters.slice(0, criticsAt),

    adopt(start) {
      invariant(transitions === 0, "other parameters are adopted before anything is learned", { transitions });
      invariant(start.length === criticsAt, "what is adopted is a policy", {
        expected: criticsAt,
        found: start.length,
      });
      parameters.set(start);
      adopted = true;
    },

    snapshot(): Snapshot {
      return {
        parameters: parameters.slice(),
        first: first.slice(),
        second: second.slice(),
        targetCritics: targetCritics.slice(),
        counts: Float64Array.of(transitions, updates, owed, adopted ? 1 : 0),
        rng: rng.state(),
        rows: rows.slice(),
        ...named("play", play.snapshot()),
        ...named("replay", replay.snapshot()),
      };
    },

    restore(snapshot) {
      parameters = Float32Array.from(snapshot["parameters"]);
      first = Float32Array.from(snapshot["first"]);
      second = Float32Array.from(snapshot["second"]);
      targetCritics = Float32Array.from(snapshot["targetCritics"]);
      [transitions, updates, owed] = snapshot["counts"];
      adopted = snapshot["counts"][3] === 1;
      rng = restoreRng(Uint32Array.from(snapshot["rng"]));
      rows.set(snapshot["rows"]);
      play.restore(part("play", snapshot));
      replay.restore(part("replay", snapshot));
    },

    async dispose() {
      for (const program of Object.values(programs)) await program.dispose();
    },
  };
}

/** The policy's, the critics' and ln α, one after the other. */
function firstParameters(
  { policy, critics }: SoftForm,
  { initialTemperature }: SoftConfig,
  seed: number,
): Float32Array {
  const parameters = new Float32Array(policy.parameters + critics.parameters + 1);
  parameters.set(policy.initialise(createRng(seed, "policy")));
  parameters.set(critics.initialise(createRng(seed, "critics")), policy.parameters);
  parameters[parameters.length - 1] = Math.log(initialTemperature);
  return parameters;
}

/** The two graphs: one that says what the policy thinks of all lanes, one that learns from all batches of a phase. */
async function compilePrograms(
  env: VectorEnv,
  form: SoftForm,
  row: SoftRow,
  config: SoftConfig,
): Promise<{ readonly act: Program; readonly update: Program }> {
  const space = env.observationSpace;
  const table = space.kind === "windowed" ? input("table", [space.table.rows, space.table.columns]) : undefined;
  const options = { threads: config.threads, device: config.device ?? "cpu" };
  const observations = input("observations", [env.lanes, observationWidth(space)]);
  const acting = form.say(input("policy", [form.policy.parameters]), seen(space, observations, table));

  const sizes = [form.policy.parameters, form.critics.parameters, 1];
  const count = sizes.reduce((sum, size) => sum + size, 0);
  const parameters = input("parameters", [count]);
  const targetCritics = input("targetCritics", [form.critics.parameters]);
  const state = { parameters, first: input("first", [count]), second: input("second", [count]) };
  const rates = { rate: input("rate", []), epsilon: input("epsilon", []) };
  const policyRate = input("policyRate", []);
  const batch = input("batch", [config.minibatchSize, row.width]);
  const noise = input("noise", [config.minibatchSize, form.noiseWidth]);
  const [policy, critics, logTemperature] = split(parameters, sizes);
  const [observed, kept, reward, discount, following, legal, nextLegal] = split(batch, row.sizes, 1);
  const { criticLoss, policyLoss, temperatureLoss, ...told } = form.losses(
    {
      seen: seen(space, observed, table),
      next: seen(space, following, table),
      kept,
      reward,
      discount,
      noise,
      legal,
      nextLegal,
    },
    { policy, critics, logTemperature, targetCritics },
  );
  const [gradient] = gradients(total([criticLoss, policyLoss, temperatureLoss]), [parameters]);
  const rate = concat([broadcastTo(policyRate, [sizes[0]]), broadcastTo(rates.rate, [form.critics.parameters + 1])]);
  const next = optimizer.update(state, gradient, { ...rates, rate });
  const [, nextCritics] = split(next.parameters, sizes);
  return {
    // A second thread of its own would go on spinning while the updates want both cores: a fifth of their rate (docs/algorithms/sac.md).
    act: await compile(acting, { ...options, threads: 1 }),
    update: await compileLoop(
      {
        invariants: table ? [table] : [],
        perIteration: [batch, ...(form.noiseWidth > 0 ? [noise] : []), policyRate, rates.rate, rates.epsilon],
        carried: [
          { state: parameters, next: next.parameters },
          { state: state.first, next: next.first },
          { state: state.second, next: next.second },
          {
            state: targetCritics,
            next: add(targetCritics, mul(sub(nextCritics, targetCritics), config.targetRate)),
          },
        ],
        metrics: {
          criticLoss,
          policyLoss,
          temperatureLoss,
          ...told,
          temperature: reshape(exp(logTemperature), []),
          gradientNorm: norm(gradient),
        },
      },
      options,
    ),
  };
}

function copy(from: ArrayLike<number>, fromAt: number, count: number, into: Float32Array, at: number): void {
  for (let n = 0; n < count; n++) into[at + n] = from[fromAt + n];
}
