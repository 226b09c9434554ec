/** @file Bars in Parquet files, as we write and read them by DuckDB. */
import { DOUBLE, DuckDBDataChunk, DuckDBDoubleVector, DuckDBInstance } from "@duckdb/node-api";
import type { DuckDBConnection, DuckDBMaterializedResult, DuckDBVector } from "@duckdb/node-api";
import { invariant } from "#base/invariant.ts";
import type { Bars } from "#domain/bar.ts";
import { barColumns, emptyBars } from "#domain/bar.ts";

/** Rows that DuckDB moves at once. */
const chunkRows = 2048;
/** Rows of one slice of reading: whole row groups of a Parquet file as DuckDB writes them. */
const sliceRows = 8 * 122_880;
/** What DuckDB may keep in memory of a file that is written; the rest waits on the disk beside it. */
const writeMemory = "256MB";

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

async function withDuckDb<Result>(use: (connection: DuckDBConnection) => Promise<Result>): Promise<Result> {
  const instance = await DuckDBInstance.create(":memory:");
  try {
    const connection = await instance.connect();
    try {
      return await use(connection);
    } finally {
      connection.closeSync();
    }
  } finally {
    instance.closeSync();
  }
}

/** Writes each of `files`: columns openTime (timestamp in ms, UTC), open, high, low, close, volume (doubles). */
export async function writeParquet(files: readonly { readonly path: string; readonly bars: Bars }[]): Promise<void> {
  await withDuckDb(async (connection) => {
    const columns = barColumns.map((column) => `"${column}" DOUBLE`).join(", ");
    for (const { path, bars } of files) {
      await connection.run(`SET memory_limit = '${writeMemory}'; SET temp_directory = ${quoted(`${path}.spill`)}`);
      await connection.run(`CREATE OR REPLACE TABLE bars (${columns})`);
      const appender = await connection.createAppender("bars");
      const length = bars.openTime.length;
      for (let from = 0; from < length; from += chunkRows) {
        const chunk = DuckDBDataChunk.create(
          barColumns.map(() => DOUBLE),
          Math.min(chunkRows, length - from),
        );
        for (const [index, column] of barColumns.entries()) {
          fillVector(chunk.getColumnVector(index), bars[column].subarray(from, from + chunkRows), path);
        }
        appender.appendDataChunk(chunk);
      }
      appender.closeSync();
      const select = `SELECT make_timestamp_ms(openTime::BIGINT)::TIMESTAMP_MS AS "openTime", * EXCLUDE (openTime) FROM bars`;
      await connection.run(`COPY (${select}) TO ${quoted(path)} (FORMAT parquet, COMPRESSION snappy)`);
    }
  });
}

/** Reads files as `writeParquet` writes them, rows in the order in which they stand. */
export async function readParquet(paths: readonly string[]): Promise<Bars[]> {
  return withDuckDb(async (connection) => {
    const read: Bars[] = [];
    for (const path of paths) read.push(await readFile(connection, path));
    return read;
  });
}

/** Reads one file in slices: while one is copied, DuckDB unpacks the next, and no more than two are in memory. */
async function readFile(connection: DuckDBConnection, path: string): Promise<Bars> {
  const counted = await connection.runAndReadAll(`SELECT count(*)::DOUBLE FROM read_parquet(${quoted(path)})`);
  const rows = Number(counted.getRows()[0][0]);
  const bars = emptyBars(rows);
  const prices = barColumns.filter((column) => column !== "openTime").join(", ");
  const source = `read_parquet(${quoted(path)}, file_row_number = true)`;
  const slice = (from: number): Promise<DuckDBMaterializedResult> =>
    connection.run(
      `SELECT epoch_ms(openTime)::DOUBLE AS openTime, ${prices} FROM ${source} WHERE file_row_number >= ${from} AND file_row_number < ${from + sliceRows}`,
    );
  let row = 0;
  let next = slice(0);
  for (let from = 0; from < rows; from += sliceRows) {
    const result = await next;
    if (from + sliceRows < rows) next = slice(from + sliceRows);
    for (let index = 0; index < result.chunkCount; index++) {
      const chunk = result.getChunk(index);
      for (const [at, column] of barColumns.entries()) copyColumn(chunk.getColumnVector(at), bars[column], row, path);
      row += chunk.rowCount;
    }
  }
  invariant(row === rows, "a file is read to its last row", { path, row, rows });
  return bars;
}

/** Copies numbers into a vector of doubles of the same length. */
function fillVector(vector: DuckDBVector, values: Float64Array, path: string): void {
  invariant(vector instanceof DuckDBDoubleVector, "a column of bars holds doubles", { path, found: vector.type });
  for (let row = 0; row < values.length; row++) vector.setItem(row, values[row]);
  vector.flush();
}

/** Copies a vector of doubles into `column` at `from`. */
function copyColumn(vector: DuckDBVector, column: Float64Array, from: number, path: string): void {
  invariant(vector instanceof DuckDBDoubleVector, "a column of bars holds doubles", { path, found: vector.type });
  const length = vector.itemCount;
  for (let row = 0; row < length; row++) {
    const value = vector.getItem(row);
    if (value === null) invariant(false, "a column of bars holds numbers", { path, row: from + row });
    column[from + row] = value;
  }
}
