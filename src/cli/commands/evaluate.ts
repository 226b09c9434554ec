/** @file `ploutos evaluate`: everything that can be asked of a trained model on bars it has not seen. */
import type { Command } from "commander";
import { rivalNotes } from "#evaluation/boosted-rival.ts";
import { benchmarkCandidate } from "#evaluation/candidate.ts";
import { rivalNames } from "#evaluation/rival-names.ts";
import type { TreeName } from "#training/boosting-settings.ts";
import { action, command, wholeNumber } from "../command.ts";
import type { EvaluationOptions } from "../evaluation-job.ts";
import { evaluateRun } from "../evaluation-job.ts";
import { againstOption } from "../learner-settings.ts";
import { projectMarket } from "../project.ts";
import type { Terminal } from "../terminal.ts";
import type { Rival, TestedRun } from "../tested-run.ts";
import { openRival, openTestedRun, stressOption, trainedRival, withTestOptions } from "../tested-run.ts";

interface EvaluateOptions extends EvaluationOptions {
  readonly champion?: string;
  readonly benchmark?: string;
  readonly against?: readonly TreeName[];
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
    .addOption(againstOption())
    .addOption(stressOption("the stressed copies of the market that it is traded in").default("noise-20"))
    .option("--copies <number>", "stressed copies, each from a seed of its own", wholeNumber, 5)
    .option("--random <number>", "random agents of the same turnover", wholeNumber, 200)
    .action(
      action<EvaluateOptions>(async ({ options, terminal, args: [path] }) => {
        const tested = await openTestedRun(path, options);
        const rivals = await rivalsOf(tested, options, terminal);
        await evaluateRun(path, tested, options, terminal, { rivals });
      }),
    );
}

async function rivalsOf(tested: TestedRun, options: EvaluateOptions, terminal: Terminal): Promise<Rival[]> {
  const { champion, benchmark, against = [] } = options;
  const rivals: Rival[] = [];
  if (champion !== undefined) rivals.push(await openRival(champion, "previous champion", tested, options));
  if (benchmark !== undefined) {
    const { universe } = await projectMarket(benchmark, options);
    rivals.push({ candidate: benchmarkCandidate(universe, tested.setting), warnings: [] });
  }
  for (const kind of against) {
    const bar = terminal.progress(`training ${rivalNames[kind]}`, 1);
    const candidate = await trainedRival(kind, tested, (share) => bar.update(share)).finally(() => bar.stop());
    rivals.push({ candidate, warnings: rivalNotes(tested.run.config.experiment) });
  }
  return rivals;
}
