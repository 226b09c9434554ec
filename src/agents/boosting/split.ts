/** @file What a leaf should be, what a split gains, and the best split of a feature (Chen and Guestrin, XGBoost, 2016, §2.2). */
import type { BoostingConfig } from "./config.ts";
import type { BoostingMemory } from "./memory.ts";
import { binStride, candidateFields } from "./memory.ts";

/** XGBoost's smallest gain: less is rounding. */
export const leastGain = 1e-6;

/** T(G): the sum of gradients, drawn to 0 by α. */
function thresholded(gradient: number, alpha: number): number {
  if (gradient > alpha) return gradient - alpha;
  return gradient < -alpha ? gradient + alpha : 0;
}

/** w = −T(G) / (H + λ), kept within limits. */
export function leafWeight(
  gradient: number,
  hessian: number,
  { alpha, lambda, minChildWeight }: BoostingConfig,
  lower: number,
  upper: number,
): number {
  if (hessian < minChildWeight || hessian <= 0) return 0;
  const weight = -thresholded(gradient, alpha) / (hessian + lambda);
  return Math.max(lower, Math.min(upper, weight));
}

/** By how much a leaf lowers twice the loss: T(G)² / (H + λ), in float32 as XGBoost compares it. */
function leafGain(gradient: number, hessian: number, { alpha, lambda }: BoostingConfig): number {
  if (hessian <= 0) return 0;
  const drawn = thresholded(gradient, alpha);
  return Math.fround((drawn * drawn) / (hessian + lambda));
}

/** The same of a leaf whose weight is not free: −(2Gw + (H + λ)w² + 2α|w|). */
function givenWeightGain(gradient: number, hessian: number, weight: number, { alpha, lambda }: BoostingConfig): number {
  if (hessian <= 0) return 0;
  return Math.fround(-(2 * gradient * weight + (hessian + lambda) * weight * weight + 2 * alpha * Math.abs(weight)));
}

/** The node that is to be split: its sums and the limits of its weight. */
export interface SplitNode {
  readonly gradient: number;
  readonly hessian: number;
  readonly lower: number;
  readonly upper: number;
}

/** True where any feature is held to a direction: then all gains are those of weights within limits. */
export function isConstrained({ monotone }: BoostingConfig): boolean {
  return monotone.some((sign) => sign !== 0);
}

/** What the node would be as a leaf, as a gain. */
export function nodeGain({ gradient, hessian, lower, upper }: SplitNode, config: BoostingConfig): number {
  if (!isConstrained(config)) return leafGain(gradient, hessian, config);
  return givenWeightGain(gradient, hessian, leafWeight(gradient, hessian, config, lower, upper), config);
}

/** What both children gain together; −∞ where that breaks the feature's direction. */
function childrenGain(
  leftGradient: number,
  leftHessian: number,
  node: SplitNode,
  config: BoostingConfig,
  sign: number,
): number {
  const { lower, upper } = node;
  const rightGradient = node.gradient - leftGradient;
  const rightHessian = node.hessian - leftHessian;
  const left = leafWeight(leftGradient, leftHessian, config, lower, upper);
  const right = leafWeight(rightGradient, rightHessian, config, lower, upper);
  if (sign * (right - left) < 0) return -Infinity;
  return Math.fround(
    givenWeightGain(leftGradient, leftHessian, left, config) +
      givenWeightGain(rightGradient, rightHessian, right, config),
  );
}

/** A pass over the bins of a feature: what is known before it, and what it finds. Reused, since there are millions of them. */
export interface Pass {
  readonly node: SplitNode;
  /** Of the node as a leaf. */
  readonly rootGain: number;
  readonly gradientQuantum: number;
  readonly hessianQuantum: number;
  /** Limits of the left child's sum, in whole multiples, so that either child weighs enough, and something. */
  readonly lightest: number;
  readonly heaviest: number;
  /** The best gain so far, with the sums to the left of it, in whole multiples: what a pass improves. */
  readonly found: Float64Array;
}

/** What is the same for all features of a node. */
export function passOf(memory: BoostingMemory, tree: number, node: SplitNode): Pass {
  const { config, quanta } = memory;
  const lightest = Math.max(config.minChildWeight / quanta[2 * tree + 1], 1);
  return {
    node,
    rootGain: nodeGain(node, config),
    gradientQuantum: quanta[2 * tree],
    hessianQuantum: quanta[2 * tree + 1],
    lightest,
    heaviest: node.hessian / quanta[2 * tree + 1] - lightest,
    found: new Float64Array(3),
  };
}

/**
 * Looks for the best split of a feature and writes it into `candidates` at `to` where it gains more than what was found before. Of
 * equal gains the first counts: the smaller feature, missing values to the right, the smaller bin.
 * @param sums of the feature's bins, whole multiples of the quanta, from `at` on
 */
export function bestSplit(
  { config, binCount, hasMissing, candidates }: BoostingMemory,
  feature: number,
  sums: Float64Array,
  at: number,
  pass: Pass,
  to: number,
): void {
  const end = at + 2 * binCount[feature];
  const constrained = isConstrained(config);
  const look = (gradient: number, hessian: number, missingLeft: 0 | 1): void => {
    const best = constrained
      ? bestBinWithin(sums, at, end, gradient, hessian, config.monotone[feature], pass, config)
      : bestBin(sums, at, end, gradient, hessian, pass, config.alpha, config.lambda);
    if (best < 0) return;
    candidates[to + candidateFields.gain] = pass.found[0];
    candidates[to + candidateFields.feature] = feature;
    candidates[to + candidateFields.bin] = (best - at) / 2;
    candidates[to + candidateFields.defaultLeft] = missingLeft;
    candidates[to + candidateFields.leftGradient] = pass.found[1];
    candidates[to + candidateFields.leftHessian] = pass.found[2];
  };
  look(0, 0, 0);
  if (hasMissing[feature] === 1 && (sums[end] !== 0 || sums[end + 1] !== 0)) look(sums[end], sums[end + 1], 1);
}

/** Where the best split of a pass lies in `sums`; −1 where none is better than what was found before. */
function bestBin(
  sums: Float64Array,
  from: number,
  end: number,
  missingGradient: number,
  missingHessian: number,
  { node, rootGain, gradientQuantum, hessianQuantum, lightest, heaviest, found }: Pass,
  alpha: number,
  lambda: number,
): number {
  const { gradient, hessian } = node;
  let wholeGradient = missingGradient;
  let wholeHessian = missingHessian;
  let best = found[0];
  let at = -1;
  // Gains are compared without a division first, and with room for rounding: most bins end there.
  let least = (best + rootGain) * (1 - 1e-6);
  for (let i = from; i < end; i += 2) {
    wholeGradient += sums[i];
    wholeHessian += sums[i + 1];
    if (wholeHessian < lightest) continue;
    if (wholeHessian > heaviest) break;
    const below = wholeHessian * hessianQuantum + lambda;
    const above = hessian - wholeHessian * hessianQuantum + lambda;
    const leftGradient = wholeGradient * gradientQuantum;
    // The square of T(G) does not know G's sign.
    const left = Math.max(Math.abs(leftGradient) - alpha, 0);
    const right = Math.max(Math.abs(gradient - leftGradient) - alpha, 0);
    if (left * left * above + right * right * below < least * below * above) continue;
    const both = Math.fround(Math.fround((left * left) / below) + Math.fround((right * right) / above));
    const gain = Math.fround(both - rootGain);
    if (!(gain > best)) continue;
    best = gain;
    least = (best + rootGain) * (1 - 1e-6);
    at = i;
    found[1] = wholeGradient;
    found[2] = wholeHessian;
  }
  found[0] = best;
  return at;
}

/** The same where weights have limits and features directions. */
function bestBinWithin(
  sums: Float64Array,
  from: number,
  end: number,
  missingGradient: number,
  missingHessian: number,
  sign: number,
  { node, rootGain, gradientQuantum, hessianQuantum, lightest, heaviest, found }: Pass,
  config: BoostingConfig,
): number {
  let wholeGradient = missingGradient;
  let wholeHessian = missingHessian;
  let at = -1;
  for (let i = from; i < end; i += 2) {
    wholeGradient += sums[i];
    wholeHessian += sums[i + 1];
    if (wholeHessian < lightest) continue;
    if (wholeHessian > heaviest) break;
    const [leftGradient, leftHessian] = [wholeGradient * gradientQuantum, wholeHessian * hessianQuantum];
    const gain = Math.fround(childrenGain(leftGradient, leftHessian, node, config, sign) - rootGain);
    if (!(gain > found[0])) continue;
    at = i;
    found[0] = gain;
    found[1] = wholeGradient;
    found[2] = wholeHessian;
  }
  return at;
}

/** Where the bins of a block's feature begin in a histogram of that block. */
export function featureAt(local: number): number {
  return local * binStride * 2;
}
