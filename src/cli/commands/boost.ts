/** @file `ploutos boost`: boosted trees learn what came after each bar, and become a model that trades like any other. */
import type { Command } from "commander";
import { Option } from "commander";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { systemClock } from "#base/clock.ts";
import { Failure } from "#base/failure.ts";
import type { BoostedInstrument } from "#training/boosted-training.ts";
import { isWithoutSkill } from "#training/boosted-training.ts";
import type { BoostRunOptions } from "#training/boosting-run.ts";
import { boostRun } from "#training/boosting-run.ts";
import { boostingSettings, checkUsed, labelKinds } from "#training/boosting-settings.ts";
import { experiment } from "#training/experiment.ts";
import { knownBars, knownDays } from "#training/run-split.ts";
import type { RunConfig } from "#training/run.ts";
import type { CommonOptions } from "../command.ts";
import { action, collect, command, count, isRecord, merged, settingsFrom } from "../command.ts";
import { confidenceLines } from "../confidence-option.ts";
import { agentOfRun, barsOf, trainingOf } from "../counted-trials.ts";
import { interruptible } from "../interrupt.ts";
import type { CountingOptions } from "../project.ts";
import { countTrials, expectCountable, projectMarket, withCounting } from "../project.ts";
import { featureFilesOf, resumedConfig } from "../resumed-config.ts";
import { runId } from "../run-id.ts";
import { saturationWarning } from "../scaling.ts";
import type { SplitOptions } from "../split-options.ts";
import { describedParts, parsedConfig, splitAsked, withSplitOptions } from "../split-options.ts";
import { fixed, table } from "../terminal.ts";
import { notVerified, verifiedAtEnd } from "../verified-run.ts";

interface BoostOptions extends CommonOptions, CountingOptions, SplitOptions {
  readonly market?: string;
  readonly label?: string;
  readonly threads?: number;
  readonly out?: string;
  readonly resume: boolean;
  /** False with --no-verify. */
  readonly verify: boolean;
  readonly config?: string;
  readonly set: string[];
  readonly featureFile: string[];
}

/** Features that are shown of each instrument. */
const shownFeatures = 5;

export function boostCommand(): Command {
  return withSplitOptions(
    withCounting(
      command(
        "boost",
        "Learns boosted trees from labelled bars of an imported market and writes a model that backtest and paper trade. Ctrl-C writes a checkpoint; --resume goes on from it.",
        "ploutos boost --market eurusd-1h --label triple-barrier --until 2022-12-31 --out runs/trees\nploutos boost --resume --out runs/trees\nploutos boost --market eurusd-1h --set boosting.agreeWithRule=true --set boosting.maxDepth=3",
      ),
    )
      .option("--market <name>", "an imported market")
      .addOption(
        new Option("--label <kind>", "what is learned of each bar (default: triple-barrier)").choices(labelKinds),
      ),
  )
    .option("--threads <number>", "threads, which change nothing but the time (default: one for each core)", count)
    .option("--out <folder>", "folder of the run (default: runs/<id>)")
    .option("--resume", "go on with the run in --out", false)
    .option(
      "--no-verify",
      "do not look for leaks when the trees are grown; where some are found it ends with exit code 2",
    )
    .option("--config <file>", "settings as JSON")
    .option("--set <name=value>", "one setting, e.g. boosting.label.horizonBars=12; may be repeated", collect, [])
    .option("--feature-file <file>", "a feature of your own beside the set; may be repeated", collect, [])
    .action(
      action<BoostOptions>(async ({ options, terminal, given }) => {
        const path = options.out ?? join("runs", runId(systemClock, "boost"));
        const config = options.resume ? await storedConfig(options, given("seed")) : newConfig(options);
        const market = await projectMarket(config.market, options, knownDays(config));
        const universe = knownBars(market.universe, config);
        expectCountable(options);
        const training = trainingOf(agentOfRun(config, await featureFilesOf(options, config)), barsOf(universe));
        if (market.leftOut !== undefined) terminal.say(market.leftOut.note);
        const { label, rounds } = config.boosting;
        const most = rounds * universe.instruments.length;
        terminal.say(`Boosting trees on ${label.kind} labels of ${config.market} in ${path}`);
        let bar: ReturnType<typeof terminal.progress> | undefined;
        const run = await interruptible((signal) =>
          boostRun({
            path,
            universe,
            config,
            resume: options.resume,
            clock: systemClock,
            threads: options.threads ?? availableParallelism(),
            signal,
            onParts: (parts) => {
              countTrials(options, [training], options.resume);
              terminal.say(describedParts(parts, config));
              bar = terminal.progress("boosting", most);
            },
            onProgress: (done, { validationLoss }) =>
              bar?.update(done, `validation loss ${fixed(validationLoss ?? NaN, 4)}`),
          }),
        ).finally(() => bar?.stop());
        if (run.interrupted) {
          if (!run.stopAsked) process.exitCode = 130;
          terminal.result(
            run,
            `Interrupted after ${run.rounds} rounds. Go on with: ploutos boost --resume --out ${path}`,
          );
          return;
        }
        const verified = options.verify ? await verifiedAtEnd(path, options, terminal) : undefined;
        const text = [
          ...(run.alreadyFinished ? ["This run was finished already; nothing was learned."] : []),
          described(run.instruments),
          ...run.instruments
            .filter(isWithoutSkill)
            .map(({ symbol }) => `Warning: the trees of ${symbol} know no more than how often each label is.`),
          ...[saturationWarning(run.saturation)].filter((warning) => warning !== undefined),
          ...confidenceLines(run.model?.confidence),
          ...(verified?.lines ?? [notVerified]),
          `Model: ${join(path, "model")}`,
          `Now judge it on bars it has not seen: ploutos backtest ${path}${(config.split ?? config.until) === undefined ? " --from DAY" : ""}`,
        ].join("\n");
        terminal.result({ ...run, verification: verified?.verification }, text);
      }),
    );
}

function newConfig(options: BoostOptions): BoostRunOptions["config"] {
  const { market, seed } = options;
  if (market === undefined) throw new Failure("cli/bad-option", "boost needs --market NAME");
  const { boosting: asked = {}, ...settings } = typedSettings(options);
  return ofTrees(
    parsedConfig({
      market,
      ...splitAsked(options),
      experiment: experiment({ seed, ...settings }),
      boosting: boostingSettings(asked),
    }),
  );
}

async function storedConfig(options: BoostOptions, seedTyped: boolean): Promise<BoostRunOptions["config"]> {
  const typed = typedSettings(options);
  return ofTrees(await resumedConfig(options, seedTyped ? { seed: options.seed, ...typed } : typed));
}

/** Settings as they were typed, of which trees have a use for all; those under `boosting` are a record, or absent. */
function typedSettings(options: BoostOptions): Record<string, unknown> {
  const { boosting: asked, ...settings } = settingsFrom(options);
  if (asked !== undefined && !isRecord(asked)) throw new Failure("config/invalid", "boosting: must be an object");
  checkUsed(settings);
  const { label } = options;
  if (asked === undefined && label === undefined) return settings;
  return { ...settings, boosting: merged(asked, label === undefined ? {} : { label: { kind: label } }) };
}

/** @throws Failure config/invalid where a run is not one of trees */
function ofTrees({ boosting, ...config }: RunConfig): BoostRunOptions["config"] {
  if (boosting === undefined)
    throw new Failure("config/invalid", "boosting: is not there; `ploutos train` made this run");
  return { ...config, boosting };
}

function described(instruments: readonly BoostedInstrument[]): string {
  const head = ["", "rounds", "bars learned", "loss there", "validation loss", "without trees", "split by most"];
  const rows = instruments.map(
    ({ symbol, rounds, rows: { train }, trainLoss, validationLoss, priorLoss, importance }) => [
      symbol,
      fixed(rounds, 0),
      fixed(train, 0),
      fixed(trainLoss, 4),
      fixed(validationLoss, 4),
      fixed(priorLoss, 4),
      importance
        .slice(0, shownFeatures)
        .map(({ feature }) => (feature.startsWith(`${symbol}.`) ? feature.slice(symbol.length + 1) : feature))
        .join(" "),
    ],
  );
  return table(head, rows);
}
