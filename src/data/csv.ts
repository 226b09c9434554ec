/** @file Text tables from disk: plain or gzip, comma, semicolon or tab; every row knows its line. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { Failure } from "#base/failure.ts";

/** A text file, unpacked. */
export interface TextFile {
  readonly path: string;
  readonly text: string;
  /** SHA-256 of the file as it lies on disk, in hex (what `sha256sum` prints). */
  readonly sha256: string;
}

/**
 * Reads a text file whole; gzip is told by its first bytes, not by its name.
 * @throws Failure data/unreadable-file, data/empty-file
 */
export async function readTextFile(path: string): Promise<TextFile> {
  const unreadable = (found: string, cause?: unknown): Failure =>
    new Failure("data/unreadable-file", `${path} ${found}`, { file: path, cause });
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    if (code === "ENOENT") throw unreadable("does not exist", cause);
    if (code === "EISDIR") throw unreadable("is a folder, not a file", cause);
    throw unreadable(`could not be read (${String(code ?? cause)})`, cause);
  }
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  let content = bytes;
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    try {
      content = gunzipSync(bytes);
    } catch (cause) {
      throw unreadable(`is a gzip file that is cut off or damaged (${bytes.length} bytes)`, cause);
    }
  }
  const binary = content.indexOf(0);
  if (binary >= 0) throw unreadable(`holds binary data, not UTF-8 text (a zero byte at ${binary})`);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch (cause) {
    throw unreadable("holds bytes that are not UTF-8 text", cause);
  }
  if (text.trim() === "") throw new Failure("data/empty-file", `${path} holds nothing`, { file: path });
  return { path, text, sha256 };
}

/** Calls `visit` with each line's text, without its ending, and its number, from 1; stops where `visit` returns true. */
export function forEachLine(text: string, visit: (line: string, number: number) => boolean | void): void {
  let number = 0;
  for (let from = 0; from < text.length;) {
    const end = text.indexOf("\n", from);
    const stop = end < 0 ? text.length : end;
    const line = text.slice(from, stop > from && text.charCodeAt(stop - 1) === 13 ? stop - 1 : stop);
    number++;
    if (visit(line, number) === true) return;
    from = stop + 1;
  }
}

/** The separator of a line's fields: the one that it holds most of. */
export function separatorOf(line: string): string {
  const count = (separator: string): number => line.split(separator).length;
  return ["\t", ";"].reduce((best, next) => (count(next) > count(best) ? next : best), ",");
}

/** Fields of a line, trimmed; double quotes may enclose a field and stand doubled inside it. */
export function fieldsOf(line: string, separator: string): string[] {
  if (!line.includes('"')) return line.split(separator).map((field) => field.trim());
  const fields: string[] = [];
  let field = "";
  let quoted = false;
  for (let at = 0; at < line.length; at++) {
    const character = line[at];
    if (character === '"' && quoted && line[at + 1] === '"') {
      field += character;
      at++;
    } else if (character === '"') {
      quoted = !quoted;
    } else if (character === separator && !quoted) {
      fields.push(field.trim());
      field = "";
    } else {
      field += character;
    }
  }
  fields.push(field.trim());
  return fields;
}
