/** @file Everything that can be asked of a run on its test bars, from an opened run to a report: of `evaluate` and of `vault open`. */
import { join } from "node:path";
import { systemClock } from "#base/clock.ts";
import { assess } from "#evaluation/assessment.ts";
import type { Candidate } from "#evaluation/candidate.ts";
import { examine } from "#evaluation/examination.ts";
import type { StressPresetName } from "#market/stress/presets.ts";
import { writeFileWhole } from "#storage/atomic-file.ts";
import { typed } from "./command.ts";
import { showVerdict, writeReport } from "./judged.ts";
import { projectOf } from "./project.ts";
import { runId } from "./run-id.ts";
import { stressCopies, stressSummary } from "./stress-summary.ts";
import type { Terminal } from "./terminal.ts";
import type { Rival, TestedRun, TestOptions } from "./tested-run.ts";
import { aboutRun, rewardOfRun, tradedOnce } from "./tested-run.ts";
import { overlapsTraining, verificationOf } from "./trained-run.ts";

export interface EvaluationOptions extends TestOptions {
  readonly stress: StressPresetName;
  readonly copies: number;
  /** Random agents. */
  readonly random: number;
}

/** Trades the run and its rivals as often as it takes, writes the report into the run's folder and shows the verdict. */
export async function evaluateRun(
  path: string,
  tested: TestedRun,
  options: EvaluationOptions,
  terminal: Terminal,
  { rivals = [], opened = false }: { readonly rivals?: readonly Rival[]; readonly opened?: boolean },
): Promise<void> {
  const { seed, stress, random } = options;
  const { run, setting, candidate, scaling } = tested;
  await run.policy.dispose();
  const result = await tradedOnce(tested, options);
  const id = runId(systemClock, opened ? "vault" : "evaluation");
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
    ...projectOf(options, setting, opened),
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
}
