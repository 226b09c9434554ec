/** @file What every report of a project must say of its vault. */
import type { Universe } from "#domain/universe.ts";
import type { Vault } from "#domain/vault.ts";
import { sealOf } from "#domain/vault.ts";
import { counted, day } from "./report/format.ts";

export interface ReportVault {
  /** Where bars of this market are sealed: from when on, and how often they had been seen before; absent: none are. */
  readonly sealed?: { readonly from: number; readonly looks: number; readonly trainings: number } | undefined;
  /** Every opening of the project, in order; times in Unix ms UTC. */
  readonly openings: readonly { readonly market: string; readonly at: number; readonly run: string }[];
  /** Is this the report of the last opening? */
  readonly opened: boolean;
}

/** The vault as a report on this market tells it; undefined where the project never sealed anything. */
export function reportVault(
  vault: Vault,
  market: Pick<Universe, "name" | "instruments">,
  opened: boolean,
): ReportVault | undefined {
  if (vault.seals.length === 0) return undefined;
  const seal = sealOf(vault, market);
  return {
    ...(seal === undefined ? {} : { sealed: { from: seal.from, ...seal.seenBefore } }),
    openings: vault.openings.map(({ market: name, at, run }) => ({ market: name, at, run })),
    opened,
  };
}

/** What belongs to the top of a page: that it is of the vault, and that the vault is no secret any more. */
export function vaultMarks(vault: ReportVault | undefined): string[] {
  if (vault === undefined) return [];
  const { opened, openings, sealed } = vault;
  const seen = sealed !== undefined && sealed.looks + sealed.trainings > 0 && opened;
  return [
    ...(opened ? [`These are bars of the vault, and this is opening number ${openings.length} of it.`] : []),
    ...(seen ? [seenBefore(sealed)] : []),
    ...(openings.length > 1 ? [openedOften(openings)] : []),
  ];
}

/** All of it in sentences. */
export function vaultNotes(vault: ReportVault | undefined): string[] {
  if (vault === undefined) return [];
  const { sealed, openings, opened } = vault;
  return [
    ...(sealed === undefined || opened
      ? []
      : [`Bars of this market from ${day(sealed.from)} on are in the vault: nobody looked at them here.`]),
    ...(sealed !== undefined && sealed.looks + sealed.trainings > 0 ? [seenBefore(sealed)] : []),
    openings.length > 1 ? openedOften(openings) : openedOnce(openings[0]),
  ];
}

function openedOnce(opening: ReportVault["openings"][number] | undefined): string {
  return opening === undefined
    ? "The vault was never opened."
    : `The vault was opened once, on ${day(opening.at)}, for ${opening.run}.`;
}

function openedOften(openings: ReportVault["openings"]): string {
  return `The vault was opened ${openings.length} times, first on ${day(openings[0].at)}: what came after the first opening may have been chosen by what it showed.`;
}

function seenBefore({ looks, trainings }: NonNullable<ReportVault["sealed"]>): string {
  const [seen, learned] = [counted(looks, "look"), counted(trainings, "training")];
  return `Before they were sealed, ${seen} and ${learned} of this project had reached into these bars: they were not unseen.`;
}
