/** @file The leak battery on a trained run: opened on the bars that it was trained and chosen on, and what was found kept with it. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "#base/failure.ts";
import type { Subject } from "#evaluation/leaks/subject.ts";
import { modelSubject } from "#evaluation/leaks/model-subject.ts";
import type { Verification, VerifyOptions } from "#evaluation/leaks/verify.ts";
import { failedChecks, outcomesOf, verify } from "#evaluation/leaks/verify.ts";
import { firstWindowRow } from "#features/pipeline.ts";
import { writeFileWhole } from "#storage/atomic-file.ts";
import { dataHash } from "#storage/data-hash.ts";
import { saveVerification } from "#storage/model-store.ts";
import { knownBars, partsOf } from "#training/run-split.ts";
import { foundWantingExitCode } from "./command.ts";
import { openRun } from "./ensemble-run.ts";
import type { ProjectOptions } from "./project.ts";
import { projectMarket } from "./project.ts";
import type { Terminal } from "./terminal.ts";

/**
 * A run as a subject, on its validation span: bars that are tested are not looked at.
 * @throws Failure training/data-changed where the market no longer holds the bars that it was trained on; as `openTrainedRun`
 */
export async function runSubject(path: string, project: ProjectOptions): Promise<Subject> {
  const days = { market: undefined, from: undefined, until: undefined };
  const { name, config, spec, scaler, signals, manifest, policy, fresh } = await openRun(path, {
    ...days,
    ...project,
    bars: "validation",
  });
  await policy.dispose();
  const universe = knownBars((await projectMarket(config.market, project, config)).universe, config);
  const now = dataHash(universe);
  if (now !== manifest.dataHash) {
    throw new Failure("training/data-changed", `the run has ${manifest.dataHash}, the market now gives ${now}`);
  }
  const { train, validation } = partsOf(universe.openTime, firstWindowRow(spec), config);
  const byTrial = manifest.kind === "policy-network";
  return modelSubject({
    name,
    universe,
    train,
    validation,
    settings: config.experiment,
    own: spec.own ?? [],
    scaler,
    signals,
    policy: fresh,
    meanReward: byTrial ? manifest.validation?.meanReward : undefined,
    byTrial,
  });
}

/** Runs the battery, showing which check is under way. Where a check fails the program goes on, and ends with an exit code that says so. */
export async function shownVerification(
  subject: Subject,
  options: Omit<VerifyOptions, "onProgress">,
  terminal: Terminal,
): Promise<Verification> {
  const bar = terminal.progress("verifying", 1);
  const onProgress = (done: number, total: number, name = ""): void => bar.update(done / total, name);
  const verification = await verify(subject, { ...options, onProgress }).finally(() => bar.stop());
  if (failedChecks(verification).length > 0) process.exitCode = foundWantingExitCode;
  return verification;
}

/** Writes what was found beside the run, and into its model where it has one of its own. */
export async function keepVerification(path: string, verification: Verification): Promise<void> {
  await writeFileWhole(join(path, "verification.json"), `${JSON.stringify(verification, undefined, 2)}\n`);
  const model = join(path, "model");
  if (existsSync(model)) await saveVerification(model, plain(verification));
}

/** The battery at the end of a training, as a line or a few for people. */
export async function verifiedAtEnd(
  path: string,
  { store, ledger, seed }: ProjectOptions & { readonly seed: number },
  terminal: Terminal,
): Promise<{ readonly verification: Verification; readonly lines: readonly string[] }> {
  const verification = await shownVerification(await runSubject(path, { store, ledger }), { seed }, terminal);
  await keepVerification(path, verification);
  return { verification, lines: verificationLines(verification) };
}

/** What is said where nobody looked. */
export const notVerified = "Leak battery: not run; ploutos verify runs it";

/** One line, and one more for each check that failed. */
export function verificationLines(verification: Verification): string[] {
  const failed = failedChecks(verification).map(({ name, found }) => `Warning: ${name} failed: ${found}`);
  return [`Leak battery: ${outcomesOf(verification)} (ploutos verify shows each)`, ...failed];
}

/** One line for each check: what it did and found. */
export function described({ subject, checks }: Verification): string {
  const lines = checks.map(({ name, outcome, did, found }) =>
    [outcome.padEnd(14), name.padEnd(19), did, found].filter((part) => part !== undefined).join(" "),
  );
  return [`${subject}:`, ...lines].join("\n");
}

/** Without what is absent, as a schema takes it. */
function plain({ checks, ...rest }: Verification): Parameters<typeof saveVerification>[1] {
  return {
    ...rest,
    checks: checks.map(({ did, ...check }) => (did === undefined ? check : { ...check, did })),
  };
}
