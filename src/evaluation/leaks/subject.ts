/** @file What the battery is run on: anything that makes decisions of bars, or only numbers. */
import { Failure } from "#base/failure.ts";
import type { BarRange } from "#data/split.ts";
import type { Universe } from "#domain/universe.ts";
import type { OwnFeature } from "#features/feature.ts";
import type { Scaler } from "#features/scaler.ts";
import type { UserFeature } from "#features/user-feature.ts";
import type { SignalSettings } from "#market/action-spaces.ts";
import type { Decision, Policy } from "#policy/policy.ts";
import type { FeatureWindow } from "#trading/trader.ts";
import type { Experiment } from "#training/experiment.ts";
import type { Backtest, BacktestSetting } from "../backtest.ts";
import { backtest, noFeatures } from "../backtest.ts";

/** Called with each decision of a policy, at the close of bar `t` of the setting's universe. */
export type Watch = (t: number, decision: Decision) => void;

/** Trades over the bars of a setting, and everything that it knows is computed anew of those very bars. */
export type Trade = (setting: BacktestSetting, watch?: Watch) => Promise<Backtest>;

/** What is seen at each bar, before it is scaled. */
export interface SeenNumbers {
  /** `[F]` */
  readonly names: readonly string[];
  /** `[T, F]`, NaN while warming up. */
  readonly values: Float64Array;
}

/** What was fitted, on which bars, and how it is fitted again. */
export interface FoldFit {
  readonly scaler: Scaler;
  /** Of the setting's universe: no other bar may move the fit. */
  readonly fittedOn: BarRange;
  readonly refit: (universe: Universe) => Scaler;
}

/** What trades a model in the training world and in the live one. */
export interface Served {
  /** How words become orders; undefined where weights are wanted. */
  readonly signals: SignalSettings | undefined;
  /** The policy anew, which has seen the bars before the first decision. */
  readonly policy: (before: Universe) => Promise<OpenPolicy>;
  /** Scaled features one bar at a time, as they come in when it is live. */
  readonly stream: (universe: Universe) => FeatureWindow;
  /** Scaled windows of a whole history, the first at bar `from`. */
  readonly table: (universe: Universe, from: number) => FeatureWindow;
  /**
   * What the model says of its own validation span, and the equity at which the training stops looking; absent where it says
   * nothing that a trader could repeat.
   */
  readonly validation?: { readonly span: BarRange; readonly meanReward: number; readonly ruin: number } | undefined;
}

export interface OpenPolicy extends Policy {
  dispose(): Promise<void>;
}

/** How the subject was taught, so that its learner can be tried on bars where the answer is known. */
export interface Taught {
  readonly settings: Experiment;
  readonly own: readonly OwnFeature[];
  readonly train: BarRange;
  readonly validation: BarRange;
}

export interface Subject {
  readonly name: string;
  /** The bars, and the market that they are traded in. Looks are taken between its `from` and `to`. */
  readonly setting: BacktestSetting;
  /** Bars before the first decision that it cannot do without. */
  readonly historyBars: number;
  /** Absent where it does not trade: a set of features. */
  readonly trade?: Trade | undefined;
  /** Absent where it sees nothing but prices. */
  readonly features?: ((universe: Universe) => SeenNumbers) | undefined;
  readonly fit?: FoldFit | undefined;
  readonly served?: Served | undefined;
  /** Absent where nothing was learned by trial. */
  readonly taught?: Taught | undefined;
}

/** A policy that tells of each of its decisions. `openTime` is that of the bars that it is shown. */
export function watched(policy: Policy, openTime: Float64Array, from: number, watch: Watch | undefined): Policy {
  if (watch === undefined) return policy;
  let t = from;
  return {
    name: policy.name,
    act(observation) {
      // While features warm up nobody is asked.
      while (openTime[t] < observation.bars[0].openTime) t++;
      const at = t;
      const answer = policy.act(observation);
      if (!(answer instanceof Promise)) {
        watch(at, answer);
        return answer;
      }
      return answer.then((decision) => {
        watch(at, decision);
        return decision;
      });
    },
  };
}

/** What a policy of the user's own is made from: all bars, and the first that it decides at. */
export interface StrategyInput {
  readonly universe: Universe;
  readonly from: number;
}

/** Makes a policy for these bars that remembers nothing of others. */
export type CreateStrategy = (input: StrategyInput) => Policy;

/**
 * A strategy of prices alone as a subject.
 * @param historyBars bars that it needs before its first decision
 */
export function strategySubject(
  name: string,
  create: CreateStrategy,
  setting: BacktestSetting,
  historyBars = 0,
): Subject {
  return {
    name,
    setting,
    historyBars,
    trade: (changed, watch) => {
      const { universe, from } = changed;
      const policy = create({ universe, from });
      return backtest(watched(policy, universe.openTime, from, watch), noFeatures, changed);
    },
  };
}

/** Bars that are looked at, and the fewest that say something. */
const [mostBars, fewestBars] = [1000, 60];

/**
 * The last bars of a market, with as many before them at least.
 * @throws Failure data/not-enough-bars
 */
export function lastBars({ name, openTime }: Universe, historyBars: number): BarRange {
  const to = openTime.length;
  const from = Math.max(historyBars, Math.floor(to / 2), to - mostBars);
  if (to - from >= fewestBars) return { from, to };
  const found = `${name} has ${to} bars, and ${historyBars + fewestBars} are needed: ${historyBars} of history and ${fewestBars} to look at`;
  throw new Failure("data/not-enough-bars", found);
}

/** A subject that also sees numbers which a user computes over whole histories: they are looked at, and not learned from. */
export function withColumns(subject: Subject, columns: readonly UserFeature[]): Subject {
  const { features } = subject;
  if (features === undefined || columns.length === 0) return subject;
  return {
    ...subject,
    features: (universe) => {
      const seen = features(universe);
      const more = universe.instruments.flatMap(({ symbol }, i) =>
        columns.map((feature) => ({ name: `${symbol}.${feature.name}`, values: feature.columns(universe.bars[i]) })),
      );
      const [width, rows] = [seen.names.length, universe.openTime.length];
      const values = new Float64Array(rows * (width + more.length));
      for (let t = 0; t < rows; t++) {
        values.set(seen.values.subarray(t * width, (t + 1) * width), t * (width + more.length));
        more.forEach((column, k) => (values[t * (width + more.length) + width + k] = column.values[t]));
      }
      return { names: [...seen.names, ...more.map(({ name }) => name)], values };
    },
  };
}
