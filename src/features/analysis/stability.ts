/** @file Whether a column looks the same later as it did at first. */
import { invariant } from "#base/invariant.ts";
import { binCounts, binEdges } from "./bins.ts";

const bins = 10;

/**
 * Population stability index of `later` against `first`: Σ (q − p) ln(q / p) over the tenths of `first`, p and q being the
 * shares with half a row added to each bin, so that none is empty (Siddiqi, Credit Risk Scorecards, 2006: below 0.1
 * stable, above 0.25 shifted).
 */
export function stabilityIndex(first: Float64Array, later: Float64Array): number {
  const edges = binEdges(first, bins);
  const shares = (values: Float64Array): Float64Array =>
    binCounts(edges, values).map((count) => (count + 0.5) / (values.length + 0.5 * (edges.length + 1)));
  const [p, q] = [shares(first), shares(later)];
  return p.reduce((sum, share, bin) => sum + (q[bin] - share) * Math.log(q[bin] / share), 0);
}

/** The index of each of `parts − 1` later parts of a column against its first part, in time order. */
export function stabilityOverTime(column: Float64Array, parts: number): number[] {
  invariant(column.length >= parts, "a column has a row for each part at least", { rows: column.length, parts });
  const edge = (part: number): number => Math.floor((part * column.length) / parts);
  const part = (at: number): Float64Array => column.subarray(edge(at), edge(at + 1));
  return Array.from({ length: parts - 1 }, (_, at) => stabilityIndex(part(0), part(at + 1)));
}
