/** @file Whom an agent can imitate: what each teacher wants to hold at the close of a bar of the training span. */
import { Failure } from "#base/failure.ts";
import { signalOf } from "#data/synthetic/planted-signal.ts";
import type { BarRange } from "#data/split.ts";
import type { Universe } from "#domain/universe.ts";
import { barsAt, sliceUniverse } from "#domain/universe.ts";
import { fixedHorizonLabels } from "#features/labels/fixed-horizon.ts";
import type { Labels } from "#features/labels/label.ts";
import { endOf, outcomeOf } from "#features/labels/label.ts";
import { trendScanningLabels } from "#features/labels/trend-scanning.ts";
import { tripleBarrierLabels } from "#features/labels/triple-barrier.ts";
import type { Bars } from "#domain/bar.ts";
import type { Costs } from "#market/costs.ts";
import type { Optimum } from "#market/optimum/optimum.ts";
import { ornsteinUhlenbeckOptimum, stationaryDeviation } from "#market/optimum/ornstein-uhlenbeck.ts";
import { plantedSignalOptimum } from "#market/optimum/planted-signal.ts";
import type { Policy, WeightDecision } from "#policy/policy.ts";
import { buyAndHold } from "#policy/rules/buy-and-hold.ts";
import { movingAverageCross } from "#policy/rules/moving-average-cross.ts";
import type { WarmStart } from "./warm-start-settings.ts";
import { warmStartIssue } from "./warm-start-settings.ts";

/**
 * Writes the weights of equity that it wants at the close of bar `t`, `[I]`, where `held` are those that are held.
 * @returns false where it has nothing to say of that bar; then what is held is wanted
 */
export type Wanted = (t: number, held: Float64Array, into: Float64Array) => boolean;

interface Lesson {
  /** All bars that are known; a teacher sees those before the end of the last span alone. */
  readonly universe: Universe;
  /** In order of time. */
  readonly train: readonly BarRange[];
  readonly costs: Costs;
  /** Signed shares of an instrument's part of the equity that the agent may choose from. */
  readonly levels: readonly number[];
}

/**
 * A teacher, as the setting names it.
 * @throws Failure config/invalid where it cannot teach in this market
 */
export async function teacher(setting: WarmStart, lesson: Lesson): Promise<Wanted> {
  const issue = warmStartIssue(setting, lesson.universe.instruments.length);
  if (issue !== undefined) throw new Failure("config/invalid", issue);
  const known = sliceUniverse(lesson.universe, 0, lesson.train[lesson.train.length - 1].to);
  if (setting.from === "rule") return ofRule(setting, known);
  if (setting.from === "labels") return ofLabels(setting, known, lesson);
  if (lesson.train.length > 1) {
    throw new Failure(
      "config/invalid",
      "warmStart: the optimum of a law is worked out of one span of bars, not of several",
    );
  }
  return ofOptimum(setting, known, lesson);
}

/** What a rule wants, which sees prices alone: the same at each bar whatever is held. */
async function ofRule(setting: WarmStart & { readonly from: "rule" }, known: Universe): Promise<Wanted> {
  const instruments = known.instruments.length;
  const policy: Policy =
    setting.rule === "buy-and-hold"
      ? buyAndHold(instruments)
      : movingAverageCross(
          setting.fastBars,
          setting.slowBars,
          known.bars.map(() => []),
        );
  const schedule: (readonly number[])[] = [];
  const nothing = new Float32Array(0);
  let wanted: readonly number[] = known.instruments.map(() => 0);
  for (let t = 0; t < known.openTime.length; t++) {
    const decision = await policy.act({ bars: barsAt(known, t), market: nothing, account: nothing });
    wanted = (decision as WeightDecision).weights ?? wanted;
    schedule.push(wanted);
  }
  return (t, _, into) => {
    into.set(schedule[t]);
    return true;
  };
}

/** What would have been right: long before a rise, short (or flat, where there is no short level) before a fall. */
function ofLabels(
  setting: WarmStart & { readonly from: "labels" },
  known: Universe,
  { levels, train }: Lesson,
): Wanted {
  const all = known.bars.map((bars) => labelsOf(setting, bars));
  const share = 1 / all.length;
  const [least, most] = [Math.min(...levels), Math.max(...levels)];
  return (t, held, into) => {
    let taught = true;
    for (let i = 0; i < all.length; i++) {
      const label = all[i][t];
      // One that reached further than its span would teach what is to be judged by.
      if (label === undefined || endOf(label) >= train.find(({ to }) => t < to)!.to) {
        taught = false;
        into[i] = held[i];
        continue;
      }
      into[i] = share * Math.min(most, Math.max(least, Math.sign(outcomeOf(label))));
    }
    return taught;
  };
}

function labelsOf(setting: WarmStart & { readonly from: "labels" }, bars: Bars): Labels {
  if (setting.label === "fixed-horizon") return fixedHorizonLabels(bars, setting);
  if (setting.label === "triple-barrier") return tripleBarrierLabels(bars, setting);
  return trendScanningLabels(bars, setting);
}

/** The best rule of a market's law at the costs of a trade (commission and half the spread). */
function ofOptimum(
  setting: WarmStart & { readonly from: "optimum" },
  known: Universe,
  { costs, levels }: Lesson,
): Wanted {
  const costFraction = (costs.commissionBps + costs.spreadBps / 2) / 1e4;
  const [bars] = known.bars;
  const [optimum, states] =
    setting.law === "planted-signal"
      ? [plantedSignalOptimum(setting, costFraction, levels), signalOf(bars)]
      : [ornsteinUhlenbeckOptimum(setting, costFraction, levels), deviations(bars, stationaryDeviation(setting))];
  return following(optimum, states);
}

function following(optimum: Optimum, states: Float64Array): Wanted {
  return (t, held, into) => {
    into[0] = optimum.weight(states[t], held[0]);
    return true;
  };
}

/** The log price less its mean over the training span, in stationary deviations. */
function deviations({ close }: Bars, stationary: number): Float64Array {
  const logs = close.map(Math.log);
  const mean = logs.reduce((sum, value) => sum + value, 0) / logs.length;
  return logs.map((value) => (value - mean) / stationary);
}
