/** @file A download that is under way: bars on disk as they come, and how far they reach. */
import { mkdir, open, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { Failure } from "#base/failure.ts";
import { invariant } from "#base/invariant.ts";
import { sha256 } from "#base/hash.ts";
import type { Bars, Timeframe } from "#domain/bar.ts";
import { barColumns, emptyBars } from "#domain/bar.ts";
import { writeFileWhole } from "#storage/atomic-file.ts";
import { readStoredJson } from "#storage/stored-json.ts";
import type { BarPage } from "./source.ts";

/** What is being downloaded; pages of two downloads that differ in this never mix. */
export interface DownloadIdentity {
  readonly source: string;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly from: number;
}

export interface PartialSeries {
  /** Bars that are on the disk. */
  count(): number;
  /** Where to go on: nothing that opens before this moment is missing. */
  through(): number;
  /** Returns when the page is on the disk. Throws Failure storage/write-failed; the pages before stay. */
  append(page: BarPage): Promise<void>;
  /** All bars so far. */
  read(): Promise<Bars>;
}

const positionSchema = z.object({ formatVersion: z.literal(1), through: z.number(), bars: z.int().nonnegative() });

const rowBytes = barColumns.length * Float64Array.BYTES_PER_ELEMENT;

/**
 * Opens or begins the download of that identity below `folder`: rows of six doubles, and a position that is moved only when
 * they are on the disk. Rows beyond the position are of a page that was cut short, and are written anew.
 * @throws Failure storage/damaged-file
 */
export async function openPartialSeries(folder: string, identity: DownloadIdentity): Promise<PartialSeries> {
  const { source, symbol, timeframe, from } = identity;
  const hash = sha256(JSON.stringify([source, symbol, timeframe, from])).slice(0, 12);
  const rowsPath = join(folder, `${encodeURIComponent(symbol)}-${timeframe}-${hash}.rows`);
  const positionPath = join(folder, `${encodeURIComponent(symbol)}-${timeframe}-${hash}.json`);
  await mkdir(folder, { recursive: true });
  let { through, bars } = await readPosition(positionPath, from);
  const onDisk = await stat(rowsPath).then(
    ({ size }) => size,
    () => 0,
  );
  if (onDisk < bars * rowBytes) {
    const found = `${rowsPath} holds ${onDisk} bytes, its position names ${bars} bars of ${rowBytes}`;
    throw new Failure("storage/damaged-file", `${found}; remove ${folder} to begin anew`, { file: rowsPath });
  }
  return {
    count: () => bars,
    through: () => through,
    async append(page) {
      await writeTail(rowsPath, bars * rowBytes, rowsAsBytes(page.bars));
      const position = { formatVersion: 1, ...identity, through: page.through, bars: bars + page.bars.openTime.length };
      await writeFileWhole(positionPath, `${JSON.stringify(position)}\n`);
      ({ through, bars } = position);
    },
    read: async () => (bars === 0 ? emptyBars(0) : readRows(await readFile(rowsPath), bars)),
  };
}

/** Forgets all downloads below `folder`. */
export async function removePartialSeries(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

async function readPosition(path: string, from: number): Promise<{ through: number; bars: number }> {
  const absent = new Failure("storage/not-found", `${path} is not there`);
  try {
    return await readStoredJson(path, positionSchema, () => absent);
  } catch (error) {
    if (error === absent) return { through: from, bars: 0 };
    throw error;
  }
}

function rowsAsBytes(bars: Bars): Buffer {
  invariant(bars.measured === undefined, "pages of a source hold prices and volume alone");
  const { length } = bars.openTime;
  const bytes = Buffer.alloc(length * rowBytes);
  for (let t = 0; t < length; t++) {
    for (const [index, column] of barColumns.entries()) bytes.writeDoubleLE(bars[column][t], t * rowBytes + index * 8);
  }
  return bytes;
}

/**
 * Writes `bytes` at byte `at` of a file, cuts off what lies behind, and returns when all of it is on the disk.
 * @throws Failure storage/write-failed
 */
export async function writeTail(path: string, at: number, bytes: Uint8Array): Promise<void> {
  try {
    // "a" makes the file where there is none, and leaves one that is there as it is.
    await (await open(path, "a")).close();
    const file = await open(path, "r+");
    try {
      await file.truncate(at);
      await file.write(bytes, 0, bytes.length, at);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Failure("storage/write-failed", `${path} could not be written (${reason})`, { file: path, cause });
  }
}

function readRows(bytes: Buffer, length: number): Bars {
  const bars = emptyBars(length);
  for (let t = 0; t < length; t++) {
    for (const [index, column] of barColumns.entries()) bars[column][t] = bytes.readDoubleLE(t * rowBytes + index * 8);
  }
  return bars;
}
