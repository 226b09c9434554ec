/**
 * @file Walk-forward: every fold is trained anew on its past alone, and one account trades through all test spans,
 * taking over the next fold's model when its span begins.
 */
import { checkFolds } from "#data/folds.ts";
import type { Fold } from "#data/split.ts";
import { agentName } from "#training/boosting-settings.ts";
import type { Backtest } from "./backtest.ts";
import type { Candidate } from "./candidate.ts";
import type { PartTrainingOptions, TrainedParts } from "./trained-parts.ts";
import { checkLearner, tradedSpan, trainParts } from "./trained-parts.ts";

export interface WalkForwardOptions extends Omit<PartTrainingOptions, "parts"> {
  readonly folds: readonly Fold[];
}

export interface WalkForward extends TrainedFolds {
  /** One backtest over all test spans for each seed. */
  readonly runs: readonly Backtest[];
}

/** What was trained, before it is traded. */
export interface TrainedFolds {
  /** The models of all folds, ready to trade all test spans as often as is asked, one for each seed. */
  readonly candidates: readonly Candidate[];
  /** `[fold][seed]` */
  readonly models: TrainedParts["models"];
  /** Decisions begin at the close of the last bar before the first test span, so that returns cover exactly the test bars. */
  readonly from: number;
  readonly to: number;
}

/** Trains every fold with every seed, then trades each seed through all test spans. */
export async function walkForward(options: WalkForwardOptions): Promise<WalkForward> {
  const { universe, settings } = options;
  const trained = await trainFolds(options);
  const { costs, account: rules, rebalanceBand, capital } = settings;
  const { from, to } = trained;
  const setting = { universe, from, to, costs, rules, sizing: { rebalanceBand }, capital };
  const runs: Backtest[] = [];
  for (const candidate of trained.candidates) runs.push(await candidate.trade(setting));
  return { ...trained, runs };
}

/**
 * Refuses folds, an account, actions or costs that cannot be trained on and traded, before anything is trained or counted.
 * @throws Failure data/bad-folds for folds that overlap or are out of order; config/invalid
 */
export function checkWalkForward({
  folds,
  ...learner
}: Pick<WalkForwardOptions, "universe" | "settings" | "boosting" | "folds">): void {
  checkFolds(folds, learner.universe.openTime.length);
  checkLearner(learner);
}

/**
 * Trains every fold with every seed.
 * @throws Failure as `checkWalkForward`
 */
export async function trainFolds({ folds, ...options }: WalkForwardOptions): Promise<TrainedFolds> {
  const { universe, settings, boosting, seeds } = options;
  checkFolds(folds, universe.openTime.length);
  const parts = folds.map(({ train, validation }) => ({ train: [train], validation }));
  const { models, account } = await trainParts({ ...options, parts });
  const candidates = seeds.map((seed, at) =>
    account(
      `${agentName(settings, boosting)}, seed ${seed}`,
      folds.map(({ test }, fold) => ({ test, model: models[fold][at] })),
    ),
  );
  return { candidates, models, ...tradedSpan(folds.map(({ test }) => test)) };
}
