/** @file Combinatorial purged cross-validation: the book's example, and what holds of any plan. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Failure } from "#base/failure.ts";
import { combinations } from "./combinatorial.ts";
import type { BarRange } from "./split.ts";

const noGap = { purgeBars: 0, embargoBars: 0 };

describe("six groups of which two are held out (López de Prado, 2018, §12.3, figures 12.1 and 12.2)", () => {
  const { groups, splits, paths } = combinations({ groups: 6, heldOut: 2 }, { from: 0, to: 600 }, noGap);

  test("are 15 splits and 5 paths", () => {
    expect(splits).toHaveLength(15);
    expect(paths).toHaveLength(5);
    expect(groups).toEqual([0, 1, 2, 3, 4, 5].map((group) => ({ from: 100 * group, to: 100 * group + 100 })));
    // Columns of figure 12.1: S1 holds G1 and G2 out, S6 holds G2 and G3 out, S15 G5 and G6.
    expect([0, 5, 14].map((split) => splits[split].heldOut)).toEqual([
      [0, 1],
      [1, 2],
      [4, 5],
    ]);
  });

  test("make the book's paths: the first from the splits 1, 1, 2, 3, 4 and 5, the second from 2, 6, 6, 7, 8 and 9", () => {
    const counted = paths.map((path) => path.map((split) => split + 1));
    expect(counted[0]).toEqual([1, 1, 2, 3, 4, 5]);
    expect(counted[1]).toEqual([2, 6, 6, 7, 8, 9]);
    expect(counted[4]).toEqual([5, 9, 12, 14, 15, 15]);
  });
});

test("parts are as one would cut them by hand, with a gap on either side of what is held out", () => {
  const gap = { purgeBars: 2, embargoBars: 8 };
  const { splits } = combinations({ groups: 6, heldOut: 2 }, { from: 1000, to: 1600 }, gap);
  const holding = (...held: number[]) => splits.find(({ heldOut }) => heldOut.join() === held.join())!;
  expect(holding(1, 3)).toEqual({
    heldOut: [1, 3],
    train: [
      { from: 1000, to: 1090 },
      { from: 1210, to: 1290 },
      { from: 1410, to: 1540 },
    ],
    validation: { from: 1550, to: 1600 },
  });
  // The last group that is left loses a gap on either side, then half of what is left, then another gap.
  expect(holding(3, 5)).toMatchObject({
    train: [
      { from: 1000, to: 1290 },
      { from: 1410, to: 1440 },
    ],
    validation: { from: 1450, to: 1490 },
  });
});

const plans = fc.integer({ min: 2, max: 9 }).chain((groups) =>
  fc.record({
    plan: fc.record({ groups: fc.constant(groups), heldOut: fc.integer({ min: 1, max: groups - 1 }) }),
    gap: fc.record({ purgeBars: fc.nat(6), embargoBars: fc.nat(6) }),
    from: fc.nat(50),
    spare: fc.nat(200),
  }),
);

/** C(n, k) by Pascal's triangle. */
const choose = (n: number, k: number): number => (k === 0 || k === n ? 1 : choose(n - 1, k - 1) + choose(n - 1, k));

test("of any plan each group is held out as often, each path covers each group once, and gaps are kept on both sides", () => {
  fc.assert(
    fc.property(plans, ({ plan, gap, from, spare }) => {
      const gapBars = gap.purgeBars + gap.embargoBars;
      const to = from + 4 * plan.groups * (gapBars + 1) + spare;
      const { groups, splits, paths } = combinations(plan, { from, to }, gap);
      const { groups: count, heldOut: held } = plan;

      expect([groups[0].from, groups.at(-1)!.to]).toEqual([from, to]);
      expect(splits).toHaveLength(choose(count, held));
      expect(paths).toHaveLength((choose(count, held) * held) / count);
      for (const [group, bars] of groups.entries()) {
        if (group > 0) expect(bars.from).toBe(groups[group - 1].to);
        const holding = splits.flatMap(({ heldOut }, split) => (heldOut.includes(group) ? [split] : []));
        expect(holding).toHaveLength(choose(count - 1, held - 1));
        // Every model that never learned of the group trades it once.
        expect(paths.map((path) => path[group]).toSorted((a, b) => a - b)).toEqual(holding);
      }

      const apart = (one: BarRange, other: BarRange): number => Math.max(one.from - other.to, other.from - one.to);
      for (const { heldOut, train, validation } of splits) {
        for (const part of [...train, validation]) {
          expect(part.to - part.from).toBeGreaterThanOrEqual(2);
          expect(part.from).toBeGreaterThanOrEqual(from);
          expect(part.to).toBeLessThanOrEqual(to);
          for (const group of heldOut) expect(apart(part, groups[group])).toBeGreaterThanOrEqual(gapBars);
        }
        for (const [at, { from: start }] of train.entries()) {
          if (at > 0) expect(start, "a hole lies between two spans").toBeGreaterThan(train[at - 1].to);
        }
        expect(validation.from - train.at(-1)!.to).toBe(gapBars);
      }
    }),
  );
});

test.each([
  ["one group", { groups: 1, heldOut: 1 }, 1000, noGap, /1 groups of which 1 are held out/],
  ["nothing to learn from", { groups: 4, heldOut: 4 }, 1000, noGap, /4 groups of which 4/],
  ["nothing held out", { groups: 4, heldOut: 0 }, 1000, noGap, /4 groups of which 0/],
  ["more groups than anybody waits for", { groups: 13, heldOut: 2 }, 1000, noGap, /2 to 12 groups/],
  ["too few bars", { groups: 6, heldOut: 2 }, 23, noGap, /23 bars in 6 groups are 3 for each/],
  [
    "groups shorter than their gaps",
    { groups: 6, heldOut: 2 },
    527,
    { purgeBars: 1, embargoBars: 20 },
    /gaps of 21 bars ask for 88/,
  ],
])("refuses %s", (_, plan, bars, gap, message) => {
  const asked = () => combinations(plan, { from: 0, to: bars }, gap);
  expect(asked).toThrow(message);
  expect(asked).toThrow(Failure);
});
