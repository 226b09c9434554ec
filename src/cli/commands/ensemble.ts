/** @file `ploutos ensemble`: several trained runs that decide together. */
import type { Command } from "commander";
import { Option } from "commander";
import { join } from "node:path";
import { systemClock } from "#base/clock.ts";
import { Failure } from "#base/failure.ts";
import type { CommonOptions } from "../command.ts";
import { action, command } from "../command.ts";
import { barsOfModel, trainingOf } from "../counted-trials.ts";
import type { Weighting } from "../ensemble-run.ts";
import { agentOfEnsemble, makeEnsemble, storedMembers, weightings } from "../ensemble-run.ts";
import type { CountingOptions } from "../project.ts";
import { countTrials, expectCountable, withCounting } from "../project.ts";
import { runId } from "../run-id.ts";
import { fixed, table } from "../terminal.ts";

interface EnsembleOptions extends CommonOptions, CountingOptions {
  readonly rule: "vote" | "mean";
  readonly weights: Weighting;
  readonly out?: string;
}

export function ensembleCommand(): Command {
  return withCounting(
    command(
      "ensemble <runs...>",
      "Makes one agent of several that were trained alike but for their seed or algorithm. Backtest and paper trade it like a run.",
      "ploutos ensemble runs/seed-1 runs/seed-2 runs/seed-3 --weights sharpe --out runs/three\nploutos backtest runs/three",
    ),
  )
    .addOption(
      new Option("--rule <name>", "vote: what most of them want; mean: the mean of the weights that they want")
        .choices(["vote", "mean"])
        .default("vote"),
    )
    .addOption(
      new Option("--weights <name>", "how much each counts: equal, or by its Sharpe ratio on the validation span")
        .choices(weightings)
        .default("equal"),
    )
    .option("--out <folder>", "folder of the ensemble (default: runs/<id>)")
    .action(
      action<EnsembleOptions>(async ({ options, terminal, args: runs }) => {
        const { rule, weights, out } = options;
        if (runs.length < 2) throw new Failure("cli/bad-option", "an ensemble takes two runs or more");
        const path = out ?? join("runs", runId(systemClock, "ensemble"));
        expectCountable(options);
        const made = await makeEnsemble(path, runs, { rule, weighting: weights });
        const members = await storedMembers(path);
        const agent = agentOfEnsemble(
          made,
          members.map(({ tried }) => tried),
        );
        countTrials(options, [trainingOf(agent, latestBars(members))]);
        const rows = made.members.map(({ from, weight }) => [from, fixed(weight, 3)]);
        const text = [
          table(["member", "weight"], rows),
          `${runs.length} agents decide by ${rule} in ${path}`,
          `Now judge it on bars that none of them has seen: ploutos backtest ${path}`,
        ];
        terminal.result({ path, ...made }, text.join("\n"));
      }),
    );
}

/** The bars that the member knows which knows the latest. */
function latestBars(members: Awaited<ReturnType<typeof storedMembers>>): ReturnType<typeof barsOfModel> {
  const [latest] = members.toSorted((one, other) => other.manifest.trained.until - one.manifest.trained.until);
  return barsOfModel(latest.config.market, latest.manifest);
}
