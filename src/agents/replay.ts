/** @file What off-policy learners remember: the last so many transitions as rows of numbers, drawn evenly. */
import { invariant } from "#base/invariant.ts";
import type { Rng } from "#base/rng.ts";
import type { Snapshot } from "#env/env.ts";

export interface Replay {
  /** Rows that are remembered now. */
  readonly size: number;
  /** Where the next row will stand; remembered rows stand at 0 … size − 1. */
  readonly next: number;
  /** Rows `[n, width]`; once full, the oldest make room. */
  add(rows: Float32Array): void;
  /** Copies one row into `into`, from `to` on. */
  read(at: number, into: Float32Array, to: number): void;
  /** Draws `into.length / width` rows, each evenly and independently, into `into`. */
  sample(rng: Rng, into: Float32Array): void;
  snapshot(): Snapshot;
  restore(snapshot: Snapshot): void;
}

/** Room for `capacity` rows of `width` numbers: capacity × width × 4 bytes, taken at once. */
export function createReplay(capacity: number, width: number): Replay {
  const memory = new Float32Array(capacity * width);
  let size = 0;
  let next = 0;
  const read: Replay["read"] = (row, into, to) => {
    const from = row * width;
    for (let at = 0; at < width; at++) into[to + at] = memory[from + at];
  };
  return {
    get size() {
      return size;
    },
    get next() {
      return next;
    },
    read,

    add(rows) {
      const count = rows.length / width;
      invariant(Number.isInteger(count), "rows are whole", { width, found: rows.length });
      for (let row = 0; row < count; row++) {
        const [from, to] = [row * width, next * width];
        for (let at = 0; at < width; at++) memory[to + at] = rows[from + at];
        next = (next + 1) % capacity;
        if (size < capacity) size++;
      }
    },

    sample(rng, into) {
      invariant(size > 0, "there is something to draw from");
      for (let to = 0; to < into.length; to += width) read(rng.integer(size), into, to);
    },

    snapshot: () => ({ rows: memory.slice(0, size * width), counts: Float64Array.of(size, next) }),

    restore(snapshot) {
      invariant(snapshot["rows"].length <= memory.length, "a snapshot fits the memory", {
        capacity,
        found: snapshot["rows"].length / width,
      });
      memory.set(snapshot["rows"]);
      [size, next] = snapshot["counts"];
    },
  };
}
