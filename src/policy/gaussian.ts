/**
 * @file Normal actions of independent dimensions, squashed by tanh or not: drawn in plain numbers while acting, differentiated
 * as graphs while learning. In what is learned every dimension's box is [−1, 1]; `toBox` and `boxed` stretch that to the env's.
 */
import { invariant } from "#base/invariant.ts";
import type { Rng } from "#base/rng.ts";
import type { ActionSpace } from "#env/space.ts";
import type { Node } from "#tensor/graph.ts";
import { constant } from "#tensor/graph.ts";
import { add, exp, mul, neg, softplus, square, sub } from "#tensor/ops/elementwise.ts";
import { maximum, minimum } from "#tensor/ops/logic.ts";
import { sum } from "#tensor/ops/reduction.ts";

/** The box of real actions, `low` and `high` `[A]`. */
export type Box = Pick<Extract<ActionSpace, { readonly kind: "box" }>, "low" | "high">;

/** ln √(2π). */
const logRoot2Pi = 0.5 * Math.log(2 * Math.PI);

/**
 * Draws x = μ + σ·ε with ε ~ N(0, 1) for each dimension of one lane.
 * @param means `[…, A]`, @param logDeviations ln σ in the same layout; this lane's begin at `at`
 * @param into `[…, A]`, this lane's begin at `intoAt`; what is drawn has no bounds
 * @returns ln N(x; μ, σ) over all dimensions
 */
export function sampleNormal(
  means: Float32Array,
  logDeviations: Float32Array,
  at: number,
  dimensions: number,
  rng: Rng,
  into: Float32Array,
  intoAt: number,
): number {
  let logProbability = 0;
  for (let n = 0; n < dimensions; n++) {
    const noise = rng.normal();
    const logDeviation = logDeviations[at + n];
    const drawn = means[at + n] + Math.exp(logDeviation) * noise;
    // A broken network must not be mistaken for one that wants an edge of the box.
    if (!Number.isFinite(drawn)) invariant(false, "a drawn action is a finite number", { dimension: n, drawn });
    into[intoAt + n] = drawn;
    logProbability -= 0.5 * noise * noise + logDeviation + logRoot2Pi;
  }
  return logProbability;
}

/** tanh of each dimension of one lane, in the layout of `sampleNormal`: from any number to [−1, 1]. */
export function squash(drawn: Float32Array, at: number, dimensions: number, into: Float32Array, intoAt: number): void {
  for (let n = 0; n < dimensions; n++) into[intoAt + n] = Math.tanh(drawn[at + n]);
}

/** Stretches one lane's numbers from [−1, 1], which they are clipped to, to its box. */
export function toBox(units: Float32Array, at: number, { low, high }: Box, into: Float32Array, intoAt: number): void {
  for (let n = 0; n < low.length; n++) {
    const unit = units[at + n];
    if (Number.isNaN(unit)) invariant(false, "an action is a number", { dimension: n });
    const stretched = low[n] + ((unit + 1) / 2) * (high[n] - low[n]);
    into[intoAt + n] = Math.min(high[n], Math.max(low[n], stretched));
  }
}

/** @throws InvariantBroken where an edge of the box is not finite: there is nothing to stretch to */
export function checkBox({ low, high }: Box): void {
  invariant([...low, ...high].every(Number.isFinite), "a box that is acted in has finite edges", {
    low: low.join(", "),
    high: high.join(", "),
  });
}

/** `toBox` as a graph, `[B, A]` to `[B, A]`. */
export function boxed(units: Node, box: Box): Node {
  checkBox(box);
  const { low, high } = box;
  const [from, to] = [constant(low, [1, low.length]), constant(high, [1, high.length])];
  const size = constant(
    high.map((edge, n) => (edge - low[n]) / 2),
    [1, low.length],
  );
  return minimum(maximum(add(mul(add(units, 1), size), from), from), to);
}

/** ln N(x; μ, σ) over all dimensions, `[B, 1]`; `mean` is `[B, A]`, `logDeviation` may be `[1, A]` for all alike. */
export function normalLogProbability(drawn: Node, mean: Node, logDeviation: Node): Node {
  return standardLogProbability(mul(sub(drawn, mean), exp(neg(logDeviation))), logDeviation);
}

/** ln σ + ln √(2πe) of each dimension, in the shape of the deviations. */
export function normalEntropies(logDeviation: Node): Node {
  return add(logDeviation, logRoot2Pi + 0.5);
}

/** H = Σ ln σ + ln √(2πe), `[B, 1]` (`[1, 1]` where deviations are). */
export function normalEntropy(logDeviation: Node): Node {
  return sum(normalEntropies(logDeviation), [1], true);
}

/** x = μ + σ·ε for noise ε that is fed, `[B, A]`, through which gradients flow, and its ln N(x; μ, σ), `[B, 1]`, written on ε. */
export function reparameterised(
  mean: Node,
  logDeviation: Node,
  noise: Node,
): { readonly drawn: Node; readonly logProbability: Node } {
  return {
    drawn: add(mean, mul(exp(logDeviation), noise)),
    logProbability: standardLogProbability(noise, logDeviation),
  };
}

/**
 * Σ ln (1 − tanh² x) = Σ 2·(ln 2 − x − softplus(−2x)), `[B, 1]`, exact where 1 − tanh² itself is 0 in float32. The
 * density of tanh x is N(x)·e^−this, and the entropy of tanh x is that of x plus the mean of this (Haarnoja et al., 2018,
 * https://arxiv.org/abs/1801.01290, appendix C).
 */
export function squashCorrection(drawn: Node): Node {
  return sum(mul(sub(Math.LN2, add(drawn, softplus(mul(drawn, -2)))), 2), [1], true);
}

/** Σ −ε²/2 − ln σ − ln √(2π), `[B, 1]`. */
function standardLogProbability(noise: Node, logDeviation: Node): Node {
  return neg(sum(add(add(mul(square(noise), 0.5), logDeviation), logRoot2Pi), [1], true));
}
