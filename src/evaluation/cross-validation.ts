/**
 * @file Combinatorial purged cross-validation of one candidate: a model for each split, an account for each path. Models are also
 * trained on bars after those that they trade: this may choose between candidates, and is the result of none.
 */
import type { Combinations } from "#data/combinatorial.ts";
import { agentName } from "#training/boosting-settings.ts";
import { annualisation } from "./annualisation.ts";
import { metricsOf } from "./assessment.ts";
import type { BacktestSetting } from "./backtest.ts";
import { simpleReturns } from "./metrics.ts";
import type { PathRun } from "./selection.ts";
import type { PartTrainingOptions } from "./trained-parts.ts";
import { tradedSpan, trainParts } from "./trained-parts.ts";

export interface CrossValidationOptions extends Omit<PartTrainingOptions, "parts" | "warmStarted"> {
  readonly combinations: Combinations;
  /** Called with how many paths of all have been traded. */
  readonly onTraded?: (done: number, total: number) => void;
}

/** The bars of all groups, and how an experiment trades them: the same bars for each path, and for what paths are held against. */
export function groupsSetting({
  universe,
  settings: { costs, account: rules, rebalanceBand, capital },
  combinations: { groups },
}: Pick<CrossValidationOptions, "universe" | "settings" | "combinations">): BacktestSetting {
  return { universe, ...tradedSpan(groups), costs, rules, sizing: { rebalanceBand }, capital };
}

/**
 * Trains a model for each split and seed, then trades each path with each seed: one account through all groups, each group by a model
 * that learned nothing of it.
 * @returns all paths of the first seed, then of the next
 */
export async function crossValidate({
  combinations,
  onTraded,
  ...options
}: CrossValidationOptions): Promise<readonly PathRun[]> {
  const { universe, settings, boosting, seeds } = options;
  const { groups, splits, paths } = combinations;
  const { models, account } = await trainParts({ ...options, parts: splits });
  const setting = groupsSetting({ universe, settings, combinations });
  const { barsPerYear } = annualisation(universe);
  const runs: PathRun[] = [];
  for (const [at, seed] of seeds.entries()) {
    for (const [path, splitOf] of paths.entries()) {
      const name = `${agentName(settings, boosting)}, path ${path + 1}, seed ${seed}`;
      const legs = groups.map((test, group) => ({ test, model: models[splitOf[group]][at] }));
      const run = await account(name, legs).trade(setting);
      const { equity } = run.curve;
      const metrics = metricsOf(run, setting, barsPerYear);
      runs.push({ path: path + 1, seed, metrics, returns: simpleReturns(equity), equity });
      onTraded?.(runs.length, seeds.length * paths.length);
    }
  }
  return runs;
}
