/** @file `ploutos stress`: does a trained model survive a market that is worse than the recorded one? */
import type { Command } from "commander";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "#base/clock.ts";
import type { StressFigures } from "#evaluation/stress-test.ts";
import type { StressPresetName } from "#market/stress/presets.ts";
import { writeFileWhole } from "#storage/atomic-file.ts";
import { action, command, count, typed } from "../command.ts";
import { vaultMarksOf } from "../project.ts";
import { runId } from "../run-id.ts";
import { stressCopies, stressSummary } from "../stress-summary.ts";
import { fixed, percent, table } from "../terminal.ts";
import type { TestOptions } from "../tested-run.ts";
import { openTestedRun, stressOption, tradedOnce, withTestOptions } from "../tested-run.ts";

interface StressOptions extends TestOptions {
  readonly stress: StressPresetName;
  readonly copies: number;
}

export function stressCommand(): Command {
  return withTestOptions(
    command(
      "stress <run>",
      "Trades a trained run in stressed copies of the bars that it has not seen, and says whether it collapses.",
      "ploutos stress runs/first --copies 20",
    ),
  )
    .addOption(stressOption("what happens there").default("noise-20"))
    .option("--copies <number>", "stressed copies, each from a seed of its own", count, 10)
    .action(
      action<StressOptions>(async ({ options, terminal, args: [path] }) => {
        const { stress: preset, seed, copies } = options;
        const tested = await openTestedRun(path, options);
        await tested.run.policy.dispose();
        const calm = await tradedOnce(tested, options);
        const { told, kept } = await stressCopies(tested, calm, { preset, seed, copies }, terminal);
        const all = [{ seed, ...kept.stressed }, ...(told.copies ?? [])];
        const collapsed = all.filter(({ ruined }) => ruined).length;
        const folder = join(path, "stress");
        await mkdir(folder, { recursive: true });
        const file = join(folder, `${runId(systemClock, preset)}.json`);
        await writeFileWhole(file, JSON.stringify({ command: typed(), preset, seed, copies: all, ...kept }));
        const word = collapsed === 0 ? "NO COLLAPSE" : "COLLAPSE";
        const { values, text } = stressSummary(preset, kept);
        const said = `${word}: equity fell below half of what it began with in ${collapsed} of ${all.length} copies.`;
        const marks = vaultMarksOf(options);
        const lines = ["", text, "", copiesTable(all), "", said, ...marks, `Events: ${file}`];
        terminal.result({ word, collapsed, copies: all, file, vault: marks, ...values }, lines.join("\n"));
      }),
    );
}

function copiesTable(copies: readonly (StressFigures & { readonly seed: number })[]): string {
  return table(
    ["seed", "Sharpe", "drawdown", "return", "ruined"],
    copies.map(({ seed, sharpe, maxDrawdown, totalReturn, ruined }) => [
      `${seed}`,
      fixed(sharpe),
      percent(maxDrawdown),
      percent(totalReturn),
      ruined ? "yes" : "no",
    ]),
  );
}
