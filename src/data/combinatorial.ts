/** @file Combinatorial purged cross-validation: groups of bars, every way to hold some of them out, and the paths that these make. */
import { Failure } from "#base/failure.ts";
import type { Gap } from "./folds.ts";
import type { BarRange } from "./split.ts";

export interface CombinatorialPlan {
  /** N: contiguous groups that the bars are cut into. */
  readonly groups: number;
  /** k: groups that each split holds out. */
  readonly heldOut: number;
}

/** One way to hold groups out. Parts are in order of time, and a gap or more lies between what is learned and what is held out. */
export interface CombinatorialSplit {
  /** Which groups are held out, in order. */
  readonly heldOut: readonly number[];
  /** Bars to learn from, before and after what is held out; groups beside each other are one span. */
  readonly train: readonly BarRange[];
  /** To choose parameters by: the later half of the last group that is not held out, a gap after the last training span. */
  readonly validation: BarRange;
}

export interface Combinations {
  /** `[N]`, end to end over all bars. */
  readonly groups: readonly BarRange[];
  /** All C(N, k), in lexicographic order of what they hold out. */
  readonly splits: readonly CombinatorialSplit[];
  /** `[φ][N]`, φ = C(N, k) · k / N: which split's model trades each group. Each split trades each of its groups on one path. */
  readonly paths: readonly (readonly number[])[];
}

/** C(12, 6) = 924 trainings for each seed are more than anybody waits for. */
const mostGroups = 12;

/**
 * All splits and paths of combinatorial purged cross-validation (López de Prado, Advances in Financial Machine Learning, 2018,
 * §12.3 and §12.4). At each border between bars that are learned from, or chosen by, and bars that are held out, purge and embargo
 * together are left out of the former on either side: labels and positions reach forward by the horizon, windows of features back by
 * the lookback, and both are learned from before and after a group that is held out.
 * @throws Failure cli/bad-option for a plan that is none, data/not-enough-bars for groups too short for their gaps
 */
export function combinations(
  { groups: count, heldOut: held }: CombinatorialPlan,
  { from, to }: BarRange,
  { purgeBars, embargoBars }: Gap,
): Combinations {
  if (count < 2 || count > mostGroups || held < 1 || held >= count) {
    const found = `${count} groups of which ${held} are held out; there are 2 to ${mostGroups} groups, and 1 to all but one of them are held out`;
    throw new Failure("cli/bad-option", found, { groups: count, heldOut: held });
  }
  const gapBars = purgeBars + embargoBars;
  // Alone between two that are held out, a group loses a gap on either side and one in its middle; two bars are left of each half.
  const least = 4 * (gapBars + 1);
  const bars = Math.max(0, to - from);
  if (Math.floor(bars / count) < least) {
    const found = `${bars} bars in ${count} groups are ${Math.floor(bars / count)} for each, and gaps of ${gapBars} bars ask for ${least}`;
    throw new Failure("data/not-enough-bars", found, { bars, groups: count });
  }
  const border = (group: number): number => from + Math.floor((group * bars) / count);
  const groups = Array.from({ length: count }, (_, group) => ({ from: border(group), to: border(group + 1) }));
  const splits = chosenOf(count, held).map((heldOut) => splitOf(groups, heldOut, gapBars));
  return { groups, splits, paths: pathsOf(groups.length, splits) };
}

/** All ways to choose `held` of the numbers below `count`, each in ascending order. */
function chosenOf(count: number, held: number, from = 0): number[][] {
  if (held === 0) return [[]];
  return Array.from({ length: count - held + 1 - from }, (_, at) => from + at).flatMap((first) =>
    chosenOf(count, held - 1, first + 1).map((rest) => [first, ...rest]),
  );
}

function splitOf(groups: readonly BarRange[], heldOut: readonly number[], gapBars: number): CombinatorialSplit {
  const learned: BarRange[] = [];
  for (const [group, { from, to }] of groups.entries()) {
    if (heldOut.includes(group)) continue;
    const start = heldOut.includes(group - 1) ? from + gapBars : from;
    const end = heldOut.includes(group + 1) ? to - gapBars : to;
    const last = learned.at(-1);
    if (last?.to === start) learned[learned.length - 1] = { from: last.from, to: end };
    else learned.push({ from: start, to: end });
  }
  const last = learned[learned.length - 1];
  const group = groups.findLast((_, at) => !heldOut.includes(at))!;
  const start = Math.max(last.from, group.from);
  const validation = { from: start + Math.floor((last.to - start) / 2), to: last.to };
  return { heldOut, train: [...learned.slice(0, -1), { from: last.from, to: validation.from - gapBars }], validation };
}

/** On the n-th path each group is traded by the n-th of the splits that hold it out. */
function pathsOf(groups: number, splits: readonly CombinatorialSplit[]): number[][] {
  const holding = Array.from({ length: groups }, (_, group) =>
    splits.flatMap(({ heldOut }, split) => (heldOut.includes(group) ? [split] : [])),
  );
  return holding[0].map((_, path) => holding.map((of) => of[path]));
}
