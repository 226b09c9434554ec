/** @file A trained run taken from disk and made ready to act on a market: what `backtest` and `paper` both need. */
import { Failure } from "#base/failure.ts";
import { sliceUniverse, firstBarFrom } from "#domain/universe.ts";
import type { Universe } from "#domain/universe.ts";
import type { Timeframe } from "#domain/bar.ts";
import { dayMs, dayStart } from "#domain/day.ts";
import type { BarRange } from "#data/split.ts";
import { sealed } from "#domain/vault.ts";
import type { ReportData } from "#evaluation/report-data.ts";
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
import type { ModelManifest } from "#storage/model-store.ts";
import { loadModel } from "#storage/model-store.ts";
import { treeName } from "#training/boosting-settings.ts";
import { choicesOf } from "#training/choices.ts";
import type { FeatureFile } from "#training/feature-files.ts";
import { keptFeatureFiles, ownFeatures } from "#training/feature-files.ts";
import { readRun } from "#training/run-folder.ts";
import type { RunConfig } from "#training/run.ts";
import { runConfigSchema } from "#training/run.ts";
import { knownBars, partsOf, testedDays } from "#training/run-split.ts";
import { treesLookAhead, treesPolicy } from "#training/trees-policy.ts";
import { join } from "node:path";
import type { TriedAgent } from "./counted-trials.ts";
import { agentOfRun } from "./counted-trials.ts";
import type { ProjectOptions, VaultKey } from "./project.ts";
import { projectMarket } from "./project.ts";
import type { Scaling } from "./scaling.ts";
import { scalingOf } from "./scaling.ts";

export interface TrainedRun {
  /** Of the agent, for people. */
  readonly name: string;
  /** What a report must say where labels of the future taught it; undefined where none did. */
  readonly lookAhead: string | undefined;
  /** A sentence on the bars of its market that are in the vault; undefined where none are. */
  readonly leftOut: string | undefined;
  /** As the project's ledger counts it. */
  readonly tried: TriedAgent;
  readonly universe: Universe;
  readonly policy: NetworkPolicy;
  /**
   * The same policy anew, which remembers nothing of what another has traded; to be disposed of. `before` are the bars before its
   * first decision; absent: those of the run's market.
   */
  readonly fresh: (before?: Universe) => Promise<NetworkPolicy>;
  /** How its signals become orders; undefined where it wants weights. */
  readonly signals: SignalSettings | undefined;
  readonly spec: FeatureSpec;
  /** A user's own features among them, as they were read. */
  readonly featureFiles: readonly FeatureFile[];
  readonly scaler: Scaler;
  readonly config: RunConfig;
  readonly manifest: ModelManifest;
  /** Decisions begin at the close of bar `from`, so that the first return is that of the first bar asked for; `to` is exclusive. */
  readonly from: number;
  readonly to: number;
}

export interface Period extends ProjectOptions {
  readonly market: string | undefined;
  readonly from: string | undefined;
  readonly until: string | undefined;
  /** Leave to trade bars of the vault. */
  readonly key?: VaultKey | undefined;
  /** Exactly these bars of the market, in place of days: those that another run is tested on, or the run's own validation span. */
  readonly bars?: BarRange | "validation";
}

/**
 * Loads the model of a run, its market and the period asked for (by default: after the training and its embargo, to the end of its split or else of the data).
 * @throws Failure storage/not-found, model/feature-mismatch, features/changed-file, data/not-enough-bars, vault/sealed …
 */
export async function openTrainedRun(path: string, period: Period): Promise<TrainedRun> {
  const { config, onnx, manifest, tried } = await storedRun(path);
  const space = actionSpaceOf(manifest);
  const signals = signalSettings(space, config.experiment);
  const until = period.until ?? (period.from === undefined ? testedDays(config).until : undefined);
  const asked = period.bars === undefined ? { from: period.from, until } : {};
  const market = period.market ?? config.market;
  const { universe: whole, leftOut } = await projectMarket(market, period, asked, period.key);
  const featureFiles = await keptFeatureFiles(path, manifest.features.own ?? []);
  const own = await ownFeatures(featureFiles);
  const spec = specOf(manifest, whole, own);
  const { openTime } = whole;
  const start =
    period.from === undefined
      ? firstBarFrom(openTime, manifest.trained.until + 1) + config.purgeBars + config.embargoBars
      : firstBarFrom(openTime, dayStart(period.from));
  const last = until === undefined ? openTime.length : firstBarFrom(openTime, dayStart(until) + dayMs);
  const known = firstWindowRow(spec);
  const bars = period.bars === "validation" ? validationOf(whole, config, known) : period.bars;
  const { from, to } = bars ?? { from: Math.max(start - 1, known), to: last };
  if (to - from < 2 || from < known) {
    const wanted =
      bars === undefined
        ? `${period.from ?? "the end of training and its embargo"} to ${until ?? "the end of the data"}`
        : `${new Date(openTime[from]).toISOString().slice(0, 10)} on`;
    const end = new Date(openTime[openTime.length - 1]).toISOString().slice(0, 10);
    if (leftOut !== undefined) throw sealed(leftOut.seal, `${wanted} holds no bars before them`);
    const warm = `which ends ${end} and whose features are known from bar ${known} on`;
    throw new Failure("data/not-enough-bars", `${wanted} holds no bars to trade of ${whole.name}, ${warm}`);
  }
  const fresh = (before = sliceUniverse(whole, 0, from)): Promise<NetworkPolicy> =>
    policyOf(onnx, manifest, space, config, before);
  return {
    name: nameOf(manifest).toUpperCase(),
    lookAhead: lookAheadOf(manifest),
    leftOut: leftOut?.note,
    tried,
    universe: sliceUniverse(whole, 0, to),
    policy: await fresh(),
    fresh,
    signals,
    spec,
    featureFiles,
    scaler: scalerFromPlain(manifest.scaler),
    config,
    manifest,
    from,
    to,
  };
}

/**
 * A run without its market: what it was asked, its model, and who it is in the ledger of trials.
 * @throws Failure storage/not-found, storage/damaged-file
 */
export async function storedRun(path: string): Promise<{
  readonly config: RunConfig;
  readonly onnx: Uint8Array;
  readonly manifest: ModelManifest;
  readonly tried: TriedAgent;
}> {
  const parsed = runConfigSchema.safeParse((await readRun(path)).config);
  if (!parsed.success)
    throw new Failure("storage/damaged-file", `${join(path, "config.json")} is not a run's configuration`);
  const config = parsed.data;
  const { onnx, manifest } = await loadModel(join(path, "model"));
  return { config, onnx, manifest, tried: agentOfRun(config, manifest.features.own ?? []) };
}

/** The bars that the run was chosen by; later ones are not looked at. */
function validationOf(whole: Universe, config: RunConfig, firstBar: number): BarRange {
  return partsOf(knownBars(whole, config).openTime, firstBar, config).validation;
}

/** What acts: a network, or trees with what they must agree with, which has seen the bars before the first decision. */
function policyOf(
  onnx: Uint8Array,
  { kind, agent, decision, actionSpace, confidence }: ModelManifest,
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
  const acting = { ...experiment, actions: space, levels: actionSpace.levels };
  return treesPolicy(agent, onnx, decision, acting, before, confidence?.calibration);
}

/** The algorithm; of trees with what they must agree with. */
function nameOf({ kind, agent, decision }: ModelManifest): string {
  return kind === "policy-network" ? agent : treeName({ agreeWithRule: decision?.agreesWith !== undefined });
}

function lookAheadOf({ kind, trained }: ModelManifest): string | undefined {
  return kind === "policy-network" ? trained.warmStart?.lookAhead : treesLookAhead;
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

/** What a report says of the leak battery that the model carries. */
export function verificationOf({ manifest: { verification } }: TrainedRun): Pick<ReportData, "verification"> {
  return verification === undefined ? {} : { verification };
}

/** What is wrong with how the run's features are scaled; `raw` are its universe's unscaled features `[T, F]`. */
export function scalingOfRun({ spec, scaler, universe, manifest, from, to }: TrainedRun, raw: Float64Array): Scaling {
  const tested = { columns: raw, features: featureNames(spec), openTime: universe.openTime, fromRow: from, toRow: to };
  const features = driftedFeatures(scaler, tested);
  return scalingOf(manifest.saturation, features === undefined ? { measured: false } : { measured: true, features });
}
