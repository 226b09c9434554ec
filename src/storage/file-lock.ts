/** @file A lock that a process holds on a file until it lets go or dies. */
import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { Failure } from "#base/failure.ts";

export interface FileLock {
  release(): void;
}

/** Whoever only looks holds the file for less than a millisecond; who wants the lock waits that out. */
const patienceMs = 500;

/**
 * Takes the lock, or gives undefined where another process (or another part of this one) holds it. It is SQLite's lock on an empty
 * database: the operating system takes it back from a process that dies, so it is never stale.
 * @throws Failure storage/write-failed
 */
export function takeLock(path: string): FileLock | undefined {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: patienceMs });
    database.exec("BEGIN EXCLUSIVE");
  } catch (cause) {
    database?.close();
    if (isBusy(cause)) return undefined;
    throw new Failure("storage/write-failed", `${path} could not be locked (${String(cause)})`, { file: path, cause });
  }
  const held = database;
  return { release: () => held.close() };
}

/** Does somebody hold it? A lock that was never taken is held by nobody. */
export function isLocked(path: string): boolean {
  if (!existsSync(path)) return false;
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readOnly: true });
    database.exec("SELECT count(*) FROM sqlite_master");
    return false;
  } catch (cause) {
    if (isBusy(cause)) return true;
    throw new Failure("storage/damaged-file", `${path} is no lock (${String(cause)})`, { file: path, cause });
  } finally {
    database?.close();
  }
}

/** SQLITE_BUSY: another connection holds it. */
const busy = 5;

function isBusy(cause: unknown): boolean {
  return cause instanceof Error && "errcode" in cause && cause.errcode === busy;
}
