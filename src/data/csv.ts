/** @file Text tables from disk, block by block: plain or gzip, comma, semicolon or tab. */
import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import type { Hash } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline, Readable } from "node:stream";
import { createGunzip, gunzipSync } from "node:zlib";
import { Failure } from "#base/failure.ts";

/** Bytes of a file that lie on disk as one block of reading. */
const readBytes = 1 << 20;

/** How far reading a file has come, in bytes of it as it lies on disk. */
export type ReadProgress = (done: number, total: number) => void;

export interface TextFile {
  /** Whole lines, unpacked, in blocks; each ends with a line's end, but perhaps the last. Can be read once. */
  readonly blocks: AsyncIterable<Uint8Array>;
  /** SHA-256 of the file as it lies on disk, in hex (what `sha256sum` prints); known when all blocks were read. */
  sha256(): string;
  /** The text of one line, by its number from 1; for messages, at the price of looking through the whole file again. */
  lineOf(number: number): string;
}

/**
 * Opens a text file to be read in blocks, so that it need not fit into memory; gzip is told by its first bytes.
 * Reading the blocks throws Failure data/unreadable-file or data/empty-file.
 */
export function openTextFile(path: string, progress: ReadProgress = () => undefined): TextFile {
  const hash = createHash("sha256");
  return {
    blocks: textBlocks(path, hash, progress),
    sha256: () => hash.digest("hex"),
    lineOf: (number) => lineOf(path, number),
  };
}

async function* textBlocks(path: string, hash: Hash, progress: ReadProgress): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array = new Uint8Array(0);
  let read = 0;
  let blank = true;
  const unreadable = (found: string): Failure =>
    new Failure("data/unreadable-file", `${path} ${found}`, { file: path });
  for await (const piece of unpacked(path, hash, progress)) {
    const zero = piece.indexOf(0);
    if (zero >= 0) throw unreadable(`holds binary data, not UTF-8 text (a zero byte at ${read + zero})`);
    read += piece.length;
    const end = piece.lastIndexOf(10) + 1;
    const whole = Buffer.concat([rest, piece.subarray(0, end)]);
    blank &&= isBlank(whole);
    // Nothing is given before there is something to read, and no line before it is whole.
    if (end === 0 || blank) {
      rest = Buffer.concat([whole, piece.subarray(end)]);
      continue;
    }
    rest = piece.subarray(end);
    if (!isUtf8(whole)) throw unreadable("holds bytes that are not UTF-8 text");
    yield whole;
  }
  if (!isUtf8(rest)) throw unreadable("holds bytes that are not UTF-8 text");
  if (blank && isBlank(rest)) throw new Failure("data/empty-file", `${path} holds nothing`, { file: path });
  if (rest.length > 0) yield rest;
}

/** The file's content piece by piece; `hash` is given the bytes as they lie on disk. */
async function* unpacked(path: string, hash: Hash, progress: ReadProgress): AsyncGenerator<Uint8Array> {
  let total = 0;
  let done = 0;
  const raw = async function* (): AsyncGenerator<Uint8Array> {
    total = (await stat(path)).size;
    for await (const piece of createReadStream(path, { highWaterMark: readBytes }) as AsyncIterable<Uint8Array>) {
      hash.update(piece);
      done += piece.length;
      yield piece;
      progress(done, total);
    }
  };
  const pieces = raw();
  let packed = false;
  try {
    const first = await pieces.next();
    if (first.done === true) return;
    packed = first.value[0] === 0x1f && first.value[1] === 0x8b;
    const all = async function* (): AsyncGenerator<Uint8Array> {
      yield first.value;
      yield* pieces;
    };
    if (packed) yield* pipeline(Readable.from(all()), createGunzip({ chunkSize: readBytes }), () => undefined);
    else yield* all();
  } catch (cause) {
    throw unreadableFile(path, packed, total, cause);
  }
}

function unreadableFile(path: string, packed: boolean, size: number, cause: unknown): unknown {
  if (cause instanceof Failure) return cause;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
  const found =
    code === "ENOENT"
      ? "does not exist"
      : code === "EISDIR"
        ? "is a folder, not a file"
        : packed
          ? `is a gzip file that is cut off or damaged (${size} bytes)`
          : `could not be read (${code})`;
  return new Failure("data/unreadable-file", `${path} ${found}`, { file: path, cause });
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 10 || byte === 13 || byte === 32 || byte === 9);
}

function lineOf(path: string, number: number): string {
  const bytes = readFileSync(path);
  const content = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
  let from = 0;
  for (let line = 1; line < number; line++) from = lineEnd(content, from) + 1;
  return textOf(content, from, lineEnd(content, from));
}

/** Where the line that begins at `from` ends: at its line feed, or at the end of the bytes. */
export function lineEnd(bytes: Uint8Array, from: number): number {
  const end = bytes.indexOf(10, from);
  return end < 0 ? bytes.length : end;
}

/** The text of bytes `from` to `to`, without a carriage return at its end. */
export function textOf(bytes: Uint8Array, from: number, to: number): string {
  const stop = to > from && bytes[to - 1] === 13 ? to - 1 : to;
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, stop - from).toString("utf8");
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
