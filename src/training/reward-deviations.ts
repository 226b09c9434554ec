/** @file How much each term of a reward moves in a step, measured on the training spans alone by an agent that acts at random. */
import type { BarRange } from "#data/split.ts";
import { legalActor } from "#env/trace.ts";
import { stepBuffers } from "#env/vector.ts";
import type { FeatureTable } from "#features/pipeline.ts";
import { actingOf } from "#market/action-spaces.ts";
import type { RewardDeviations } from "#market/reward.ts";
import { rewardParts } from "#market/rewards/rewards.ts";
import { tradingEnv } from "#market/trading-env.ts";
import type { Market } from "#market/world.ts";
import type { Experiment } from "./experiment.ts";
import { tradedBars } from "./traded-bars.ts";

/** Steps that are measured: a deviation is known to about 1 in 180 of itself. */
const measuredSteps = 16_384;

/** The same dice for every run, so that all seeds of an experiment are paid alike. */
const diceSeed = 1;

/**
 * σ = √(mean (x − mean x)²) of a step, of each term that is normalised, over episodes like those of the training on the calm
 * market, all legal actions being as likely as each other, as they are to an agent that has learned nothing yet.
 * @param train decisions are made at the close of these bars, in episodes that each lie within one span
 */
export function rewardDeviations(
  market: Market,
  table: FeatureTable,
  train: readonly BarRange[],
  settings: Experiment,
): RewardDeviations {
  const terms = rewardParts(settings.reward).filter(({ normalised }) => normalised);
  if (terms.length === 0) return {};
  const { lookbackBars, episodeBars, capital, ruinFraction, actions } = settings;
  const env = tradingEnv({
    market,
    table,
    lookbackBars,
    acting: actingOf(actions, settings, market.universe.instruments, market.rules),
    reward: terms.map(({ term }) => ({ term, weight: 1 })),
    lanes: 1,
    ...tradedBars(train),
    episodeBars,
    capital,
    ruinFraction,
  });
  const buffers = stepBuffers(1, env.observationSpace, env.actionSpace);
  env.reset(diceSeed, buffers);
  const act = legalActor(env, diceSeed, [0]);
  const mean = new Float64Array(terms.length);
  const squares = new Float64Array(terms.length);
  for (let step = 1; step <= measuredSteps; step++) {
    env.step(act(buffers), buffers);
    // Of one lane and one step, a sum is the term's value.
    const values = env.takeRewardSums();
    for (const [k, { term }] of terms.entries()) {
      const away = values[term.name] - mean[k];
      mean[k] += away / step;
      squares[k] += away * (values[term.name] - mean[k]);
    }
  }
  return Object.fromEntries(terms.map(({ term }, k) => [term.name, Math.sqrt(squares[k] / measuredSteps)]));
}

/** What there is to say of terms that cannot be normalised; undefined where all can. */
export function stillTerms(deviations: RewardDeviations): string | undefined {
  const still = Object.keys(deviations).filter((name) => deviations[name] === 0);
  if (still.length === 0) return undefined;
  return `reward: ${still.join(", ")} did not move on the training span, and counts for nothing`;
}
