/** @file `ploutos evaluate`: everything that can be asked of a trained model on bars it has not seen. */
import type { Command } from "commander";
import { join } from "node:path";
import { systemClock } from "#base/clock.ts";
import { assess } from "#evaluation/assessment.ts";
import type { Candidate } from "#evaluation/candidate.ts";
import { benchmarkCandidate } from "#evaluation/candidate.ts";
import { examine } from "#evaluation/examination.ts";
import type { StressPresetName } from "#market/stress/presets.ts";
import { writeFileWhole } from "#storage/atomic-file.ts";
import { openBarStore } from "#storage/bar-store.ts";
import { action, command, typed, wholeNumber } from "../command.ts";
import { showVerdict, writeReport } from "../judged.ts";
import { runId } from "../run-id.ts";
import { stressCopies, stressSummary } from "../stress-summary.ts";
import type { Rival, TestedRun, TestOptions } from "../tested-run.ts";
import { aboutRun, openRival, openTestedRun, rewardOfRun, stressOption, withTestOptions } from "../tested-run.ts";
import { overlapsTraining, verificationOf } from "../trained-run.ts";

interface EvaluateOptions extends TestOptions {
  readonly champion?: string;
  readonly benchmark?: string;
  readonly stress: StressPresetName;
  readonly copies: number;
  readonly random: number;
}

export function evaluateCommand(): Command {
  return withTestOptions(
    command(
      "evaluate <run>",
      "Judges a trained run on bars it has not seen, and trades it again at other costs, late, with more capital and under stress.",
      "ploutos evaluate runs/second --champion runs/first --benchmark sp500",
    ),
  )
    .option("--champion <run>", "a run that it must beat, too: what trades today")
    .option("--benchmark <market>", "an imported market that it must beat by buy and hold, e.g. an index")
    .addOption(stressOption("the stressed copies of the market that it is traded in").default("noise-20"))
    .option("--copies <number>", "stressed copies, each from a seed of its own", wholeNumber, 5)
    .option("--random <number>", "random agents of the same turnover", wholeNumber, 200)
    .action(
      action<EvaluateOptions>(async ({ options, terminal, args: [path] }) => {
        const { seed, stress, random } = options;
        const tested = await openTestedRun(path, options);
        const { run, setting, candidate, scaling } = tested;
        await run.policy.dispose();
        const rivals = await rivalsOf(tested, options);
        const result = await candidate.trade(setting);
        const id = runId(systemClock, "evaluation");
        const about = aboutRun(tested, id, typed());
        const judging = terminal.progress("trading the baselines", 1);
        const judged = await assess({
          setting,
          agent: { name: run.name, runs: [result], seeds: [run.config.experiment.seed] },
          folds: [],
          inSample: overlapsTraining(run),
          seed,
          rivals: rivals.map((rival) => rival.candidate),
          randomAgents: Math.max(1, random),
          onProgress: (done, total) => judging.update(done / total),
          about: { ...about, warnings: [...about.warnings, ...rivals.flatMap(({ warnings }) => warnings)] },
        }).finally(() => judging.stop());
        const asking = terminal.progress("trading at other costs, late and with more capital", 1);
        const examination = await examine({
          setting,
          runs: [result],
          candidates: [candidate],
          rivals: rivals.map((rival): Candidate => rival.candidate),
          report: judged,
          reward: rewardOfRun(run),
          onProgress: (done, total) => asking.update(done / total),
        }).finally(() => asking.stop());
        const { told, kept } = await stressCopies(tested, result, { preset: stress, ...options }, terminal);
        const data = { ...judged, ...examination, ...verificationOf(run), stress: told };
        const folder = join(path, "evaluations", id);
        const page = await writeReport(folder, data);
        await writeFileWhole(join(folder, "stress.json"), JSON.stringify({ preset: stress, seed, ...kept }));
        const summary = stressSummary(stress, kept);
        const values = { ...examination, ...summary.values };
        showVerdict(terminal, data, page, scaling, { values, text: summary.text });
      }),
    );
}

async function rivalsOf(tested: TestedRun, options: EvaluateOptions): Promise<Rival[]> {
  const { champion, benchmark, store } = options;
  const rivals: Rival[] = [];
  if (champion !== undefined) rivals.push(await openRival(champion, "previous champion", tested, options));
  if (benchmark !== undefined) {
    const market = await openBarStore(store).load(benchmark);
    rivals.push({ candidate: benchmarkCandidate(market, tested.setting), warnings: [] });
  }
  return rivals;
}
