/** @file The vault of a project as text. */
import { dayOf } from "#domain/day.ts";
import type { Vault } from "#domain/vault.ts";
import { counted } from "#evaluation/report/format.ts";
import { table } from "./terminal.ts";

export function vaultTable({ seals, openings }: Vault): string {
  if (seals.length === 0)
    return "Nothing is in the vault. Seal the last bars of a market: ploutos vault seal MARKET --from DAY";
  const sealed = seals.map(({ market, symbols, from, at, seenBefore: { looks, trainings } }) => [
    market,
    symbols.join(", "),
    dayOf(from),
    dayOf(at),
    looks + trainings === 0 ? "nothing" : `${counted(looks, "look")}, ${counted(trainings, "training")}`,
  ]);
  const opened = openings.map(({ market, at, run }, n) => [`${n + 1}`, market, run, dayOf(at)]);
  return [
    table(["market", "instruments", "in the vault from", "sealed on", "seen before"], sealed, 5),
    openings.length === 0 ? "It was never opened." : table(["opening", "market", "run", "on"], opened, 4),
  ].join("\n");
}
