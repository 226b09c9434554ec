/** @file `ploutos features analyse`: what the training fold says of its features, as text, as JSON and as a page. */
import type { Command } from "commander";
import { systemClock } from "#base/clock.ts";
import { Failure } from "#base/failure.ts";
import { barRange } from "#data/split.ts";
import type { Universe } from "#domain/universe.ts";
import { sliceUniverse } from "#domain/universe.ts";
import type { AnalysedFeature, FeatureAnalysis } from "#features/analysis/feature-analysis.ts";
import { analyseFeatures } from "#features/analysis/feature-analysis.ts";
import type { TrainingTable } from "#features/analysis/training-table.ts";
import type { FeatureSetName } from "#features/feature-set.ts";
import { featureSets } from "#features/feature-set.ts";
import { featureColumns, featureNames, featureSpec, warmUpBars } from "#features/pipeline.ts";
import type { UserFeature } from "#features/user-feature.ts";
import { checkUserFeature } from "#features/user-feature.ts";
import { writeFileWhole } from "#storage/atomic-file.ts";
import { loadFeature, readFeatureFile } from "#training/feature-files.ts";
import { analysisPage } from "../analysis-page.ts";
import type { CommonOptions } from "../command.ts";
import { action, command, isoDay, positiveNumber } from "../command.ts";
import { projectMarket } from "../project.ts";
import { day, fixed, table } from "../terminal.ts";

interface AnalyseOptions extends CommonOptions {
  readonly market: string;
  readonly set: string;
  readonly from?: string;
  readonly until: string;
  readonly symbol?: string;
  readonly threshold: number;
  readonly featureFile?: string;
  readonly out?: string;
}

export function featuresAnalyseCommand(): Command {
  return command(
    "analyse",
    "Analyses features on the training fold: which repeat each other, tell of the next return, or drift.",
    "ploutos features analyse --market my-stocks --until 2019-12-31 --out features.html",
  )
    .requiredOption("--market <name>", "an imported market")
    .requiredOption("--until <day>", "last day of the training fold; nothing later is looked at", isoDay)
    .option("--from <day>", "first day of the training fold", isoDay)
    .option("--set <name>", "a feature set, as `features list` shows them", "first-light")
    .option("--symbol <name>", "instrument to analyse (default: the first of the market)")
    .option("--threshold <number>", "correlation from which on features count as one group", positiveNumber, 0.9)
    .option("--feature-file <file>", "a feature of your own, checked first and analysed beside the set")
    .option("--out <file>", "write a page as well")
    .action(
      action<AnalyseOptions>(async ({ options, terminal }) => {
        const { universe } = await projectMarket(options.market, options, options);
        const own =
          options.featureFile === undefined ? undefined : await loadFeature(await readFeatureFile(options.featureFile));
        const one = onlyInstrument(universe, options.symbol);
        const { from, to } = barRange(universe.openTime, options);
        const fold = sliceUniverse(one, 0, to);
        const training = trainingTable(fold, setNamed(options.set), from, own);
        const analysis = analyseFeatures(training, options.threshold);
        const about = {
          market: options.market,
          symbol: one.instruments[0].symbol,
          set: options.set,
          from: fold.openTime[training.fromRow],
          until: fold.openTime[to - 1],
        };
        if (options.out !== undefined) {
          const page = analysisPage({ ...about, analysis, createdAt: systemClock.now() });
          await writeFileWhole(options.out, page);
        }
        const { correlations, ...rest } = analysis;
        terminal.result(
          { ...about, ...rest, correlations: [...correlations], page: options.out },
          shown(about, analysis),
        );
      }),
    );
}

function setNamed(name: string): FeatureSetName {
  if (Object.hasOwn(featureSets, name)) return name as FeatureSetName;
  throw new Failure("cli/bad-option", `--set is ${name}, and must be one of ${Object.keys(featureSets).join(", ")}`);
}

function onlyInstrument(universe: Universe, symbol: string | undefined): Universe {
  const symbols = universe.instruments.map((instrument) => instrument.symbol);
  const at = symbol === undefined ? 0 : symbols.indexOf(symbol);
  if (at < 0)
    throw new Failure("cli/bad-option", `--symbol is ${symbol}, and ${universe.name} has ${symbols.join(", ")}`);
  return { ...universe, instruments: [universe.instruments[at]], bars: [universe.bars[at]] };
}

/** The set's features of one instrument, and the user's own beside them, from the first row on which all are known. */
function trainingTable(fold: Universe, set: FeatureSetName, from: number, own: UserFeature | undefined): TrainingTable {
  const spec = featureSpec(set, fold, 1);
  const { symbol } = fold.instruments[0];
  const names = featureNames(spec).map((name) => name.slice(symbol.length + 1));
  const ofSet = { features: names, columns: featureColumns(spec, fold) };
  const { close } = fold.bars[0];
  const toRow = close.length;
  const warm = Math.max(from, warmUpBars(spec) - 1);
  if (own === undefined) return { ...ofSet, close, fromRow: Math.min(warm, toRow), toRow };
  checkUserFeature(own, { [symbol]: fold.bars[0] });
  const fromRow = Math.min(Math.max(warm, own.warmUpBars - 1), toRow);
  return { ...beside(ofSet, own, own.columns(fold.bars[0])), close, fromRow, toRow };
}

interface Columns {
  readonly features: readonly string[];
  readonly columns: Float64Array;
}

function beside(set: Columns, { name, outputs }: UserFeature, numbers: Float64Array): Columns {
  const [left, right] = [set.features.length, outputs.length];
  const width = left + right;
  const rows = numbers.length / right;
  const columns = new Float64Array(rows * width);
  for (let t = 0; t < rows; t++) {
    columns.set(set.columns.subarray(t * left, (t + 1) * left), t * width);
    columns.set(numbers.subarray(t * right, (t + 1) * right), t * width + left);
  }
  const own = outputs.map((output) => (right === 1 ? name : `${name}.${output}`));
  return { features: [...set.features, ...own], columns };
}

function shown(
  {
    market,
    symbol,
    set,
    from,
    until,
  }: Readonly<Record<"market" | "symbol" | "set", string>> & { from: number; until: number },
  { rows, features, clusters, threshold }: FeatureAnalysis,
): string {
  const told = ({ information }: AnalysedFeature): number => information.correctedNats;
  const lines = features
    .toSorted((a, b) => told(b) - told(a))
    .map((one) => [one.feature, fixed(1000 * told(one)), fixed(one.worstStability)]);
  const bias = Math.max(...features.map(({ information }) => information.biasNats));
  return [
    `${set} on ${symbol} of ${market}, ${day(from)} to ${day(until)}: ${rows} bars, ${features.length} columns`,
    table(["feature", "tells of the next return (mnat)", "drift (PSI)"], lines),
    `Information is less its bias, up to ${fixed(1000 * bias)} mnat: numbers as small as that are noise. PSI above 0.25 is a shift.`,
    ...(clusters.length === 0 ? [`No two features correlate by ${threshold} or more.`] : []),
    ...clusters.map((names) => `One group by correlation of ${threshold} or more: ${names.join(", ")}`),
  ].join("\n");
}
