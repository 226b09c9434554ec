/** @file `ploutos data download`: bars of Alpaca, of any exchange that ccxt knows, or of dice, into the bar store. */
import type { Command } from "commander";
import { join } from "node:path";
import { systemClock } from "#base/clock.ts";
import { Failure } from "#base/failure.ts";
import { sha256 } from "#base/hash.ts";
import { createRng } from "#base/rng.ts";
import { alignUniverse } from "#data/align.ts";
import { guessAssetClass } from "#data/asset-class.ts";
import { guessCalendar } from "#data/calendar.ts";
import type { DownloadedSeries } from "#data/download.ts";
import { downloadSeries } from "#data/download.ts";
import { removePartialSeries } from "#data/partial-series.ts";
import { checkQuality, defectCounts } from "#data/quality.ts";
import type { Retrying } from "#data/retry.ts";
import { systemSleep } from "#data/retry.ts";
import type { BarSource } from "#data/source.ts";
import { alpacaAdjustments, alpacaFeeds, alpacaKeys, alpacaSource } from "#data/sources/alpaca.ts";
import { ccxtSource } from "#data/sources/ccxt.ts";
import { syntheticSource } from "#data/sources/synthetic.ts";
import type { Timeframe } from "#domain/bar.ts";
import { hashedColumns, timeframeMs } from "#domain/bar.ts";
import type { CalendarName } from "#domain/instrument.ts";
import { calendarNames, instrument } from "#domain/instrument.ts";
import type { BarStore } from "#storage/bar-store.ts";
import { openBarStore } from "#storage/bar-store.ts";
import type { CommonOptions } from "../command.ts";
import { action, command, isoDay, positiveNumber } from "../command.ts";
import { interruptible } from "../interrupt.ts";
import type { Terminal } from "../terminal.ts";
import { day, table } from "../terminal.ts";

interface DownloadCommandOptions extends CommonOptions {
  readonly symbols: string;
  readonly timeframe: string;
  readonly from: string;
  readonly until?: string;
  readonly market: string;
  readonly exchange?: string;
  readonly feed: string;
  readonly adjustment: string;
  readonly volatility: number;
  readonly calendar?: string;
  readonly currency: string;
  readonly lotStep: number;
}

/** What was typed, understood. */
interface Order {
  readonly source: BarSource;
  readonly symbols: readonly string[];
  readonly timeframe: Timeframe;
  readonly from: number;
  readonly until: number;
  readonly folder: string;
}

export function dataDownloadCommand(): Command {
  return command(
    "download <source>",
    "Downloads bars from alpaca, ccxt or synthetic (random walks S1, S2 …) as one market; given again after an interruption, it goes on where it stopped.",
    [
      "ploutos data download ccxt --exchange binance --symbols BTC/USDT,ETH/USDT --timeframe 1h --from 2020-01-01 --market coins",
      "ploutos data download alpaca --symbols AAPL,MSFT --timeframe 1h --from 2020-01-01 --market shares",
      "ploutos data download synthetic --symbols S1,S2 --timeframe 1d --from 2000-01-03 --until 2019-12-31 --market dice",
    ].join("\n"),
  )
    .requiredOption("--symbols <names>", "symbols as the source writes them, with commas: AAPL,MSFT or BTC/USDT")
    .requiredOption("--timeframe <length>", `length of a bar: ${Object.keys(timeframeMs).join(", ")}`)
    .requiredOption("--from <day>", "first day (UTC)", isoDay)
    .option("--until <day>", "last day (UTC); up to the last complete bar unless named", isoDay)
    .requiredOption("--market <name>", "name of the market; one that exists is replaced, whole or not at all")
    .option("--exchange <id>", "ccxt: id of the exchange, e.g. binance, kraken, coinbase")
    .option("--feed <name>", `alpaca: whose trades make the bars of shares: ${alpacaFeeds.join(", ")}`, "sip")
    .option(
      "--adjustment <kind>",
      `alpaca: what prices of shares are adjusted for: ${alpacaAdjustments.join(", ")}`,
      "all",
    )
    .option("--volatility <fraction>", "synthetic: standard deviation of a bar's log return", positiveNumber, 0.01)
    .option("--calendar <name>", `when it trades: ${calendarNames.join(", ")} (default: guessed from the times)`)
    .option("--currency <code>", "currency of the prices", "USD")
    .option("--lot-step <units>", "smallest tradable step in units", positiveNumber, 0.000001)
    .addHelpText(
      "after",
      "\nalpaca reads its keys from the environment: APCA_API_KEY_ID and APCA_API_SECRET_KEY (APCA_API_DATA_URL: another address).",
    )
    .action(
      action<DownloadCommandOptions>(async ({ options, terminal, args }) => {
        const store = openBarStore(options.store);
        await checkName(store, options.market);
        const calendar =
          options.calendar === undefined ? undefined : oneOf("calendar", options.calendar, calendarNames);
        const order = orderOf(args[0], options, terminal);
        const downloaded = await interruptible((signal) => downloadAll(order, terminal, signal));
        if (downloaded === undefined) {
          process.exitCode = 130;
          const text = "Interrupted. What has come is kept: the same command goes on from there.";
          terminal.result({ interrupted: true, market: options.market }, text);
          return;
        }
        await storeAll(store, options, order, calendar, downloaded, terminal);
        await removePartialSeries(order.folder);
      }),
    );
}

/** A name that cannot be a market's must not come to light after hours of downloading. */
async function checkName(store: BarStore, market: string): Promise<void> {
  await store.summary(market).catch((error: unknown) => {
    if (!(error instanceof Failure && error.code === "data/unknown-market")) throw error;
  });
}

export function oneOf<Value extends string>(name: string, value: string, list: readonly Value[]): Value {
  const found = list.find((allowed) => allowed === value);
  if (found !== undefined) return found;
  throw new Failure("cli/bad-option", `--${name} is ${value}, and must be one of ${list.join(", ")}`);
}

function orderOf(name: string, options: DownloadCommandOptions, terminal: Terminal): Order {
  const symbols = symbolsIn(options.symbols);
  const now = systemClock.now();
  const from = Date.parse(options.from);
  const until = options.until === undefined ? now : Math.min(now, Date.parse(options.until) + timeframeMs["1d"]);
  if (from >= until) {
    throw new Failure("cli/bad-option", `--from ${options.from} lies after --until ${options.until ?? "now"}`);
  }
  if (options.until === undefined)
    terminal.say(`Up to the last bar that is complete at ${new Date(now).toISOString()}`);
  return {
    source: sourceOf(name, options, retryingAloud(name, options.seed)),
    symbols,
    timeframe: oneOf("timeframe", options.timeframe, Object.keys(timeframeMs) as Timeframe[]),
    from,
    until,
    folder: join(options.store, ".downloads", options.market),
  };
}

export function symbolsIn(text: string): string[] {
  const symbols = text.split(",").map((symbol) => symbol.trim());
  if (symbols.includes("")) throw new Failure("cli/bad-option", `--symbols is "${text}", with an empty name`);
  return symbols;
}

/** Tries again as all sources do, and says so on standard error. */
export function retryingAloud(source: string, seed: number): Retrying {
  return {
    rng: createRng(seed, "retry"),
    sleep: systemSleep,
    onWait: ({ message }, waitMs) =>
      void process.stderr.write(`${source}: trying again in ${Math.ceil(waitMs / 1000)} s (${message})\n`),
  };
}

function sourceOf(name: string, options: DownloadCommandOptions, retrying: Retrying): BarSource {
  const clock = systemClock;
  if (oneOf("source", name, ["alpaca", "ccxt", "synthetic"]) === "alpaca") {
    return alpacaSource({
      ...retrying,
      clock,
      keys: alpacaKeys(process.env),
      feed: oneOf("feed", options.feed, alpacaFeeds),
      adjustment: oneOf("adjustment", options.adjustment, alpacaAdjustments),
      dataUrl: process.env["APCA_API_DATA_URL"],
    });
  }
  if (name === "synthetic") return syntheticSource({ seed: options.seed, volatility: options.volatility });
  if (options.exchange === undefined) {
    throw new Failure("cli/bad-option", "ccxt needs --exchange ID, the exchange to download from");
  }
  return ccxtSource({ ...retrying, clock, exchange: options.exchange });
}

/** All series, one after another; undefined where the user stopped it. */
async function downloadAll(
  { source, symbols, timeframe, from, until, folder }: Order,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<DownloadedSeries[] | undefined> {
  const bar = terminal.progress("downloading", symbols.length);
  const series: DownloadedSeries[] = [];
  try {
    for (const [at, symbol] of symbols.entries()) {
      const onPage = (through: number, bars: number): void =>
        bar.update(at + (through - from) / (until - from), `${symbol} to ${day(through)}, ${bars} bars`);
      series.push(await downloadSeries(source, { symbol, timeframe, from, until, folder, signal, onPage }));
    }
    return series;
  } catch (error) {
    if (signal.aborted && error === signal.reason) return undefined;
    throw error;
  } finally {
    bar.stop();
  }
}

async function storeAll(
  store: BarStore,
  { market, currency, lotStep, adjustment }: DownloadCommandOptions,
  { source, timeframe }: Order,
  named: CalendarName | undefined,
  downloaded: readonly DownloadedSeries[],
  terminal: Terminal,
): Promise<void> {
  const series = downloaded.map(({ symbol, bars }) => {
    const calendar = named ?? guessCalendar(bars.openTime, timeframe, symbol);
    const assetClass = guessAssetClass(symbol, calendar);
    return { instrument: instrument(symbol, { calendar, currency, lotStep, assetClass }), bars, timeframe };
  });
  const { universe, droppedBars } = alignUniverse(market, series);
  const reports = series.map(({ instrument: { calendar }, bars }) => checkQuality(bars, { timeframe, calendar }));
  const sources = downloaded.map(({ symbol, bars, notes }, i) => ({
    file: source.name,
    timeZone: "UTC",
    ...(source.name.startsWith("alpaca/") && !symbol.includes("/") ? { adjustment } : {}),
    checks: defectCounts(reports[i]),
    sha256: sha256(...hashedColumns(bars)),
    notes,
    droppedBars: droppedBars[i],
  }));
  const summary = await store.save(universe, sources);
  const rows = series.map(({ instrument: { symbol, calendar }, bars }, i) => [
    symbol,
    `${bars.openTime.length}`,
    `${downloaded[i].keptBars}`,
    `${droppedBars[i]}`,
    calendar,
    reports[i].clean ? "none" : "see data check",
  ]);
  const text = [
    table(["instrument", "bars", "kept from before", "not shared", "calendar", "defects"], rows),
    ...downloaded.flatMap(({ symbol, notes }) => notes.map((note) => `  ${symbol}: ${note}`)),
    `Market ${market}: ${universe.openTime.length} bars of ${timeframe} from ${source.name}, ${day(summary.firstTime)} to ${day(summary.lastTime)}`,
  ].join("\n");
  terminal.result(summary, text);
}
