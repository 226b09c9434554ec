/** @file What a project has tried: trainings, and looks at bars that an agent is judged on. */
import { canonicalJson } from "#base/canonical-json.ts";
import { sha256 } from "#base/hash.ts";
import type { Timeframe } from "./bar.ts";

/**
 * `training`: an agent learned. `look`: it traded bars that it had neither learned from nor been chosen by. `in-sample look`:
 * some of the bars were known to it.
 */
export type TrialKind = "training" | "look" | "in-sample look";

/** One try that could have been chosen as the result. Two are the same when all but `agent` and `settings` are. */
export interface Trial {
  readonly kind: TrialKind;
  /** For people, e.g. "PPO". */
  readonly agent: string;
  /** Everything that was chosen but the seed, as canonical JSON; empty where only its hash is known. */
  readonly settings: string;
  readonly configHash: string;
  readonly seed: number;
  /** Name of the market, and what is traded there. */
  readonly market: string;
  readonly symbols: readonly string[];
  readonly timeframe: Timeframe;
  readonly dataHash: string;
  /** Opens of the first and the last bar that was learned from or traded, Unix ms UTC. */
  readonly from: number;
  readonly until: number;
  /** Simple returns a bar, net of costs, `[T]`; none of a training. */
  readonly returns: Float64Array;
}

/** The settings of trials as text, and the hash by which they are the same. */
export function trialConfig(settings: unknown): Pick<Trial, "settings" | "configHash"> {
  const text = canonicalJson(settings);
  return { settings: text, configHash: sha256(text) };
}

/** One time that a trial was made. */
export interface Sighting {
  /** Unix ms UTC. */
  readonly at: number;
  /** What was typed. */
  readonly command: string;
  readonly codeVersion: string;
}

/** A trial as a ledger counts it: once, however often it was made. */
export interface CountedTrial extends Trial {
  /** The first time first; one at least. */
  readonly sightings: readonly Sighting[];
}

/** Does a trial know bars of the same instruments from `from` to `until`, both included? */
export function reaches(
  trial: Pick<Trial, "symbols" | "from" | "until">,
  bars: { readonly symbols: readonly string[]; readonly from: number; readonly until: number },
): boolean {
  const shares = trial.symbols.some((symbol) => bars.symbols.includes(symbol));
  return shares && trial.from <= bars.until && trial.until >= bars.from;
}
