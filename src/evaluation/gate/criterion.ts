/** @file What a gate asks of a report: criteria as plain data, so that a set can come from a file, be printed and be stored. */
import { z } from "zod";

/**
 * `risk` comes first and is never outweighed; `gate` must hold, too; `shown` is looked at and decides nothing (win rates, targets
 * beyond the least that is asked).
 */
const role = z.enum(["risk", "gate", "shown"]).default("gate");

/** Fractions are fractions: 0.2 is 20 %. Sharpe ratios are annualised and net of costs. */
const criterionSchema = z.discriminatedUnion("of", [
  /** No tested bar was among those that the agent was trained or chosen on. */
  z.strictObject({ of: z.literal("unseenBars"), role }),
  /** The leak battery was run and no check of it failed. */
  z.strictObject({ of: z.literal("leaks"), role }),
  /** Of the worst run. */
  z.strictObject({ of: z.literal("maxDrawdown"), below: z.number().positive(), role }),
  /** The worst UTC day of the worst run, as a loss. */
  z.strictObject({ of: z.literal("dailyLoss"), below: z.number().positive(), role }),
  z.strictObject({ of: z.literal("sharpe"), above: z.number(), role }),
  /** A Sharpe ratio beyond this is taken for a mistake in the test. */
  z.strictObject({ of: z.literal("credibleSharpe"), atMost: z.number().positive(), role }),
  z.strictObject({ of: z.literal("probabilisticSharpe"), atLeast: z.number().min(0).max(1), role }),
  z.strictObject({ of: z.literal("deflatedSharpe"), atLeast: z.number().min(0).max(1), role }),
  z.strictObject({ of: z.literal("overfitting"), below: z.number().min(0).max(1), role }),
  /** Money won over money lost; its 95 % interval must lie above 1, too. */
  z.strictObject({ of: z.literal("profitFactor"), atLeast: z.number().positive(), role }),
  z.strictObject({ of: z.literal("winRate"), atLeast: z.number().min(0).max(1), role }),
  /** Share of folds with a Sharpe ratio above 0, of the mean over seeds. */
  z.strictObject({ of: z.literal("foldsPositive"), atLeast: z.number().min(0).max(1), role }),
  /** The report's word is BEATS. */
  z.strictObject({ of: z.literal("verdict"), role }),
  /** The 95 % interval of the paired difference in Sharpe to a baseline lies above 0. */
  z.strictObject({ of: z.literal("beats"), baseline: z.string(), role }),
  /** Chance that a random agent of the same turnover does as well. */
  z.strictObject({ of: z.literal("beatsRandom"), below: z.number().min(0).max(1), role }),
  /** Return a year beyond that of a baseline; the interval of the difference must lie above 0, too. */
  z.strictObject({ of: z.literal("excessReturn"), baseline: z.string(), atLeast: z.number(), role }),
  /** Better than a predecessor in so many of Sharpe ratio, drawdown, profit factor and win rate, each beyond its 95 % interval. */
  z.strictObject({ of: z.literal("betterThan"), baseline: z.string(), atLeast: z.int().min(1).max(4), role }),
  /** In the stressed copy of the market with the lowest Sharpe ratio. */
  z.strictObject({ of: z.literal("stressedSharpe"), preset: z.string(), above: z.number(), role }),
  /** Days of paper trading on live prices; replays of recorded bars are none. */
  z.strictObject({ of: z.literal("paperDays"), atLeast: z.number().positive(), role }),
  /** Nobody's word but a person's: who approved this very report, and when. */
  z.strictObject({ of: z.literal("approval"), role }),
]);

export type Criterion = z.infer<typeof criterionSchema>;
export type CriterionKind = Criterion["of"];
export type CriterionOf<Kind extends CriterionKind> = Extract<Criterion, { readonly of: Kind }>;

export const criteriaSetSchema = z.strictObject({
  title: z.string(),
  /** Where it comes from. */
  source: z.string().optional(),
  criteria: z.array(criterionSchema).min(1),
});

export type CriteriaSet = z.infer<typeof criteriaSetSchema>;
