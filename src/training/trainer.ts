/** @file Config in, model out: learns on the training span, goes back to earlier parameters where the validation span clearly says so. */
import type { IterationMetrics } from "#agents/agent.ts";
import type { Clone } from "#agents/cloning.ts";
import type { BarRange } from "#data/split.ts";
import type { Snapshot, VectorEnv } from "#env/env.ts";
import { named, part } from "#env/snapshot.ts";
import type { Acting } from "#market/acting.ts";
import { actingOf } from "#market/action-spaces.ts";
import { rewardOf } from "#market/rewards/rewards.ts";
import type { TradingEnv } from "#market/trading-env.ts";
import { tradingEnv } from "#market/trading-env.ts";
import type { Actor } from "#policy/actor.ts";
import { createLearner } from "./agents.ts";
import type { Confidence } from "./confidence.ts";
import { confidenceOf } from "./confidence.ts";
import type { Dataset, TrainingFold } from "./dataset.ts";
import type { Experiment } from "./experiment.ts";
import type { GreedyScore } from "./greedy.ts";
import { createGreedy } from "./greedy.ts";
import type { Alarm } from "./looks.ts";
import { fitting } from "./memory.ts";
import type { Stage } from "./stage.ts";
import { actingIn, activeOf, seenOf } from "./stage.ts";
import { clearlyBetter } from "./selection.ts";
import { trainingMarket } from "./stress-settings.ts";
import { tradedBars } from "./traded-bars.ts";
import { turnoverPenalty } from "./turnover-penalty.ts";
import { warmStarted } from "./warm-start.ts";
import { createWatch } from "./watch.ts";

/** Training under way: may be stopped after any iteration, and goes on from a snapshot as if it had not been. */
export interface Training {
  readonly transitions: number;
  readonly done: boolean;
  /** One iteration; validates when its time has come. Everything is finite and of this iteration. */
  next(): Promise<IterationMetrics>;
  /**
   * The parameters to act by, and how well they did on the validation span: those of the latest look, or of an earlier one that did
   * better there by more than luck.
   */
  readonly best: { readonly parameters: Float32Array; readonly score: GreedyScore; readonly transitions: number };
  /** How the network did on the validation span before it learned by trial. */
  readonly first: GreedyScore;
  /** How well it imitated its teacher then; undefined where it had none. */
  readonly warmStart: Pick<Clone, "loss" | "agreement"> | undefined;
  /** Ended before its last transition, because the validation span was not done better on. */
  readonly stoppedEarly: boolean;
  /** What there was to worry about, the first of each kind. */
  readonly alarms: readonly Alarm[];
  readonly actor: Actor;
  /** How far the best policy's confidence can be believed; undefined where it has none or held too seldom. */
  confidence(): Promise<Confidence | undefined>;
  /** Of the actor, as they are now. */
  parameters(): Float32Array;
  readonly env: VectorEnv;
  /** Bytes of the learner's arrays. */
  readonly arrayBytes: number;
  snapshot(): Snapshot;
  restore(snapshot: Snapshot): void | Promise<void>;
  dispose(): Promise<void>;
}

/** Parameters that were looked at: the number of the look, and what they earned in each step of the validation span. */
interface Candidate {
  readonly parameters: Float32Array;
  readonly at: number;
  readonly logReturns: Float64Array;
}

function candidateSnapshot({ parameters, at, logReturns }: Candidate): Snapshot {
  return { parameters, at: Float64Array.of(at), logReturns };
}

function restoredCandidate(snapshot: Snapshot): Candidate {
  const { parameters, at, logReturns } = snapshot as Record<keyof Candidate, Snapshot[string]>;
  return { parameters: Float32Array.from(parameters), at: at[0], logReturns: Float64Array.from(logReturns) };
}

/** The env that an experiment trains in. */
function trainingEnv(
  dataset: Dataset,
  fold: TrainingFold,
  acting: Acting,
  active: readonly boolean[] | undefined,
  settings: Experiment,
): TradingEnv {
  const { lanes, lookbackBars, episodeBars, capital, ruinFraction } = settings;
  const variants = trainingMarket(dataset, fold, settings.stress, settings);
  return tradingEnv({
    ...variants,
    table: seenOf(variants.table, active),
    lookbackBars,
    acting,
    reward: [
      ...rewardOf(settings.reward, fold.rewardDeviations),
      ...turnoverPenalty(dataset.market, fold.table, fold.train, settings),
    ],
    lanes,
    ...tradedBars(fold.train),
    episodeBars,
    capital,
    ruinFraction,
  });
}

/** Where a training begins that is not the first of its kind: a stage of a curriculum, or the next fold. */
export interface TrainingStart {
  /** Absent: no curriculum. */
  readonly stage?: Stage;
  /** Of the actor, from the stage or the fold before. */
  readonly parameters?: Float32Array;
}

/** Sets a training up, the whole or one stage of it; nothing is learned before the first `next`. */
export async function startTraining(
  dataset: Dataset,
  whole: TrainingFold,
  settings: Experiment,
  start?: TrainingStart,
): Promise<Training> {
  const { universe, rules } = dataset.market;
  const active = start?.stage && activeOf(start.stage, universe.instruments);
  const acting = actingIn(actingOf(settings.actions, settings, universe.instruments, rules), active, settings.levels);
  const fold = { ...whole, table: seenOf(whole.table, active) };
  const env = trainingEnv(dataset, fold, acting, active, settings);
  const { made: learner, arrayBytes } = await fitting(() => createLearner(env, settings));
  const warm = await warmStarted(dataset, fold, acting, learner.actor, learner.parameters(), settings);
  if (warm !== undefined) learner.adopt(warm.parameters);
  if (start?.parameters !== undefined) learner.adopt(start.parameters);
  const greedy = await createGreedy({ ...settings, market: dataset.market, table: fold.table, acting }, learner.actor);

  // As many of the last bars that it learns from as it is chosen by, so that the two can be compared.
  const { from, to } = fold.train[fold.train.length - 1];
  const known = { from: Math.max(from, to - spanOf(fold.validation)), to };
  const watch = createWatch(settings.earlyStopping);
  const look = async (): Promise<Candidate> => {
    const parameters = learner.parameters();
    const logReturns = new Float64Array(spanOf(fold.validation) - 1);
    watch.look({
      transitions: learner.transitions,
      train: await greedy.run(parameters, known),
      validation: await greedy.run(parameters, fold.validation, logReturns),
    });
    return { parameters, at: watch.looks.length - 1, logReturns };
  };

  let latest = await look();
  /** With the highest mean on the validation span. */
  let highest = latest;
  const chosen = (): Candidate => (clearlyBetter(highest.logReturns, latest.logReturns) ? highest : latest);

  return {
    first: watch.looks[0].validation,
    warmStart: warm && { loss: warm.loss, agreement: warm.agreement },
    actor: learner.actor,
    confidence: async () =>
      confidenceOf(await greedy.outcomes(chosen().parameters, fold.validation), settings.calibration),
    parameters: () => learner.parameters(),
    arrayBytes,
    env,
    get transitions() {
      return learner.transitions;
    },
    get done() {
      return learner.transitions >= settings.transitions || watch.exhausted;
    },
    get stoppedEarly() {
      return learner.transitions < settings.transitions && watch.exhausted;
    },
    get alarms() {
      return watch.alarms;
    },
    get best() {
      const { parameters, at } = chosen();
      const { transitions, validation } = watch.looks[at];
      return { parameters, score: validation, transitions };
    },

    async next() {
      const before = learner.transitions;
      const metrics = { ...(await learner.iterate()), ...termMetrics(env, learner.transitions - before) };
      watch.iteration(learner.transitions, metrics);
      const due =
        Math.floor(before / settings.evaluateEvery) !== Math.floor(learner.transitions / settings.evaluateEvery);
      if (!due && learner.transitions < settings.transitions) return metrics;
      latest = await look();
      const { train, validation } = watch.looks[latest.at];
      // An untrained network may only win while nothing better was found: it is no result of training.
      const untrained = highest.at === 0 && warm === undefined;
      if (untrained || validation.meanReward > watch.looks[highest.at].validation.meanReward) highest = latest;
      return { ...metrics, ...scoreMetrics("train", train), ...scoreMetrics("validation", validation) };
    },

    snapshot: () => ({
      ...named("learner", learner.snapshot()),
      ...named("watch", watch.snapshot()),
      ...named("latest", candidateSnapshot(latest)),
      ...named("highest", candidateSnapshot(highest)),
    }),

    restore(snapshot) {
      learner.restore(part("learner", snapshot));
      watch.restore(part("watch", snapshot));
      latest = restoredCandidate(part("latest", snapshot));
      highest = restoredCandidate(part("highest", snapshot));
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

/** A look's numbers by name: `validationReward`, `validationSharpe` … */
function scoreMetrics(of: "train" | "validation", { meanReward, ...score }: GreedyScore): IterationMetrics {
  const rest = Object.entries(score).map(([name, value]) => [`${of}${name[0].toUpperCase()}${name.slice(1)}`, value]);
  return { [`${of}Reward`]: meanReward, ...Object.fromEntries(rest) };
}

function spanOf({ from, to }: BarRange): number {
  return to - from;
}
