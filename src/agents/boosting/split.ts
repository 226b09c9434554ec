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
export function leafGain(gradient: number, hessian: number, { alpha, lambda }: BoostingConfig): number {
  if (hessian <= 0) return 0;
  const drawn = thresholded(gradient, alpha);
  return Math.fround((drawn * drawn) / (hessian + lambda));
}

/** The same of a leaf whose weight is not free: −(2Gw + (H + λ)w² + 2α|w|). */
export function givenWeightGain(
  gradient: number,
  hessian: number,
  weight: number,
  { alpha, lambda }: BoostingConfig,
): number {
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

/**
 * Looks for the best split of a feature and writes it into `candidates` at `to` where it gains more than what is there. Of
 * equal gains the first counts: the smaller feature, missing values to the right, the smaller bin.
 * @param sums of the feature's bins, whole multiples of the quanta, from `at` on
 */
export function bestSplit(
  memory: BoostingMemory,
  feature: number,
  sums: Float64Array,
  at: number,
  tree: number,
  node: SplitNode,
  rootGain: number,
  to: number,
): void {
  const count = memory.binCount[feature];
  const missing = at + 2 * count;
  const someMissing = memory.hasMissing[feature] === 1 && (sums[missing] !== 0 || sums[missing + 1] !== 0);
  scan(memory, feature, sums, at, tree, node, rootGain, to, 0, 0, false);
  if (someMissing) scan(memory, feature, sums, at, tree, node, rootGain, to, sums[missing], sums[missing + 1], true);
}

/** One pass over the bins, with what is missing on one side. */
function scan(
  memory: BoostingMemory,
  feature: number,
  sums: Float64Array,
  at: number,
  tree: number,
  node: SplitNode,
  rootGain: number,
  to: number,
  missingGradient: number,
  missingHessian: number,
  missingLeft: boolean,
): void {
  const { config, quanta, candidates, binCount } = memory;
  const { alpha, lambda, minChildWeight, monotone } = config;
  const gradientQuantum = quanta[2 * tree];
  const hessianQuantum = quanta[2 * tree + 1];
  const constrained = isConstrained(config);
  const { gradient, hessian } = node;
  // Either child weighs enough, and something: in whole multiples.
  const lightest = Math.max(minChildWeight / hessianQuantum, 1);
  const heaviest = hessian / hessianQuantum - lightest;
  const end = at + 2 * binCount[feature];
  let wholeGradient = missingGradient;
  let wholeHessian = missingHessian;
  let best = candidates[to + candidateFields.gain];
  // Gains are compared without a division first, and with room for rounding: most bins end there.
  let least = constrained ? -Infinity : (best + rootGain) * (1 - 1e-6);
  for (let i = at; i < end; i += 2) {
    wholeGradient += sums[i];
    wholeHessian += sums[i + 1];
    if (wholeHessian < lightest) continue;
    if (wholeHessian > heaviest) break;
    const leftHessian = wholeHessian * hessianQuantum;
    const leftGradient = wholeGradient * gradientQuantum;
    const below = leftHessian + lambda;
    const above = hessian - leftHessian + lambda;
    const left = alpha === 0 ? leftGradient : thresholded(leftGradient, alpha);
    const right = alpha === 0 ? gradient - leftGradient : thresholded(gradient - leftGradient, alpha);
    if (left * left * above + right * right * below < least * below * above) continue;
    const both = constrained
      ? childrenGain(leftGradient, leftHessian, node, config, monotone[feature])
      : Math.fround(Math.fround((left * left) / below) + Math.fround((right * right) / above));
    const gain = Math.fround(both - rootGain);
    if (!(gain > best)) continue;
    best = gain;
    if (!constrained) least = (best + rootGain) * (1 - 1e-6);
    candidates[to + candidateFields.gain] = gain;
    candidates[to + candidateFields.feature] = feature;
    candidates[to + candidateFields.bin] = (i - at) / 2;
    candidates[to + candidateFields.defaultLeft] = missingLeft ? 1 : 0;
    candidates[to + candidateFields.leftGradient] = wholeGradient;
    candidates[to + candidateFields.leftHessian] = wholeHessian;
  }
}

/** Where the bins of a block's feature begin in a histogram of that block. */
export function featureAt(local: number): number {
  return local * binStride * 2;
}
