/** @file How much a policy's confidence can be believed: fitted on decisions of which the outcome is known, shown as a curve. Pure. */
import { invariant } from "#base/invariant.ts";

/** One decision: the probability that the policy gave to what it chose, and whether it turned out right. */
export interface Outcome {
  readonly confidence: number;
  readonly right: boolean;
}

/** A map from confidence to how often such decisions are right; constant outside what was seen, linear between points. */
export interface Calibration {
  /** Confidences, ascending. */
  readonly confidence: readonly number[];
  /** Share of right decisions at each, never falling. */
  readonly right: readonly number[];
}

/**
 * Isotonic regression: the never falling map with the least squared error, by pooling neighbours that are in the wrong order
 * (Ayer et al., 1955; Zadrozny and Elkan, 2002).
 */
export function isotonic(outcomes: readonly Outcome[]): Calibration {
  invariant(outcomes.length > 0, "a calibration is fitted on decisions");
  const blocks: Block[] = [];
  for (const point of points(outcomes)) {
    let block = point;
    for (let last = blocks.at(-1); last && share(last) >= share(block); last = blocks.at(-1)) {
      block = { sum: last.sum + block.sum, right: last.right + block.right, count: last.count + block.count };
      blocks.pop();
    }
    blocks.push(block);
  }
  return { confidence: blocks.map(({ sum, count }) => sum / count), right: blocks.map(share) };
}

/** Logits at which a tempered map is written down: between two of them it is straight to 1e-3, and beyond them next to sure. */
const temperedGrid = Array.from({ length: 141 }, (_, at) => (at - 70) / 5);

/**
 * Temperature scaling of the probability p of what was chosen, written down as a map: σ(logit p / T), with the T that makes what was
 * right most likely (Guo et al., 2017). One number is fitted, so few decisions will do; 50 % stays 50 %, whatever was right.
 */
export function tempered(outcomes: readonly Outcome[]): Calibration {
  invariant(outcomes.length > 0, "a calibration is fitted on decisions");
  const fitted = temperature(
    outcomes.map(({ confidence }) => [logOdds(confidence), 0]),
    outcomes.map(({ right }) => (right ? 0 : 1)),
  );
  return {
    confidence: temperedGrid.map(sigmoid),
    right: temperedGrid.map((value) => sigmoid(value / fitted)),
  };
}

/** ln(p / (1 − p)); sure is taken for next to sure, so that it is finite. */
function logOdds(probability: number): number {
  const inside = Math.min(1 - 1e-6, Math.max(1e-6, probability));
  return Math.log(inside / (1 - inside));
}

function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}

/** Decisions that are taken together: the sum of their confidences, and how many were right. */
interface Block {
  readonly sum: number;
  readonly right: number;
  readonly count: number;
}

/** Decisions of equal confidence, least confident first: their order must not matter. */
function points(outcomes: readonly Outcome[]): Block[] {
  const byConfidence = new Map<number, Block>();
  for (const { confidence, right } of outcomes) {
    const { sum, right: rights, count } = byConfidence.get(confidence) ?? { sum: 0, right: 0, count: 0 };
    byConfidence.set(confidence, { sum: sum + confidence, right: rights + (right ? 1 : 0), count: count + 1 });
  }
  return [...byConfidence].toSorted(([a], [b]) => a - b).map(([, block]) => block);
}

function share({ right, count }: Block): number {
  return right / count;
}

/** How often decisions of this confidence are right, as far as is known. */
export function calibrated({ confidence, right }: Calibration, value: number): number {
  const after = confidence.findIndex((each) => each >= value);
  if (after < 0) return right[right.length - 1];
  if (after === 0) return right[0];
  const between = (value - confidence[after - 1]) / (confidence[after] - confidence[after - 1]);
  return right[after - 1] + between * (right[after] - right[after - 1]);
}

/**
 * The temperature T that makes softmax(logits / T) most likely to name what was right: Σ ln softmax(logits / T)[label] is
 * largest (Guo et al., 2017). It leaves the most probable action as it is. Between 1/20 and 20, to 1e-4.
 * @param logits one list for each decision, of legal actions only; @param labels the right one's index in it
 */
export function temperature(logits: readonly (readonly number[])[], labels: readonly number[]): number {
  invariant(logits.length > 0 && logits.length === labels.length, "each decision has logits and a label");
  const slope = (logTemperature: number): number => {
    const inverse = Math.exp(-logTemperature);
    // d/d(1/T) of the log-likelihood: logit of the right action less the mean logit. It falls in 1/T: one maximum.
    return logits.reduce((sum, list, at) => sum + list[labels[at]] - expectedLogit(list, inverse), 0);
  };
  let [low, high] = [-Math.log(20), Math.log(20)];
  while (high - low > 1e-4) {
    const middle = (low + high) / 2;
    if (slope(middle) > 0) high = middle;
    else low = middle;
  }
  return Math.exp((low + high) / 2);
}

function expectedLogit(logits: readonly number[], inverse: number): number {
  const highest = Math.max(...logits);
  let [total, weighted] = [0, 0];
  for (const logit of logits) {
    const weight = Math.exp((logit - highest) * inverse);
    total += weight;
    weighted += weight * logit;
  }
  return weighted / total;
}

/** Decisions of similar confidence. */
export interface ReliabilityBin {
  /** Mean confidence and share of right decisions of those in it. */
  readonly confidence: number;
  readonly right: number;
  readonly count: number;
}

/**
 * The reliability curve: decisions in bins of like numbers, least confident first. Decisions of equal confidence share a bin, so there
 * are fewer bins where there are few confidences.
 */
export function reliability(outcomes: readonly Outcome[], bins = 10): ReliabilityBin[] {
  const curve: ReliabilityBin[] = [];
  let open: Block = { sum: 0, right: 0, count: 0 };
  let before = 0;
  for (const { sum, right, count } of points(outcomes)) {
    open = { sum: open.sum + sum, right: open.right + right, count: open.count + count };
    // A bin is full where the decisions so far reach the next tenth of all of them.
    const full =
      Math.floor(((before + open.count) * bins) / outcomes.length) > Math.floor((before * bins) / outcomes.length);
    if (!full) continue;
    curve.push({ confidence: open.sum / open.count, right: share(open), count: open.count });
    before += open.count;
    open = { sum: 0, right: 0, count: 0 };
  }
  return curve;
}

/** Expected calibration error: how far confidence is from the share that is right, on average over decisions (Naeini et al., 2015). */
export function calibrationError(outcomes: readonly Outcome[], bins = 10): number {
  const curve = reliability(outcomes, bins);
  return (
    curve.reduce((sum, { confidence, right, count }) => sum + count * Math.abs(confidence - right), 0) / outcomes.length
  );
}

/** Brier score: mean squared distance of confidence from what came, 1 for right and 0 for wrong (Brier, 1950); 0 is foresight. */
export function brierScore(outcomes: readonly Outcome[]): number {
  return (
    outcomes.reduce((sum, { confidence, right }) => sum + (confidence - (right ? 1 : 0)) ** 2, 0) / outcomes.length
  );
}
