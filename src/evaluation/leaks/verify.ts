/** @file The battery run on a subject: one line for each check, in their order. */
import type { LeakCheckName } from "./checks.ts";
import { leakCheckNames, leakChecks } from "./checks.ts";
import type { CheckOptions, Finding } from "./finding.ts";
import { notRun } from "./finding.ts";
import type { Subject } from "./subject.ts";

/** Plain data: part of a model's manifest and of reports. */
export interface Verification {
  readonly subject: string;
  readonly seed: number;
  readonly thorough: boolean;
  /** Opens of the first and last bar that looks were taken between, Unix ms UTC. */
  readonly from: number;
  readonly to: number;
  readonly checks: readonly VerifiedCheck[];
}

export interface VerifiedCheck extends Finding {
  readonly name: string;
}

export interface VerifyOptions extends Partial<CheckOptions> {
  /** Absent: all of them. */
  readonly only?: readonly LeakCheckName[] | undefined;
  readonly skip?: readonly LeakCheckName[] | undefined;
  /** Called before each check, and once when all are done. */
  readonly onProgress?: ((done: number, total: number, name: LeakCheckName | undefined) => void) | undefined;
}

/** Runs the checks one after the other. What stops with an error has failed: nobody knows what it would have found. */
export async function verify(subject: Subject, options: VerifyOptions = {}): Promise<Verification> {
  const { seed = 1, thorough = false, only = leakCheckNames, skip = [], onProgress } = options;
  const { universe, from, to } = subject.setting;
  const checks: VerifiedCheck[] = [];
  for (const [at, name] of leakCheckNames.entries()) {
    onProgress?.(at, leakCheckNames.length, name);
    const asked = only.includes(name) && !skip.includes(name);
    const finding = asked ? await found(name, subject, { seed, thorough }) : notRun("It was not asked for.");
    checks.push({ name, ...finding });
    // Much of this never leaves the thread by itself: let the progress be drawn.
    await new Promise((resolve) => setImmediate(resolve));
  }
  onProgress?.(leakCheckNames.length, leakCheckNames.length, undefined);
  const { openTime } = universe;
  return { subject: subject.name, seed, thorough, from: openTime[from], to: openTime[to - 1], checks };
}

async function found(name: LeakCheckName, subject: Subject, options: CheckOptions): Promise<Finding> {
  try {
    return await leakChecks[name].run(subject, options);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return { outcome: "failed", found: `It stopped with: ${said}` };
  }
}

/** The checks that failed. */
export function failedChecks({ checks }: Verification): readonly VerifiedCheck[] {
  return checks.filter(({ outcome }) => outcome === "failed");
}

/** How many of each outcome, in words. */
export function outcomesOf({ checks }: Verification): string {
  const outcomes = ["passed", "failed", "not applicable", "not run"] as const;
  return outcomes
    .map((outcome) => ({ outcome, count: checks.filter((check) => check.outcome === outcome).length }))
    .filter(({ count }) => count > 0)
    .map(({ outcome, count }) => `${count} ${outcome}`)
    .join(", ");
}
