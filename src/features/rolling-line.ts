/** @file The least-squares line through the last numbers, at a constant cost a number. */
import type { Remembering } from "./memory.ts";
import { rolling } from "./rolling.ts";

/** Of the last n numbers, one after the other at 0, 1, 2 …; of all while there are fewer. */
export interface RollingLine extends Remembering {
  readonly take: (value: number) => void;
  readonly slope: () => number;
  /** Σ (x − line)² */
  readonly squares: () => number;
}

/** Σ (k − k̄)² of so many places in a row. */
function spreadOf(count: number): number {
  return (count * (count * count - 1)) / 12;
}

/**
 * Mean, slope and Σ (x − line)². The line of both is the one that goes least far from three slopes: those of the two and
 * that from one middle to the other, each with the weight of its spread. What it goes from them adds to the squares, so
 * that nothing cancels however steep the line.
 */
function joinLines(cells: Float64Array, a: number, earlier: number, b: number, later: number, into: number): void {
  const [mean, slope, laterSlope] = [cells[a], cells[a + 1], cells[b + 1]];
  const [spread, laterSpread] = [spreadOf(earlier), spreadOf(later)];
  const both = earlier + later;
  const share = later / both;
  const rise = cells[b] - mean;
  const run = both / 2;
  const joined = (spread * slope + laterSpread * laterSlope + 0.5 * earlier * later * rise) / spreadOf(both);
  const [off, laterOff, offBetween] = [slope - joined, laterSlope - joined, rise - joined * run];
  cells[into] = mean + rise * share;
  cells[into + 1] = joined;
  cells[into + 2] =
    cells[a + 2] +
    cells[b + 2] +
    spread * off * off +
    laterSpread * laterOff * laterOff +
    earlier * share * offBetween * offBetween;
}

export function rollingLine(length: number): RollingLine {
  const { take, said, memory } = rolling(length, 3, joinLines);
  return { memory, take, slope: () => said[1], squares: () => said[2] };
}
