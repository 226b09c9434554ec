import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import type { Observation, Policy, WeightDecision } from "../policy.ts";
import { buyAndHold } from "./buy-and-hold.ts";
import { equalWeight } from "./equal-weight.ts";
import { flat } from "./flat.ts";
import { meanReversion } from "./mean-reversion.ts";
import { momentum } from "./momentum.ts";
import { movingAverageCross } from "./moving-average-cross.ts";
import { rotated, scheduled } from "./scheduled.ts";
import { volatilityTarget } from "./volatility-target.ts";

/** What a policy wants at each bar of these closes, `[T][I]`. */
function decisions(policy: Policy, closes: readonly (readonly number[])[]): WeightDecision["weights"][] {
  return closes.map((row) => {
    const bars = row.map((close) => ({ openTime: 0, open: close, high: close, low: close, close, volume: 0 }));
    const observation: Observation = { bars, market: new Float32Array(0), account: new Float32Array(0) };
    return (policy.act(observation) as WeightDecision).weights;
  });
}

const bars = (length: number): number[][] => Array.from({ length }, () => [100, 100]);

test("buy and hold buys once, in equal parts, and never touches it again", () => {
  expect(decisions(buyAndHold(4), bars(4))).toEqual([[0.25, 0.25, 0.25, 0.25], undefined, undefined, undefined]);
});

test("flat never holds anything", () => {
  expect(decisions(flat(2), bars(3))).toEqual([
    [0, 0],
    [0, 0],
    [0, 0],
  ]);
});

test("equal weight wants the same of everything at every bar", () => {
  expect(decisions(equalWeight(4), bars(2))).toEqual([
    [0.25, 0.25, 0.25, 0.25],
    [0.25, 0.25, 0.25, 0.25],
  ]);
});

test("momentum is long what stands higher than so many bars ago, and flat until it knows", () => {
  const found = decisions(momentum(2, [[5], [5]]), [
    [5, 5],
    [6, 5],
    [4, 6],
    [7, 7],
  ]);
  expect(found).toEqual([
    [0, 0],
    [0.5, 0],
    [0, 0.5],
    [0.5, 0.5],
  ]);
});

test("mean reversion buys below its band and holds until the mean", () => {
  // The last 4 closes: 10 10 10 2 have mean 8 and deviation √12 = 3.46, so 2 lies below 8 − 1.5 · 3.46 = 2.80.
  const found = decisions(meanReversion(4, 1.5, [[10, 10, 10]]), [[10], [2], [3], [9], [2]]);
  // 10 10 2 3: mean 6.25, still below it. 10 2 3 9: mean 6, sold. 2 3 9 2: mean 4, 2 is above 4 − 1.5 · 2.92.
  expect(found).toEqual([[0], [1], [1], [0], [0]]);
  expect(decisions(meanReversion(4, 1.5, [[]]), [[9], [9], [1]]), "too few closes").toEqual([[0], [0], [0]]);
});

test("a volatility target holds less the more prices move, and never more than its share", () => {
  // Returns +10 % and −10 %: mean 0, deviation √(0.02) = 0.141 a bar, that a year with one bar a year.
  const settings = { target: 0.05, bars: 2, barsPerYear: 1 };
  const [first, second, calm] = decisions(volatilityTarget(settings, [[100], [100]]), [
    [110, 100],
    [99, 100],
    [99, 100],
  ]) as number[][];
  expect(first).toEqual([0, 0]);
  expect(second[0]).toBeCloseTo((0.5 * 0.05) / Math.sqrt(0.02), 12);
  expect(second[1], "nothing moves").toBe(0.5);
  expect(calm[0]).toBeCloseTo((0.5 * 0.05) / Math.sqrt(0.005), 12);
});

describe("the moving-average cross", () => {
  const prices = fc.array(fc.tuple(fc.integer({ min: 50, max: 150 }), fc.integer({ min: 50, max: 150 })), {
    minLength: 1,
    maxLength: 40,
  });

  /** By the definition, from the whole series at every bar. */
  function direct(series: readonly (readonly number[])[], fast: number, slow: number, t: number): number[] {
    return [0, 1].map((i) => {
      const known = series.slice(0, t + 1).map((row) => row[i]);
      if (known.length < slow) return 0;
      const mean = (count: number): number => known.slice(-count).reduce((sum, close) => sum + close, 0) / count;
      return mean(fast) > mean(slow) ? 0.5 : 0;
    });
  }

  test("is long exactly where the fast average lies above the slow one", () => {
    fc.assert(
      fc.property(prices, fc.nat({ max: 20 }), (series, warm) => {
        const history = series.slice(0, warm);
        const traded = series.slice(warm);
        const columns = [0, 1].map((i) => history.map((row) => row[i]));
        const found = decisions(movingAverageCross(3, 8, columns), traded);
        expect(found).toEqual(traded.map((_, t) => direct(series, 3, 8, history.length + t)));
      }),
    );
  });

  test("is flat until it knows enough bars, and where the two averages are equal", () => {
    const found = decisions(movingAverageCross(1, 3, [[], []]), [
      [1, 9],
      [2, 5],
      [3, 5],
      [4, 5],
      [4, 5],
    ]);
    expect(found).toEqual([
      [0, 0],
      [0, 0],
      [0.5, 0],
      [0.5, 0],
      [0.5, 0],
    ]);
  });

  test("leaves the history that it was given alone", () => {
    const history = [[1, 2, 3]];
    decisions(movingAverageCross(1, 2, history), [[4], [5]]);
    expect(history).toEqual([[1, 2, 3]]);
  });
});

test("a schedule is played back once, and then wants no change", () => {
  const schedule = [[1], undefined, [0.5]];
  expect(decisions(scheduled("plan", schedule), bars(5))).toEqual([[1], undefined, [0.5], undefined, undefined]);
  expect(scheduled("plan", []).name).toBe("plan");
});

describe("a rotated schedule", () => {
  const weights = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 2, maxLength: 2 });
  const schedules = fc.array(weights, { minLength: 2, maxLength: 60 });
  /** How much the weights move from bar to bar, from the last to the first too. */
  const turned = (schedule: readonly (readonly number[])[]): number =>
    schedule.reduce((sum, bar, t) => {
      const before = schedule.at(t - 1)!;
      return sum + bar.reduce((each, weight, i) => each + Math.abs(weight - before[i]), 0);
    }, 0);

  test("holds the same weights beside each other, and changes them by as much, but for the seam", () => {
    fc.assert(
      fc.property(schedules, fc.integer(), (schedule, seed) => {
        const moved = rotated(schedule, createRng(seed));
        expect(moved.toSorted((a, b) => a[0] - b[0] || a[1] - b[1])).toEqual(
          schedule.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]),
        );
        expect(turned(moved)).toBeCloseTo(turned(schedule), 9);
        expect(moved[0], "never the agent itself").not.toBe(schedule[0]);
      }),
    );
  });

  test("knows nothing of when the weights were held", () => {
    // Long in the first third, short in the last: each bar of the moved ones should be any of them.
    const schedule = Array.from({ length: 300 }, (_, t) => [t < 100 ? 1 : t < 200 ? 0 : -0.5]);
    const total = schedule.map(() => 0);
    const trials = 3000;
    for (let seed = 0; seed < trials; seed++) {
      rotated(schedule, createRng(seed)).forEach(([weight], t) => (total[t] += weight / trials));
    }
    for (const at of [0, 50, 150, 250, 299]) expect(total[at], `bar ${at}`).toBeCloseTo(0.5 / 3, 1);
  });

  test("is the same for the same dice, another for others, and leaves the schedule alone", () => {
    const schedule = Array.from({ length: 100 }, (_, t) => [t]);
    const kept = structuredClone(schedule);
    const moved = rotated(schedule, createRng(1));
    expect(rotated(schedule, createRng(1))).toEqual(moved);
    expect(rotated(schedule, createRng(2))).not.toEqual(moved);
    expect(schedule).toEqual(kept);
  });

  test("of nothing is nothing, and of one bar that bar", () => {
    expect(rotated([], createRng(1))).toEqual([]);
    expect(rotated([[0.5]], createRng(1))).toEqual([[0.5]]);
  });
});
