/** @file The program `ploutos`: finds the command, runs it, and turns whatever goes wrong into one message. */
import { Command, CommanderError } from "commander";
import { Failure } from "#base/failure.ts";
import { InvariantBroken } from "#base/invariant.ts";
import { backtestCommand } from "./commands/backtest.ts";
import { boostCommand } from "./commands/boost.ts";
import { compareCommand } from "./commands/compare.ts";
import { dataCommand } from "./commands/data.ts";
import { demoCommand } from "./commands/demo.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { ensembleCommand } from "./commands/ensemble.ts";
import { evaluateCommand } from "./commands/evaluate.ts";
import { featuresCommand } from "./commands/features.ts";
import { gateCommand } from "./commands/gate.ts";
import { importanceCommand } from "./commands/importance.ts";
import { marketCommand } from "./commands/market.ts";
import { paperCommand } from "./commands/paper.ts";
import { reportCommand } from "./commands/report.ts";
import { selectCommand } from "./commands/select.ts";
import { statusCommand } from "./commands/status.ts";
import { stopCommand } from "./commands/stop.ts";
import { stressCommand } from "./commands/stress.ts";
import { timingCommand } from "./commands/timing.ts";
import { trainCommand } from "./commands/train.ts";
import { trialsCommand } from "./commands/trials.ts";
import { vaultCommand } from "./commands/vault.ts";
import { verifyCommand } from "./commands/verify.ts";
import { walkForwardCommand } from "./commands/walk-forward.ts";
import { codeVersion } from "#training/code-version.ts";

const commands = [
  demoCommand,
  dataCommand,
  featuresCommand,
  marketCommand,
  trainCommand,
  boostCommand,
  statusCommand,
  stopCommand,
  backtestCommand,
  evaluateCommand,
  stressCommand,
  verifyCommand,
  timingCommand,
  importanceCommand,
  reportCommand,
  gateCommand,
  walkForwardCommand,
  selectCommand,
  compareCommand,
  ensembleCommand,
  trialsCommand,
  vaultCommand,
  paperCommand,
  doctorCommand,
];

async function main(args: readonly string[]): Promise<void> {
  const program = new Command("ploutos")
    .description(
      "Trains reinforcement-learning agents to trade, finds out honestly whether they are any good, and trades them safely.",
    )
    // Asks git, which nobody waits for who did not ask.
    .option("-V, --version", "output the version number")
    .on("option:version", () => {
      process.stdout.write(`${codeVersion()}\n`);
      process.exit();
    })
    .addHelpText("after", "\nFirst steps:\n  ploutos demo\n  ploutos COMMAND --help")
    .showSuggestionAfterError();
  for (const create of commands) program.addCommand(create());
  quieten(program);
  await program.parseAsync([...args], { from: "user" });
}

/** Errors are told by `fail`, once; help still goes to standard output. */
function quieten(command: Command): void {
  command.exitOverride().configureOutput({ writeErr: () => undefined });
  for (const child of command.commands) quieten(child);
}

function fail(error: unknown, args: readonly string[]): void {
  const { code, message } = described(error);
  if (args.includes("--json")) process.stdout.write(`${JSON.stringify({ error: { code, message } }, undefined, 2)}\n`);
  process.stderr.write(`ploutos: ${message}\n`);
  if (args.includes("--verbose") && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
}

function described(error: unknown): { readonly code: string; readonly message: string } {
  if (error instanceof Failure) return error;
  if (error instanceof CommanderError) {
    const found = error.message
      .replace(/^error: /, "")
      .replace(/\.?\s*\n/g, "; ")
      .replace(/\.$/, "");
    return new Failure("cli/bad-option", found);
  }
  const bug = "This is a defect of the program; run again with --verbose and report what it prints.";
  if (error instanceof InvariantBroken) return { code: "invariant-broken", message: `${error.message}. ${bug}` };
  return { code: "unexpected", message: `${error instanceof Error ? error.message : String(error)}. ${bug}` };
}

// A reader that has seen enough, as in `ploutos … | head`, is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

const args = process.argv.slice(2);
try {
  await main(args.length === 0 ? ["--help"] : args);
} catch (error) {
  const help = error instanceof CommanderError && error.exitCode === 0;
  if (!help) fail(error, args);
}
