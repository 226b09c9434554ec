/** @file Probabilistic Sharpe ratio: how probable it is that the true Sharpe ratio lies above a benchmark. */
import type { Answer } from "./answer.ts";
import { known, noAnswer } from "./answer.ts";
import { normalProbability } from "./normal.ts";
import type { TrackRecord } from "./track-record.ts";
import { sharpeSpread } from "./track-record.ts";

/**
 * Φ((S − S*) √(T − 1) / √(1 − γ₃ S + (γ₄ − 1)/4 · S²)) (Bailey and López de Prado, 2012, The Sharpe Ratio Efficient Frontier).
 * @param benchmark S*, a bar.
 */
export function probabilisticSharpe(record: TrackRecord, benchmark = 0): Answer<number> {
  const spread = sharpeSpread(record);
  if (!(spread > 0)) return noAnswer("The returns take two values only: their Sharpe ratio has no error to judge by.");
  return known(normalProbability(((record.sharpe - benchmark) * Math.sqrt(record.bars - 1)) / Math.sqrt(spread)));
}
