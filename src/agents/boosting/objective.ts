/** @file Losses with their first and second derivatives by the margin, for a slice of rows. */
import type { BoostingMemory, Workplace } from "./memory.ts";
import { sliceFields, sliceOf } from "./memory.ts";

/** XGBoost's smallest second derivative. */
const leastHessian = 1e-16;

/**
 * Writes gᵢ = ∂lᵢ/∂mᵢ and hᵢ = ∂²lᵢ/∂mᵢ² of the slice's rows as float32, and the loss of the slice. With weights wᵢ:
 *
 *     squared error   l = w (y − m)²          g = w (m − y)          h = w                    (loss without XGBoost's ½)
 *     logistic        l = −w ln p(y)          g = w (p − y)          h = w p (1 − p)          p = 1 / (1 + exp(−m))
 *     softmax         l = −w ln p_y           g_k = w (p_k − [k = y]) h_k = 2 w p_k (1 − p_k)  p = exp(m) / Σ exp(m)
 *
 * The factor 2 of softmax is XGBoost's. Rows that are only judged get a loss and no derivatives.
 */
export function derive({ memory }: Workplace, slice: number): void {
  const { config, sliceLoss } = memory;
  const { from, to } = sliceOf(memory, slice);
  const learned = from < memory.trainRows;
  const derivatives = { "squared-error": squaredError, logistic, softmax }[config.objective];
  const { loss, weight } = derivatives(memory, from, to, learned);
  sliceLoss[slice * 2] = loss;
  sliceLoss[slice * 2 + 1] = weight;
  if (learned) sumUp(memory, slice, from, to);
}

interface SliceLoss {
  readonly loss: number;
  readonly weight: number;
}

function squaredError(memory: BoostingMemory, from: number, to: number, learned: boolean): SliceLoss {
  const { margins, labels, weights, gradients } = memory;
  let loss = 0;
  let total = 0;
  for (let row = from; row < to; row++) {
    const weight = weights.length === 0 ? 1 : weights[row];
    const error = margins[row] - labels[row];
    loss += weight * error * error;
    total += weight;
    if (!learned) continue;
    gradients[2 * row] = weight * error;
    gradients[2 * row + 1] = weight;
  }
  return { loss, weight: total };
}

function logistic(memory: BoostingMemory, from: number, to: number, learned: boolean): SliceLoss {
  const { margins, labels, weights, gradients } = memory;
  let loss = 0;
  let total = 0;
  for (let row = from; row < to; row++) {
    const weight = weights.length === 0 ? 1 : weights[row];
    const margin = margins[row];
    const label = labels[row];
    const small = Math.exp(-Math.abs(margin));
    // ln(1 + exp(m)) − y m, without overflow.
    loss += weight * (Math.max(margin, 0) + Math.log1p(small) - label * margin);
    total += weight;
    if (!learned) continue;
    const p = margin >= 0 ? 1 / (1 + small) : small / (1 + small);
    gradients[2 * row] = weight * (p - label);
    gradients[2 * row + 1] = weight * Math.max(p * (1 - p), leastHessian);
  }
  return { loss, weight: total };
}

function softmax(memory: BoostingMemory, from: number, to: number, learned: boolean): SliceLoss {
  const { margins, labels, weights, gradients, outputs, rows, trainRows } = memory;
  const p = new Float64Array(outputs);
  let loss = 0;
  let total = 0;
  for (let row = from; row < to; row++) {
    const weight = weights.length === 0 ? 1 : weights[row];
    const label = labels[row];
    let highest = -Infinity;
    for (let k = 0; k < outputs; k++) highest = Math.max(highest, margins[k * rows + row]);
    let sum = 0;
    for (let k = 0; k < outputs; k++) sum += p[k] = Math.exp(margins[k * rows + row] - highest);
    loss += weight * (Math.log(sum) + highest - margins[label * rows + row]);
    total += weight;
    if (!learned) continue;
    for (let k = 0; k < outputs; k++) {
      const share = p[k] / sum;
      const at = 2 * (k * trainRows + row);
      gradients[at] = weight * (k === label ? share - 1 : share);
      gradients[at + 1] = weight * Math.max(2 * share * (1 - share), leastHessian);
    }
  }
  return { loss, weight: total };
}

/** Sums and largest magnitudes of the slice's derivatives, which decide what a whole multiple stands for. */
function sumUp(
  { gradients, sliceSums, outputs, trainRows }: BoostingMemory,
  slice: number,
  from: number,
  to: number,
): void {
  for (let k = 0; k < outputs; k++) {
    let [gradientSum, hessianSum, largestGradient, largestHessian] = [0, 0, 0, 0];
    for (let at = 2 * (k * trainRows + from); at < 2 * (k * trainRows + to); at += 2) {
      const gradient = Math.abs(gradients[at]);
      const hessian = gradients[at + 1];
      gradientSum += gradient;
      hessianSum += hessian;
      if (gradient > largestGradient) largestGradient = gradient;
      if (hessian > largestHessian) largestHessian = hessian;
    }
    const sums = (slice * outputs + k) * sliceFields.width;
    sliceSums[sums + sliceFields.gradient] = gradientSum;
    sliceSums[sums + sliceFields.hessian] = hessianSum;
    sliceSums[sums + sliceFields.largestGradient] = largestGradient;
    sliceSums[sums + sliceFields.largestHessian] = largestHessian;
  }
}
