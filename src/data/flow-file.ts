/** @file Files of a book and of trades as one recording, on one clock. */
import { basename } from "node:path";
import { Failure } from "#base/failure.ts";
import type { Books } from "#domain/book.ts";
import type { AggressorVolume, Trades } from "#domain/trade.ts";
import type { BookFile } from "./book-file.ts";
import { readBookFile } from "./book-file.ts";

export interface FlowFiles {
  /** Quotes or snapshots of a book. */
  readonly book: string;
  /** Trades, where they stand in a file of their own. */
  readonly trades?: string | undefined;
  /** Length of a step where a file counts steps instead of carrying times. */
  readonly stepMs?: number | undefined;
  /** Zone of times without an offset; UTC unless named. */
  readonly timeZone?: string | undefined;
}

export interface FlowRecording {
  readonly books: Books;
  readonly trades: Trades | undefined;
  /** Only where there are no trades: they hold the same volume. */
  readonly aggressors: AggressorVolume | undefined;
  /** What was decided while reading, each after the name of its file. */
  readonly notes: readonly string[];
  /** SHA-256 of the file of the book, in hex; that of the trades stands in the notes. */
  readonly sha256: string;
}

/**
 * Reads a recording. Steps become times from 1970-01-01 UTC on.
 * @throws Failure data/… with the file; data/counts-steps where a file counts steps and their length is not named
 */
export async function readFlowFiles({ book, trades, stepMs, timeZone }: FlowFiles): Promise<FlowRecording> {
  const ofBook = await timed(book, stepMs, timeZone);
  if (ofBook.books === undefined) throw lacking(book, "trades and no book");
  const ofTrades = trades === undefined ? undefined : await timed(trades, stepMs, timeZone);
  if (trades !== undefined && ofTrades?.trades === undefined) throw lacking(trades, "a book and no trades");
  const taken = ofTrades?.trades ?? ofBook.trades;
  const notesOf = (path: string, { notes }: BookFile): string[] => notes.map((note) => `${basename(path)}: ${note}`);
  return {
    books: ofBook.books,
    trades: taken,
    aggressors: taken === undefined ? ofBook.aggressors : undefined,
    notes: [
      ...notesOf(book, ofBook),
      ...(trades === undefined || ofTrades === undefined
        ? []
        : [`Trades are those of ${basename(trades)}, SHA-256 ${ofTrades.sha256}.`, ...notesOf(trades, ofTrades)]),
      ...(stepMs === undefined ? [] : [`Steps are taken as ${stepMs} ms each, from 1970-01-01 on.`]),
    ],
    sha256: ofBook.sha256,
  };
}

async function timed(path: string, stepMs: number | undefined, timeZone: string | undefined): Promise<BookFile> {
  const file = await readBookFile(path, { timeZone });
  if (file.clock === "steps" && stepMs === undefined) {
    throw new Failure("data/counts-steps", `${path} counts steps, and no length of a step was named`, { file: path });
  }
  if (file.clock === "unix-ms" && stepMs !== undefined) {
    throw new Failure("cli/bad-option", `${path} carries times, and --step-ms is for files that count steps`, {
      file: path,
    });
  }
  const { books, trades, aggressors } = file;
  if (stepMs === undefined) return file;
  const times = (steps: Float64Array): Float64Array => steps.map((step) => step * stepMs);
  return {
    ...file,
    books: books === undefined ? undefined : { ...books, time: times(books.time) },
    trades: trades === undefined ? undefined : { ...trades, time: times(trades.time) },
    aggressors: aggressors === undefined ? undefined : { ...aggressors, time: times(aggressors.time) },
  };
}

function lacking(path: string, found: string): Failure {
  return new Failure("data/no-book", `${path} holds ${found}`, { file: path });
}
