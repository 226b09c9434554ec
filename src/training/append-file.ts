/** @file A file that only grows, record by record: a record is written whole or not at all. */
import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { Failure } from "#base/failure.ts";

export interface AppendFile {
  readonly path: string;
  /** Length so far. */
  readonly bytes: number;
  /** When it returns, the record survives the death of this process; after `flush`, that of the machine. */
  append(record: Uint8Array | string): void;
  /** Cuts the file down to its first `bytes`. */
  cut(bytes: number): void;
  flush(): void;
  close(): void;
}

/**
 * Opens a file to append to; `create` makes it and refuses one that is there.
 * @throws Failure storage/exists, storage/write-failed (also from every method; a torn record is cut off again)
 */
export function openAppendFile(path: string, mode: "create" | "continue"): AppendFile {
  const file = guarded(path, () => openSync(path, mode === "create" ? "ax" : "a"));
  let bytes = guarded(path, () => fstatSync(file).size);
  return {
    path,
    get bytes() {
      return bytes;
    },
    append(record) {
      const whole = typeof record === "string" ? Buffer.from(record) : record;
      try {
        for (let done = 0; done < whole.length;) done += writeSync(file, whole, done);
      } catch (cause) {
        discardTail(file, bytes);
        throw writeFailure(path, cause);
      }
      bytes += whole.length;
    },
    cut(to) {
      guarded(path, () => ftruncateSync(file, to));
      bytes = to;
    },
    flush: () => guarded(path, () => fsyncSync(file)),
    close: () => closeSync(file),
  };
}

/** A device cannot be cut; then nothing was kept that could be half a record. */
function discardTail(file: number, bytes: number): void {
  if (fstatSync(file).isFile()) ftruncateSync(file, bytes);
}

function guarded<Result>(path: string, action: () => Result): Result {
  try {
    return action();
  } catch (cause) {
    throw writeFailure(path, cause);
  }
}

function writeFailure(path: string, cause: unknown): Failure {
  const reason = cause instanceof Error ? cause.message : String(cause);
  if (cause instanceof Error && "code" in cause && cause.code === "EEXIST") {
    return new Failure("storage/exists", `${path} is already there`, { file: path, cause });
  }
  return new Failure("storage/write-failed", `${path} could not be written (${reason})`, { file: path, cause });
}
