/** @file What an indicator remembers: all of it lies in arrays of numbers, so that it can be saved and put back. */
import { invariant } from "#base/invariant.ts";

/** Something that keeps all it remembers between two bars in these arrays, and nowhere else. */
export interface Remembering {
  readonly memory: readonly Float64Array[];
}

/** What a memory is put together of. */
export type Part = Float64Array | Remembering;

/** The arrays of several parts, in their order. */
export function memoryOf(parts: readonly Part[]): readonly Float64Array[] {
  return parts.flatMap((part) => (part instanceof Float64Array ? [part] : part.memory));
}

/** A function together with what it remembers. */
export function remembering<Run extends (...given: never[]) => unknown>(
  parts: readonly Part[],
  run: Run,
): Run & Remembering {
  return Object.assign(run, { memory: memoryOf(parts) });
}

/** A copy of everything remembered, in one array. */
export function stateOf({ memory }: Remembering): Float64Array {
  const state = new Float64Array(memory.reduce((length, array) => length + array.length, 0));
  let at = 0;
  for (const array of memory) {
    state.set(array, at);
    at += array.length;
  }
  return state;
}

/**
 * Puts a copy of `state` back in place of everything remembered.
 * @throws InvariantBroken where it is the state of something else, as far as its length tells
 */
export function restoreState({ memory }: Remembering, state: Float64Array): void {
  const length = memory.reduce((total, array) => total + array.length, 0);
  invariant(state.length === length, "a state is restored where it came from", { length, found: state.length });
  let at = 0;
  for (const array of memory) {
    array.set(state.subarray(at, at + array.length));
    at += array.length;
  }
}
