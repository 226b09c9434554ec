/** @file Runs a published protocol: our agents on several seeds, judged on its days. */
import { systemClock } from "#base/clock.ts";
import { splitByDate } from "#data/split.ts";
import type { Terminal } from "#cli/terminal.ts";
import { assess } from "#evaluation/assessment.ts";
import type { ReportData } from "#evaluation/report-data.ts";
import { walkForward } from "#evaluation/walk-forward.ts";
import { codeVersion } from "#training/code-version.ts";
import { experiment } from "#training/experiment.ts";
import { featureSpec, firstWindowRow } from "#features/pipeline.ts";
import type { Protocol, Reference } from "./protocol.ts";

export interface PublishedResult {
  readonly references: readonly Reference[];
  /** One report for each of our agents, in the protocol's order. */
  readonly reports: readonly ReportData[];
}

export interface PublishedOptions {
  readonly seeds: readonly number[];
  readonly workers: number;
  readonly command: string;
}

/** Trains and trades each agent of a protocol once for each seed, on one fold: its own days. */
export async function runProtocol(
  protocol: Protocol,
  { seeds, workers, command }: PublishedOptions,
  screen: Terminal,
): Promise<PublishedResult> {
  const references = await protocol.references();
  const universe = await protocol.universe();
  const parts = splitByDate(universe.openTime, protocol.split, protocol.borders);
  const reports: ReportData[] = [];
  for (const [name, input] of Object.entries(protocol.agents)) {
    const settings = experiment(input);
    const firstBar = firstWindowRow(featureSpec(settings.featureSet, universe, settings.lookbackBars));
    const train = { from: Math.max(firstBar, parts.train.from), to: parts.train.to };
    const folds = [{ ...parts, train, index: 0 }];
    const bar = screen.progress(`${protocol.name}, ${name}`, seeds.length * settings.transitions);
    const result = await walkForward({
      universe,
      settings,
      folds,
      seeds,
      workers,
      onProgress: ({ stepsDone }) => bar.update(stepsDone),
    }).finally(() => bar.stop());
    const { costs, account: rules, rebalanceBand, capital } = settings;
    const judging = screen.progress(`${protocol.name}, ${name}: baselines`, 1);
    const report = await assess({
      onProgress: (done, total) => judging.update(done / total),
      setting: { universe, from: result.from, to: result.to, costs, rules, sizing: { rebalanceBand }, capital },
      agent: { name, runs: result.runs, seeds },
      folds,
      inSample: false,
      seed: settings.seed,
      about: {
        runId: `${protocol.name}-${name}`.toLowerCase().replaceAll(" ", "-"),
        createdAt: systemClock.now(),
        command,
        codeVersion: codeVersion(),
        source: protocol.title,
        quality: {},
        settings: { ...settings },
        warnings: protocol.differs,
      },
    }).finally(() => judging.stop());
    reports.push(report);
  }
  return { references, reports };
}
