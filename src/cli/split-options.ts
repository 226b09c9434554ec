/** @file The options that say which bars are learned from and which are chosen by: what `train` and `boost` share. */
import type { Command } from "commander";
import { Failure } from "#base/failure.ts";
import type { DateRange } from "#data/split.ts";
import { splitPresets } from "#data/split.ts";
import type { RunConfig, RunParts } from "#training/run.ts";
import { runConfigSchema } from "#training/run.ts";
import type { Part } from "#training/run-split.ts";
import { isoDay, wholeNumber } from "./command.ts";

export interface SplitOptions {
  readonly from?: string;
  readonly until?: string;
  readonly split?: string;
  readonly validateFrom?: string;
  readonly purgeBars?: number;
  readonly embargoBars?: number;
}

export function withSplitOptions(command: Command): Command {
  return command
    .option("--from <day>", "first day to train on", isoDay)
    .option("--until <day>", "last day to train on; nothing later is looked at", isoDay)
    .option(
      "--split <name>",
      `a split by date that has a name, instead of --from and --until: ${describedSplits()}; ` +
        "backtest then trades its test part",
    )
    .option(
      "--validate-from <day>",
      "first day to choose the best parameters by (default: the last 15 % of the bars)",
      isoDay,
    )
    .option("--purge-bars <number>", "bars dropped at the end of training and of validation (default: 0)", wholeNumber)
    .option(
      "--embargo-bars <number>",
      "bars left out before validation and before what is tested (default: 21)",
      wholeNumber,
    );
}

/** The parts that were asked for; what was not is left to its default. */
export function splitAsked({ from, until, split, validateFrom, purgeBars, embargoBars }: SplitOptions): object {
  const parts = { from, until, split, validateFrom, purgeBars, embargoBars };
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined));
}

/**
 * The configuration of a run, checked.
 * @throws Failure config/invalid
 */
export function parsedConfig(config: unknown): RunConfig {
  const parsed = runConfigSchema.safeParse(config);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new Failure("config/invalid", issues.join("; "));
}

function describedSplits(): string {
  const days = ({ from, until }: DateRange): string => `${from} to ${until}`;
  return Object.entries(splitPresets)
    .map(([name, { train, validation, test }]) => `${name} (${days(train)}, ${days(validation)}, test ${days(test)})`)
    .join("; ");
}

/** One line for each part of the bars. */
export function describedParts({ train, validation }: RunParts, { purgeBars, embargoBars }: RunConfig): string {
  const line = (name: string, { from, until, bars }: Part): string =>
    `  ${name} ${from} to ${until}, ${bars.toLocaleString("en")} bars`;
  const borders = `  between them a purge of ${purgeBars} and an embargo of ${embargoBars} bars`;
  return [line("learns on  ", train), line("chooses by ", validation), borders].join("\n");
}
