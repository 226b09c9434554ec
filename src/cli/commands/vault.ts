/** @file `ploutos vault`: the last bars of a market, kept unseen for one run at the end. */
import { Command } from "commander";
import { vaultOpenCommand } from "./vault-open.ts";
import { vaultSealCommand } from "./vault-seal.ts";
import { vaultStatusCommand } from "./vault-status.ts";

export function vaultCommand(): Command {
  return new Command("vault")
    .description("Keeps the last bars of a market unseen, until one run is judged on them.")
    .addHelpText("after", "\nExample:\n  ploutos vault seal my-stocks --from 2024-01-01")
    .addCommand(vaultSealCommand())
    .addCommand(vaultOpenCommand())
    .addCommand(vaultStatusCommand());
}
