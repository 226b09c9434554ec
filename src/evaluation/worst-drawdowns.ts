/** @file The deepest falls of an equity curve: when each began, where it ended and whether it was made up for. */
import { drawdowns } from "./metrics.ts";

/** One fall from a high-water mark until the next. Places are points of the curve. */
export interface Drawdown {
  /** The last point at the high-water mark. */
  readonly peak: number;
  readonly trough: number;
  /** The first point at or above the old mark; absent where the curve ends below it. */
  readonly recovered: number | undefined;
  /** Positive fraction of the mark. */
  readonly depth: number;
  /** Points spent below the mark. */
  readonly bars: number;
}

/** The `count` deepest falls of a curve `[T+1]`, the deepest first; of equal ones the earlier first. */
export function worstDrawdowns(equity: ArrayLike<number>, count: number): Drawdown[] {
  const falls = drawdowns(equity);
  const found: Drawdown[] = [];
  let peak = 0;
  let trough = 0;
  for (let t = 1; t <= falls.length; t++) {
    const isOver = t === falls.length || falls[t] === 0;
    if (!isOver) {
      if (trough === peak || falls[t] > falls[trough]) trough = t;
      continue;
    }
    if (trough > peak) {
      const recovered = t < falls.length ? t : undefined;
      found.push({ peak, trough, recovered, depth: falls[trough], bars: t - 1 - peak });
    }
    peak = trough = t;
  }
  return found.toSorted((a, b) => b.depth - a.depth || a.peak - b.peak).slice(0, count);
}
