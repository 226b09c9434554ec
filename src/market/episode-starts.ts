/** @file Where episodes may begin: so that each lies within one span of bars, whatever lies between two. */
import { invariant } from "#base/invariant.ts";

/** Bars `from` (inclusive) to `to` (exclusive). */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface EpisodeStarts {
  readonly count: number;
  /** The n-th bar that an episode may begin at, n < count. */
  bar(n: number): number;
}

/** All bars of the spans from which an episode of so many bars ends within the same span. */
export function episodeStarts(spans: readonly Span[], episodeBars: number): EpisodeStarts {
  for (const { from, to } of spans) {
    invariant(to - from > episodeBars, "an episode fits into each span", { from, to, episodeBars });
  }
  const counts = spans.map(({ from, to }) => to - from - episodeBars);
  return {
    count: counts.reduce((sum, count) => sum + count, 0),
    bar(n) {
      let span = 0;
      let rest = n;
      while (rest >= counts[span]) rest -= counts[span++];
      return spans[span].from + rest;
    },
  };
}
