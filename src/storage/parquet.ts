/** @file Bars in Parquet files, as we write and read them by DuckDB. */
import { DOUBLE, DuckDBDataChunk, DuckDBDoubleVector, DuckDBInstance } from "@duckdb/node-api";
import type { DuckDBConnection, DuckDBMaterializedResult, DuckDBVector } from "@duckdb/node-api";
import { invariant } from "#base/invariant.ts";
import type { Bars, Measured } from "#domain/bar.ts";
import { barColumns, emptyBars, sliceBars } from "#domain/bar.ts";

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

/** A name as SQL takes it. */
const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/**
 * Writes each of `files`: columns openTime (timestamp in ms, UTC), open, high, low, close, volume (doubles), and one for
 * each name that is measured (doubles).
 */
export async function writeParquet(files: readonly { readonly path: string; readonly bars: Bars }[]): Promise<void> {
  await withDuckDb(async (connection) => {
    for (const { path, bars } of files) {
      const names = [...barColumns, ...(bars.measured?.names ?? [])];
      const columns = names.map((name) => `${identifier(name)} DOUBLE`).join(", ");
      await connection.run(`SET memory_limit = '${writeMemory}'; SET temp_directory = ${quoted(`${path}.spill`)}`);
      await connection.run(`CREATE OR REPLACE TABLE bars (${columns})`);
      const appender = await connection.createAppender("bars");
      const length = bars.openTime.length;
      for (let from = 0; from < length; from += chunkRows) {
        const chunk = DuckDBDataChunk.create(
          names.map(() => DOUBLE),
          Math.min(chunkRows, length - from),
        );
        const part = sliceBars(bars, from, from + chunkRows);
        for (const [index, column] of barColumns.entries())
          fillVector(chunk.getColumnVector(index), part[column], path);
        fillMeasured(chunk, part.measured, path);
        appender.appendDataChunk(chunk);
      }
      appender.closeSync();
      const select = `SELECT make_timestamp_ms(openTime::BIGINT)::TIMESTAMP_MS AS "openTime", * EXCLUDE (openTime) FROM bars`;
      await connection.run(`COPY (${select}) TO ${quoted(path)} (FORMAT parquet, COMPRESSION snappy)`);
    }
  });
}

/** A file of bars, and the names of what is measured in it. */
interface BarsParquet {
  readonly path: string;
  readonly measured: readonly string[] | undefined;
}

/** Reads files as `writeParquet` writes them, rows in the order in which they stand. */
export async function readParquet(files: readonly BarsParquet[]): Promise<Bars[]> {
  return withDuckDb(async (connection) => {
    const read: Bars[] = [];
    for (const file of files) read.push(await readFile(connection, file));
    return read;
  });
}

/** Reads one file in slices: while one is copied, DuckDB unpacks the next, and no more than two are in memory. */
async function readFile(connection: DuckDBConnection, { path, measured = [] }: BarsParquet): Promise<Bars> {
  const counted = await connection.runAndReadAll(`SELECT count(*)::DOUBLE FROM read_parquet(${quoted(path)})`);
  const rows = Number(counted.getRows()[0][0]);
  const bars = emptyBars(rows);
  const values = new Float64Array(rows * measured.length);
  const numbers = [...barColumns.filter((column) => column !== "openTime"), ...measured].map(identifier).join(", ");
  const source = `read_parquet(${quoted(path)}, file_row_number = true)`;
  const slice = (from: number): Promise<DuckDBMaterializedResult> =>
    connection.run(
      `SELECT epoch_ms(openTime)::DOUBLE AS openTime, ${numbers} FROM ${source} WHERE file_row_number >= ${from} AND file_row_number < ${from + sliceRows}`,
    );
  let row = 0;
  let next = slice(0);
  for (let from = 0; from < rows; from += sliceRows) {
    const result = await next;
    if (from + sliceRows < rows) next = slice(from + sliceRows);
    for (let index = 0; index < result.chunkCount; index++) {
      const chunk = result.getChunk(index);
      for (const [at, column] of barColumns.entries()) copyColumn(chunk.getColumnVector(at), bars[column], row, path);
      for (let k = 0; k < measured.length; k++) {
        copyColumn(
          chunk.getColumnVector(barColumns.length + k),
          values,
          row * measured.length + k,
          path,
          measured.length,
        );
      }
      row += chunk.rowCount;
    }
  }
  invariant(row === rows, "a file is read to its last row", { path, row, rows });
  return measured.length === 0 ? bars : { ...bars, measured: { names: measured, values } };
}

/** Copies numbers into a vector of doubles of the same length. */
function fillVector(vector: DuckDBVector, values: Float64Array, path: string): void {
  invariant(vector instanceof DuckDBDoubleVector, "a column of bars holds doubles", { path, found: vector.type });
  for (let row = 0; row < values.length; row++) vector.setItem(row, values[row]);
  vector.flush();
}

/** Fills the columns behind those of every bar. */
function fillMeasured(chunk: DuckDBDataChunk, measured: Measured | undefined, path: string): void {
  if (measured === undefined) return;
  const { names, values } = measured;
  const column = new Float64Array(values.length / names.length);
  for (let k = 0; k < names.length; k++) {
    for (let row = 0; row < column.length; row++) column[row] = values[row * names.length + k];
    fillVector(chunk.getColumnVector(barColumns.length + k), column, path);
  }
}

/** Copies a vector of doubles into `column` from `from` on, `stride` apart. */
function copyColumn(vector: DuckDBVector, column: Float64Array, from: number, path: string, stride = 1): void {
  invariant(vector instanceof DuckDBDoubleVector, "a column of bars holds doubles", { path, found: vector.type });
  const length = vector.itemCount;
  for (let row = 0; row < length; row++) {
    const value = vector.getItem(row);
    if (value === null) invariant(false, "a column of bars holds numbers", { path, row: from + row });
    column[from + row * stride] = value;
  }
}
