/** @file Learners by name: algorithms, presets and files of settings, as `compare` and `select` take several of them. */
import { existsSync } from "node:fs";
import { Failure } from "#base/failure.ts";
import { isUsed } from "#training/boosting-settings.ts";
import { presetNames } from "#training/presets.ts";
import { settingsFrom } from "./command.ts";
import type { Learner } from "./learner-settings.ts";
import { asksForTrees, learnerNames, learnerOf } from "./learner-settings.ts";

interface CommonSettings {
  readonly seed: number;
  /** Of all, or of those that have a use for them. */
  readonly set: readonly string[];
  readonly transitions?: number | undefined;
}

export interface NamedLearner {
  /** As it was typed. */
  readonly given: string;
  readonly learner: Learner;
  /** The options by which `walk-forward` gets the same learner. */
  readonly options: readonly string[];
}

/**
 * Learners by what was typed; where some are of boosted trees and others are not, each gets those of the common settings that it has a
 * use for.
 * @throws Failure cli/bad-option for a name that is none, config/invalid
 */
export function namedLearners(names: readonly string[], { set, transitions, seed }: CommonSettings): NamedLearner[] {
  const trees = names.map((given) => asksForTrees(settingsFrom(sourceOf(given))));
  const isMixed = trees.includes(true) && trees.includes(false);
  return names.map((given, at) => {
    const uses = (setting: string): boolean => {
      const [name] = setting.split(/[.=]/);
      return !isMixed || (trees[at] ? isUsed(name) : name !== "boosting");
    };
    const source = sourceOf(given);
    const own = set.filter(uses);
    const asked = transitions === undefined || !uses("transitions") ? {} : { transitions };
    const settings = settingsFrom({ ...source, set: [...own, ...source.set] });
    return {
      given,
      learner: learnerOf({ seed, ...settings, ...asked }),
      options: [
        ...source.options,
        ...own.flatMap((setting) => ["--set", setting]),
        ...Object.values(asked).flatMap((steps) => ["--transitions", `${steps}`]),
      ],
    };
  });
}

/** Where the settings of a name come from, and the options of `walk-forward` that say so. */
function sourceOf(given: string) {
  const preset = presetNames.find((name) => name === given);
  if (learnerNames.some((name) => name === given)) return { set: [`agent=${given}`], options: ["--agent", given] };
  if (preset !== undefined) return { preset, set: [], options: ["--preset", given] };
  if (existsSync(given)) return { config: given, set: [], options: ["--config", given] };
  const names = [...presetNames, ...learnerNames].join(", ");
  throw new Failure("cli/bad-option", `${given} is no folder of a walk-forward, no JSON file and none of ${names}`);
}
