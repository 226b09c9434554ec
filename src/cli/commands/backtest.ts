/** @file `ploutos backtest`: a trained model on bars it has not seen, judged against the baselines. */
import type { Command } from "commander";
import { Option } from "commander";
import { join } from "node:path";
import { systemClock } from "#base/clock.ts";
import { checkQuality, defectCounts } from "#data/quality.ts";
import { assess } from "#evaluation/assessment.ts";
import { backtest, tableWindow } from "#evaluation/backtest.ts";
import { stressTest } from "#evaluation/stress-test.ts";
import { featureColumns, scaledTable } from "#features/pipeline.ts";
import type { StressPresetName } from "#market/stress/presets.ts";
import { stressPresets } from "#market/stress/presets.ts";
import { writeFileWhole } from "#storage/atomic-file.ts";
import { codeVersion } from "#training/code-version.ts";
import { action, command, isoDay } from "../command.ts";
import { showVerdict, writeReport } from "../judged.ts";
import { stressSummary } from "../stress-summary.ts";
import { confidenceOption, sureEnough } from "../confidence-option.ts";
import { openRun } from "../ensemble-run.ts";
import { runId } from "../run-id.ts";
import { overlapsTraining, scalingOfRun } from "../trained-run.ts";
import type { VenueOptions } from "../venue-options.ts";
import { venueSetting, withVenueOptions } from "../venue-options.ts";

interface BacktestOptions extends VenueOptions {
  readonly market?: string;
  readonly from?: string;
  readonly until?: string;
  readonly stress?: StressPresetName;
  readonly minConfidence?: number;
}

export function backtestCommand(): Command {
  return withVenueOptions(
    command(
      "backtest <run>",
      "Trades a trained run's model over recorded bars and judges it against simple rules.",
      "ploutos backtest runs/first --from 2020-01-01",
    ),
  )
    .option("--from <day>", "first day (default: after training and its embargo)", isoDay)
    .option("--until <day>", "last day (default: the last of the run's split, or that there is)", isoDay)
    .option("--market <name>", "another market with the same instruments")
    .addOption(confidenceOption())
    .addOption(
      new Option("--stress <name>", "also trades a stressed copy of the market and says what differs").choices(
        Object.keys(stressPresets),
      ),
    )
    .action(
      action<BacktestOptions>(async ({ options, terminal, args: [path] }) => {
        const { market, from, until, store, seed, stress } = options;
        const run = sureEnough(await openRun(path, { market, from, until, store }), options.minConfidence);
        const { universe, config, spec, scaler, policy, signals } = run;
        const { costs, account: rules, rebalanceBand, capital } = config.experiment;
        const setting = {
          universe,
          from: run.from,
          to: run.to,
          costs,
          rules,
          sizing: { rebalanceBand },
          capital,
          ...(await venueSetting(options)),
        };
        const raw = featureColumns(spec, universe);
        const scaling = scalingOfRun(run, raw);
        const window = tableWindow(scaledTable(spec, scaler, raw), spec.lookbackBars, run.from);
        const result = await backtest(policy, window, setting, signals);
        const tested =
          stress === undefined
            ? undefined
            : await stressTest({
                policy,
                signals,
                calm: result,
                setting,
                spec,
                scaler,
                stress: stressPresets[stress],
                seed,
              });
        await policy.dispose();
        const id = runId(systemClock, "backtest");
        const judged = await assess({
          setting,
          agent: { name: run.name, runs: [result], seeds: [config.experiment.seed] },
          folds: [],
          inSample: overlapsTraining(run),
          seed,
          about: {
            runId: id,
            createdAt: systemClock.now(),
            command: commandLine(path, options),
            codeVersion: codeVersion(),
            source: `market ${universe.name}`,
            quality: qualityOf(universe),
            settings: config,
            lookAhead: run.lookAhead,
            warnings: scaling.warnings,
          },
        });
        const folder = join(path, "backtests", id);
        if (stress === undefined || tested === undefined) {
          return showVerdict(terminal, judged, await writeReport(folder, judged), scaling);
        }
        const data = { ...judged, stress: { ...tested, events: tested.events.length, preset: stress, seed } };
        const page = await writeReport(folder, data);
        await writeFileWhole(join(folder, "stress.json"), JSON.stringify({ preset: stress, seed, ...tested }));
        showVerdict(terminal, data, page, scaling, stressSummary(stress, tested));
      }),
    );
}

/** What was typed, without what is the default. */
function commandLine(path: string, { latency: late, ...options }: BacktestOptions): string {
  const { market, from, until, finer, rejects, stress, seed, minConfidence } = options;
  const delay = late && ("milliseconds" in late ? `${late.milliseconds}ms` : `${late.bars}`);
  const given = {
    market,
    from,
    until,
    finer,
    latency: delay,
    rejects,
    stress,
    "min-confidence": minConfidence,
    seed: seed === 1 ? undefined : seed,
  };
  const flags = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [`--${name} ${value}`]));
  return ["ploutos backtest", path, ...flags].join(" ");
}

/** Defects of all instruments together, by kind. */
export function qualityOf({
  bars,
  instruments,
  timeframe,
}: Awaited<ReturnType<typeof openRun>>["universe"]): Record<string, number> {
  const sum: Record<string, number> = {};
  bars.forEach((series, i) => {
    const counts = defectCounts(checkQuality(series, { timeframe, calendar: instruments[i].calendar }));
    for (const [kind, count] of Object.entries(counts)) sum[kind] = (sum[kind] ?? 0) + count;
  });
  return sum;
}
