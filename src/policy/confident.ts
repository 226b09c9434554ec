/** @file A policy that opens nothing unless it is sure enough. */
import { invariant } from "#base/invariant.ts";
import type { Policy } from "./policy.ts";

/** Words that leave a position or take it back: no confidence is asked of them. */
const harmless = ["HOLD", "CLOSE", "SPLIT"];

/**
 * The same policy, with HOLD in place of each signal of less confidence than `least`. CLOSE and SPLIT stand whatever the
 * confidence: what protects is never held back. Where it says nothing of its confidence it holds.
 */
export function confident<Sure extends Policy>(policy: Sure, least: number): Sure {
  invariant(least >= 0 && least <= 1, "a least confidence is a share", { least });
  return {
    ...policy,
    async act(observation) {
      const decision = await policy.act(observation);
      if (!("signals" in decision)) invariant(false, "confidence is asked of signals", { policy: policy.name });
      const { confidence } = decision;
      const sure = (i: number): boolean => confidence !== undefined && confidence[i] >= least;
      const signals = decision.signals.map((word, i) => (harmless.includes(word) || sure(i) ? word : "HOLD"));
      return { ...decision, signals };
    },
  };
}
