/** @file `ploutos stop`: asks the process that trains a run, wherever it was started, to end with a checkpoint. */
import type { Command } from "commander";
import { setTimeout } from "node:timers/promises";
import { isLocked } from "#storage/file-lock.ts";
import { runLockPath } from "#training/run-folder.ts";
import { askToStop, runStatus } from "#training/run-status.ts";
import type { CommonOptions } from "../command.ts";
import { action, command } from "../command.ts";
import { shownWhile, steps } from "../terminal.ts";

interface StopOptions extends CommonOptions {
  readonly wait: boolean;
}

/** Between two looks whether it has let go. */
const everyMs = 200;

export function stopCommand(): Command {
  return command(
    "stop <run>",
    "Asks a training, also one in the background, to save a checkpoint after the update or round under way and end; waits until it has.",
    "ploutos stop runs/first\nploutos train --resume --out runs/first",
  )
    .option("--no-wait", "return at once; `ploutos status` says when it has stopped")
    .action(
      action<StopOptions>(async ({ options, terminal, args: [path] }) => {
        await askToStop(path);
        if (!options.wait) {
          return terminal.result({ path, stopAsked: true }, `${path} stops after the update under way.`);
        }
        await shownWhile(terminal, "stopping", async () => {
          while (isLocked(runLockPath(path))) await setTimeout(everyMs);
        });
        const status = await runStatus(path);
        const { state, begunBy, counts, transitions = 0 } = status;
        const text =
          state === "stopped"
            ? `Stopped after ${steps(transitions)} ${counts}. Go on with: ploutos ${begunBy} --resume --out ${path}`
            : `${path} has ended before it could be stopped: ploutos status ${path} says how.`;
        terminal.result(status, text);
      }),
    );
}
