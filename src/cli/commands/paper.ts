/** @file `ploutos paper`: the real trader with its journal, on recorded bars, against the simulated broker. */
import type { Command } from "commander";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { systemClock } from "#base/clock.ts";
import { Failure } from "#base/failure.ts";
import { timeframeMs } from "#domain/bar.ts";
import { featureColumns, featureWindow } from "#features/pipeline.ts";
import { defaultLimits } from "#guardian/gate.ts";
import { replay } from "#live/replay.ts";
import { finerPrices } from "#market/finer.ts";
import { openJournal } from "#storage/journal.ts";
import { signalTrader } from "#trading/signal-trader.ts";
import { simulatedBroker } from "#trading/simulated-broker.ts";
import { action, command, isoDay, positiveNumber } from "../command.ts";
import { interruptible } from "../interrupt.ts";
import { confidenceOption, sureEnough } from "../confidence-option.ts";
import { lookOf } from "../counted-trials.ts";
import { openRun } from "../ensemble-run.ts";
import type { CountingOptions } from "../project.ts";
import { countTrials, expectCountable, withCounting } from "../project.ts";
import { ownFolder, runId } from "../run-id.ts";
import { day, fixed, percent } from "../terminal.ts";
import { overlapsTraining, scalingOfRun } from "../trained-run.ts";
import type { VenueOptions } from "../venue-options.ts";
import { venueSetting, withVenueOptions } from "../venue-options.ts";
import { InvalidArgumentError } from "commander";

interface PaperOptions extends VenueOptions, CountingOptions {
  readonly replay: boolean;
  readonly market?: string;
  readonly from?: string;
  readonly until?: string;
  readonly speed: number;
  readonly minConfidence?: number;
}

export function paperCommand(): Command {
  return withVenueOptions(
    withCounting(
      command(
        "paper <run>",
        "Trades a trained run's model on paper: the live trader, its Guardian and its journal, on recorded bars.",
        "ploutos paper runs/first --replay --from 2020-01-01 --speed max",
      ),
    ),
  )
    .option("--replay", "trade recorded bars as if they closed now", false)
    .option("--from <day>", "first day (default: after training and its embargo)", isoDay)
    .option("--until <day>", "last day (default: the last of the run's split, or that there is)", isoDay)
    .option("--market <name>", "another market with the same instruments")
    .addOption(confidenceOption())
    .option("--speed <bars per second>", "how fast bars close, or max", barsPerSecond, Number.POSITIVE_INFINITY)
    .action(
      action<PaperOptions>(async ({ options, terminal, args: [path] }) => {
        if (!options.replay) {
          throw new Failure("cli/bad-option", "paper trades recorded bars only for now, and needs --replay");
        }
        expectCountable(options);
        const { market, from, until, store, ledger, speed } = options;
        const run = sureEnough(await openRun(path, { market, from, until, store, ledger }), options.minConfidence);
        const { universe, config, policy } = run;
        const venue = await venueSetting(options);
        const finer = venue.finer && finerPrices(universe, venue.finer);
        const folder = await ownFolder(join(path, "paper"), runId(systemClock, "replay"));
        const journal = openJournal(join(folder, "journal.sqlite"));
        const { costs, account: rules, rebalanceBand, capital } = config.experiment;
        const broker = simulatedBroker({ ...universe, costs, rules, capital, ...venue, finer });
        const signals = run.signals && signalTrader({ ...universe, rules, ...run.signals });
        const bars = run.to - run.from;
        const bar = terminal.progress("replaying", bars);
        const parts = {
          timeframe: universe.timeframe,
          features: featureWindow(run.spec, run.scaler),
          policy,
          sizing: { rebalanceBand },
          limits: defaultLimits(timeframeMs[universe.timeframe]),
          broker,
          journal,
          signals,
        };
        await interruptible((signal) =>
          replay(parts, {
            universe,
            from: run.from,
            to: run.to,
            warmUp: (shown) => broker.warmUp(shown),
            pace: speed === Number.POSITIVE_INFINITY ? async () => undefined : () => wait(1000 / speed),
            onProgress: (t) => bar.update(t - run.from + 1, day(universe.openTime[t])),
            signal,
          }),
        ).finally(() => bar.stop());
        const entries = journal.entries();
        journal.close();
        await policy.dispose();
        const equity = entries.flatMap((entry) => (entry.kind === "equity" ? [entry.equity] : []));
        // The first is the capital: of one alone nothing was earned yet.
        if (equity.length > 1) countTrials(options, [lookOf(run.tried, run, equity, overlapsTraining(run))]);
        const count = (kind: string): number => entries.filter((entry) => entry.kind === kind).length;
        const scaling = scalingOfRun(run, featureColumns(run.spec, universe));
        const result = {
          journal: join(folder, "journal.sqlite"),
          bars: equity.length,
          fills: count("fill"),
          denied: count("denied"),
          rejected: count("rejected"),
          capital,
          finalEquity: equity.at(-1) ?? capital,
          fees: broker.ledger.fees[0],
          tradingCost: broker.ledger.tradingCost[0],
          lookAhead: run.lookAhead,
          leftOut: run.leftOut,
          scaling,
        };
        const text = [
          `${result.bars} bars, ${result.fills} fills, ${result.denied} orders denied by the Guardian, ${result.rejected} refused by the venue`,
          `Equity ${fixed(capital)} → ${fixed(result.finalEquity)} (${percent(result.finalEquity / capital - 1)}), of which trading cost ${fixed(result.tradingCost)}`,
          ...(run.lookAhead === undefined ? [] : [run.lookAhead]),
          ...scaling.warnings,
          ...(run.leftOut === undefined ? [] : [run.leftOut]),
          `Journal: ${result.journal}`,
        ].join("\n");
        terminal.result(result, text);
      }),
    );
}

function barsPerSecond(text: string): number {
  if (text === "max") return Number.POSITIVE_INFINITY;
  try {
    return positiveNumber(text);
  } catch {
    throw new InvalidArgumentError("It must be a number above 0, or max.");
  }
}
