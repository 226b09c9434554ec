/** @file `--min-confidence` of `backtest` and `paper`: a policy that opens nothing unless it is sure enough. */
import { Option } from "commander";
import { Failure } from "#base/failure.ts";
import { confident } from "#policy/confident.ts";
import { share } from "./command.ts";
import type { TrainedRun } from "./trained-run.ts";

export function confidenceOption(): Option {
  return new Option(
    "--min-confidence <share>",
    "open and add only where such choices were right so often on the validation span, e.g. 0.55",
  ).argParser(share);
}

/**
 * The run with a policy that holds where it is not as sure as asked; as it is where nothing was asked.
 * @throws Failure cli/bad-option where the model acts in weights, or does not know its confidence
 */
export function sureEnough(run: TrainedRun, least: number | undefined): TrainedRun {
  if (least === undefined) return run;
  if (run.signals === undefined) {
    throw new Failure(
      "cli/bad-option",
      "--min-confidence is for agents that act in signals, and this one wants weights",
    );
  }
  if (run.manifest.confidence === undefined) {
    throw new Failure("cli/bad-option", "--min-confidence: the model does not know how far it can be believed");
  }
  const { policy, fresh } = run;
  return { ...run, policy: confident(policy, least), fresh: async (before) => confident(await fresh(before), least) };
}
