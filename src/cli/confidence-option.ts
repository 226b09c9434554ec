/** @file How far a model can be believed, in a line; and `--min-confidence` of `backtest` and `paper`: nothing is opened unless it is sure enough. */
import { Option } from "commander";
import { Failure } from "#base/failure.ts";
import { confident } from "#policy/confident.ts";
import type { ModelManifest } from "#storage/model-store.ts";
import { share } from "./command.ts";
import { percent } from "./terminal.ts";
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
  const { confidence, decision } = run.manifest;
  if (confidence === undefined) {
    const why =
      decision?.objective === "squared-error"
        ? "its trees foretell returns, not classes, and have no probability that could be held against what came; boosting.threshold says how large a return must be"
        : "it decided less than 30 times on its validation span, has no probabilities, or is of an older version";
    throw new Failure("cli/bad-option", `--min-confidence: the model does not know how far it can be believed: ${why}`);
  }
  const { policy, fresh } = run;
  return { ...run, policy: confident(policy, least), fresh: async (before) => confident(await fresh(before), least) };
}

/** The reliability curve in a line: how sure it was beside how often that was right. */
export function confidenceLines(found: ModelManifest["confidence"]): string[] {
  if (found === undefined) return [];
  const { decisions, of, error, reliability, mended, method } = found;
  const ends = [reliability[0], reliability[reliability.length - 1]];
  const [least, most] = ends.map(
    ({ confidence, right }) => `${percent(confidence, 0)} sure, right ${percent(right, 0)}`,
  );
  return [
    `Confidence on the validation span: ${decisions.toLocaleString("en")} ${of === "votes" ? "votes for a direction" : "held choices"}, off by ${percent(error, 0)} on average (least ${least}; most ${most})${mended === undefined ? "" : `; after ${method} calibration off by ${percent(mended.error, 0)} on bars that it was not fitted on`}`,
  ];
}
