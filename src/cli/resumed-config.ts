/** @file What `--resume` goes on with: all that the run began with. Whatever is asked for beside it must be the same. */
import { Failure } from "#base/failure.ts";
import { experiment } from "#training/experiment.ts";
import type { FeatureFileRecord } from "#training/feature-files.ts";
import { readFeatureFiles } from "#training/feature-files.ts";
import { readRun } from "#training/run-folder.ts";
import type { RunConfig } from "#training/run.ts";
import { expectSameConfig } from "#training/same-config.ts";
import { merged } from "./command.ts";
import type { SplitOptions } from "./split-options.ts";
import { parsedConfig } from "./split-options.ts";

interface ResumeOptions extends SplitOptions {
  readonly market?: string;
  readonly out?: string;
  readonly featureFile: readonly string[];
}

/** A user's own features: those that a run was begun with, or that are asked for. */
export async function featureFilesOf(
  { resume, out }: { readonly resume: boolean; readonly out?: string },
  config: RunConfig,
): Promise<readonly FeatureFileRecord[]> {
  if (resume && out !== undefined) return (await readRun(out)).run.featureFiles ?? [];
  return readFeatureFiles(config.experiment.featureFiles);
}

const settled = ["market", "from", "until", "split", "validateFrom", "purgeBars", "embargoBars"] as const;

/**
 * The stored configuration of the run in `--out`.
 * @param typed settings that were asked for beside it, in the shape of an experiment, with `boosting` in it where it is one of trees
 * @throws Failure cli/bad-option, training/config-changed
 */
export async function resumedConfig(options: ResumeOptions, typed: Record<string, unknown>): Promise<RunConfig> {
  const { out, featureFile } = options;
  if (out === undefined) throw new Failure("cli/bad-option", "--resume needs --out FOLDER, the run to go on with");
  if (featureFile.length > 0) {
    throw new Failure(
      "cli/bad-option",
      "--resume goes on with the feature files that the run keeps; leave --feature-file out",
    );
  }
  const config = parsedConfig((await readRun(out)).config);
  const changed = settled.find((name) => options[name] !== undefined && options[name] !== config[name]);
  if (changed !== undefined) {
    const flag = `--${changed.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    const found = `${flag} is ${options[changed]}, and --resume goes on with what the run began with (${config[changed] ?? "none"})`;
    throw new Failure("cli/bad-option", found);
  }
  const { boosting, ...settings } = typed;
  const asked = {
    ...config,
    experiment: experiment(merged(config.experiment, settings)),
    ...(boosting === undefined ? {} : { boosting: merged(config.boosting, boosting) }),
  };
  expectSameConfig(config, parsedConfig(asked));
  return config;
}
