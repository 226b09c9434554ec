/** @file Does the reward pay for what earns? The reward against the profit, stretch by stretch of the tested bars. */

export interface RewardAgreement {
  readonly windowBars: number;
  readonly windows: number;
  /**
   * Spearman's rank correlation of reward and log return over the stretches (ties share their mean rank); undefined where one of
   * them is the same in all, or there are too few.
   */
  readonly correlation: number | undefined;
  readonly totalReward: number;
  /** Final over initial equity, less 1. */
  readonly totalReturn: number;
  /** Share of stretches in which the reward was above 0 and money was lost. */
  readonly paidForLosing: number;
  /** Paid in all while money was lost in all, or paid more the less was earned: what was learned is not what is wanted. */
  readonly flagged: boolean;
}

/** Fewer stretches than this have ranks that mean nothing. */
const leastWindows = 10;

/**
 * Cuts the bars into stretches of `windowBars`, the rest at the end left out, and compares the sum of rewards with the log return of
 * each. A reward may count more than profit (risk, turnover), so they need not agree to the bar; but one that
 * pays while profit falls teaches something else (inventory, reward hacking).
 * @param rewards of each bar, `[T]`
 * @param equity `[T+1]`
 */
export function rewardAgreement(
  rewards: ArrayLike<number>,
  equity: ArrayLike<number>,
  windowBars: number,
): RewardAgreement {
  const windows = Math.floor(rewards.length / windowBars);
  const sums = new Float64Array(windows);
  const gains = new Float64Array(windows);
  for (let window = 0; window < windows; window++) {
    const from = window * windowBars;
    for (let t = from; t < from + windowBars; t++) sums[window] += rewards[t];
    gains[window] = gain(equity[from], equity[from + windowBars]);
  }
  let totalReward = 0;
  for (let t = 0; t < rewards.length; t++) totalReward += rewards[t];
  const totalReturn = equity[equity.length - 1] / equity[0] - 1;
  const correlation = windows < leastWindows ? undefined : rankCorrelation(sums, gains);
  const losing = sums.filter((sum, window) => sum > 0 && gains[window] < 0).length;
  return {
    windowBars,
    windows,
    correlation,
    totalReward,
    totalReturn,
    paidForLosing: windows === 0 ? 0 : losing / windows,
    flagged: (totalReward > 0 && totalReturn < 0) || (correlation ?? 0) < 0,
  };
}

/** Log of what equity grew by; nothing can be earned after ruin. */
function gain(before: number, after: number): number {
  return before > 0 ? Math.log(Math.max(after, 1e-9 * before) / before) : 0;
}

/** Spearman's ρ: Pearson's correlation of the ranks (Spearman, 1904); undefined where one of the series is constant. */
export function rankCorrelation(one: ArrayLike<number>, other: ArrayLike<number>): number | undefined {
  const a = ranks(one);
  const b = ranks(other);
  const middle = (a.length + 1) / 2;
  let [product, squaresA, squaresB] = [0, 0, 0];
  for (let n = 0; n < a.length; n++) {
    product += (a[n] - middle) * (b[n] - middle);
    squaresA += (a[n] - middle) ** 2;
    squaresB += (b[n] - middle) ** 2;
  }
  return squaresA === 0 || squaresB === 0 ? undefined : product / Math.sqrt(squaresA * squaresB);
}

/** 1 for the smallest; equal ones share the mean of their places. */
function ranks(values: ArrayLike<number>): Float64Array {
  const order = Array.from(values, (_, n) => n).toSorted((a, b) => values[a] - values[b]);
  const ranked = new Float64Array(values.length);
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && values[order[to]] === values[order[from]]) to++;
    for (let place = from; place < to; place++) ranked[order[place]] = (from + 1 + to) / 2;
    from = to;
  }
  return ranked;
}
