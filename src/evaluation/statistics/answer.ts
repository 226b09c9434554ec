/** @file A statistic's answer: a number, or why there is none. Never a number that the data cannot carry. */

/** Why a number cannot be given. */
export interface NoAnswer {
  readonly known: false;
  /** A full sentence. */
  readonly reason: string;
  /** How many observations it takes, where more of them would help. */
  readonly needed?: number;
  readonly found?: number;
}

export type Answer<T> = { readonly known: true; readonly value: T } | NoAnswer;

export function known<T>(value: T): Answer<T> {
  return { known: true, value };
}

/** @param what is counted, in the plural: "bars", "runs". */
export function notEnough(needed: number, found: number, what: string): NoAnswer {
  return { known: false, reason: `Not enough data for this number: ${needed} ${what} are needed.`, needed, found };
}

export function noAnswer(reason: string): NoAnswer {
  return { known: false, reason };
}
