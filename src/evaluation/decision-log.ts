/** @file What a policy was asked and what it decided, bar by bar, while somebody else trades it. */
import type { Decision, Observation, Policy } from "#policy/policy.ts";

/** The same policy, watched: `note` is told of each decision and the how-manieth it is; what was seen is valid during the call only. */
export function watchedPolicy(
  policy: Policy,
  note: (observation: Observation, decision: Decision, nth: number) => void,
): Policy {
  let nth = 0;
  return {
    name: policy.name,
    async act(observation: Observation) {
      const decision = await policy.act(observation);
      note(observation, decision, nth++);
      return decision;
    },
  };
}

/** A weight that moves by less, in shares of the equity, is the same decision. */
const sameWeight = 0.01;

/** For each bar, the share of instruments of which two policies decided otherwise, `[bars]`. */
export function changedDecisions(one: readonly Decision[], other: readonly Decision[]): Float64Array {
  const [before, after] = [wanted(one), wanted(other)];
  return Float64Array.from(before, (said, t) => {
    const now = after[t];
    const changed = said.filter((each, i) => {
      const its = now?.[i];
      if (typeof each === "number" && typeof its === "number") return Math.abs(each - its) > sameWeight;
      return each !== its;
    });
    return said.length === 0 ? 0 : changed.length / said.length;
  });
}

/** A word or a weight of each instrument at each bar, where "no change" repeats the last. */
function wanted(decisions: readonly Decision[]): (readonly (string | number)[])[] {
  const first = decisions.find((each) => "weights" in each && each.weights !== undefined);
  const instruments = first !== undefined && "weights" in first ? (first.weights?.length ?? 0) : 0;
  let last: readonly (string | number)[] = Array.from({ length: instruments }, () => 0);
  return decisions.map((each) => {
    if ("signals" in each) return each.signals;
    last = each.weights ?? last;
    return last;
  });
}
