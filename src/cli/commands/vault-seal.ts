/** @file `ploutos vault seal`: from a day on, bars of a market are neither learned from nor looked at. */
import type { Command } from "commander";
import { systemClock } from "#base/clock.ts";
import { Failure } from "#base/failure.ts";
import { dayOf, dayStart } from "#domain/day.ts";
import { reaches } from "#domain/trial.ts";
import type { Universe } from "#domain/universe.ts";
import type { Seal } from "#domain/vault.ts";
import { firstSealedBar, sealOf } from "#domain/vault.ts";
import { counted } from "#evaluation/report/format.ts";
import { openBarStore } from "#storage/bar-store.ts";
import { openTrialLedger, readTrials, readVault } from "#storage/trial-ledger.ts";
import type { CommonOptions } from "../command.ts";
import { action, command, isoDay } from "../command.ts";
import { sightingNow } from "../project.ts";

interface SealOptions extends CommonOptions {
  readonly from: string;
}

/** Bars that statistics take at least, in the vault and before it. */
const leastBars = 30;

export function vaultSealCommand(): Command {
  return command(
    "seal <market>",
    "Seals the last bars of a market: every command that trains or evaluates leaves them out, until `vault open`.",
    "ploutos vault seal my-stocks --from 2024-01-01",
  )
    .requiredOption("--from <day>", "first day in the vault", isoDay)
    .action(
      action<SealOptions>(async ({ options, terminal, args: [market] }) => {
        const { store, ledger, from } = options;
        const whole = await openBarStore(store).load(market);
        const bars = sealedBars(whole, from, ledger);
        const symbols = whole.instruments.map(({ symbol }) => symbol);
        const known = readTrials(ledger).filter((trial) =>
          reaches(trial, { symbols, from: whole.openTime[whole.openTime.length - bars], until: Infinity }),
        );
        const trainings = known.filter(({ kind }) => kind === "training").length;
        const seenBefore = { looks: known.length - trainings, trainings };
        const seal: Seal = { market, symbols, from: dayStart(from), at: systemClock.now(), seenBefore };
        const file = openTrialLedger(ledger);
        try {
          file.seal(seal, sightingNow());
        } finally {
          file.close();
        }
        const lines = [
          `In the vault: ${bars.toLocaleString("en")} bars of ${symbols.join(", ")}, ${from} to ${dayOf(whole.openTime.at(-1)!)}, and whatever comes after.`,
          ...seenText(seenBefore),
          "Judge one run on them in the end: ploutos vault open RUN",
        ];
        terminal.result({ market, symbols, from, bars, seenBefore, ledger }, lines.join("\n"));
      }),
    );
}

function seenText({ looks, trainings }: Seal["seenBefore"]): string[] {
  if (looks + trainings === 0) return ["This project's ledger knows of no look at them and no training on them."];
  const seen = `${counted(looks, "look")} and ${counted(trainings, "training")} of this project reached into these bars already`;
  return [
    `Warning: ${seen}. They are not unseen: what the vault says of them proves less, and every report on them will tell.`,
  ];
}

/**
 * How many bars a seal from a day on takes.
 * @throws Failure cli/bad-option, data/not-enough-bars
 */
function sealedBars(whole: Universe, from: string, ledger: string): number {
  const before = sealOf(readVault(ledger), whole);
  if (before !== undefined && before.from <= dayStart(from)) {
    const found = `bars of ${before.market} are sealed from ${dayOf(before.from)} on already, and a seal is not taken off`;
    throw new Failure("cli/bad-option", found);
  }
  const { openTime, name } = whole;
  const outside = firstSealedBar(whole, { from: dayStart(from) });
  const inside = openTime.length - outside;
  if (inside >= leastBars && outside >= leastBars) return inside;
  const found = `${from} leaves ${outside} bars of ${name} outside the vault and ${inside} in it, ${leastBars} are needed of each`;
  throw new Failure("data/not-enough-bars", found, { market: name });
}
