/** @file What is said of the last numbers, against plain arrays: from the first number on, and on numbers that are hard. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { delayed } from "./delayed.ts";
import { rolling } from "./rolling.ts";
import { rollingFalls } from "./rolling-falls.ts";
import { rollingLine } from "./rolling-line.ts";
import { rollingDeviation, rollingMean, rollingMoments } from "./rolling-moments.ts";
import { rollingPairs } from "./rolling-pairs.ts";
import { rollingSum, rollingSums } from "./rolling-sum.ts";
import { exponential, wilder } from "./smoothing.ts";

const anyLength = fc.integer({ min: 1, max: 12 });
const anyNumbers = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 60 });

const total = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0);
const meanOf = (values: readonly number[]): number => total(values) / values.length;
const powers = (values: readonly number[], power: number): number =>
  total(values.map((x) => (x - meanOf(values)) ** power));

/** Calls `said` with each number in turn, and with the last `length` ones up to it. */
function eachWindow(length: number, values: readonly number[], said: (value: number, last: number[]) => void): void {
  values.forEach((value, t) => said(value, values.slice(Math.max(0, t + 1 - length), t + 1)));
}

/** As large as rounding may make it, beside numbers of a certain size. */
function expectNear(found: number, wanted: number, size: number): void {
  expect(Math.abs(found - wanted)).toBeLessThanOrEqual(1e-12 * size);
}

test("joins neighbours in the order in which they came, and each number once", () => {
  // Summed up by count, first and last: an operation that is not commutative.
  const join = (cells: Float64Array, a: number, earlier: number, b: number, later: number, into: number): void => {
    expect([cells[a + 2], cells[b + 2]], "the counts are those of the summaries").toEqual([earlier - 1, later - 1]);
    expect(cells[b], "the later one begins where the earlier one ends").toBe(cells[a + 1] + 1);
    const last = cells[b + 1];
    cells[into] = cells[a];
    cells[into + 1] = last;
    cells[into + 2] = earlier + later - 1;
  };
  for (const length of [1, 2, 3, 7]) {
    const window = rolling(length, 3, join);
    for (let t = 0; t < 5 * length + 2; t++) {
      window.take(t, t);
      expect([...window.said]).toEqual([Math.max(0, t + 1 - length), t, Math.min(t, length - 1)]);
    }
  }
});

test("says the sum, the mean and the moments of the last numbers, of all while there are fewer", () => {
  fc.assert(
    fc.property(anyLength, anyNumbers, (length, values) => {
      const [sum, mean, deviation] = [rollingSum(length), rollingMean(length), rollingDeviation(length)];
      const moments = rollingMoments(length);
      eachWindow(length, values, (value, last) => {
        deviation.take(value);
        moments.take(value);
        expect(sum(value)).toBe(total(last));
        expectNear(mean(value), meanOf(last), 1e3);
        for (const { mean: centre, squares } of [deviation, moments]) {
          expectNear(centre(), meanOf(last), 1e3);
          expectNear(squares(), powers(last, 2), 1e7);
        }
        expectNear(moments.cubes(), powers(last, 3), 1e11);
        expectNear(moments.fourths(), powers(last, 4), 1e14);
        expect(deviation.deviation()).toBe(Math.sqrt(deviation.squares() / length));
        expect(moments.deviation()).toBe(Math.sqrt(moments.squares() / length));
      });
    }),
  );
});

test("keeps several series apart", () => {
  const any = fc.array(fc.tuple(fc.nat({ max: 2 }), fc.integer({ min: -9, max: 9 })), { maxLength: 60 });
  fc.assert(
    fc.property(anyLength, any, (length, values) => {
      const sums = rollingSums(3, length);
      const each: number[][] = [[], [], []];
      for (const [series, value] of values) {
        each[series].push(value);
        expect(sums(series, value)).toBe(total(each[series].slice(-length)));
      }
    }),
  );
});

test("says how pairs go together", () => {
  fc.assert(
    fc.property(anyLength, anyNumbers, anyNumbers, (length, values, others) => {
      const pairs = rollingPairs(length);
      const count = Math.min(values.length, others.length);
      eachWindow(length, [...Array(count).keys()], (at, last) => {
        pairs.take(values[at], others[at]);
        const [x, y] = [last.map((t) => values[t]), last.map((t) => others[t])];
        expectNear(pairs.squaresOfX(), powers(x, 2), 1e7);
        expectNear(pairs.squaresOfY(), powers(y, 2), 1e7);
        expectNear(pairs.products(), total(x.map((one, k) => (one - meanOf(x)) * (y[k] - meanOf(y)))), 1e7);
      });
    }),
  );
});

/** The line through numbers at 0, 1, 2 …, as Legendre has it. */
function lineThrough(values: readonly number[]): { slope: number; squares: number } {
  const middle = (values.length - 1) / 2;
  const spread = total(values.map((_, k) => (k - middle) ** 2));
  const slope = spread === 0 ? 0 : total(values.map((x, k) => (k - middle) * (x - meanOf(values)))) / spread;
  return { slope, squares: total(values.map((x, k) => (x - meanOf(values) - slope * (k - middle)) ** 2)) };
}

test("draws the line through the last numbers, and says how far they are from it", () => {
  fc.assert(
    fc.property(anyLength, anyNumbers, (length, values) => {
      const line = rollingLine(length);
      eachWindow(length, values, (value, last) => {
        line.take(value);
        const { slope, squares } = lineThrough(last);
        expectNear(line.slope(), slope, 1e3);
        expectNear(line.squares(), squares, 1e7);
      });
    }),
  );
});

test("loses nothing of small distances from a steep line", () => {
  // A line that rises by 1,000 a step, and from it ±1 in turn: eight and the same eight turned round.
  const line = rollingLine(8);
  const wobbles = [1, -1, -1, 1, 1, -1, -1, 1];
  for (let t = 0; t < 32; t++) {
    line.take(1000 * t + wobbles[t % 8]);
    if (t % 8 === 7) expect(line.squares()).toBeCloseTo(lineThrough(wobbles).squares, 9);
  }
});

/** Σ of squared falls from the highest number since the first. */
function fallsOf(values: readonly number[]): number {
  let highest = 0;
  return total(
    values.map((x) => {
      highest = Math.max(highest, x);
      return (x / highest - 1) ** 2;
    }),
  );
}

test("says how far the last numbers have fallen since their window began", () => {
  // Few different numbers: many are equal. In wide windows, also stretches that rise and fall.
  const few = fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 60 });
  const many = fc.array(fc.integer({ min: 1, max: 1000 }), { maxLength: 60 });
  const sorted = many.map((values) => [...values.toSorted((a, b) => a - b), ...values.toSorted((a, b) => b - a)]);
  fc.assert(
    fc.property(anyLength, fc.oneof(few, many, sorted), (length, values) => {
      const falls = rollingFalls(length);
      eachWindow(length, values, (value, last) => expectNear(falls(value), fallsOf(last), 10));
    }),
    { numRuns: 300 },
  );
  const rising = rollingFalls(5);
  for (let t = 1; t < 30; t++) expect(rising(0.1 * t)).toBe(0);
});

test("gives back a number as it was", () => {
  fc.assert(
    fc.property(anyLength, anyNumbers, (delay, values) => {
      const before = delayed(delay);
      values.forEach((value, t) => expect(before(value)).toBe(t < delay ? NaN : values[t - delay]));
    }),
  );
});

test("is exact where all numbers are equal, after others and before", () => {
  const any = fc.double({ min: 1e-12, max: 1e12, noNaN: true });
  fc.assert(
    fc.property(any, any, fc.integer({ min: 1, max: 60 }), (value, other, length) => {
      const [mean, moments, line, pairs] = [
        rollingMean(length),
        rollingMoments(length),
        rollingLine(length),
        rollingPairs(length),
      ];
      const falls = rollingFalls(length);
      // The windows of equal numbers begin at every place of a block.
      for (let t = 0; t < 3 * length + 7; t++) {
        const one = t < 7 ? other : value;
        const [centre, fall] = [mean(one), falls(one)];
        moments.take(one);
        line.take(one);
        pairs.take(one, t);
        if (t < length + 6) continue;
        expect([centre, moments.mean()]).toEqual([value, value]);
        expect([moments.squares(), moments.cubes(), moments.fourths()].map(Math.abs)).toEqual([0, 0, 0]);
        expect([line.slope(), line.squares(), pairs.squaresOfX(), pairs.products(), fall].map(Math.abs)).toEqual([
          0, 0, 0, 0, 0,
        ]);
      }
    }),
  );
});

test("forgets a huge number once it has left the window: nothing drifts", () => {
  const [sum, mean] = [rollingSum(3), rollingMean(3)];
  const said = [1, 1e300, 1, 2, 3, 4].map((value) => [sum(value), mean(value)]);
  expect(said.slice(4)).toEqual([
    [6, 2],
    [9, 3],
  ]);
});

test("smooths from the mean of the first numbers on", () => {
  const numbers = [6, 2, 1, 7];
  expect(numbers.map(exponential(3))).toEqual([6, 4, 3, 5]);
  expect(numbers.map(wilder(3))).toEqual([6, 4, 3, 3 + 4 / 3]);
});
