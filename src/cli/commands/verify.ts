/** @file `ploutos verify`: does anything know what it could not have known? The leak battery on a run, a strategy or features. */
import type { Command } from "commander";
import { Option } from "commander";
import { Failure } from "#base/failure.ts";
import { rules } from "#evaluation/baselines.ts";
import type { LeakCheckName } from "#evaluation/leaks/checks.ts";
import { leakCheckNames } from "#evaluation/leaks/checks.ts";
import { featuresSubject } from "#evaluation/leaks/model-subject.ts";
import type { StrategyFile } from "#evaluation/leaks/strategy-file.ts";
import { loadStrategy } from "#evaluation/leaks/strategy-file.ts";
import type { Subject } from "#evaluation/leaks/subject.ts";
import { lastBars, strategySubject, withColumns } from "#evaluation/leaks/subject.ts";
import { failedChecks, outcomesOf } from "#evaluation/leaks/verify.ts";
import type { Universe } from "#domain/universe.ts";
import { featureSpec, firstWindowRow } from "#features/pipeline.ts";
import { ownFeature } from "#features/user-feature.ts";
import { experiment } from "#training/experiment.ts";
import { loadFeature, readFeatureFiles } from "#training/feature-files.ts";
import { partsOf } from "#training/run-split.ts";
import type { CommonOptions } from "../command.ts";
import { action, collect, command, settingsFrom } from "../command.ts";
import { projectMarket } from "../project.ts";
import { parsedConfig } from "../split-options.ts";
import { described, keepVerification, runSubject, shownVerification } from "../verified-run.ts";

interface VerifyOptions extends CommonOptions {
  readonly market?: string;
  readonly features?: string;
  readonly strategy?: string;
  readonly featureFile: string[];
  readonly config?: string;
  readonly set: string[];
  readonly only?: LeakCheckName[];
  readonly skip?: LeakCheckName[];
  readonly thorough: boolean;
}

export function verifyCommand(): Command {
  return command(
    "verify [run]",
    "Looks for leaks in a trained run, a set of features or a strategy of your own: one line for each check, with what it did and found. Ends with 2 where one failed.",
    "ploutos verify runs/first\nploutos verify --features alpha-10 --market my-stocks\nploutos verify --strategy my-strategy.ts --market my-stocks",
  )
    .option("--market <name>", "an imported market, for features and strategies")
    .option("--features <set>", "a set of features; --feature-file adds your own")
    .option("--feature-file <file>", "a feature of your own; may be repeated", collect, [])
    .option(
      "--strategy <name or file>",
      "a rule such as momentum-252, or a file that exports create({ universe, from })",
    )
    .option("--config <file>", "settings of costs, account and learner as JSON")
    .option("--set <name=value>", "one setting, e.g. costs.profile=alpaca; may be repeated", collect, [])
    .addOption(checksOption("--only <checks>", "only these checks"))
    .addOption(checksOption("--skip <checks>", "all but these checks"))
    .option("--thorough", "more places, more walks, longer trainings of any learner", false)
    .action(
      action<VerifyOptions>(async ({ options, terminal, args: [path] }) => {
        const { seed, thorough, only, skip } = options;
        checkAsked(path, options);
        const subject = path === undefined ? await subjectOf(options) : await runSubject(path, options);
        const verification = await shownVerification(subject, { seed, thorough, only, skip }, terminal);
        // A part of the battery is not what a model should carry.
        if (path !== undefined && only === undefined && skip === undefined) await keepVerification(path, verification);
        const failed = failedChecks(verification);
        const text = [described(verification), "", `${outcomesOf(verification)}.`].join("\n");
        terminal.result({ ...verification, passed: failed.length === 0 }, text);
      }),
    );
}

function checksOption(flags: string, says: string): Option {
  return new Option(flags, `${says}, with commas between them: ${leakCheckNames.join(", ")}`).argParser((text) =>
    text.split(",").map((name): LeakCheckName => {
      const known = leakCheckNames.find((each) => each === name.trim());
      if (known !== undefined) return known;
      throw new Failure("cli/bad-option", `${name} is no check; there are ${leakCheckNames.join(", ")}`);
    }),
  );
}

function checkAsked(path: string | undefined, { features, strategy, featureFile, market }: VerifyOptions): void {
  const asked = [path, features ?? featureFile[0], strategy].filter((each) => each !== undefined);
  if (asked.length !== 1) {
    throw new Failure(
      "cli/bad-option",
      "verify needs a run, or --features SET, or --strategy NAME, and one of them only",
    );
  }
  if (path === undefined && market === undefined) throw new Failure("cli/bad-option", "verify needs --market NAME");
  if (path !== undefined && market !== undefined) {
    throw new Failure("cli/bad-option", "a run is verified on the market that it was trained on: leave out --market");
  }
}

async function subjectOf(options: VerifyOptions): Promise<Subject> {
  const { universe } = await projectMarket(options.market ?? "", options);
  return options.strategy === undefined
    ? await ofFeatures(universe, options)
    : await ofStrategy(universe, options.strategy, options);
}

async function ofStrategy(universe: Universe, asked: string, options: VerifyOptions): Promise<Subject> {
  const { costs, account, rebalanceBand, capital } = experiment({ seed: options.seed, ...settingsOf(options) });
  const { name, create, historyBars } = await strategyOf(asked, universe.instruments.length);
  const span = lastBars(universe, historyBars);
  const setting = { universe, ...span, costs, rules: account, sizing: { rebalanceBand }, capital };
  return strategySubject(name, create, setting, historyBars);
}

/** Bars that the slowest of the named rules looks back. */
const ruleHistory = 253;

/** A rule by its name, with dashes for whatever is no letter or digit, or a file. */
async function strategyOf(asked: string, instruments: number): Promise<StrategyFile> {
  const named = rules(instruments).map(({ name, create }) => ({
    name: name.replaceAll(/[^a-z0-9]+/g, "-").replace(/-$/, ""),
    create,
    historyBars: ruleHistory,
  }));
  const rule = named.find(({ name }) => name === asked);
  if (rule !== undefined) return rule;
  if (/\.\w+$/.test(asked)) return loadStrategy(asked);
  const known = named.map(({ name }) => name).join(", ");
  throw new Failure("cli/bad-option", `--strategy ${asked} is no file and none of ${known}`);
}

async function ofFeatures(universe: Universe, options: VerifyOptions): Promise<Subject> {
  const { features, featureFile, seed, market } = options;
  const files = await readFeatureFiles(featureFile);
  const loaded = await Promise.all(files.map(async (file) => ({ file, feature: await loadFeature(file) })));
  const tradable = loaded.filter(({ feature }) => feature.create !== undefined);
  const own = tradable.map(({ file, feature }) => ownFeature(feature, file));
  const given = { seed, ...settingsOf(options), ...(features === undefined ? {} : { featureSet: features }) };
  const settings = experiment({ ...given, featureFiles: tradable.map(({ file }) => file.file) });
  const firstBar = firstWindowRow(featureSpec(settings.featureSet, universe, settings.lookbackBars, own));
  const parts = partsOf(universe.openTime, firstBar, parsedConfig({ market, experiment: settings }));
  const name = [settings.featureSet, ...files.map(({ file }) => file)].join(" with ");
  const subject = featuresSubject({ name, universe, ...parts, settings, own });
  return withColumns(
    subject,
    loaded.filter(({ feature }) => feature.create === undefined).map(({ feature }) => feature),
  );
}

function settingsOf({ config, set }: VerifyOptions): Record<string, unknown> {
  return settingsFrom({ config, set });
}
