/** @file The project as commands see it: its ledger of trials and its vault. The one place where bars of a market are loaded to be used. */
import type { Command } from "commander";
import { systemClock } from "#base/clock.ts";
import { Failure } from "#base/failure.ts";
import { invariant } from "#base/invariant.ts";
import { dayOf } from "#domain/day.ts";
import type { Sighting, Trial } from "#domain/trial.ts";
import type { Universe } from "#domain/universe.ts";
import type { Opening, Seal } from "#domain/vault.ts";
import { outsideVault, sealOf } from "#domain/vault.ts";
import type { BacktestSetting } from "#evaluation/backtest.ts";
import type { ReportTrials } from "#evaluation/trial-count.ts";
import { trialCount } from "#evaluation/trial-count.ts";
import type { ReportVault } from "#evaluation/vault-note.ts";
import { reportVault, vaultMarks } from "#evaluation/vault-note.ts";
import { openBarStore } from "#storage/bar-store.ts";
import { openTrialLedger, readTrials, readVault } from "#storage/trial-ledger.ts";
import { codeVersion } from "#training/code-version.ts";
import { typed } from "./command.ts";

/** Where a project keeps things: options of every command. */
export interface ProjectOptions {
  /** Folder of the imported markets. */
  readonly store: string;
  /** File of the ledger of trials, which keeps the vault's seals too. */
  readonly ledger: string;
}

/** Of commands that train, or look at test bars. */
export interface CountingOptions extends ProjectOptions {
  /** Nothing is counted, and reports say so. The vault stays sealed. */
  readonly uncounted: boolean;
}

export function withCounting(command: Command): Command {
  return command.option(
    "--uncounted",
    "count nothing in the ledger of trials; the report says that nobody counted",
    false,
  );
}

/** Leave to use the bars of a seal: made where the opening is recorded, and nowhere else. */
export interface VaultKey {
  readonly seal: Seal;
}

const issued = new WeakSet<VaultKey>();

/** Records an opening of the vault, and gives leave to use its bars. @throws Failure storage/… where it cannot be recorded */
export function openVault({ ledger }: ProjectOptions, seal: Seal, run: string): VaultKey {
  const opening: Opening = { market: seal.market, from: seal.from, at: systemClock.now(), run };
  const file = openTrialLedger(ledger);
  try {
    file.open(opening, sightingNow());
  } finally {
    file.close();
  }
  const key: VaultKey = { seal };
  issued.add(key);
  return key;
}

export interface ProjectMarket {
  readonly universe: Universe;
  /** Where bars were left out because they are in the vault: under which seal, and a sentence on them. */
  readonly leftOut: { readonly seal: Seal; readonly note: string } | undefined;
}

/** Days that a command was asked for, both included. */
interface Asked {
  readonly from?: string | undefined;
  readonly until?: string | undefined;
}

/**
 * The bars of an imported market without those in the vault.
 * @param key leave to use those as well
 * @throws Failure data/unknown-market, storage/damaged-file, vault/sealed where days in the vault are asked for
 */
export async function projectMarket(
  name: string,
  options: ProjectOptions,
  asked?: Asked,
  key?: VaultKey,
): Promise<ProjectMarket> {
  const whole = await openBarStore(options.store).load(name);
  return withoutVault(whole, options, asked, key);
}

/** The same of bars that come from elsewhere. */
export function withoutVault(
  whole: Universe,
  { ledger }: ProjectOptions,
  asked?: Asked,
  key?: VaultKey,
): ProjectMarket {
  const vault = readVault(ledger);
  const seal = sealOf(vault, whole);
  if (key !== undefined) {
    invariant(issued.has(key), "the vault is opened where its opening is recorded");
    invariant(key.seal.from === seal?.from, "a key opens the seal that it was made for", { market: whole.name });
    return { universe: whole, leftOut: undefined };
  }
  const universe = outsideVault(whole, vault, asked);
  const left = whole.openTime.length - universe.openTime.length;
  if (seal === undefined || left === 0) return { universe, leftOut: undefined };
  const bars = `${left.toLocaleString("en")} bars of ${whole.name}, from ${dayOf(seal.from)} on`;
  return { universe, leftOut: { seal, note: `Left out, for they are in the vault: ${bars}.` } };
}

/**
 * Makes sure that trials can be counted, before hours are spent on what could not be.
 * @throws Failure storage/write-failed, storage/damaged-file
 */
export function expectCountable({ ledger, uncounted }: CountingOptions): void {
  if (uncounted) return;
  try {
    openTrialLedger(ledger).close();
  } catch (cause) {
    if (!(cause instanceof Failure) || cause.code !== "storage/write-failed") throw cause;
    const found = `${cause.found}; with --uncounted nothing is counted, and the report says so`;
    throw new Failure(cause.code, found, { cause });
  }
}

/**
 * Counts trials in the project's ledger.
 * @param goesOn trials that were begun before and are gone on with
 * @throws Failure storage/write-failed, storage/damaged-file
 */
export function countTrials({ ledger, uncounted }: CountingOptions, trials: readonly Trial[], goesOn = false): void {
  if (uncounted) return;
  const file = openTrialLedger(ledger);
  try {
    file.record(trials, sightingNow(), { goesOn });
  } finally {
    file.close();
  }
}

/** What a report on a backtest must say of the project: all trials so far, and the vault. */
export function projectOf(
  { ledger, uncounted }: CountingOptions,
  { universe, from, to }: Pick<BacktestSetting, "universe" | "from" | "to">,
  opened = false,
): { readonly trials: ReportTrials | undefined; readonly vault: ReportVault | undefined } {
  const { instruments, timeframe, openTime } = universe;
  const symbols = instruments.map(({ symbol }) => symbol);
  const bars = { symbols, timeframe, from: openTime[from + 1], until: openTime[to - 1] };
  return {
    trials: uncounted ? undefined : trialCount(readTrials(ledger), bars),
    vault: reportVault(readVault(ledger), universe, opened),
  };
}

/** What the terminal must say of the vault beside a result that has no report of its own. */
export function vaultMarksOf({ ledger }: ProjectOptions): string[] {
  return vaultMarks(reportVault(readVault(ledger), { name: "", instruments: [] }, false));
}

export function sightingNow(): Sighting {
  return { at: systemClock.now(), command: typed(), codeVersion: codeVersion() };
}
