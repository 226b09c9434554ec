/** @file `ploutos trials`: everything that a project tried, as its reports count it. */
import type { Command } from "commander";
import { dayOf } from "#domain/day.ts";
import type { CountedTrial } from "#domain/trial.ts";
import { moments, sharpe } from "#evaluation/metrics.ts";
import type { ReportTrials } from "#evaluation/trial-count.ts";
import { trialCount } from "#evaluation/trial-count.ts";
import { readTrials, readVault } from "#storage/trial-ledger.ts";
import type { CommonOptions } from "../command.ts";
import { action, command } from "../command.ts";
import { fixed, table } from "../terminal.ts";
import { vaultTable } from "../vault-table.ts";

interface TrialsOptions extends CommonOptions {
  readonly market?: string;
}

export function trialsCommand(): Command {
  return command(
    "trials",
    "Lists every training of a project and every look at test bars, and says how many trials they are.",
    "ploutos trials --market my-stocks\nploutos trials --json",
  )
    .option("--market <name>", "those on one market alone")
    .action(
      action<TrialsOptions>(async ({ options, terminal }) => {
        const { ledger, market } = options;
        const trials = readTrials(ledger).filter((trial) => market === undefined || trial.market === market);
        const vault = readVault(ledger);
        const counted = trialCount(trials);
        const values = { ledger, market, counted, trials: trials.map(told), vault };
        const text =
          counted === undefined
            ? [`${ledger} counts no trial${market === undefined ? "" : ` on ${market}`} yet.`]
            : [listed(trials), described(counted)];
        terminal.result(values, [...text, vaultTable(vault)].join("\n"));
      }),
    );
}

function sharpeOf({ returns }: CountedTrial): number | undefined {
  return moments(returns).deviation > 0 ? sharpe(returns, 1) : undefined;
}

function told(trial: CountedTrial): object {
  const { settings, returns, from, until, sightings, ...rest } = trial;
  const days = { from: dayOf(from), until: dayOf(until), bars: returns.length };
  return { ...rest, settings: asJson(settings), ...days, sharpe: sharpeOf(trial), sightings };
}

function asJson(settings: string): unknown {
  return settings === "" ? undefined : JSON.parse(settings);
}

function listed(trials: readonly CountedTrial[]): string {
  const rows = trials.map((trial) => [
    dayOf(trial.sightings[0].at),
    trial.kind,
    trial.agent,
    `${trial.seed}`,
    trial.configHash.slice(0, 8),
    trial.market,
    `${dayOf(trial.from)} … ${dayOf(trial.until)}`,
    fixed(sharpeOf(trial), 4),
    `${trial.sightings.length}`,
  ]);
  return table(["first", "what", "agent", "seed", "settings", "market", "bars", "Sharpe a bar", "times"], rows, 7);
}

function described({ count, effective = count, variance, trainings, looks }: ReportTrials): string {
  return table(
    ["", ""],
    [
      ["trials: looks, and agents that nobody looked at", `${count}`],
      ["of them no copies of each other", `${effective}`],
      ["variance of their Sharpe ratios a bar", variance === undefined ? "–" : variance.toPrecision(4)],
      ["trainings", `${trainings}`],
      ["looks at test bars", `${looks}`],
    ],
  );
}
