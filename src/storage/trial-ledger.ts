/** @file The trial ledger in SQLite: what a project tried, and its vault. Rows are added, never changed, by several processes at once. */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { Failure } from "#base/failure.ts";
import { sha256 } from "#base/hash.ts";
import type { Timeframe } from "#domain/bar.ts";
import { timeframeMs } from "#domain/bar.ts";
import type { CountedTrial, Sighting, Trial } from "#domain/trial.ts";
import type { Opening, Seal, Vault } from "#domain/vault.ts";
import type { DatabaseForm } from "./database.ts";
import { appendOnly, databaseFailure, openDatabase, readDatabase, transaction } from "./database.ts";

/** A ledger that can be written. Close it; what was recorded is on the disk. */
export interface TrialLedger {
  /**
   * Counts trials: each once, and each time that it is made as one sighting of it. All of them, or none.
   * `goesOn`: they are gone on with, so that those that were counted before are not sighted again.
   */
  record(trials: readonly Trial[], sighting: Sighting, how?: { readonly goesOn: boolean }): void;
  seal(seal: Seal, sighting: Sighting): void;
  /** To be called before the first bar is looked at. */
  open(opening: Opening, sighting: Sighting): void;
  close(): void;
}

const name = "the trial ledger";

/** "PLTL". In one file, so that a ledger can be read where nothing may be written. */
const form: DatabaseForm = {
  name: "trial ledger",
  applicationId: 0x504c544c,
  formatVersion: 1,
  journalMode: "delete",
  schema: `
    CREATE TABLE trial (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      kind TEXT NOT NULL,
      agent TEXT NOT NULL,
      settings TEXT NOT NULL,
      config_hash TEXT NOT NULL,
      seed INTEGER NOT NULL,
      market TEXT NOT NULL,
      symbols TEXT NOT NULL,
      timeframe TEXT NOT NULL,
      data_hash TEXT NOT NULL,
      from_time REAL NOT NULL,
      until_time REAL NOT NULL,
      returns BLOB NOT NULL,
      returns_hash TEXT NOT NULL,
      UNIQUE (kind, config_hash, seed, market, data_hash, from_time, until_time, returns_hash)
    ) STRICT;
    CREATE TABLE sighting (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      trial INTEGER NOT NULL REFERENCES trial (id),
      at REAL NOT NULL,
      command TEXT NOT NULL,
      code_version TEXT NOT NULL
    ) STRICT;
    CREATE TABLE seal (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      market TEXT NOT NULL,
      symbols TEXT NOT NULL,
      from_time REAL NOT NULL,
      looks_before INTEGER NOT NULL,
      trainings_before INTEGER NOT NULL,
      at REAL NOT NULL,
      command TEXT NOT NULL,
      code_version TEXT NOT NULL
    ) STRICT;
    CREATE TABLE opening (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      market TEXT NOT NULL,
      from_time REAL NOT NULL,
      run TEXT NOT NULL,
      at REAL NOT NULL,
      command TEXT NOT NULL,
      code_version TEXT NOT NULL
    ) STRICT;
    ${["trial", "sighting", "seal", "opening"].map((table) => appendOnly(table, name)).join("\n")}
  `,
};

/**
 * Opens the ledger at `path` to write it, or begins one, with its folder.
 * @throws Failure storage/damaged-file, storage/write-failed
 */
export function openTrialLedger(path: string): TrialLedger {
  beginFolder(path);
  const database = openDatabase(path, form);
  const write = (work: () => void): void => {
    try {
      transaction(database, work);
    } catch (cause) {
      throw databaseFailure(form, path, cause);
    }
  };
  return {
    record: (trials, sighting, { goesOn } = { goesOn: false }) =>
      write(() => trials.forEach((trial) => insertTrial(database, trial, sighting, goesOn))),
    seal: ({ market, symbols, from, at, seenBefore }, { command, codeVersion }) =>
      write(() => {
        const row = [market, JSON.stringify(symbols), from, seenBefore.looks, seenBefore.trainings, at];
        const columns = "market, symbols, from_time, looks_before, trainings_before, at, command, code_version";
        insert(database, "seal", columns, [...row, command, codeVersion]);
      }),
    open: ({ market, from, at, run }, { command, codeVersion }) =>
      write(() => {
        const columns = "market, from_time, run, at, command, code_version";
        insert(database, "opening", columns, [market, from, run, at, command, codeVersion]);
      }),
    close: () => database.close(),
  };
}

/**
 * All trials of the ledger at `path` in the order in which they were first made; none where there is no file.
 * @throws Failure storage/damaged-file
 */
export function readTrials(path: string): CountedTrial[] {
  return read(path, [], (database) => {
    const sightings = Map.groupBy(
      rows(database, "SELECT trial, at, command, code_version FROM sighting ORDER BY id", sightingRow),
      ({ trial }) => trial,
    );
    return rows(database, "SELECT * FROM trial ORDER BY id", trialRow).map((row) => ({
      kind: row.kind,
      agent: row.agent,
      settings: row.settings,
      configHash: row.config_hash,
      seed: row.seed,
      market: row.market,
      symbols: row.symbols,
      timeframe: row.timeframe,
      dataHash: row.data_hash,
      from: row.from_time,
      until: row.until_time,
      returns: row.returns,
      sightings: (sightings.get(row.id) ?? []).map(({ at, command, code_version: codeVersion }) => ({
        at,
        command,
        codeVersion,
      })),
    }));
  });
}

/**
 * The vault of the project whose ledger is at `path`; empty where there is no file.
 * @throws Failure storage/damaged-file
 */
export function readVault(path: string): Vault {
  return read(path, { seals: [], openings: [] }, (database) => ({
    seals: rows(database, "SELECT * FROM seal ORDER BY id", sealRow).map((row) => ({
      market: row.market,
      symbols: row.symbols,
      from: row.from_time,
      at: row.at,
      seenBefore: { looks: row.looks_before, trainings: row.trainings_before },
    })),
    openings: rows(database, "SELECT * FROM opening ORDER BY id", openingRow).map((row) => ({
      market: row.market,
      from: row.from_time,
      at: row.at,
      run: row.run,
    })),
  }));
}

function beginFolder(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (cause) {
    throw databaseFailure(form, path, cause, "storage/write-failed");
  }
}

function insert(database: DatabaseSync, table: string, columns: string, values: (string | number)[]): void {
  const places = values.map(() => "?").join(", ");
  database.prepare(`INSERT INTO ${table} (${columns}) VALUES (${places})`).run(...values);
}

function insertTrial(
  database: DatabaseSync,
  trial: Trial,
  { at, command, codeVersion }: Sighting,
  goesOn: boolean,
): void {
  const { kind, configHash, seed, market, dataHash, from, until, returns } = trial;
  const key = [kind, configHash, seed, market, dataHash, from, until, sha256(returns)];
  const columns = "kind, config_hash, seed, market, data_hash, from_time, until_time, returns_hash";
  const added = database
    .prepare(
      `INSERT INTO trial (${columns}, agent, settings, symbols, timeframe, returns)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id`,
    )
    .get(...key, trial.agent, trial.settings, JSON.stringify(trial.symbols), trial.timeframe, bytesOf(returns));
  if (added === undefined && goesOn) return;
  const same = columns
    .split(", ")
    .map((column) => `${column} = ?`)
    .join(" AND ");
  const found = added ?? database.prepare(`SELECT id FROM trial WHERE ${same}`).get(...key);
  insert(database, "sighting", "trial, at, command, code_version", [Number(found?.["id"]), at, command, codeVersion]);
}

function bytesOf({ buffer, byteOffset, byteLength }: Float64Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function read<Result>(path: string, absent: Result, work: (database: DatabaseSync) => Result): Result {
  const database = readDatabase(path, form);
  if (database === undefined) return absent;
  try {
    return work(database);
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    throw databaseFailure(form, path, cause, "storage/damaged-file");
  } finally {
    database.close();
  }
}

function rows<Row>(database: DatabaseSync, sql: string, schema: z.ZodType<Row>): Row[] {
  return database
    .prepare(sql)
    .all()
    .map((row) => {
      const parsed = schema.safeParse({ ...row });
      if (parsed.success) return parsed.data;
      const { path, message } = parsed.error.issues[0];
      throw new Error(`a row does not follow its schema at ${path.join(".")}: ${message}`);
    });
}

const symbols = z
  .string()
  .transform((text): unknown => JSON.parse(text))
  .pipe(z.array(z.string()));

const trialRow = z.object({
  id: z.int(),
  kind: z.enum(["training", "look", "in-sample look"]),
  agent: z.string(),
  settings: z.string(),
  config_hash: z.string(),
  seed: z.int(),
  market: z.string(),
  symbols,
  timeframe: z.enum(Object.keys(timeframeMs) as [Timeframe, ...Timeframe[]]),
  data_hash: z.string(),
  from_time: z.number(),
  until_time: z.number(),
  returns: z
    .instanceof(Uint8Array)
    .refine(({ byteLength }) => byteLength % Float64Array.BYTES_PER_ELEMENT === 0, "not whole numbers of 8 bytes")
    // Copied, for numbers of 8 bytes begin at multiples of 8.
    .transform((bytes) => new Float64Array(bytes.slice().buffer)),
});

const sightingRow = z.object({ trial: z.int(), at: z.number(), command: z.string(), code_version: z.string() });

const sealRow = z.object({
  market: z.string(),
  symbols,
  from_time: z.number(),
  at: z.number(),
  looks_before: z.int(),
  trainings_before: z.int(),
});

const openingRow = z.object({ market: z.string(), from_time: z.number(), run: z.string(), at: z.number() });
