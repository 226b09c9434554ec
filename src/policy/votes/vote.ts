/** @file Votes: a direction for each instrument, from a rule, from trees or from several in agreement; and the policy of them. */
import type { Decision, Observation, Policy } from "../policy.ts";

/** In the order of the classes 0, 1, 2 that trees learn. HOLD leaves a position as it is. */
export const votes = ["SELL", "HOLD", "BUY"] as const;

export type Vote = (typeof votes)[number];

/** May keep state of its own between bars, like a policy: one voter serves one account, and is asked at every bar. */
export interface Voter {
  readonly name: string;
  /** A vote for each instrument. */
  vote(observation: Observation): readonly Vote[] | Promise<readonly Vote[]>;
}

/** What votes become: weights of equity, or the words of the trader's signal space. */
export type VoteActing =
  | { readonly kind: "weights"; readonly shorts: boolean }
  | { readonly kind: "signals"; readonly words: readonly string[] };

/**
 * A policy that does what a voter says. As weights: BUY is an equal share of the equity, SELL the same short (without shorts:
 * flat), HOLD what it was, before its first vote what the account holds. As signals: the word itself; CLOSE where SELL is not legal while a long position is held; HOLD where
 * neither is legal, as for BUY of what is held already.
 */
export function votingPolicy(voter: Voter, acting: VoteActing, instruments: number): Policy {
  let wanted: number[] | undefined;
  const decide = (said: readonly Vote[], observation: Observation): Decision => {
    if (acting.kind === "signals")
      return { signals: said.map((vote, i) => legalWord(vote, i, acting.words, observation)) };
    if (said.every((vote) => vote === "HOLD")) return { weights: undefined };
    const before = wanted ?? Array.from({ length: instruments }, (_, i) => observation.account[2 * i]);
    const short = acting.shorts ? -1 / instruments : 0;
    wanted = said.map((vote, i) => (vote === "HOLD" ? before[i] : vote === "BUY" ? 1 / instruments : short));
    return { weights: [...wanted] };
  };
  return {
    name: voter.name,
    act(observation) {
      const said = voter.vote(observation);
      return said instanceof Promise ? said.then((known) => decide(known, observation)) : decide(said, observation);
    },
  };
}

function legalWord(vote: Vote, i: number, words: readonly string[], { legal, account }: Observation): string {
  const isLegal = (word: string): boolean => {
    const at = words.indexOf(word);
    return at >= 0 && legal?.[i * words.length + at] !== 0;
  };
  if (isLegal(vote)) return vote;
  // An account's first two numbers of each instrument begin with the signed weight that it holds.
  const long = account[2 * i] > 0;
  return vote === "SELL" && long && isLegal("CLOSE") ? "CLOSE" : "HOLD";
}
