/** @file Boosted trees that act: what they may act in, how their predictions become decisions, and the policy of it all. */
import { Failure } from "#base/failure.ts";
import type { Bar } from "#domain/bar.ts";
import { barAt } from "#domain/bar.ts";
import type { Universe } from "#domain/universe.ts";
import { accountWidth } from "#market/account.ts";
import { signalSettings } from "#market/action-spaces.ts";
import type { Calibration } from "#policy/calibration.ts";
import type { NetworkPolicy } from "#policy/network-policy.ts";
import { boostedPolicy } from "#policy/votes/boosted-policy.ts";
import { trendRule, trendRuleDefaults } from "#policy/votes/trend-rule.ts";
import type { ModelManifest } from "#storage/model-store.ts";
import type { BoostingSettings } from "./boosting-settings.ts";
import { objectiveOf } from "./boosting-settings.ts";
import type { Experiment } from "./experiment.ts";

/** How what trees predict becomes BUY, SELL or HOLD. */
export type TreesDecision = NonNullable<ModelManifest["decision"]>;

/** The settings of an experiment that say how votes become orders. */
export type TreesActing = Pick<Experiment, "actions" | "levels" | "plan" | "bracket" | "account">;

/** How trees of these settings decide. */
export function decisionOf(boosting: BoostingSettings): TreesDecision {
  return {
    objective: objectiveOf(boosting),
    threshold: boosting.threshold,
    ...(boosting.agreeWithRule ? { agreesWith: "trend-rule" as const } : {}),
    ...(boosting.ruleFilter === undefined ? {} : { ruleFilter: boosting.ruleFilter }),
  };
}

/** Sentence for reports: what taught trees was the future of their training bars. */
export const treesLookAhead =
  "Its trees learned from labels of what came after a bar, within the training span and purged at its end. " +
  "Labels are in nothing that it sees, and in no part of this test.";

/**
 * Votes are BUY, SELL and HOLD, as words or as weights.
 * @throws Failure config/invalid
 */
export function checkTreesActions(settings: TreesActing): void {
  if (canVote(settings)) return;
  const found = `actions: boosted trees say BUY, SELL or HOLD, which ${settings.actions} cannot; use levels or alpha`;
  throw new Failure("config/invalid", found);
}

/** Can votes be said in this action space? */
export function canVote(settings: TreesActing): boolean {
  const words = signalSettings(settings.actions, settings)?.space.words;
  if (words === undefined) return settings.actions === "levels";
  return ["BUY", "SELL", "HOLD"].every((word) => words.includes(word));
}

/**
 * The policy of a model of trees, alone or where the rule says the same.
 * @param before the bars before the first decision, which the rule must have seen
 * @param calibration from the probability of a vote to how often such votes are right; without it nothing is said of that
 */
export function treesPolicy(
  name: string,
  onnx: Uint8Array,
  decision: TreesDecision,
  settings: TreesActing,
  before: Universe,
  calibration?: Calibration,
): Promise<NetworkPolicy> {
  const instruments = before.instruments.length;
  const signals = signalSettings(settings.actions, settings);
  const shorts = settings.account.shorts && settings.levels.some((level) => level < 0);
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
  const accountSize = accountWidth(instruments);
  return boostedPolicy(name, onnx, { rule: decision, acting, instruments, accountSize, agreeing: rule, calibration });
}
