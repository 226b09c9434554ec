/** @file `ploutos boost`: boosted trees learn what came after each bar, and become a model that trades like any other. */
import type { Command } from "commander";
import { Option } from "commander";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { systemClock } from "#base/clock.ts";
import { Failure } from "#base/failure.ts";
import type { BoostedInstrument, BoostRunOptions } from "#training/boosting-run.ts";
import { boostRun } from "#training/boosting-run.ts";
import { checkUsed, labelKinds } from "#training/boosting-settings.ts";
import { experiment } from "#training/experiment.ts";
import { readFeatureFiles } from "#training/feature-files.ts";
import { knownBars, knownDays } from "#training/run-split.ts";
import type { CommonOptions } from "../command.ts";
import { action, collect, command, settingsFrom, wholeNumber } from "../command.ts";
import { agentOfRun, barsOf, trainingOf } from "../counted-trials.ts";
import { interruptible } from "../interrupt.ts";
import type { CountingOptions } from "../project.ts";
import { countTrials, expectCountable, projectMarket, withCounting } from "../project.ts";
import { runId } from "../run-id.ts";
import { saturationWarning } from "../scaling.ts";
import type { SplitOptions } from "../split-options.ts";
import { describedParts, parsedConfig, splitAsked, withSplitOptions } from "../split-options.ts";
import { fixed, table } from "../terminal.ts";

interface BoostOptions extends CommonOptions, CountingOptions, SplitOptions {
  readonly market?: string;
  readonly label?: string;
  readonly threads?: number;
  readonly out?: string;
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
        "Learns boosted trees from labelled bars of an imported market and writes a model that backtest and paper trade.",
        "ploutos boost --market eurusd-1h --label triple-barrier --until 2022-12-31 --out runs/trees\nploutos boost --market eurusd-1h --set boosting.agreeWithRule=true --set boosting.maxDepth=3",
      ),
    )
      .option("--market <name>", "an imported market")
      .addOption(
        new Option("--label <kind>", "what is learned of each bar (default: triple-barrier)").choices(labelKinds),
      ),
  )
    .option(
      "--threads <number>",
      "threads, which change nothing but the time (default: one for each core)",
      wholeNumber,
    )
    .option("--out <folder>", "folder of the run (default: runs/<id>)")
    .option("--config <file>", "settings as JSON")
    .option("--set <name=value>", "one setting, e.g. boosting.label.horizonBars=12; may be repeated", collect, [])
    .option("--feature-file <file>", "a feature of your own beside the set; may be repeated", collect, [])
    .action(
      action<BoostOptions>(async ({ options, terminal }) => {
        const path = options.out ?? join("runs", runId(systemClock, "boost"));
        const config = configOf(options);
        const market = await projectMarket(config.market, options, knownDays(config));
        const universe = knownBars(market.universe, config);
        expectCountable(options);
        const files = await readFeatureFiles(config.experiment.featureFiles);
        const training = trainingOf(agentOfRun(config, files), barsOf(universe));
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
            clock: systemClock,
            threads: options.threads ?? availableParallelism(),
            signal,
            onParts: (parts) => {
              countTrials(options, [training]);
              terminal.say(describedParts(parts, config));
              bar = terminal.progress("boosting", most);
            },
            onProgress: (done, { validationLoss }) =>
              bar?.update(done, `validation loss ${fixed(validationLoss ?? NaN, 4)}`),
          }),
        ).finally(() => bar?.stop());
        if (run.interrupted) {
          process.exitCode = 130;
          terminal.result(run, `Interrupted: there is no model. Boosting is begun anew with another --out.`);
          return;
        }
        const text = [
          described(run.instruments),
          ...run.instruments
            .filter(isWithoutSkill)
            .map(({ symbol }) => `Warning: the trees of ${symbol} know no more than how often each label is.`),
          ...[saturationWarning(run.saturation)].filter((warning) => warning !== undefined),
          `Model: ${join(path, "model")}`,
          `Now judge it on bars it has not seen: ploutos backtest ${path}${(config.split ?? config.until) === undefined ? " --from DAY" : ""}`,
        ].join("\n");
        terminal.result(run, text);
      }),
    );
}

function configOf(options: BoostOptions): BoostRunOptions["config"] {
  const { market, label, threads, seed } = options;
  if (market === undefined) throw new Failure("cli/bad-option", "boost needs --market NAME");
  if (threads === 0) throw new Failure("cli/bad-option", "--threads must be at least 1");
  const { boosting: asked = {}, ...settings } = settingsFrom(options);
  if (typeof asked !== "object" || asked === null) throw new Failure("config/invalid", "boosting: must be an object");
  checkUsed(settings);
  const given = "label" in asked && typeof asked.label === "object" ? asked.label : {};
  const kind = label ?? (given !== null && "kind" in given ? given.kind : labelKinds[0]);
  const config = parsedConfig({
    market,
    ...splitAsked(options),
    experiment: experiment({ seed, ...settings }),
    boosting: { ...asked, label: { ...given, kind } },
  });
  const { boosting } = config;
  if (boosting === undefined) throw new Failure("config/invalid", "boosting: is not there");
  return { ...config, boosting };
}

function isWithoutSkill({ validationLoss, priorLoss }: BoostedInstrument): boolean {
  return validationLoss >= priorLoss;
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
