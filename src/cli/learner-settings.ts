/** @file A learner as it was asked for: an experiment of an agent that learns by trial, or of boosted trees in its place. */
import { InvalidArgumentError, Option } from "commander";
import { Failure } from "#base/failure.ts";
import type { AgentName } from "#training/agents.ts";
import { agentNames } from "#training/agents.ts";
import type { BoostingSettings, TreeName } from "#training/boosting-settings.ts";
import { boostingSettings, checkUsed, treeNames } from "#training/boosting-settings.ts";
import type { Experiment } from "#training/experiment.ts";
import { experiment } from "#training/experiment.ts";
import { isRecord } from "./command.ts";

/** Whatever can be walked forward. */
export const learnerNames = [...agentNames, ...treeNames] as const;

export type LearnerName = AgentName | TreeName;

export interface Learner {
  readonly settings: Experiment;
  /** Of boosted trees, which take the place of the agent that the settings name. */
  readonly boosting?: BoostingSettings;
}

export function learnerOption(): Option {
  return new Option(
    "--agent <name>",
    "algorithm (default: ppo, or boosting where --set boosting.… asks for it)",
  ).choices(learnerNames);
}

/** `--against`: baselines that must be trained, which takes time. */
export function againstOption(): Option {
  return new Option(
    "--against <names>",
    `baselines that are trained on the same spans, with commas: ${treeNames.join(", ")}`,
  ).argParser((text): TreeName[] => {
    const names = [...new Set(text.split(","))];
    const known = treeNames.filter((name) => names.includes(name));
    if (known.length < names.length) throw new InvalidArgumentError(`Allowed are ${treeNames.join(", ")}.`);
    return known;
  });
}

/** Do these settings, as they were typed, ask for boosted trees? */
export function asksForTrees({ agent, boosting }: Readonly<Record<string, unknown>>): boolean {
  return boosting !== undefined || isTreeName(agent);
}

function isTreeName(name: unknown): name is TreeName {
  return (treeNames as readonly unknown[]).includes(name);
}

/**
 * Settings as they were typed, checked, with their defaults.
 * @throws Failure config/invalid
 */
export function learnerOf(typed: Readonly<Record<string, unknown>>): Learner {
  if (!asksForTrees(typed)) return { settings: experiment(typed) };
  const { boosting: asked = {}, agent, ...settings } = typed;
  const invalid = (found: string): Failure => new Failure("config/invalid", found);
  if (agent !== undefined && !isTreeName(agent))
    throw invalid(`boosting: settings of another agent than ${JSON.stringify(agent)}`);
  if (!isRecord(asked)) throw invalid("boosting: must be an object");
  checkUsed(settings);
  if (agent !== "rule-and-boosting") return { settings: experiment(settings), boosting: boostingSettings(asked) };
  if (asked["agreeWithRule"] === false) throw invalid("boosting.agreeWithRule: must be true of rule-and-boosting");
  return { settings: experiment(settings), boosting: boostingSettings({ ...asked, agreeWithRule: true }) };
}
