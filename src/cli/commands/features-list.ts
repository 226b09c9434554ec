/** @file `ploutos features list`: the feature sets, and what is said of each feature; counts and warm-ups are computed. */
import type { Command } from "commander";
import { Failure } from "#base/failure.ts";
import type { Timeframe } from "#domain/bar.ts";
import { timeframeMs } from "#domain/bar.ts";
import type { CalendarName } from "#domain/instrument.ts";
import { calendarNames } from "#domain/instrument.ts";
import type { Feature, FeatureContext } from "#features/feature.ts";
import { canBeMadeOf, columnNames, measuredNeeds } from "#features/feature.ts";
import type { FeatureSetName } from "#features/feature-set.ts";
import { featureSets } from "#features/feature-set.ts";
import type { CommonOptions } from "../command.ts";
import { action, command } from "../command.ts";
import { table } from "../terminal.ts";

interface ListOptions extends CommonOptions {
  readonly set?: string;
  readonly timeframe: string;
  readonly calendar: string;
}

export function featuresListCommand(): Command {
  return command(
    "list",
    "Lists the feature sets, or the features of one: name, formula, group, warm-up, range, source.",
    "ploutos features list --set ploutos-v3 --timeframe 1h",
  )
    .option("--set <name>", "features of this set")
    .option("--timeframe <length>", "length of the bars, which some warm-ups depend on", "1d")
    .option("--calendar <name>", "calendar of the bars, which some warm-ups depend on", "us-equities")
    .action(
      action<ListOptions>(async ({ options, terminal }) => {
        const timeframe = oneOf("timeframe", options.timeframe, Object.keys(timeframeMs) as Timeframe[]);
        const calendar = oneOf<CalendarName>("calendar", options.calendar, calendarNames);
        const contextOf = (name: FeatureSetName): FeatureContext => ({
          timeframe: barsFor(featureSets[name], timeframe),
          instrument: { symbol: "X", calendar, measured: measuredNeeds(featureSets[name]) },
        });
        const names = Object.keys(featureSets) as FeatureSetName[];
        if (options.set === undefined) {
          const sets = names.map((name) => summary(name, contextOf(name)));
          const rows = sets.map((set) => [
            set.set,
            `${set.features}`,
            `${set.columns}`,
            `${set.warmUpBars} of ${set.bars}`,
            set.needs,
          ]);
          terminal.result({ sets }, table(["set", "features", "columns", "warm-up bars", "needs"], rows));
          return;
        }
        const name = oneOf("set", options.set, names);
        const features = featureSets[name].map((feature) => described(feature, contextOf(name)));
        const all = summary(name, contextOf(name));
        terminal.result({ ...all, list: features }, shown(all, features));
      }),
    );
}

function oneOf<Value extends string>(option: string, value: string, list: readonly Value[]): Value {
  const found = list.find((allowed) => allowed === value);
  if (found !== undefined) return found;
  throw new Failure("cli/bad-option", `--${option} is ${value}, and must be one of ${list.join(", ")}`);
}

/** These bars, or where they are too long for a set, the longest of which it can be made. */
function barsFor(set: readonly Feature[], timeframe: Timeframe): Timeframe {
  return set.find((feature) => !canBeMadeOf(feature, timeframe))?.longestBars ?? timeframe;
}

/** What is said of a feature, its columns and warm-up computed. */
function described(feature: Feature, context: FeatureContext) {
  const { name, group, formula, range, source, needs } = feature;
  const columns = columnNames(feature, context);
  return { name, group, formula, range, source, needs, columns, warmUpBars: feature.create(context).warmUpBars };
}

function summary(name: FeatureSetName, context: FeatureContext) {
  const features = featureSets[name].map((feature) => described(feature, context));
  return {
    set: name,
    features: features.length,
    columns: features.reduce((total, { columns }) => total + columns.length, 0),
    warmUpBars: Math.max(...features.map(({ warmUpBars }) => warmUpBars)),
    needs: needsOf(featureSets[name]),
    bars: context.timeframe,
  };
}

/** What a set cannot do without, in words. */
function needsOf(set: readonly Feature[]): string {
  const sources = new Set(set.flatMap(({ needs }) => sourceOf(needs) ?? []));
  const longest = set.find(({ longestBars }) => longestBars !== undefined)?.longestBars;
  return [...sources, ...(longest === undefined ? [] : [`bars of ${longest} or shorter`])].join(", ");
}

function sourceOf(needs: Feature["needs"]): string | undefined {
  return typeof needs === "object" ? needs.from : needs;
}

/** What a feature needs, in words. */
function needed(needs: Feature["needs"]): string {
  if (needs === undefined) return "";
  return `, needs ${needs === "volume" ? needs : `${needs.measured.join(", ")} from ${needs.from}`}`;
}

/** One block a feature: formulas are too long for a table. */
function shown(all: ReturnType<typeof summary>, features: readonly ReturnType<typeof described>[]): string {
  const blocks = features.map(({ name, group, formula, range, source, needs, columns, warmUpBars }) => {
    const width = `${columns.length} column${columns.length === 1 ? "" : "s"}`;
    return [
      `${name} (${group}, ${width}, known from bar ${warmUpBars} on${needed(needs)})`,
      `  ${formula}`,
      `  range: ${range}; source: ${source}`,
    ].join("\n");
  });
  const head = `${all.set}: ${all.features} features in ${all.columns} columns, known from bar ${all.warmUpBars} of ${all.bars} on`;
  return [head, ...blocks].join("\n\n");
}
