/** @file The vault: the last bars of a market, which nobody learns from or looks at until one run is judged on them. */
import { Failure } from "#base/failure.ts";
import { copyBars, timeframeMs } from "./bar.ts";
import { dayMs, dayOf, dayStart } from "./day.ts";
import type { Universe } from "./universe.ts";
import { firstBarFrom, sliceUniverse } from "./universe.ts";

/** Bars of these instruments that close after `from` are in the vault, in whatever market they lie. */
export interface Seal {
  readonly market: string;
  readonly symbols: readonly string[];
  /** Unix ms UTC, the beginning of a day. */
  readonly from: number;
  /** When it was sealed. */
  readonly at: number;
  /** What had been seen of these bars before, by the project's ledger. */
  readonly seenBefore: { readonly looks: number; readonly trainings: number };
}

/** A run was judged on the bars of a seal. */
export interface Opening {
  readonly market: string;
  /** The seal's. */
  readonly from: number;
  readonly at: number;
  /** Folder of the run. */
  readonly run: string;
}

/** All that a project's vault knows, in order of time. */
export interface Vault {
  readonly seals: readonly Seal[];
  readonly openings: readonly Opening[];
}

/** The seal that a market's bars lie under: the earliest of those that name it or one of its instruments. */
export function sealOf(
  { seals }: Vault,
  { name, instruments }: Pick<Universe, "name" | "instruments">,
): Seal | undefined {
  return seals
    .filter(({ market, symbols }) => market === name || instruments.some(({ symbol }) => symbols.includes(symbol)))
    .reduce<Seal | undefined>(
      (first, seal) => (first === undefined || seal.from < first.from ? seal : first),
      undefined,
    );
}

/** The first bar that closes within the vault; T where none does. */
export function firstSealedBar({ openTime, timeframe }: Universe, { from }: Pick<Seal, "from">): number {
  return firstBarFrom(openTime, from - timeframeMs[timeframe] + 1);
}

/** Days that somebody asks for, both included; absent is open. */
interface Asked {
  readonly from?: string | undefined;
  readonly until?: string | undefined;
}

/**
 * The bars before the vault, copied, so that nobody holds what is in it; the universe itself where nothing of it is.
 * @throws Failure vault/sealed where days in it are asked for, or nothing lies before it
 */
export function outsideVault(whole: Universe, vault: Vault, { from, until }: Asked = {}): Universe {
  const seal = sealOf(vault, whole);
  if (seal === undefined) return whole;
  const inside = [from, until].find((day) => day !== undefined && dayStart(day) + dayMs > seal.from);
  if (inside !== undefined) throw sealed(seal, `${inside} was asked for`);
  const first = firstSealedBar(whole, seal);
  if (first === whole.openTime.length) return whole;
  if (first === 0) throw sealed(seal, `${whole.name} has none before them`);
  const before = sliceUniverse(whole, 0, first);
  const bars = before.bars.map(copyBars);
  return { ...before, bars, openTime: bars[0].openTime };
}

/** That bars of the vault are not to be had; `found` says who wanted them. */
export function sealed({ market, from }: Seal, found: string): Failure {
  return new Failure("vault/sealed", `bars of ${market} from ${dayOf(from)} on are in the vault, and ${found}`, {
    market,
    from,
  });
}
