/** @file `ploutos importance`: what a trained agent looks at, and why it decided as it did on one day. */
import type { Command } from "commander";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "#base/clock.ts";
import { createRng } from "#base/rng.ts";
import { Failure } from "#base/failure.ts";
import { annualisation } from "#evaluation/annualisation.ts";
import { watchedPolicy } from "#evaluation/decision-log.ts";
import type { Traded } from "#evaluation/importance.ts";
import { featureUnits, importanceFolds, permutationImportance } from "#evaluation/importance.ts";
import { simpleReturns } from "#evaluation/metrics.ts";
import { sensitivities } from "#evaluation/sensitivity.ts";
import type { FeatureTable } from "#features/pipeline.ts";
import type { SeenDecision } from "#policy/integrated-gradients.ts";
import type { Decision, Observation } from "#policy/policy.ts";
import { writeFilesWhole } from "#storage/atomic-file.ts";
import { action, command, count, typed } from "../command.ts";
import { explainedDecision } from "../decision-reasons.ts";
import type { UnitImportance } from "../importance-page.ts";
import { importancePage } from "../importance-page.ts";
import { runId } from "../run-id.ts";
import type { RunPreferences } from "../run-preferences.ts";
import { runPreferences } from "../run-preferences.ts";
import type { Terminal } from "../terminal.ts";
import { day, fixed, percent, table } from "../terminal.ts";
import type { TestedRun, TestOptions } from "../tested-run.ts";
import { countLook, openTestedRun, tradeSeeing, withTestOptions } from "../tested-run.ts";

interface ImportanceOptions extends TestOptions {
  readonly repeats: number;
  readonly folds: number;
  readonly at?: string;
  readonly symbol?: string;
}

export function importanceCommand(): Command {
  return withTestOptions(
    command(
      "importance <run>",
      "Says what a trained agent loses where it sees a feature, or a group of them, at other times; with --at, why it decided as it did on one day.",
      "ploutos importance runs/first\nploutos importance runs/first --at 2019-03-05",
    ),
  )
    .option("--repeats <number>", "times that each feature is moved", count, 10)
    .option("--folds <number>", "stretches of the tested bars that features are moved within", count, 4)
    .option(
      "--at <time>",
      "explain the decision at the close of this day's first bar, or of the bar of 2019-03-05T14:30 (UTC)",
    )
    .option("--symbol <name>", "with --at: the instrument (default: the first of the market)")
    .action(
      action<ImportanceOptions>(async ({ options, terminal, args: [path] }) => {
        const tested = await openTestedRun(path, options);
        await tested.run.policy.dispose();
        const known = await runPreferences(path, tested.run);
        try {
          if (options.at !== undefined)
            await explainedDecision(path, tested, known, { ...options, at: options.at }, terminal);
          else await importances(path, tested, known, options, terminal);
        } finally {
          if (typeof known !== "string") await known.dispose();
        }
      }),
    );
}

/** Fewer bars in a stretch have nowhere to be moved to. */
const leastFoldBars = 60;
/** Decisions that are kept for the action sensitivity. */
const sampledDecisions = 250;

async function importances(
  path: string,
  tested: TestedRun,
  known: RunPreferences | string,
  options: ImportanceOptions,
  terminal: Terminal,
): Promise<void> {
  const { run, setting, table: seen } = tested;
  const { repeats, folds: stretches, seed } = options;
  const { from, to, universe } = setting;
  if ((to - from) / stretches < leastFoldBars) {
    const found = `${to - from} tested bars in ${stretches} stretches; each needs ${leastFoldBars}, fewer --folds may do`;
    throw new Failure("data/not-enough-bars", found);
  }
  const units = featureUnits(run.spec);
  const sampled: Observation[] = [];
  const step = Math.ceil((to - from) / sampledDecisions);
  let isFirst = true;
  const trade = async (shownTable: FeatureTable): Promise<Traded> => {
    const decisions: Decision[] = [];
    const keep = isFirst;
    isFirst = false;
    const traded = await tradeSeeing(run, shownTable, setting, (policy) =>
      watchedPolicy(policy, (observation, decision, nth) => {
        decisions.push(decision);
        if (keep && nth % step === 0) sampled.push(copied(observation));
      }),
    );
    if (keep) countLook(tested, options, traded);
    return { returns: simpleReturns(traded.curve.equity), decisions };
  };
  const bar = terminal.progress("trading without each feature", 1);
  const found = await permutationImportance({
    table: seen,
    units,
    folds: importanceFolds({ from, to }, run.spec.lookbackBars, stretches),
    repeats,
    barsPerYear: annualisation(universe).barsPerYear,
    rng: createRng(seed, "importance"),
    trade,
    onProgress: (done, total, unit) => bar.update(done / total, unit),
  }).finally(() => bar.stop());
  const moves = typeof known === "string" ? undefined : await moved(known, sampled, tested, units);
  const all = found
    .map((each, at): UnitImportance => ({ ...each, sensitivity: moves?.[at] }))
    .toSorted((a, b) => b.sharpe.estimate - a.sharpe.estimate);
  const notes = typeof known === "string" ? [known] : [];
  const about = { from: universe.openTime[from], until: universe.openTime[to - 1] };
  const id = runId(systemClock, "importance");
  const [page, file] = ["html", "json"].map((kind) => join(path, "importance", `${id}.${kind}`));
  const values = {
    ...about,
    command: typed(),
    repeats,
    folds: stretches,
    units: all.map(({ unit: { kind, name }, ...rest }) => ({ kind, name, ...rest })),
    notes,
  };
  const drawn = importancePage({
    title: `What ${run.name} looks at`,
    kicker: `${run.spec.set} on ${universe.name}, ${day(about.from)} to ${day(about.until)}.`,
    createdAt: systemClock.now(),
    units: all,
    repeats,
    folds: stretches,
    notes,
  });
  await mkdir(join(path, "importance"), { recursive: true });
  await writeFilesWhole([
    { path: file, write: JSON.stringify(values) },
    { path: page, write: drawn },
  ]);
  terminal.result({ ...values, page, file }, shown(all, notes, page));
}

function copied({ bars, market, account, legal }: Observation): Observation {
  const own = { bars, market: market.slice(), account: account.slice() };
  return legal === undefined ? own : { ...own, legal: legal.slice() };
}

async function moved(
  known: RunPreferences,
  sampled: readonly Observation[],
  { setting, table: seen }: TestedRun,
  units: ReturnType<typeof featureUnits>,
): Promise<Float64Array> {
  const decisions: SeenDecision[] = [];
  for (const observation of sampled) decisions.push(await known.seen(observation));
  return sensitivities(known, decisions, units, seen, setting);
}

/** Features that the terminal shows; the page has all. */
const shownFeatures = 20;

function shown(units: readonly UnitImportance[], notes: readonly string[], page: string): string {
  const rows = (kind: string): string[][] =>
    units
      .filter(({ unit }) => unit.kind === kind)
      .map(({ unit, sharpe, meanReturn, changed, sensitivity }) => [
        unit.name,
        fixed(sharpe.estimate),
        `${fixed(sharpe.lower)} … ${fixed(sharpe.upper)}`,
        percent(meanReturn.estimate),
        percent(changed.estimate, 0),
        fixed(sensitivity, 3),
      ]);
  const head = ["Sharpe lost", "95 % interval", "a year lost", "decisions changed", "moves by"];
  const features = rows("feature");
  return [
    table(["group", ...head], rows("group")),
    table(["feature", ...head], features.slice(0, shownFeatures)),
    ...(features.length > shownFeatures ? [`${features.length - shownFeatures} more features are on the page.`] : []),
    "Lost: what the agent earned less than it did where it saw this at other times. Of 20 intervals one lies beside 0 by chance.",
    ...notes,
    `Page: ${page}`,
  ].join("\n");
}
