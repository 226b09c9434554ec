/** @file The loss of PPO as a graph, with everything that is reported of it. */
import { invariant } from "#base/invariant.ts";
import type { ActionHead, Said } from "#policy/action-head.ts";
import type { Node } from "#tensor/graph.ts";
import { abs, add, exp, mul, neg, square, sub } from "#tensor/ops/elementwise.ts";
import { cast, clamp, less, maximum, minimum } from "#tensor/ops/logic.ts";
import { mean } from "#tensor/ops/reduction.ts";
import { entropyBonus } from "./entropy-bonus.ts";
import type { PpoConfig } from "./ppo.ts";
import type { Columns } from "./rollout.ts";

export interface PpoLosses {
  readonly loss: Node;
  readonly policyLoss: Node;
  readonly valueLoss: Node;
  /** Mean entropy of each part of an action, `[parts]`. */
  readonly entropies: Node;
  readonly approximateKl: Node;
  readonly clipFraction: Node;
}

interface Batch {
  readonly said: Said<Node>;
  /** `[B, 1]` */
  readonly value: Node;
  readonly head: ActionHead;
  readonly columns: Columns;
  readonly config: PpoConfig;
  /** Inputs in place of the settings that change while training. */
  readonly changing: { readonly [Name in "clip" | "entropyCoefficient" | "klCoefficient"]: Node | undefined };
}

/**
 * −E[min(r·A, clip(r, 1 ± ε)·A)] with r = π(a|s) / π_old(a|s) (eq. 7), plus c_v · the value loss, less the mean over the parts
 * of an action of c_e · E[H(π)] (eq. 9), plus β · KL where that is asked for (eq. 8).
 * KL from the old policy by the low-variance estimate E[r − 1 − ln r] (Schulman, 2020).
 */
export function ppoLosses({ said, value, head, columns, config, changing }: Batch): PpoLosses {
  const { advantage, target } = columns;
  const { logProbability, entropies } = head.judge(said, columns.action, columns.legal);
  const logRatio = sub(logProbability, columns.logProbability);
  const ratio = exp(logRatio);
  const policyLoss = neg(
    mean(minimum(mul(ratio, advantage), mul(near(ratio, 1, config.clip, changing.clip), advantage))),
  );
  const valueLoss = mul(valueError(value, target, columns.value, config.valueClip), 0.5);
  const approximateKl = mean(sub(sub(ratio, 1), logRatio));
  const bonus = entropyBonus(entropies, changing.entropyCoefficient ?? config.entropyCoefficient);

  let loss = add(policyLoss, mul(valueLoss, config.valueCoefficient));
  if (bonus !== undefined) loss = sub(loss, bonus);
  if (changing.klCoefficient !== undefined) loss = add(loss, mul(approximateKl, changing.klCoefficient));
  return {
    loss,
    policyLoss,
    valueLoss,
    entropies: mean(entropies, [0]),
    approximateKl,
    clipFraction: mean(cast(less(changing.clip ?? config.clip, abs(sub(ratio, 1))), "float32")),
  };
}

/** E[(V − R)²]; clipped: E[max((V − R)², (V_old + clip(V − V_old, ±ε) − R)²)] (as in the authors' code; Engstrom et al., 2020, §3). */
function valueError(value: Node, target: Node, oldValue: Node | undefined, clip: number | undefined): Node {
  const error = square(sub(value, target));
  if (clip === undefined) return mean(error);
  invariant(oldValue !== undefined, "the old value is kept where a value is clipped");
  const nearValue = add(oldValue, clamp(sub(value, oldValue), -clip, clip));
  return mean(maximum(error, square(sub(nearValue, target))));
}

/** Held within `distance` of `centre`; `changing` is the distance where it changes while training. */
function near(x: Node, centre: number, distance: number, changing: Node | undefined): Node {
  if (changing === undefined) return clamp(x, centre - distance, centre + distance);
  return maximum(minimum(x, add(changing, centre)), sub(centre, changing));
}
