/** @file The contract of a signal space: the words an agent may say of one instrument, and what each means for a position. */
import { invariant } from "#base/invariant.ts";
import type { PositionAction } from "#domain/position-action.ts";

/**
 * Words of one instrument in the order of a network's whole numbers. A space is never changed once a model was trained in it:
 * another is put beside it under another name.
 */
export interface SignalSpace {
  readonly name: string;
  /** The first is HOLD in every space. */
  readonly words: readonly string[];
  /** What each word does. */
  readonly actions: readonly PositionAction[];
  /** BUY of a long and SELL of a short position make it larger; else they are illegal. */
  readonly entriesAdd: boolean;
  /** Absent: SELL opens a short position where the account may have one. */
  readonly longOnly?: true;
  /** Distance of the stop and the target that each word asks for, in ATR; NaN where it asks for none. Absent: the plan's. */
  readonly stopAtr?: readonly number[];
  readonly targetAtr?: readonly number[];
}

/** A network's number for a word. */
export function encodeSignal(space: SignalSpace, word: string): number {
  const number = space.words.indexOf(word);
  invariant(number >= 0, "a signal is a word of its space", { word, space: space.name, words: space.words.join(" ") });
  return number;
}

/** The word for a network's number. */
export function decodeSignal(space: SignalSpace, number: number): string {
  const word = space.words[number];
  if (word === undefined) invariant(false, "a signal's number is one of its space", { number, space: space.name });
  return word;
}

/** What number `signal` does to a position of side 1 (long), −1 (short) or 0 (none). */
export function meaning({ actions, entriesAdd }: SignalSpace, signal: number, side: number): PositionAction {
  const action = actions[signal];
  if (!entriesAdd) return action;
  return (action === "BUY" && side > 0) || (action === "SELL" && side < 0) ? "ADD" : action;
}
