/** @file `ploutos data import-flow`: a recorded book and trades as a market of mid-price bars that carry their order flow. */
import type { Command } from "commander";
import { basename } from "node:path";
import { Failure } from "#base/failure.ts";
import { invariant } from "#base/invariant.ts";
import { guessOpenCalendar, symbolOf } from "#data/calendar.ts";
import type { FlowRecording } from "#data/flow-file.ts";
import { readFlowFiles } from "#data/flow-file.ts";
import { checkQuality, defectCounts } from "#data/quality.ts";
import type { Bars, Timeframe } from "#domain/bar.ts";
import { timeframeMs } from "#domain/bar.ts";
import { calendarNames, instrument } from "#domain/instrument.ts";
import { universe } from "#domain/universe.ts";
import type { FlowBars } from "#features/order-flow/flow-bars.ts";
import { flowBars } from "#features/order-flow/flow-bars.ts";
import { usualRecentTicks } from "#features/order-flow/order-flow.ts";
import { openBarStore } from "#storage/bar-store.ts";
import type { CommonOptions } from "../command.ts";
import { action, command, count, positiveNumber } from "../command.ts";
import { day, fixed, table } from "../terminal.ts";
import { oneOf } from "./data-download.ts";

interface ImportFlowOptions extends CommonOptions {
  readonly book: string;
  readonly trades?: string;
  readonly market: string;
  readonly symbol?: string;
  readonly timeframe: string;
  readonly levels?: number;
  readonly bucketUnits?: number;
  readonly recentTicks: number;
  readonly stepMs?: number;
  readonly timeZone?: string;
  readonly calendar?: string;
  readonly currency: string;
  readonly lotStep: number;
  readonly contractSize: number;
  readonly licence?: string;
}

/** A day is a session with a calendar's own bounds; recorded order flow is for shorter bars. */
const timeframes = (Object.keys(timeframeMs) as Timeframe[]).filter(
  (length) => timeframeMs[length] <= timeframeMs["1h"],
);

export function dataImportFlowCommand(): Command {
  return command(
    "import-flow",
    "Imports a recorded book and trades as bars of the mid price with their order flow, to train on order-book or order-flow.",
    "ploutos data import-flow --book AAPL-quotes.csv --trades AAPL-trades.csv --timeframe 1m --market my-flow",
  )
    .requiredOption("--book <file>", "quotes or snapshots of a book, CSV, plain or gzip")
    .option("--trades <file>", "trades, where they stand in a file of their own")
    .requiredOption("--market <name>", "name of the market; one that exists is replaced, whole or not at all")
    .option("--symbol <name>", "what was recorded (default: from the name of the book's file)")
    .option("--timeframe <length>", `length of the bars: ${timeframes.join(", ")}`, "1m")
    .option("--levels <number>", "levels of the book to look at (default: all of the file)", count)
    .option(
      "--bucket-units <units>",
      "order flow of the last whole bucket of so much volume, not of the bar",
      positiveNumber,
    )
    .option("--recent-ticks <number>", "trades that recentTickImbalance looks back on", count, usualRecentTicks)
    .option(
      "--step-ms <number>",
      "length of a step, where the file counts steps instead of carrying times",
      positiveNumber,
    )
    .option("--time-zone <zone>", "zone of times without an offset, e.g. America/New_York (default: UTC)")
    .option("--calendar <name>", `when it trades: ${calendarNames.join(", ")} (default: guessed from the times)`)
    .option("--currency <code>", "currency of the prices", "USD")
    .option("--lot-step <units>", "smallest tradable step in units", positiveNumber, 0.000001)
    .option("--contract-size <units>", "value of one unit at a price of 1", positiveNumber, 1)
    .option("--licence <text>", "under what terms the recording may be used; kept with the market")
    .action(
      action<ImportFlowOptions>(async ({ options, terminal }) => {
        const { book, market, currency, lotStep, contractSize, licence, timeZone, stepMs, bucketUnits } = options;
        const timeframe = oneOf("timeframe", options.timeframe, timeframes);
        const symbol = options.symbol ?? symbolOf(book);
        const recording = await readFlowFiles({ book, trades: options.trades, stepMs, timeZone });
        const { recentTicks, levels = recording.books.levels } = options;
        const made = flowBars({ symbol, ...recording }, { timeframe, levels, bucketUnits, recentTicks });
        const { bars } = made;
        if (bars.openTime.length === 0) throw new Failure("data/not-enough-bars", tooShort(recording, timeframe));
        const calendar =
          options.calendar === undefined
            ? guessOpenCalendar(bars.openTime, timeframe, symbol)
            : oneOf("calendar", options.calendar, calendarNames);
        const traded = instrument(symbol, { calendar, currency, lotStep, contractSize });
        const files = options.trades === undefined ? [book] : [book, options.trades];
        const source = {
          file: files.map((file) => basename(file)).join(" and "),
          sha256: recording.sha256,
          notes: [
            ...recording.notes,
            ...notesOf(made, {
              timeframe,
              levels,
              bucketUnits,
              recentTicks,
              hasTrades: recording.trades !== undefined,
            }),
            ...(options.calendar === undefined ? [`The calendar ${calendar} is a guess from the times.`] : []),
          ],
          droppedBars: 0,
          licence,
          timeZone: timeZone ?? "UTC",
          checks: defectCounts(checkQuality(bars, { timeframe, calendar })),
        };
        const whole = universe(market, timeframe, [{ instrument: traded, bars }]);
        const summary = await openBarStore(options.store).save(whole, [source]);
        const text = [
          table(
            ["instrument", "bars", "timeframe", "calendar"],
            [[symbol, `${bars.openTime.length}`, timeframe, calendar]],
          ),
          ...source.notes.map((note) => `  ${note}`),
          `Market ${market}: ${bars.openTime.length} bars of the mid price, ${day(summary.firstTime)} to ${day(summary.lastTime)}`,
          `Measured of each bar: ${(bars.measured?.names ?? []).join(", ")}`,
        ].join("\n");
        terminal.result(summary, text);
      }),
    );
}

function tooShort({ books, trades }: FlowRecording, timeframe: Timeframe): string {
  const spanOf = (what: string, { time }: { readonly time: Float64Array }): string => {
    const [first, last] = [time[0], time[time.length - 1]].map((at) => new Date(at).toISOString());
    return `the ${what} from ${first} to ${last}`;
  };
  const spans = [spanOf("book is", books), ...(trades === undefined ? [] : [spanOf("trades are", trades)])];
  return `${spans.join(", ")}: there is no whole bar of ${timeframe} of which all was recorded`;
}

/** Mean over the bars of their mean spread. */
function meanSpreadBps({ measured, openTime }: Bars): number {
  invariant(measured !== undefined, "bars of a recording carry their order flow");
  const place = measured.names.findIndex((name) => name.startsWith("meanSpreadBps"));
  let total = 0;
  for (let t = 0; t < openTime.length; t++) total += measured.values[t * measured.names.length + place];
  return total / openTime.length;
}

/** How the bars were made, in the words that are kept with the market. */
function notesOf(
  { bars, silentBars, signs }: FlowBars,
  used: {
    timeframe: Timeframe;
    levels: number;
    bucketUnits: number | undefined;
    recentTicks: number;
    hasTrades: boolean;
  },
): string[] {
  const { timeframe, levels, bucketUnits, recentTicks, hasTrades } = used;
  const bucket =
    bucketUnits === undefined ? `each bar of ${timeframe}` : `the last ${bucketUnits} units before the close`;
  const sides = {
    given: "Sides of trades are the source's.",
    "lee-ready": "Sides of trades are told from prices by Lee and Ready's rule.",
  };
  return [
    `Prices are mids of the book. The spread was ${fixed(meanSpreadBps(bars))} basis points on average; what crossing it costs is for a run's costs.spreadBps to say.`,
    `Order flow is of ${levels} level${levels === 1 ? "" : "s"} and of ${bucket}.`,
    ...(signs === undefined ? ["There are no trades: volume is 0."] : [sides[signs]]),
    ...(hasTrades ? [`Recent ticks are those of the last ${recentTicks} trades.`] : []),
    ...(silentBars === 0 ? [] : [`Bars in which nothing was recorded, left out: ${silentBars}.`]),
  ];
}
