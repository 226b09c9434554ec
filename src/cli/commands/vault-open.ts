/** @file `ploutos vault open`: one run is judged on the bars that nobody has seen. It is recorded, once and for all. */
import type { Command } from "commander";
import { Failure } from "#base/failure.ts";
import { timeframeMs } from "#domain/bar.ts";
import { dayOf } from "#domain/day.ts";
import type { Universe } from "#domain/universe.ts";
import type { Seal } from "#domain/vault.ts";
import { firstSealedBar, sealOf } from "#domain/vault.ts";
import { openBarStore } from "#storage/bar-store.ts";
import { readVault } from "#storage/trial-ledger.ts";
import type { CommonOptions } from "../command.ts";
import { action, command } from "../command.ts";
import { openRun, storedMembers } from "../ensemble-run.ts";
import type { EvaluationOptions } from "../evaluation-job.ts";
import { evaluateRun } from "../evaluation-job.ts";
import { openVault } from "../project.ts";
import { openTestedRun } from "../tested-run.ts";

export function vaultOpenCommand(): Command {
  return command(
    "open <run>",
    "Judges a run on the bars of the vault, as `evaluate` does, and records that it was opened. Every later report tells.",
    "ploutos vault open runs/first",
  ).action(
    action<CommonOptions>(async ({ options, terminal, args: [path] }) => {
      const { seal, whole } = await sealedMarket(path, options);
      await expectUnknowing(path, seal);
      await expectTradable(path, whole, seal, options);
      const { openings } = readVault(options.ledger);
      if (openings.length > 0) {
        terminal.say(
          `Warning: the vault was opened ${openings.length === 1 ? "once" : `${openings.length} times`} before, first on ${dayOf(openings[0].at)}. This opening is marked in every report from now on.`,
        );
      }
      const key = openVault(options, seal, path);
      const days = { from: dayOf(seal.from), market: whole.name };
      const asked: EvaluationOptions = { ...options, ...days, ...usual, uncounted: false };
      const tested = await openTestedRun(path, asked, key);
      await evaluateRun(path, tested, asked, terminal, { opened: true });
    }),
  );
}

/** What `evaluate` does when nothing else is asked: nothing can be chosen by what the vault shows. */
const usual = { stress: "noise-20", copies: 5, random: 200 } as const;

async function sealedMarket(
  path: string,
  { store, ledger }: CommonOptions,
): Promise<{ readonly seal: Seal; readonly whole: Universe }> {
  const [{ config }] = await storedMembers(path);
  const whole = await openBarStore(store).load(config.market);
  const seal = sealOf(readVault(ledger), whole);
  if (seal !== undefined) return { seal, whole };
  throw new Failure("vault/not-sealed", `no bars of ${whole.name} are in the vault of ${ledger}`, {
    market: whole.name,
  });
}

/** @throws Failure vault/known-bars */
async function expectUnknowing(path: string, seal: Seal): Promise<void> {
  for (const { manifest } of await storedMembers(path)) {
    const { until } = manifest.trained;
    if (until + timeframeMs[manifest.features.timeframe] <= seal.from) continue;
    const found = `${path} was trained or chosen on bars up to ${dayOf(until)}, and the vault begins on ${dayOf(seal.from)}`;
    throw new Failure("vault/known-bars", found);
  }
}

/** What would fail is found on the bars before the vault, so that it is not opened for nothing. */
async function expectTradable(path: string, whole: Universe, seal: Seal, options: CommonOptions): Promise<void> {
  const to = firstSealedBar(whole, seal);
  const { store, ledger } = options;
  const bars = { from: to - 2, to };
  const run = await openRun(path, { market: undefined, from: undefined, until: undefined, store, ledger, bars });
  await run.policy.dispose();
}
