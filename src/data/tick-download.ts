/** @file Trades and quotes from a source to a text table on disk; an interrupted download goes on at its page. */
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { Failure } from "#base/failure.ts";
import { sha256 } from "#base/hash.ts";
import { writeFileWhole } from "#storage/atomic-file.ts";
import { readStoredJson } from "#storage/stored-json.ts";
import { writeTail } from "./partial-series.ts";

export interface TickPage {
  readonly lines: readonly string[];
  /** Ticks of this page that mean nothing, and are not among the lines. */
  readonly leftOut: number;
  /** Token of the next page; undefined for the last. */
  readonly next: string | undefined;
}

/** Pages that follow each other by tokens, which stay valid. */
export interface TickSource {
  /** Names all that decides what it gives: two sources of one name give the same pages. */
  readonly name: string;
  /** First line of the table. */
  readonly header: string;
  page(token: string | undefined): Promise<TickPage>;
}

export interface DownloadedTicks {
  readonly rows: number;
  readonly leftOut: number;
  /** Rows that an earlier download had already brought. */
  readonly keptRows: number;
}

const positionSchema = z.object({
  formatVersion: z.literal(1),
  token: z.string().optional(),
  bytes: z.int().nonnegative(),
  rows: z.int().nonnegative(),
  leftOut: z.int().nonnegative(),
});

type Position = z.infer<typeof positionSchema>;

/**
 * Writes all ticks of `source` to `path`, which is there whole or not at all: until then they are in a file beside it.
 * @throws Failure as the source does; data/no-such-bars where there is no tick, storage/damaged-file, storage/write-failed
 */
export async function downloadTicks(
  source: TickSource,
  path: string,
  onPage: (rows: number) => void = () => undefined,
): Promise<DownloadedTicks> {
  const partial = `${path}.${sha256(source.name).slice(0, 12)}.partial`;
  const positionPath = `${partial}.json`;
  await mkdir(dirname(path), { recursive: true });
  let position = (await readPosition(positionPath)) ?? (await begin(source, partial));
  const keptRows = position.rows;
  const onDisk = await stat(partial).then(
    ({ size }) => size,
    () => 0,
  );
  if (onDisk < position.bytes) {
    const found = `${partial} holds ${onDisk} bytes, its position names ${position.bytes}; remove both to begin anew`;
    throw new Failure("storage/damaged-file", found, { file: partial });
  }
  for (let more = true; more;) {
    const { lines, leftOut, next } = await source.page(position.token);
    const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""));
    await writeTail(partial, position.bytes, bytes);
    more = next !== undefined;
    position = {
      formatVersion: 1,
      token: next ?? position.token,
      bytes: position.bytes + bytes.length,
      rows: position.rows + lines.length,
      leftOut: position.leftOut + leftOut,
    };
    // After the last page nothing needs a position: the file moves to its place.
    if (more) await writeFileWhole(positionPath, `${JSON.stringify(position)}\n`);
    onPage(position.rows);
  }
  const { rows, leftOut } = position;
  await rm(positionPath, { force: true });
  if (rows > 0) await rename(partial, path);
  else await rm(partial);
  if (rows > 0) return { rows, leftOut, keptRows };
  throw new Failure("data/no-such-bars", `${source.name} has nothing to give`, { source: source.name });
}

async function begin({ header }: TickSource, partial: string): Promise<Position> {
  const bytes = Buffer.from(`${header}\n`);
  await writeTail(partial, 0, bytes);
  return { formatVersion: 1, bytes: bytes.length, rows: 0, leftOut: 0 };
}

async function readPosition(path: string): Promise<Position | undefined> {
  const absent = new Failure("storage/not-found", `${path} is not there`);
  try {
    return await readStoredJson(path, positionSchema, () => absent);
  } catch (error) {
    if (error === absent) return undefined;
    throw error;
  }
}
