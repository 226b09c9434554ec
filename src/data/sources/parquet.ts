/** @file Parquet files of any maker, as the table of text that they hold: what reads CSV reads them too. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import type { DuckDBConnection } from "@duckdb/node-api";
import { Failure } from "#base/failure.ts";
import type { ReadProgress, TextFile } from "../csv.ts";
import { lineEnd, textOf } from "../csv.ts";

const quotedText = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const quotedName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** True for a file that begins as Parquet does; false also where there is no file. */
export async function isParquet(path: string): Promise<boolean> {
  const file = await open(path, "r").catch(() => undefined);
  if (file === undefined) return false;
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0).catch(() => ({ buffer: Buffer.alloc(0) }));
    return buffer.toString("latin1") === "PAR1";
  } finally {
    await file.close();
  }
}

/**
 * Opens a Parquet file as lines of fields with tabs between them, its names on the first. Numbers are written so that they
 * read back to the bit; times with a zone as UTC, all others as they stand. Empty values are empty fields.
 * Reading the blocks throws Failure data/unreadable-file or data/empty-file.
 */
export function openParquetFile(path: string, progress: ReadProgress = () => undefined): TextFile {
  const hash = createHash("sha256");
  // Kept, packed, for messages that show a line: a Parquet file cannot be read again line by line.
  const kept: Uint8Array[] = [];
  const blocks = async function* (): AsyncGenerator<Uint8Array> {
    for await (const piece of createReadStream(path) as AsyncIterable<Uint8Array>) hash.update(piece);
    try {
      for await (const block of lines(path, progress)) {
        kept.push(zstdCompressSync(block));
        yield block;
      }
    } catch (cause) {
      if (cause instanceof Failure) throw cause;
      const reason = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
      throw new Failure("data/unreadable-file", `${path} is no Parquet file that can be read (${reason})`, {
        file: path,
        cause,
      });
    }
  };
  return { blocks: blocks(), sha256: () => hash.digest("hex"), lineOf: (number) => lineIn(kept, number) };
}

async function* lines(path: string, progress: ReadProgress): AsyncGenerator<Uint8Array> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    const source = `read_parquet(${quotedText(path)})`;
    const columns = await columnsOf(connection, source);
    yield Buffer.from(`${columns.map(({ name }) => fieldOf(name)).join("\t")}\n`);
    const fields = columns.map(({ name, type }) => `coalesce(${textOfColumn(quotedName(name), type)}, '')`);
    const counted = await connection.runAndReadAll(`SELECT count(*)::INTEGER FROM ${source}`);
    const total = Number(counted.getRows()[0][0]);
    if (total === 0) throw new Failure("data/empty-file", `${path} has columns and no row`, { file: path });
    const result = await connection.stream(`SELECT concat_ws(chr(9), ${fields.join(", ")}) FROM ${source}`);
    let done = 0;
    for (
      let chunk = await result.fetchChunk();
      chunk !== null && chunk.rowCount > 0;
      chunk = await result.fetchChunk()
    ) {
      yield Buffer.from(`${chunk.getColumnValues(0).join("\n")}\n`);
      done += chunk.rowCount;
      progress(done, total);
    }
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

interface Column {
  readonly name: string;
  readonly type: string;
}

/** The columns that a row of text can hold: no lists, maps or structures. */
async function columnsOf(connection: DuckDBConnection, source: string): Promise<Column[]> {
  const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${source}`);
  const columns = described.getRows().map(([name, type]) => ({ name: String(name), type: String(type) }));
  return columns.filter(({ type }) => !/\[\]|^(?:STRUCT|MAP|UNION|BLOB|BIT)/.test(type));
}

/** A column as text in DuckDB's SQL. */
function textOfColumn(column: string, type: string): string {
  const written = (time: string): string => `strftime(${time}, '%Y-%m-%d %H:%M:%S.%g')`;
  if (type === "TIMESTAMP WITH TIME ZONE") return `${written(`make_timestamp_ms(epoch_ms(${column}))`)} || 'Z'`;
  if (type.startsWith("TIMESTAMP")) return written(`${column}::TIMESTAMP`);
  if (type !== "VARCHAR") return `${column}::VARCHAR`;
  const flat = `regexp_replace(${column}, '[\\t\\r\\n]', ' ', 'g')`;
  return `CASE WHEN contains(${flat}, '"') THEN '"' || replace(${flat}, '"', '""') || '"' ELSE ${flat} END`;
}

/** A name as one field. */
function fieldOf(name: string): string {
  const flat = name.replace(/[\t\r\n]/g, " ");
  return flat.includes('"') ? `"${flat.replaceAll('"', '""')}"` : flat;
}

function lineIn(blocks: readonly Uint8Array[], number: number): string {
  let line = 1;
  for (const packed of blocks) {
    const block = zstdDecompressSync(packed);
    for (let from = 0; from < block.length; line++) {
      const end = lineEnd(block, from);
      if (line === number) return textOf(block, from, end);
      from = end + 1;
    }
  }
  return "";
}
