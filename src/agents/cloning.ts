/**
 * @file Behaviour cloning (Pomerleau, 1991): parameters with which an actor does what a teacher did, as a start for learning
 * by trial. Reads from top to bottom.
 */
import { invariant } from "#base/invariant.ts";
import type { Rng } from "#base/rng.ts";
import { createRng } from "#base/rng.ts";
import type { Actions, VectorEnv } from "#env/env.ts";
import type { ActionSpace } from "#env/space.ts";
import { actionWidth, logitWidth, observationWidth } from "#env/space.ts";
import { actionBuffer } from "#env/vector.ts";
import type { Actor } from "#policy/actor.ts";
import { chosenLogProbability, logProbabilities, mostProbable, sample } from "#policy/categorical.ts";
import type { Box } from "#policy/gaussian.ts";
import { seen } from "#policy/seen.ts";
import { gradients } from "#tensor/gradient.ts";
import type { Node } from "#tensor/graph.ts";
import { constant, input } from "#tensor/graph.ts";
import { compileLoop } from "#tensor/onnx/loop.ts";
import type { Program } from "#tensor/onnx/session.ts";
import { compile } from "#tensor/onnx/session.ts";
import { add, mul, neg, square, sub, total } from "#tensor/ops/elementwise.ts";
import { greater, where } from "#tensor/ops/logic.ts";
import { split } from "#tensor/ops/movement.ts";
import { max, mean, sum } from "#tensor/ops/reduction.ts";
import { adam } from "#tensor/optimizer.ts";
import { createPlay } from "./play.ts";
import { worthless } from "./q-loss.ts";
import { average } from "./agent.ts";
import { shuffle } from "./shuffle.ts";

/** Someone who knows what to do. */
export interface Teacher {
  /**
   * Writes what it does in a lane into `actions` from `actionAt` on, of what is seen and what is legal there.
   * @returns false where this is only to go on with, and nothing that should be learned
   */
  act(lane: number, shown: Shown, actions: Actions, actionAt: number): boolean;
}

interface Shown {
  /** `[N, O]` */
  readonly observations: Float32Array;
  /** `[N, logits]`; of discrete spaces. */
  readonly legal: Uint8Array;
}

/** What a teacher did: rows `[n, width]` of an observation, the action (one-hot where it is chosen) and, of choices, what was legal. */
export interface Demonstration {
  readonly rows: Float32Array;
  readonly sizes: readonly number[];
}

/**
 * Lets the teacher play `steps` steps in every lane. In a share of them a random legal action is taken in place of its own,
 * which is learned all the same: else what is held would tell what it did before, and a clone would repeat itself instead of
 * looking (Laskey et al., 2017, https://arxiv.org/abs/1703.09327).
 */
export function demonstrated(
  env: VectorEnv,
  teacher: Teacher,
  steps: number,
  seed: number,
  randomShare = 0.5,
): Demonstration {
  const { lanes, actionSpace, observationSpace } = env;
  const rng = createRng(seed, "demonstration");
  const play = createPlay(env, rng);
  const { buffers } = play;
  const observation = observationWidth(observationSpace);
  const each = actionWidth(actionSpace);
  const logits = actionSpace.kind === "discrete" ? logitWidth(actionSpace) : 0;
  const sizes = actionSpace.kind === "discrete" ? [observation, logits, logits] : [observation, each];
  const width = sizes.reduce((all, size) => all + size, 0);
  const actions = actionBuffer(lanes, actionSpace);
  const rows = new Float32Array(steps * lanes * width);
  let taught = 0;
  for (let step = 0; step < steps; step++) {
    for (let lane = 0; lane < lanes; lane++) {
      if (teacher.act(lane, buffers, actions, lane * each)) {
        const at = taught++ * width;
        rows.set(buffers.observations.subarray(lane * observation, (lane + 1) * observation), at);
        writeAction(actionSpace, actions, lane * each, rows, at + observation);
        rows.set(buffers.legal.subarray(lane * logits, (lane + 1) * logits), at + observation + logits);
      }
      if (rng.uniform() < randomShare) {
        drawAction(actionSpace, buffers.legal, lane * logits, rng, actions, lane * each);
      }
    }
    play.step(actions);
  }
  return { rows: rows.subarray(0, taught * width), sizes };
}

/** Any legal action, all alike. */
function drawAction(space: ActionSpace, legal: Uint8Array, legalAt: number, rng: Rng, into: Actions, at: number): void {
  if (space.kind === "discrete") {
    sample(new Float32Array(legal.length), legal, legalAt, space.sizes, rng, into as Int32Array, at);
    return;
  }
  for (let n = 0; n < space.low.length; n++) {
    into[at + n] = space.low[n] + rng.uniform() * (space.high[n] - space.low[n]);
  }
}

/** An action as it is learned: choices as ones among zeros, numbers as they are. */
function writeAction(space: ActionSpace, actions: Actions, from: number, into: Float32Array, at: number): void {
  if (space.kind === "box") return into.set(actions.subarray(from, from + space.low.length), at);
  for (let head = 0, offset = at; head < space.sizes.length; offset += space.sizes[head++]) {
    into[offset + actions[from + head]] = 1;
  }
}

export interface CloningConfig {
  readonly epochs: number;
  readonly minibatchSize: number;
  /** Adam's step size at the start; falls linearly to 0. */
  readonly learningRate: number;
  readonly threads: number;
}

export interface Clone {
  /** `[P]` */
  readonly parameters: Float32Array;
  /** Mean loss of the last epoch. */
  readonly loss: number;
  /** Share of the demonstrated actions that it takes itself: its most probable ones, or numbers within 5 % of the box's width. */
  readonly agreement: number;
}

/**
 * Minimises over the demonstration, by Adam,
 * - of a policy that chooses −E[ln π(a|s)];
 * - of one that says numbers E[(a − μ(s))²] in halves of the box's width;
 * - of action values E[max_b (Q(s, b) + margin·[b ≠ a]) − Q(s, a)], summed over heads, b legal: what the teacher did is worth more
 *   than anything else by a margin, and by how much more is left to learning by trial (Hester et al., 2018, eq. 2,
 *   https://arxiv.org/abs/1704.03732).
 * @param start the actor's parameters to begin with; what does not act, such as the head of a value, stays as it is
 */
export async function cloned(
  actor: Actor,
  env: Pick<VectorEnv, "observationSpace" | "actionSpace">,
  { rows, sizes }: Demonstration,
  config: CloningConfig,
  start: Float32Array,
  seed: number,
): Promise<Clone> {
  const { epochs, minibatchSize } = config;
  const width = sizes.reduce((all, size) => all + size, 0);
  const transitions = rows.length / width;
  const minibatches = Math.floor(transitions / minibatchSize);
  invariant(minibatches > 0, "a demonstration fills a minibatch", { transitions, minibatchSize });
  const programs = await compilePrograms(actor, env, sizes, config);
  const space = env.observationSpace;
  const tableFeed = space.kind === "windowed" ? { table: space.table.values } : {};
  const rng = createRng(seed, "cloning");
  const order = Int32Array.from({ length: transitions }, (_, at) => at);
  const batches = new Float32Array(minibatches * minibatchSize * width);
  let parameters = start.slice();
  let [first, second] = [new Float32Array(start.length), new Float32Array(start.length)];
  let losses: Float32Array = first;
  for (let epoch = 0; epoch < epochs; epoch++) {
    fillBatches(rows, width, order, rng, batches);
    const rates = Float32Array.from(
      { length: minibatches },
      (_, n) => config.learningRate * (1 - (epoch + n / minibatches) / epochs),
    );
    const after = (await programs.update.run({
      iterations: Int32Array.of(minibatches),
      batch: batches,
      ...optimizer.rates(rates, epoch * minibatches),
      parameters,
      first,
      second,
      ...tableFeed,
    })) as Readonly<Record<string, Float32Array>>;
    parameters = Float32Array.from(after["parameters.last"]);
    first = Float32Array.from(after["first.last"]);
    second = Float32Array.from(after["second.last"]);
    losses = after["loss"];
  }
  let agreed = 0;
  for (let n = 0; n < minibatches; n++) {
    const batch = batches.subarray(n * minibatchSize * width, (n + 1) * minibatchSize * width);
    const { answer } = await programs.act.run({ parameters, batch, ...tableFeed });
    agreed += agreements(env.actionSpace, answer as Float32Array, batch, sizes);
  }
  for (const program of Object.values(programs)) await program.dispose();
  const found = { loss: average(losses), agreement: agreed / (minibatches * minibatchSize) };
  invariant(Number.isFinite(found.loss), "the loss of cloning is finite", found);
  return { parameters, ...found };
}

const optimizer = adam();

/** Two graphs of a minibatch: one that learns from it, in a loop, and one that acts on it. */
async function compilePrograms(
  actor: Actor,
  { observationSpace: space, actionSpace }: Pick<VectorEnv, "observationSpace" | "actionSpace">,
  sizes: readonly number[],
  { minibatchSize, threads }: CloningConfig,
): Promise<{ readonly update: Program; readonly act: Program }> {
  const table = space.kind === "windowed" ? input("table", [space.table.rows, space.table.columns]) : undefined;
  const parameters = input("parameters", [actor.parameters]);
  const [first, second] = [input("first", [actor.parameters]), input("second", [actor.parameters])];
  const batch = input("batch", [minibatchSize, sizes.reduce((all, size) => all + size, 0)]);
  const [observations, action, legal] = split(batch, sizes, 1);
  const { answer } = actor.forward(parameters, seen(space, observations, table));
  const loss = lossOf(actor.answers, actionSpace, answer, action, legal);
  const rates = { rate: input("rate", []), epsilon: input("epsilon", []) };
  const next = optimizer.update({ parameters, first, second }, gradients(loss, [parameters])[0], rates);
  return {
    update: await compileLoop(
      {
        invariants: table ? [table] : [],
        perIteration: [batch, rates.rate, rates.epsilon],
        carried: [
          { state: parameters, next: next.parameters },
          { state: first, next: next.first },
          { state: second, next: next.second },
        ],
        metrics: { loss },
      },
      { threads },
    ),
    act: await compile({ answer }, { threads }),
  };
}

/** Shuffles the order, and copies as many rows as fit. */
function fillBatches(rows: Float32Array, width: number, order: Int32Array, rng: Rng, into: Float32Array): void {
  shuffle(order, rng);
  for (let n = 0, to = 0; to < into.length; n++, to += width) {
    const from = order[n] * width;
    for (let column = 0; column < width; column++) into[to + column] = rows[from + column];
  }
}

/** @param answer logits or action values `[B, Σ sizes]`, or actions `[B, A]` */
function lossOf(answers: Actor["answers"], space: ActionSpace, answer: Node, action: Node, legal: Node): Node {
  if (space.kind === "discrete" && answers === "actionValues") return marginLoss(space.sizes, answer, action, legal);
  if (space.kind === "discrete") {
    return neg(mean(chosenLogProbability(logProbabilities(answer, space.sizes, legal), action)));
  }
  const perHalf = halves(space).map((half) => 1 / half);
  return mean(square(mul(sub(answer, action), constant(perHalf, [1, perHalf.length]))));
}

/** In scaled rewards, as in the paper. */
const margin = 0.8;

/** @param values `[B, Σ sizes]` @param action the same, 1 at what was done @param legal the same, 1 where it was legal */
function marginLoss(sizes: readonly number[], values: Node, action: Node, legal: Node): Node {
  const rivals = where(greater(legal, 0.5), add(values, mul(sub(1, action), margin)), worthless);
  const best = total(split(rivals, sizes, 1).map((head) => max(head, 1, true)));
  return mean(sub(best, sum(mul(values, action), 1, true)));
}

function halves({ low, high }: Box): number[] {
  return high.map((edge, n) => (edge - low[n]) / 2);
}

/** In how many of the rows the answer is what the teacher did. */
function agreements(
  space: ActionSpace,
  answer: Float32Array,
  rows: Float32Array,
  [observation, each, legal = 0]: readonly number[],
): number {
  const width = observation + each + legal;
  const chosen = new Int32Array(space.kind === "discrete" ? space.sizes.length : 0);
  const near = space.kind === "box" ? halves(space).map((half) => 0.1 * half) : [];
  let agreed = 0;
  for (let n = 0, at = 0; at < rows.length; n++, at += width) {
    const action = at + observation;
    if (space.kind === "box") {
      if (near.every((most, d) => Math.abs(answer[n * each + d] - rows[action + d]) <= most)) agreed++;
      continue;
    }
    const own = answer.subarray(n * each, (n + 1) * each);
    mostProbable(own, Uint8Array.from(rows.subarray(action + each, at + width)), 0, space.sizes, chosen, 0);
    let [same, offset] = [true, action];
    for (let head = 0; head < chosen.length; offset += space.sizes[head++]) same &&= rows[offset + chosen[head]] === 1;
    if (same) agreed++;
  }
  return agreed;
}
