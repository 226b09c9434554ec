/** @file Why this decision: what is preferred, shared out among all that was seen (Sundararajan et al., 2017, https://arxiv.org/abs/1703.01365). */
import type { Asked, Preferences } from "./preference.ts";
import { gradientRows } from "./preference.ts";

/** One decision: what was seen, what was legal and what was chosen, each one row of `Asked`. */
export type SeenDecision = Asked;

export interface Attribution {
  /** What is preferred of what was seen, and of the baseline. */
  readonly value: number;
  readonly baseline: number;
  /** The part of each number of the window `[L × F]` and of the account `[S]` in `value − baseline`. */
  readonly market: Float64Array;
  readonly account: Float64Array;
  /** What the parts add up to, less `value − baseline`: 0 by the completeness axiom but for the steps of the path. */
  readonly gap: number;
  /** Points of the path at which gradients were taken. */
  readonly points: number;
}

/** The path is cut finer until the gap is no more than this share of `value − baseline`, or this alone. */
const [relativeGap, absoluteGap] = [0.005, 1e-4];
const [fewestPoints, mostPoints] = [64, 8192];

/**
 * Attributionⱼ = (xⱼ − x′ⱼ) · ∫₀¹ ∂f(x′ + α(x − x′))/∂xⱼ dα by the midpoint rule. The baseline x′ is 0 everywhere: each feature at the
 * centre that its scaler was fitted to, and an account that is flat. What is legal stays as it was.
 */
export async function integratedGradients(
  preferences: Preferences,
  seen: SeenDecision,
  instrument: number,
): Promise<Attribution> {
  const preferred = async (scale: number): Promise<number> => {
    const market = seen.market.map((number) => scale * number);
    const account = seen.account.map((number) => scale * number);
    return (await preferences.of({ ...seen, market, account })).preference[instrument];
  };
  const [value, baseline] = [await preferred(1), await preferred(0)];
  const tolerated = Math.max(absoluteGap, relativeGap * Math.abs(value - baseline));
  for (let points = fewestPoints; ; points *= 2) {
    const { market, account } = await pathMeans(preferences, seen, instrument, points);
    market.forEach((slope, at) => (market[at] = slope * seen.market[at]));
    account.forEach((slope, at) => (account[at] = slope * seen.account[at]));
    const gap = total(market) + total(account) - (value - baseline);
    if (Math.abs(gap) <= tolerated || points >= mostPoints) return { value, baseline, market, account, gap, points };
  }
}

/** The mean gradient at the middles of so many equal steps from the baseline to what was seen. */
async function pathMeans(
  preferences: Preferences,
  { market, account, legal, chosen }: SeenDecision,
  instrument: number,
  points: number,
): Promise<{ readonly market: Float64Array; readonly account: Float64Array }> {
  const means = { market: new Float64Array(market.length), account: new Float64Array(account.length) };
  const fixed = { legal: repeated(legal), chosen: repeated(chosen) };
  for (let from = 0; from < points; from += gradientRows) {
    const scales = Float64Array.from({ length: gradientRows }, (_, row) => (from + row + 0.5) / points);
    const path = { ...fixed, market: scaled(market, scales), account: scaled(account, scales) };
    const slopes = await preferences.gradients(path, instrument);
    addRows(slopes.market, means.market, points);
    addRows(slopes.account, means.account, points);
  }
  return means;
}

function repeated(row: Float32Array): Float32Array {
  return scaled(row, new Float64Array(gradientRows).fill(1));
}

function scaled(row: Float32Array, scales: Float64Array): Float32Array {
  const rows = new Float32Array(row.length * scales.length);
  scales.forEach((scale, n) => row.forEach((number, at) => (rows[n * row.length + at] = scale * number)));
  return rows;
}

function addRows(rows: Float32Array, means: Float64Array, points: number): void {
  rows.forEach((slope, at) => (means[at % means.length] += slope / points));
}

function total(parts: Float64Array): number {
  return parts.reduce((so, part) => so + part, 0);
}
