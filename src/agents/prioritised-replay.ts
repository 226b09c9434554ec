/** @file Replay that draws most often what surprised most: proportional prioritisation (Schaul et al., 2016, https://arxiv.org/abs/1511.05952). */
import { invariant } from "#base/invariant.ts";
import type { Replay } from "./replay.ts";
import { createReplay } from "./replay.ts";
import { createSumTree } from "./sum-tree.ts";

/** Added to |δ|, so that what is known well is still drawn now and then. */
const leastError = 1e-3;

/** Draws row i with the chance P(i) = pᵢ / Σ p, independently of what else is drawn. */
export interface PrioritisedReplay extends Replay {
  /**
   * Importance weights (N · P(i))^−β of the rows drawn last, in their order, divided by the largest of their minibatch, so that
   * they only scale down: with β = 1 they undo that rows are not drawn evenly.
   */
  weigh(beta: number, minibatchSize: number, into: Float32Array): void;
  /** The rows drawn last get the priorities p = (|δ| + 0.001)^α of their errors; of a row drawn twice, the last counts. */
  learned(errors: Float32Array): void;
}

/**
 * As `createReplay`, and 16 to 32 bytes more for each row. A new row has the largest priority that there has been, so that it is drawn
 * soon. @param alpha how much errors count: 0 draws evenly
 */
export function createPrioritisedReplay(capacity: number, width: number, alpha: number): PrioritisedReplay {
  const replay = createReplay(capacity, width);
  const priorities = createSumTree(capacity);
  let largest = 1;
  let drawn = new Int32Array(0);
  return {
    get size() {
      return replay.size;
    },
    get next() {
      return replay.next;
    },
    read: (at, into, to) => replay.read(at, into, to),

    add(rows) {
      for (let row = 0, to = replay.next; row < rows.length / width; row++) {
        priorities.set((to + row) % capacity, largest);
      }
      replay.add(rows);
    },

    sample(rng, into) {
      invariant(replay.size > 0, "there is something to draw from");
      drawn = new Int32Array(into.length / width);
      for (let n = 0; n < drawn.length; n++) {
        drawn[n] = priorities.find(rng.uniform() * priorities.total);
        replay.read(drawn[n], into, n * width);
      }
    },

    weigh(beta, minibatchSize, into) {
      for (let from = 0; from < drawn.length; from += minibatchSize) {
        const to = Math.min(from + minibatchSize, drawn.length);
        let least = Infinity;
        for (let n = from; n < to; n++) least = Math.min(least, priorities.weight(drawn[n]));
        // N and Σ p cancel against those of the largest weight, which is that of the least priority.
        for (let n = from; n < to; n++) into[n] = (least / priorities.weight(drawn[n])) ** beta;
      }
    },

    learned(errors) {
      invariant(errors.length === drawn.length, "each row that was drawn has its error", { drawn: drawn.length });
      for (let n = 0; n < drawn.length; n++) {
        const priority = (Math.abs(errors[n]) + leastError) ** alpha;
        priorities.set(drawn[n], priority);
        largest = Math.max(largest, priority);
      }
    },

    snapshot: () => ({
      ...replay.snapshot(),
      priorities: Float64Array.from({ length: replay.size }, (_, at) => priorities.weight(at)),
      largest: Float64Array.of(largest),
    }),

    restore(snapshot) {
      replay.restore(snapshot);
      for (let at = 0; at < capacity; at++) priorities.set(at, snapshot["priorities"][at] ?? 0);
      [largest] = snapshot["largest"];
    },
  };
}
