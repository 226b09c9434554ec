/** @file An agent's start from a teacher: the teacher plays the training span, and the agent learns to do the same. */
import type { Clone, Teacher } from "#agents/cloning.ts";
import { cloned, demonstrated } from "#agents/cloning.ts";
import { Failure } from "#base/failure.ts";
import type { Actions } from "#env/env.ts";
import { observationWidth } from "#env/space.ts";
import type { Acting } from "#market/acting.ts";
import { signalSettings } from "#market/action-spaces.ts";
import type { SignalSpace } from "#market/signal-space.ts";
import { longWeightScores } from "#market/actions/weights.ts";
import { tradingEnv } from "#market/trading-env.ts";
import type { Actor } from "#policy/actor.ts";
import type { Dataset, TrainingFold } from "./dataset.ts";
import type { Experiment } from "./experiment.ts";
import { teacher } from "./teachers.ts";
import { tradedBars } from "./traded-bars.ts";

/**
 * Parameters of the actor that do what the settings' teacher does, `start` with what does not act. The teacher plays the real
 * market from random starts, without stress and at the settings' costs, within the training span.
 * @throws Failure config/invalid where the teacher cannot teach here, data/not-enough-bars where too few bars have a label
 */
export async function warmStarted(
  dataset: Dataset,
  fold: TrainingFold,
  acting: Acting,
  actor: Actor,
  start: Float32Array,
  settings: Experiment,
): Promise<Clone | undefined> {
  const { warmStart, lanes, seed, threads } = settings;
  if (warmStart === undefined) return undefined;
  const { universe, market } = dataset;
  const env = tradingEnv({
    market,
    table: fold.table,
    acting,
    ...tradedBars(fold.train),
    ...settings,
    reward: [],
  });
  const writer = actionWriter(settings, universe.instruments.length);
  const wanted = await teacher(warmStart, {
    universe,
    train: fold.train,
    costs: market.costs,
    levels: writer.levels,
  });
  const width = observationWidth(env.observationSpace);
  const instruments = universe.instruments.length;
  const each = market.positions / instruments;
  const logits = acting.space.kind === "discrete" ? acting.space.sizes.reduce((sum, size) => sum + size, 0) : 0;
  const [held, weights] = [new Float64Array(instruments), new Float64Array(instruments)];
  const taught: Teacher = {
    act(lane, { observations, legal }, actions, actionAt) {
      const at = lane * width;
      held.fill(0);
      // A position's weight of the equity is every other number of the account (market/account.ts).
      for (let p = 0; p < market.positions; p++) held[Math.floor(p / each)] += observations[at + 1 + 2 * p];
      const says = wanted(observations[at], held, weights);
      writer.write(weights, held, legal, lane * logits, actions, actionAt);
      return says;
    },
  };
  const steps = Math.max(1, Math.round(warmStart.transitions / lanes));
  const shown = demonstrated(env, taught, steps, seed);
  if (shown.rows.length === 0) {
    throw new Failure("data/not-enough-bars", "warmStart: no bar of the training span has anything to teach");
  }
  const { epochs, learningRate } = warmStart;
  const rowWidth = shown.sizes.reduce((sum, size) => sum + size, 0);
  const minibatchSize = Math.min(warmStart.minibatchSize, shown.rows.length / rowWidth);
  return cloned(actor, env, shown, { epochs, minibatchSize, learningRate, threads }, start, seed);
}

/** From wanted weights to the numbers of an action space. */
interface ActionWriter {
  /** Signed shares of an instrument's part of the equity that can be wanted. */
  readonly levels: readonly number[];
  write(
    weights: Float64Array,
    held: Float64Array,
    legal: Uint8Array,
    legalAt: number,
    actions: Actions,
    actionAt: number,
  ): void;
}

function actionWriter(settings: Experiment, instruments: number): ActionWriter {
  const { actions: name, levels } = settings;
  const signals = signalSettings(name, settings);
  if (signals !== undefined) return wordWriter(signals.space, settings.account.shorts);
  if (name === "levels") {
    return {
      levels,
      write(weights, _, __, ___, actions, at) {
        for (let i = 0; i < instruments; i++) actions[at + i] = nearest(levels, weights[i] * instruments);
      },
    };
  }
  if (name === "weights") {
    return { levels: [-1, 0, 1], write: (weights, _, __, ___, actions, at) => actions.set(weights, at) };
  }
  return { levels: [0, 1], write: (weights, _, __, ___, actions, at) => longWeightScores(weights, actions, at) };
}

/** The word that leads from what is held to the side that is wanted; the first word, HOLD, where it is there or nothing legal leads there. */
function wordWriter({ actions: meanings, longOnly }: SignalSpace, shorts: boolean): ActionWriter {
  const long = longOnly === true || !shorts;
  const words = { 1: meanings.indexOf("BUY"), 0: meanings.indexOf("CLOSE"), "-1": meanings.indexOf("SELL") };
  return {
    levels: long ? [0, 1] : [-1, 0, 1],
    write(weights, held, legal, legalAt, actions, at) {
      for (let i = 0; i < weights.length; i++) {
        const side = Math.sign(weights[i]) as 1 | 0 | -1;
        const word = side === Math.sign(held[i]) ? 0 : words[side];
        actions[at + i] = word > 0 && legal[legalAt + i * meanings.length + word] === 1 ? word : 0;
      }
    },
  };
}

function nearest(levels: readonly number[], share: number): number {
  let best = 0;
  for (let at = 1; at < levels.length; at++) {
    if (Math.abs(levels[at] - share) < Math.abs(levels[best] - share)) best = at;
  }
  return best;
}
