/** @file What boosted trees are taught and how: every setting that decides their result, with its default. */
import { z } from "zod";
import type { BoostingConfig } from "#agents/boosting/config.ts";
import { boostingDefaults } from "#agents/boosting/config.ts";
import { Failure } from "#base/failure.ts";
import type { Bars, Timeframe } from "#domain/bar.ts";
import { timeframeMs } from "#domain/bar.ts";
import { fixedHorizonLabels } from "#features/labels/fixed-horizon.ts";
import type { Labels } from "#features/labels/label.ts";
import { trendScanningLabels } from "#features/labels/trend-scanning.ts";
import { tripleBarrierLabels } from "#features/labels/triple-barrier.ts";
import type { ForestObjective } from "#policy/trees/forest.ts";
import type { Experiment } from "./experiment.ts";

const count = z.int().positive();
const positive = z.number().positive();
const adverse = z.number().min(0);

/** Labels by name, with their settings; `features/labels/` says what each means. */
const labelSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("triple-barrier"),
    atrPeriod: count.default(14),
    upperAtr: positive.default(2),
    lowerAtr: positive.default(2),
    horizonBars: count.default(24),
  }),
  /** Without a threshold the log return itself is learned, else whether it is beyond it on either side. */
  z.strictObject({
    kind: z.literal("fixed-horizon"),
    horizonBars: count.default(24),
    threshold: adverse.optional(),
  }),
  z
    .strictObject({
      kind: z.literal("trend-scanning"),
      shortestBars: z.int().min(2).default(5),
      longestBars: z.int().min(2).default(20),
    })
    .refine(({ shortestBars, longestBars }) => longestBars >= shortestBars, {
      path: ["longestBars"],
      error: "must not be below shortestBars",
    }),
]);

type LabelSettings = z.output<typeof labelSchema>;

export const labelKinds = ["triple-barrier", "fixed-horizon", "trend-scanning"] as const;

/** Slow, shallow trees on parts of the data: bars say little, and that little is drowned by noise. */
/** What longer bars the rule can look at. */
const ruleFilters = ["4h", "1d", "1w"] as const satisfies readonly Timeframe[];

export const boostingSchema = z.strictObject({
  label: labelSchema.prefault({ kind: "triple-barrier" }),
  /** Probability that a direction must have, or log return that must be expected of it; below it the trees say HOLD. */
  threshold: adverse.default(0),
  /** Act only where the rule of the Alpha document says the same. */
  agreeWithRule: z.boolean().default(false),
  /** Longer bars whose averages must not oppose the rule, `4h` in the original; absent: none. */
  ruleFilter: z.enum(ruleFilters).optional(),
  rounds: count.default(500),
  /** Rounds without a better loss on the validation span after which it stops; 0: never. */
  patience: z.int().min(0).default(30),
  learningRate: positive.max(1).default(0.05),
  growth: z.enum(["depth-wise", "leaf-wise"]).default("depth-wise"),
  maxDepth: z.int().min(0).default(4),
  maxLeaves: z.int().min(0).default(0),
  lambda: adverse.default(1),
  alpha: adverse.default(0),
  gamma: adverse.default(0),
  minChildWeight: adverse.default(10),
  rowShare: positive.max(1).default(0.8),
  columnShare: positive.max(1).default(0.8),
  maxBins: z.int().min(2).max(256).default(256),
  /** Feature → 1 where more of it may only raise what is expected, −1 where it may only lower it. Of returns only. */
  monotone: z.record(z.string(), z.union([z.literal(1), z.literal(-1)])).default({}),
});

export type BoostingSettings = z.output<typeof boostingSchema>;

/**
 * Settings as they are given, checked and with their defaults; of a label without a kind it is the first kind.
 * @throws Failure config/invalid that names each setting that is wrong
 */
export function boostingSettings(given: unknown): BoostingSettings {
  const parsed = boostingSchema.safeParse(withLabelKind(given));
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => `${["boosting", ...path].join(".")}: ${message}`);
  throw new Failure("config/invalid", issues.join("; "));
}

function withLabelKind(given: unknown): unknown {
  if (typeof given !== "object" || given === null || !("label" in given)) return given;
  const { label } = given;
  return typeof label === "object" ? { ...given, label: { kind: labelKinds[0], ...label } } : given;
}

/** Names that boosted trees go by wherever an algorithm is named: alone, and where the rule must say the same. */
export const treeNames = ["boosting", "rule-and-boosting"] as const;

export type TreeName = (typeof treeNames)[number];

export function treeName({ agreeWithRule }: Pick<BoostingSettings, "agreeWithRule">): TreeName {
  return agreeWithRule ? "rule-and-boosting" : "boosting";
}

/** What an agent goes by: the algorithm of the settings, or trees in its place. */
export function agentName({ agent }: Experiment, boosting: BoostingSettings | undefined): string {
  return boosting === undefined ? agent : treeName(boosting);
}

/** A log return is a value; all other labels are the classes 0, 1 and 2 of SELL, HOLD and BUY. */
export function objectiveOf({ label }: BoostingSettings): ForestObjective {
  return label.kind === "fixed-horizon" && label.threshold === undefined ? "squared-error" : "softmax";
}

/** How many bars a label looks ahead at most. */
export function labelBars(label: LabelSettings): number {
  return label.kind === "trend-scanning" ? label.longestBars : label.horizonBars;
}

/** The labels of an instrument's bars. */
export function labelsOf(bars: Bars, label: LabelSettings): Labels {
  if (label.kind === "triple-barrier") return tripleBarrierLabels(bars, label);
  return label.kind === "fixed-horizon" ? fixedHorizonLabels(bars, label) : trendScanningLabels(bars, label);
}

/**
 * The learner's own settings for these columns.
 * @throws Failure config/invalid
 */
export function boostingConfig(settings: BoostingSettings, columns: readonly string[]): BoostingConfig {
  const { label: _, threshold, agreeWithRule: __, ruleFilter: ___, monotone, ...own } = settings;
  const objective = objectiveOf(settings);
  const directed = Object.keys(monotone);
  const invalid = (found: string): Failure => new Failure("config/invalid", found);
  const stray = directed.find((name) => !columns.includes(name));
  if (stray !== undefined) throw invalid(`boosting.monotone: ${stray} is no feature; there are ${columns.join(", ")}`);
  if (objective === "softmax") {
    // More of one class is less of the others: the same direction for all three says nothing.
    if (directed.length > 0) throw invalid("boosting.monotone: classes have no direction; use fixed-horizon returns");
    if (threshold > 1) throw invalid(`boosting.threshold: ${threshold} is no probability`);
  }
  return {
    ...boostingDefaults,
    ...own,
    objective,
    classes: objective === "softmax" ? 3 : 1,
    monotone: directed.length === 0 ? [] : columns.map((name) => monotone[name] ?? 0),
  };
}

/**
 * Longer bars must be longer than those of the market, and something must ask for them.
 * @throws Failure config/invalid
 */
export function checkRuleFilter({ agreeWithRule, ruleFilter }: BoostingSettings, timeframe: Timeframe): void {
  if (ruleFilter === undefined) return;
  if (!agreeWithRule) {
    throw new Failure(
      "config/invalid",
      `boosting.ruleFilter: ${ruleFilter} filters the rule, which boosting.agreeWithRule asks for`,
    );
  }
  if (timeframeMs[ruleFilter] <= timeframeMs[timeframe]) {
    throw new Failure(
      "config/invalid",
      `boosting.ruleFilter: bars of ${ruleFilter} are not longer than those of ${timeframe}`,
    );
  }
}

/** The parts of an experiment that boosted trees have a use for. */
const usedSettings = [
  "seed",
  "featureSet",
  "featureFiles",
  "lookbackBars",
  "scaler",
  "actions",
  "levels",
  "plan",
  "bracket",
  "capital",
  "costs",
  "account",
  "rebalanceBand",
  "calibration",
] as const satisfies readonly (keyof Experiment)[];

/** Has a setting of this name, up to its first dot, a meaning for boosted trees? */
export function isUsed(name: string): boolean {
  return name === "boosting" || (usedSettings as readonly string[]).includes(name);
}

/**
 * Refuses settings of agents that learn by trading: nothing is asked for that would not be done.
 * @throws Failure config/invalid
 */
export function checkUsed(settings: Readonly<Record<string, unknown>>): void {
  const unused = Object.keys(settings).find((name) => !isUsed(name));
  if (unused === undefined) return;
  throw new Failure(
    "config/invalid",
    `${unused}: is no setting of boosted trees; those are boosting.…, ${usedSettings.join(", ")}`,
  );
}

/** An experiment as a run of boosted trees keeps it. */
export function usedOf(experiment: Experiment): Partial<Experiment> {
  return Object.fromEntries(usedSettings.map((name) => [name, experiment[name]]));
}
