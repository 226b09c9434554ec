/** @file Bars in Parquet files, written and read by DuckDB; nothing else in the program knows of it. */
import { DOUBLE, DuckDBDataChunk, DuckDBInstance } from "@duckdb/node-api";
import type { DuckDBConnection } from "@duckdb/node-api";
import { invariant } from "#base/invariant.ts";
import type { Bars } from "#domain/bar.ts";
import { barColumns, emptyBars } from "#domain/bar.ts";

/** Rows that DuckDB moves at once. */
const chunkRows = 2048;

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
      await connection.run(`CREATE OR REPLACE TABLE bars (${columns})`);
      const appender = await connection.createAppender("bars");
      const length = bars.openTime.length;
      for (let from = 0; from < length; from += chunkRows) {
        const chunk = DuckDBDataChunk.create(
          barColumns.map(() => DOUBLE),
          Math.min(chunkRows, length - from),
        );
        for (const [index, column] of barColumns.entries()) {
          chunk.setColumnValues(index, Array.from(bars[column].subarray(from, from + chunkRows)));
        }
        appender.appendDataChunk(chunk);
      }
      appender.closeSync();
      const select = `SELECT make_timestamp_ms(openTime::BIGINT)::TIMESTAMP_MS AS "openTime", * EXCLUDE (openTime) FROM bars`;
      await connection.run(`COPY (${select}) TO ${quoted(path)} (FORMAT parquet, COMPRESSION zstd)`);
    }
  });
}

/** Reads files as `writeParquet` writes them, rows in the order in which they stand. */
export async function readParquet(paths: readonly string[]): Promise<Bars[]> {
  return withDuckDb(async (connection) => {
    const read: Bars[] = [];
    for (const path of paths) {
      const prices = barColumns.filter((column) => column !== "openTime").join(", ");
      const select = `SELECT epoch_ms(openTime)::DOUBLE AS openTime, ${prices} FROM read_parquet(${quoted(path)})`;
      const result = await connection.runAndReadAll(select);
      const columns = result.getColumns();
      const bars = emptyBars(result.currentRowCount);
      for (const [index, column] of barColumns.entries()) {
        const values = columns[index];
        for (let t = 0; t < values.length; t++) {
          const value = values[t];
          invariant(typeof value === "number", "a column of bars holds numbers", { path, column, row: t });
          bars[column][t] = value;
        }
      }
      read.push(bars);
    }
    return read;
  });
}
