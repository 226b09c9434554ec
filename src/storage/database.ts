/** @file SQLite files of ours: begun, recognised and refused in one way, also by several processes at once. */
import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { Failure } from "#base/failure.ts";
import { invariant, InvariantBroken } from "#base/invariant.ts";

/** What a file of one kind looks like. */
export interface DatabaseForm {
  /** For people, e.g. "journal". */
  readonly name: string;
  /** `PRAGMA application_id`: that a database is a file of this kind. */
  readonly applicationId: number;
  /** `PRAGMA user_version`. */
  readonly formatVersion: number;
  /** `wal`: readers never wait for a writer; `delete`: one file, which can be read where nothing may be written. */
  readonly journalMode: "wal" | "delete";
  readonly schema: string;
}

/** How long one process waits for another that writes. */
const patienceMs = 20_000;

/** What SQLite calls FULL: a commit is on the disk when it returns. */
const fullySynchronous = 2;

/** Primary result codes of SQLite that tell of the file and not of the disk. */
const damaged: readonly number[] = [11, 26];

/**
 * Opens the file at `path`, or begins one where there is none. What is committed is on the disk.
 * @throws Failure storage/damaged-file where it is another's or broken, storage/write-failed
 */
export function openDatabase(path: string, form: DatabaseForm): DatabaseSync {
  return opened(path, form, (database) => {
    // Of processes that begin one file at once, the first writes its tables and the others find them.
    transaction(database, () => {
      if (isEmpty(database)) database.exec(`${form.schema} ${stamp(form)}`);
      else expectForm(database, form);
    });
    if (form.journalMode === "wal") database.exec("PRAGMA journal_mode = WAL");
    database.exec("PRAGMA synchronous = FULL");
    invariant(pragma(database, "synchronous") === fullySynchronous, "what is recorded is forced to the disk", { path });
  });
}

/**
 * Opens a file to read it, also where it must not be written; undefined where there is none, or nothing in it yet.
 * @throws Failure storage/damaged-file
 */
export function readDatabase(path: string, form: DatabaseForm): DatabaseSync | undefined {
  if (!existsSync(path)) return undefined;
  let empty = false;
  const database = opened(path, form, (found) => {
    empty = isEmpty(found);
    if (!empty) expectForm(found, form);
  });
  if (!empty) return database;
  database.close();
  return undefined;
}

/** Everything that `work` writes, or nothing; others wait meanwhile. */
export function transaction<Result>(database: DatabaseSync, work: () => Result): Result {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

/** Triggers by which rows of a table can be added, and neither changed nor removed. */
export function appendOnly(table: string, name: string): string {
  const refuse = (verb: string, event: string): string =>
    `CREATE TRIGGER ${table}_is_not_${verb} BEFORE ${event} ON ${table} BEGIN SELECT RAISE(ABORT, '${name} is append-only'); END;`;
  return `${refuse("changed", "UPDATE")} ${refuse("removed", "DELETE")}`;
}

/** What SQLite answered, as a failure: of the file where it says so, or else of the disk. */
export function databaseFailure(
  { name }: DatabaseForm,
  path: string,
  cause: unknown,
  code: "storage/write-failed" | "storage/damaged-file" = codeOf(cause),
): Failure {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new Failure(code, `the ${name} ${path} answered: ${reason}`, { file: path, cause });
}

function codeOf(cause: unknown): "storage/write-failed" | "storage/damaged-file" {
  const found = cause instanceof Error && "errcode" in cause ? cause.errcode : undefined;
  return typeof found !== "number" || damaged.includes(found & 0xff) ? "storage/damaged-file" : "storage/write-failed";
}

function opened(path: string, form: DatabaseForm, check: (database: DatabaseSync) => void): DatabaseSync {
  let database: DatabaseSync;
  try {
    database = new DatabaseSync(path, { timeout: patienceMs });
  } catch (cause) {
    throw databaseFailure(form, path, cause);
  }
  try {
    check(database);
    return database;
  } catch (cause) {
    database.close();
    if (cause instanceof InvariantBroken) throw cause;
    throw databaseFailure(form, path, cause);
  }
}

function pragma(database: DatabaseSync, name: string): unknown {
  return database.prepare(`PRAGMA ${name}`).get()?.[name];
}

function isEmpty(database: DatabaseSync): boolean {
  return pragma(database, "schema_version") === 0;
}

function stamp({ applicationId, formatVersion }: DatabaseForm): string {
  return `PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${formatVersion};`;
}

function expectForm(database: DatabaseSync, { name, applicationId, formatVersion }: DatabaseForm): void {
  const isOurs =
    pragma(database, "application_id") === applicationId && pragma(database, "user_version") === formatVersion;
  if (!isOurs) throw new Error(`this is not a ${name} of this version`);
}
