/** @file Config in, model out: learns on the training span, keeps the parameters that do best on the validation span. */
import type { IterationMetrics, Learner } from "#agents/agent.ts";
import { createPpo } from "#agents/ppo.ts";
import type { Snapshot, VectorEnv } from "#env/env.ts";
import type { Acting } from "#market/acting.ts";
import { actingOf } from "#market/action-spaces.ts";
import { rewardOf } from "#market/rewards/rewards.ts";
import type { TradingEnv } from "#market/trading-env.ts";
import { tradingEnv } from "#market/trading-env.ts";
import type { ActorCritic } from "#policy/network.ts";
import { actorCritic, inputWidth } from "#policy/network.ts";
import { logitWidth } from "#env/space.ts";
import { invariant } from "#base/invariant.ts";
import type { Dataset, TrainingFold } from "./dataset.ts";
import type { Experiment } from "./experiment.ts";
import type { GreedyScore } from "./greedy.ts";
import { createGreedy } from "./greedy.ts";
import { trainingMarket } from "./stress-settings.ts";

/** Training under way: may be stopped after any iteration, and goes on from a snapshot as if it had not been. */
export interface Training {
  readonly transitions: number;
  readonly done: boolean;
  /** One iteration; validates when its time has come. Everything is finite and of this iteration. */
  next(): Promise<IterationMetrics>;
  /** The parameters that did best on the validation span so far, and how well. */
  readonly best: { readonly parameters: Float32Array; readonly score: GreedyScore; readonly transitions: number };
  /** How the untrained network did on the validation span. */
  readonly first: GreedyScore;
  readonly network: ActorCritic;
  readonly env: VectorEnv;
  snapshot(): Snapshot;
  restore(snapshot: Snapshot): void;
  dispose(): Promise<void>;
}

/** The env that an experiment trains in. */
function trainingEnv(dataset: Dataset, fold: TrainingFold, acting: Acting, settings: Experiment): TradingEnv {
  const { lanes, lookbackBars, episodeBars, capital, ruinFraction } = settings;
  return tradingEnv({
    ...trainingMarket(dataset, fold, settings.stress, settings),
    lookbackBars,
    acting,
    reward: rewardOf(settings.reward, fold.rewardDeviations),
    lanes,
    from: fold.train.from,
    to: fold.train.to,
    episodeBars,
    capital,
    ruinFraction,
  });
}

/** Sets a training up; nothing is learned before the first `next`. */
export async function startTraining(dataset: Dataset, fold: TrainingFold, settings: Experiment): Promise<Training> {
  const { universe, rules } = dataset.market;
  const acting = actingOf(settings.actions, settings, universe.instruments, rules);
  const env = trainingEnv(dataset, fold, acting, settings);
  const { hidden, activation, targetKl, ...ppo } = settings.ppo;
  const learner: Learner = await createPpo(
    env,
    {
      ...ppo,
      ...(targetKl === undefined ? {} : { targetKl }),
      totalTransitions: settings.transitions,
      network: { hidden, activation },
    },
    settings.seed,
  );
  invariant(env.actionSpace.kind === "discrete", "the trading env has levels to choose from");
  const network = actorCritic(inputWidth(env.observationSpace), logitWidth(env.actionSpace), { hidden, activation });
  const greedy = await createGreedy({ ...settings, market: dataset.market, table: fold.table, acting }, network);

  let best = {
    parameters: learner.parameters(),
    score: await greedy.run(learner.parameters(), fold.validation),
    transitions: 0,
  };
  const first = best.score;

  return {
    first,
    network,
    env,
    get transitions() {
      return learner.transitions;
    },
    get done() {
      return learner.transitions >= settings.transitions;
    },
    get best() {
      return best;
    },

    async next() {
      const before = learner.transitions;
      const metrics = { ...(await learner.iterate()), ...termMetrics(env, learner.transitions - before) };
      const due =
        Math.floor(before / settings.evaluateEvery) !== Math.floor(learner.transitions / settings.evaluateEvery);
      if (!due && learner.transitions < settings.transitions) return metrics;
      const parameters = learner.parameters();
      const score = await greedy.run(parameters, fold.validation);
      // The untrained network may only win while nothing better was found: it is no result of training.
      if (best.transitions === 0 || score.meanReward > best.score.meanReward) {
        best = { parameters, score, transitions: learner.transitions };
      }
      return { ...metrics, validationReward: score.meanReward, validationTurnover: score.turnover };
    },

    snapshot: () => ({
      ...Object.fromEntries(Object.entries(learner.snapshot()).map(([name, values]) => [`learner.${name}`, values])),
      bestParameters: best.parameters,
      best: Float64Array.of(best.score.meanReward, best.score.turnover, best.transitions),
    }),

    restore(snapshot) {
      const own = Object.entries(snapshot).filter(([name]) => name.startsWith("learner."));
      learner.restore(Object.fromEntries(own.map(([name, values]) => [name.slice("learner.".length), values])));
      const [meanReward, turnover, transitions] = snapshot["best"];
      best = {
        parameters: Float32Array.from(snapshot["bestParameters"]),
        score: { meanReward, turnover },
        transitions,
      };
    },

    async dispose() {
      await learner.dispose();
      await greedy.dispose();
    },
  };
}

/** `reward.<term>`: what each term of the reward paid in a step, on average over those of the iteration. */
function termMetrics(env: TradingEnv, steps: number): IterationMetrics {
  const sums = Object.entries(env.takeRewardSums());
  return Object.fromEntries(sums.map(([term, sum]) => [`reward.${term}`, sum / steps]));
}
