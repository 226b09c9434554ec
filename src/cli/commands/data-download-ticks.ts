/** @file `ploutos data download-ticks`: historical trades or quotes of Alpaca, into one file for each symbol. */
import type { Command } from "commander";
import { join } from "node:path";
import { systemClock } from "#base/clock.ts";
import { Failure } from "#base/failure.ts";
import { alpacaFeeds, alpacaKeys } from "#data/sources/alpaca.ts";
import { alpacaTicks, tickKinds } from "#data/sources/alpaca-ticks.ts";
import type { DownloadedTicks } from "#data/tick-download.ts";
import { downloadTicks } from "#data/tick-download.ts";
import { timeframeMs } from "#domain/bar.ts";
import type { CommonOptions } from "../command.ts";
import { action, command, isoDay } from "../command.ts";
import { interruptible } from "../interrupt.ts";
import { table } from "../terminal.ts";
import { oneOf, retryingAloud, symbolsIn } from "./data-download.ts";

interface DownloadTicksOptions extends CommonOptions {
  readonly symbols: string;
  readonly from: string;
  readonly until: string;
  readonly feed: string;
  readonly out: string;
}

export function dataDownloadTicksCommand(): Command {
  return command(
    "download-ticks <kind>",
    "Downloads trades or quotes from Alpaca as CSV files; given again after an interruption, it goes on where it stopped.",
    "ploutos data download-ticks quotes --symbols AAPL --from 2024-03-04 --until 2024-03-04 --out ticks",
  )
    .requiredOption("--symbols <names>", "symbols with commas: AAPL,MSFT or BTC/USD")
    .requiredOption("--from <day>", "first day (UTC)", isoDay)
    .requiredOption("--until <day>", "last day (UTC), which must be over", isoDay)
    .requiredOption("--out <folder>", "folder of the files")
    .option("--feed <name>", `whose trades and quotes of shares: ${alpacaFeeds.join(", ")}`, "sip")
    .addHelpText("after", "\nThe keys are read from the environment: APCA_API_KEY_ID and APCA_API_SECRET_KEY.")
    .action(
      action<DownloadTicksOptions>(async ({ options, terminal, args }) => {
        const kind = oneOf("kind", args[0], tickKinds);
        const symbols = symbolsIn(options.symbols);
        const [from, until] = [Date.parse(options.from), Date.parse(options.until) + timeframeMs["1d"]];
        if (from >= until || until > systemClock.now()) {
          const found = `--from ${options.from} --until ${options.until} must be days in order, all of them over`;
          throw new Failure("cli/bad-option", found);
        }
        const source = {
          ...retryingAloud("alpaca", options.seed),
          clock: systemClock,
          keys: alpacaKeys(process.env),
          feed: oneOf("feed", options.feed, alpacaFeeds),
          adjustment: "raw" as const,
          dataUrl: process.env["APCA_API_DATA_URL"],
        };
        const bar = terminal.progress("downloading", symbols.length);
        const files: (DownloadedTicks & { readonly symbol: string; readonly file: string })[] = [];
        const finished = await interruptible(async (signal) => {
          try {
            for (const [at, symbol] of symbols.entries()) {
              const name = `${symbol.replaceAll("/", "-")}-${kind}-${options.from}-${options.until}.csv`;
              const file = join(options.out, name);
              const ticks = alpacaTicks(source, { kind, symbol, from, until, signal });
              const told = (rows: number): void => bar.update(at, `${symbol}, ${rows} ${kind}`);
              files.push({ symbol, file, ...(await downloadTicks(ticks, file, told)) });
            }
            return true;
          } catch (error) {
            if (signal.aborted && error === signal.reason) return false;
            throw error;
          }
        }).finally(() => bar.stop());
        if (!finished) process.exitCode = 130;
        const rows = files.map(({ symbol, file, rows: count, leftOut }) => [symbol, `${count}`, `${leftOut}`, file]);
        const text = finished
          ? table(["instrument", kind, "left out", "file"], rows)
          : "Interrupted. What has come is kept: the same command goes on from there.";
        terminal.result({ kind, interrupted: !finished, files }, text);
      }),
    );
}
