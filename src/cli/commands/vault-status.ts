/** @file `ploutos vault status`: what is sealed, and who has seen it. */
import type { Command } from "commander";
import { dayOf } from "#domain/day.ts";
import { readVault } from "#storage/trial-ledger.ts";
import type { CommonOptions } from "../command.ts";
import { action, command } from "../command.ts";
import { vaultTable } from "../vault-table.ts";

export function vaultStatusCommand(): Command {
  return command(
    "status",
    "Says which bars are in the vault, and when it was opened for whom.",
    "ploutos vault status",
  ).action(
    action<CommonOptions>(async ({ options, terminal }) => {
      const { seals, openings } = readVault(options.ledger);
      const values = {
        ledger: options.ledger,
        seals: seals.map(({ from, ...seal }) => ({ ...seal, from: dayOf(from) })),
        openings: openings.map(({ from, ...opening }) => ({ ...opening, from: dayOf(from) })),
      };
      terminal.result(values, vaultTable({ seals, openings }));
    }),
  );
}
