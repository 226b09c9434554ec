/** @file Files that are there whole or not at all. */
import { mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Failure } from "#base/failure.ts";

/** Where a file goes, and what writes it to the path that it is given. */
export interface FileToWrite {
  readonly path: string;
  readonly write: string | Uint8Array | ((temporary: string) => Promise<void>);
}

let written = 0;

/**
 * Writes one file beside its place, forces it to the disk and moves it there: a crash or a full disk leaves the old one.
 * @throws Failure storage/write-failed; the temporary file is removed and what stood there before still does.
 */
export async function writeFileWhole(path: string, content: FileToWrite["write"]): Promise<void> {
  await writeFilesWhole([{ path, write: content }]);
}

/**
 * Writes several files that belong together: none is moved to its place before all are on the disk.
 * @throws Failure storage/write-failed, as `writeFileWhole`.
 */
export async function writeFilesWhole(files: readonly FileToWrite[]): Promise<void> {
  const temporaries = files.map(({ path }) =>
    join(dirname(path), `.${basename(path)}.${process.pid}-${written++}.partial`),
  );
  let current = files[0]?.path ?? "";
  try {
    for (const [index, { path, write }] of files.entries()) {
      current = path;
      await mkdir(dirname(path), { recursive: true });
      await writeTemporary(temporaries[index], write);
    }
    for (const [index, { path }] of files.entries()) {
      current = path;
      await rename(temporaries[index], path);
    }
    for (const folder of new Set(files.map(({ path }) => dirname(path)))) await sync(folder);
  } catch (cause) {
    await Promise.all(temporaries.map((temporary) => rm(temporary, { force: true }).catch(() => undefined)));
    if (cause instanceof Failure) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Failure("storage/write-failed", `${current} could not be written (${reason})`, { file: current, cause });
  }
}

async function writeTemporary(temporary: string, write: FileToWrite["write"]): Promise<void> {
  if (typeof write === "function") {
    await write(temporary);
    await sync(temporary);
    return;
  }
  const file = await open(temporary, "w");
  try {
    await file.writeFile(write);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Forces a file, or the entries of a folder, to the disk. */
async function sync(path: string): Promise<void> {
  const file = await open(path, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
