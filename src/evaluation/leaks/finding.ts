/** @file What a check of the battery did and found. Plain data. */
import type { Subject } from "./subject.ts";

/** `not run` is no pass: the check was left out for a reason that it names. */
type Outcome = "passed" | "failed" | "not applicable" | "not run";

export interface Finding {
  readonly outcome: Outcome;
  /** What was done, in a sentence; absent where nothing was. */
  readonly did?: string | undefined;
  /** What was found, or why there was nothing to look for, in a sentence. */
  readonly found: string;
}

/** Passed where nothing is wrong, failed with what is wrong. */
export function judged(did: string, wrong: readonly string[], right: string): Finding {
  return wrong.length === 0
    ? { outcome: "passed", did, found: right }
    : { outcome: "failed", did, found: `${wrong.join("; ")}.` };
}

export function notApplicable(found: string): Finding {
  return { outcome: "not applicable", found };
}

export function notRun(found: string): Finding {
  return { outcome: "not run", found };
}

/** `1 bar`, `2 bars`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** One of the battery. */
export interface LeakCheck {
  /** What a failure of it means, for a reader who never met it. */
  readonly asks: string;
  run(subject: Subject, options: CheckOptions): Promise<Finding> | Finding;
}

export interface CheckOptions {
  /** Of everything that is drawn. */
  readonly seed: number;
  /** More places, more walks, longer trainings. */
  readonly thorough: boolean;
}
