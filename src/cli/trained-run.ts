/** @file A trained run taken from disk and made ready to act on a market: what `backtest` and `paper` both need. */
import { Failure } from "#base/failure.ts";
import { sliceUniverse, firstBarFrom } from "#domain/universe.ts";
import type { Universe } from "#domain/universe.ts";
import type { Bar, Timeframe } from "#domain/bar.ts";
import { barAt } from "#domain/bar.ts";
import { dayMs, dayStart } from "#domain/day.ts";
import type { OwnFeature, SeenInstrument } from "#features/feature.ts";
import type { FeatureSetName } from "#features/feature-set.ts";
import { featureSets } from "#features/feature-set.ts";
import type { FeatureSpec } from "#features/pipeline.ts";
import { featureNames, featureSpec, firstWindowRow, schemaHash } from "#features/pipeline.ts";
import type { Scaler } from "#features/scaler.ts";
import { driftedFeatures } from "#features/scalers/drift.ts";
import { scalerFromPlain } from "#features/scalers/fitted-scaler.ts";
import type { ActionSpaceName, SignalSettings } from "#market/action-spaces.ts";
import { actionSpaceNames, signalSettings } from "#market/action-spaces.ts";
import { networkPolicy } from "#policy/network-policy.ts";
import type { NetworkPolicy } from "#policy/network-policy.ts";
import { boostedPolicy } from "#policy/votes/boosted-policy.ts";
import { trendRule, trendRuleDefaults } from "#policy/votes/trend-rule.ts";
import { openBarStore } from "#storage/bar-store.ts";
import type { ModelManifest } from "#storage/model-store.ts";
import { loadModel } from "#storage/model-store.ts";
import { choicesOf } from "#training/choices.ts";
import { keptFeatureFiles, ownFeatures } from "#training/feature-files.ts";
import { readRun } from "#training/run-folder.ts";
import type { RunConfig } from "#training/run.ts";
import { runConfigSchema } from "#training/run.ts";
import { testedDays } from "#training/run-split.ts";
import { join } from "node:path";
import type { Scaling } from "./scaling.ts";
import { scalingOf } from "./scaling.ts";

export interface TrainedRun {
  /** Of the agent, for people. */
  readonly name: string;
  /** What a report must say where labels of the future taught it; undefined where none did. */
  readonly lookAhead: string | undefined;
  readonly universe: Universe;
  readonly policy: NetworkPolicy;
  /** The same policy anew, which remembers nothing of what another has traded; to be disposed of. */
  readonly fresh: () => Promise<NetworkPolicy>;
  /** How its signals become orders; undefined where it wants weights. */
  readonly signals: SignalSettings | undefined;
  readonly spec: FeatureSpec;
  readonly scaler: Scaler;
  readonly config: RunConfig;
  readonly manifest: ModelManifest;
  /** Decisions begin at the close of bar `from`, so that the first return is that of the first bar asked for; `to` is exclusive. */
  readonly from: number;
  readonly to: number;
}

export interface Period {
  readonly market: string | undefined;
  readonly from: string | undefined;
  readonly until: string | undefined;
  readonly store: string;
  /** Exactly these bars of the market, in place of days: those that another run is tested on. */
  readonly bars?: { readonly from: number; readonly to: number };
}

/**
 * Loads the model of a run, its market and the period asked for (by default: after the training and its embargo, to the end of its split or else of the data).
 * @throws Failure storage/not-found, model/feature-mismatch, features/changed-file, data/not-enough-bars …
 */
export async function openTrainedRun(path: string, period: Period): Promise<TrainedRun> {
  const parsed = runConfigSchema.safeParse((await readRun(path)).config);
  if (!parsed.success)
    throw new Failure("storage/damaged-file", `${join(path, "config.json")} is not a run's configuration`);
  const config = parsed.data;
  const { onnx, manifest } = await loadModel(join(path, "model"));
  const space = actionSpaceOf(manifest);
  const signals = signalSettings(space, config.experiment);
  const whole = await openBarStore(period.store).load(period.market ?? config.market);
  const own = await ownFeatures(await keptFeatureFiles(path, manifest.features.own ?? []));
  const spec = specOf(manifest, whole, own);
  const { openTime } = whole;
  const start =
    period.from === undefined
      ? firstBarFrom(openTime, manifest.trained.until + 1) + config.purgeBars + config.embargoBars
      : firstBarFrom(openTime, dayStart(period.from));
  const until = period.until ?? (period.from === undefined ? testedDays(config).until : undefined);
  const last = until === undefined ? openTime.length : firstBarFrom(openTime, dayStart(until) + dayMs);
  const known = firstWindowRow(spec);
  const { from, to } = period.bars ?? { from: Math.max(start - 1, known), to: last };
  if (to - from < 2 || from < known) {
    const asked =
      period.bars === undefined
        ? `${period.from ?? "the end of training and its embargo"} to ${until ?? "the end of the data"}`
        : `${new Date(openTime[from]).toISOString().slice(0, 10)} on`;
    const end = new Date(openTime[openTime.length - 1]).toISOString().slice(0, 10);
    const warm = `which ends ${end} and whose features are known from bar ${known} on`;
    throw new Failure("data/not-enough-bars", `${asked} holds no bars to trade of ${whole.name}, ${warm}`);
  }
  const fresh = (): Promise<NetworkPolicy> => policyOf(onnx, manifest, space, config, sliceUniverse(whole, 0, from));
  return {
    name: manifest.agent.toUpperCase(),
    lookAhead: lookAheadOf(manifest),
    universe: sliceUniverse(whole, 0, to),
    policy: await fresh(),
    fresh,
    signals,
    spec,
    scaler: scalerFromPlain(manifest.scaler),
    config,
    manifest,
    from,
    to,
  };
}

/** What acts: a network, or trees with what they must agree with, which has seen the bars before the first decision. */
function policyOf(
  onnx: Uint8Array,
  { kind, agent, decision, actionSpace, observation, confidence }: ModelManifest,
  space: ActionSpaceName,
  { experiment }: RunConfig,
  before: Universe,
): Promise<NetworkPolicy> {
  const instruments = before.instruments.length;
  if (kind === "policy-network") {
    const choices = choicesOf(space, { ...experiment, levels: actionSpace.levels });
    return networkPolicy(agent, onnx, choices, instruments, confidence?.calibration);
  }
  if (decision === undefined)
    throw new Failure("model/feature-mismatch", "the model of trees does not say how it decides");
  const shorts = experiment.account.shorts && actionSpace.levels.some((level) => level < 0);
  const signals = signalSettings(space, experiment);
  const acting = signals
    ? { kind: "signals" as const, words: signals.space.words }
    : { kind: "weights" as const, shorts };
  const history = (): Bar[][] => before.bars.map((bars) => Array.from(bars.openTime, (_, t) => barAt(bars, t)));
  const { agreesWith, ruleFilter } = decision;
  const longer = ruleFilter && {
    from: before.timeframe,
    to: ruleFilter,
    calendars: before.instruments.map(({ calendar }) => calendar),
  };
  const rule = agreesWith && trendRule(instruments, history(), trendRuleDefaults, longer);
  return boostedPolicy(agent, onnx, decision, acting, instruments, observation.accountSize, rule);
}

function lookAheadOf({ kind, trained }: ModelManifest): string | undefined {
  if (kind === "policy-network") return trained.warmStart?.lookAhead;
  return (
    "Its trees learned from labels of what came after a bar, within the training span and purged at its end. " +
    "Labels are in nothing that it sees, and in no part of this test."
  );
}

/** The space that a model acts in, if this program still has it. */
function actionSpaceOf({ actionSpace }: ModelManifest): ActionSpaceName {
  const { name } = actionSpace;
  if (!actionSpaceNames.includes(name as ActionSpaceName)) {
    throw new Failure(
      "model/feature-mismatch",
      `the model acts in ${name}, an action space that is not in this version`,
    );
  }
  return name as ActionSpaceName;
}

/** The features that a model sees, if this program still computes them and the market has its instruments. */
function specOf({ features }: ModelManifest, universe: Universe, own: readonly OwnFeature[]): FeatureSpec {
  if (!Object.hasOwn(featureSets, features.set)) {
    throw new Failure("model/feature-mismatch", `the model's feature set ${features.set} is not in this version`);
  }
  const set = features.set as FeatureSetName;
  const seen = described(features.timeframe, features.instruments);
  const held = described(universe.timeframe, featureSpec(set, universe, features.lookbackBars).instruments);
  if (held !== seen)
    throw new Failure("model/feature-mismatch", `the model sees ${seen}, market ${universe.name} holds ${held}`);
  const { own: _, ...rest } = features;
  const spec: FeatureSpec = { ...rest, set, ...(own.length === 0 ? {} : { own }) };
  if (schemaHash(spec) !== features.schemaHash) {
    throw new Failure(
      "model/feature-mismatch",
      `the model's features have the schema ${features.schemaHash.slice(0, 12)}, this version computes ${schemaHash(spec).slice(0, 12)}`,
    );
  }
  return spec;
}

/** Bars and instruments in words, e.g. "1d bars of SPY (us-equities)", with what is measured where features are made of it. */
function described(timeframe: Timeframe, instruments: readonly SeenInstrument[]): string {
  const words = instruments.map(({ symbol, calendar, measured }) =>
    measured === undefined ? `${symbol} (${calendar})` : `${symbol} (${calendar}; ${measured.join(" ")})`,
  );
  return `${timeframe} bars of ${words.join(", ")}`;
}

/** Does the period begin before the last bar that the model was trained or chosen on? */
export function overlapsTraining({ manifest, universe, from }: TrainedRun): boolean {
  return universe.openTime[from + 1] <= manifest.trained.until;
}

/** What is wrong with how the run's features are scaled; `raw` are its universe's unscaled features `[T, F]`. */
export function scalingOfRun({ spec, scaler, universe, manifest, from, to }: TrainedRun, raw: Float64Array): Scaling {
  const tested = { columns: raw, features: featureNames(spec), openTime: universe.openTime, fromRow: from, toRow: to };
  const features = driftedFeatures(scaler, tested);
  return scalingOf(manifest.saturation, features === undefined ? { measured: false } : { measured: true, features });
}
