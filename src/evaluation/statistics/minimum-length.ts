/** @file How long a track record, or a history to search in, must be before its Sharpe ratio says something. */
import { inverseNormal } from "#features/scalers/inverse-normal.ts";
import type { Answer } from "./answer.ts";
import { known, noAnswer } from "./answer.ts";
import { expectedMaximum } from "./deflated-sharpe.ts";
import type { TrackRecord } from "./track-record.ts";
import { sharpeSpread } from "./track-record.ts";

/**
 * Minimum track record length in bars: 1 + (1 − γ₃ S + (γ₄ − 1)/4 · S²) (Z(confidence) / (S − S*))² (Bailey and López de Prado,
 * 2012), after which the probabilistic Sharpe ratio reaches `confidence`.
 */
export function minimumTrackRecord(record: TrackRecord, benchmark = 0, confidence = 0.95): Answer<number> {
  if (!(record.sharpe > benchmark)) return noAnswer("No length proves a Sharpe ratio that is not above its benchmark.");
  return known(1 + sharpeSpread(record) * (inverseNormal(confidence) / (record.sharpe - benchmark)) ** 2);
}

/**
 * Minimum backtest length in years: the expected maximum of N standard normal numbers over `annualSharpe`, squared (Bailey,
 * Borwein, López de Prado and Zhu, 2014, Pseudo-Mathematics). On a shorter history the best of N worthless trials is expected
 * to show that Sharpe ratio.
 */
export function minimumBacktestYears(trials: number, annualSharpe: number): Answer<number> {
  if (!(annualSharpe > 0)) return noAnswer("A Sharpe ratio of 0 or less needs no history to be reached by luck.");
  return known((expectedMaximum(trials) / annualSharpe) ** 2);
}
