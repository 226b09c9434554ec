/** @file The state of a training as one binary file: exact to the bit, whole or refused. */
import { createHash } from "node:crypto";
import { endianness } from "node:os";
import { z } from "zod";
import { Failure } from "#base/failure.ts";
import { invariant } from "#base/invariant.ts";
import { writeFileWhole } from "#storage/atomic-file.ts";
import { readStored } from "#storage/stored-json.ts";

/** What a checkpoint can hold. Numbers are doubles of any value; texts are well-formed Unicode. */
export type CheckpointValue =
  | Float32Array
  | Float64Array
  | Int32Array
  | Uint32Array
  | Uint8Array
  | BigInt64Array
  | number
  | string;

export type Checkpoint = Readonly<Record<string, CheckpointValue>>;

/**
 * Writes a checkpoint; one that was there before is replaced whole or kept. The values are copied before the first wait.
 *
 * Layout, little-endian: magic (8 bytes), format version (u32), header length (u32), file length (u64), header (JSON, padded
 * with spaces), values (each padded with zeros to 8 bytes), SHA-256 of everything before it (32 bytes).
 * @throws Failure storage/write-failed
 */
export async function saveCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  await writeFileWhole(path, encoded(checkpoint));
}

/**
 * Reads what `saveCheckpoint` wrote.
 * @throws Failure storage/not-found, storage/damaged-file
 */
export async function loadCheckpoint(path: string): Promise<Checkpoint> {
  const absent = (): Failure => new Failure("storage/not-found", `${path} is not there`, { file: path });
  const bytes = await readStored(path, absent);
  const damaged = (found: string, cause?: unknown): Failure =>
    new Failure("storage/damaged-file", `${path} ${found}`, { file: path, cause });
  return decoded(bytes, damaged);
}

const magic = Buffer.from("PLOUTOS\0");
const formatVersion = 3;
const fixedBytes = magic.length + 4 + 4 + 8;
const hashBytes = 32;

const arrayNames = ["float32", "float64", "int32", "uint32", "uint8", "bigint64"] as const;

const arrayTypes = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  uint32: Uint32Array,
  uint8: Uint8Array,
  bigint64: BigInt64Array,
} as const satisfies Record<(typeof arrayNames)[number], unknown>;

const headerSchema = z.strictObject({
  entries: z.array(
    z.strictObject({
      name: z.string(),
      /** A number is one double, a text its UTF-8 bytes. */
      type: z.enum([...arrayNames, "number", "text"]),
      bytes: z.int().nonnegative(),
    }),
  ),
});

type Entry = z.infer<typeof headerSchema>["entries"][number];

function encoded(checkpoint: Checkpoint): Uint8Array {
  expectLittleEndian();
  const values = Object.entries(checkpoint).map(([name, value]) => valueBytes(name, value));
  const entries = values.map(({ entry }) => entry);
  const plainHeader = JSON.stringify({ entries });
  const header = Buffer.from(
    plainHeader + " ".repeat(padded(Buffer.byteLength(plainHeader)) - Buffer.byteLength(plainHeader)),
  );
  const bodyBytes = entries.reduce((sum, { bytes }) => sum + padded(bytes), 0);
  const file = Buffer.alloc(fixedBytes + header.length + bodyBytes + hashBytes);

  magic.copy(file);
  file.writeUInt32LE(formatVersion, 8);
  file.writeUInt32LE(header.length, 12);
  file.writeBigUInt64LE(BigInt(file.length), 16);
  header.copy(file, fixedBytes);
  let at = fixedBytes + header.length;
  for (const { content } of values) {
    file.set(content, at);
    at += padded(content.length);
  }
  digest(file.subarray(0, at)).copy(file, at);
  return file;
}

function decoded(file: Buffer, damaged: (found: string, cause?: unknown) => Failure): Checkpoint {
  expectLittleEndian();
  if (file.length === 0) throw damaged("is empty");
  if (file.length < fixedBytes + hashBytes) throw damaged(`is cut off after ${file.length} bytes`);
  if (!file.subarray(0, magic.length).equals(magic)) throw damaged("is not a checkpoint");
  const length = file.readBigUInt64LE(16);
  if (BigInt(file.length) < length) throw damaged(`is cut off after ${file.length} of its ${length} bytes`);
  const end = file.length - hashBytes;
  if (!digest(file.subarray(0, end)).equals(file.subarray(end))) {
    throw damaged("does not carry the hash it was written with");
  }
  const version = file.readUInt32LE(8);
  if (version !== formatVersion) {
    throw damaged(`has format version ${version}, but this version of the program reads ${formatVersion}`);
  }
  let at = fixedBytes + file.readUInt32LE(12);
  const entries = headerOf(file.subarray(fixedBytes, at), damaged);
  const checkpoint: [string, CheckpointValue][] = [];
  for (const entry of entries) {
    if (at + entry.bytes > end) throw damaged(`has no room for its value ${entry.name}`);
    checkpoint.push([entry.name, valueOf(entry, file.subarray(at, at + entry.bytes))]);
    at += padded(entry.bytes);
  }
  return Object.fromEntries(checkpoint);
}

function headerOf(header: Buffer, damaged: (found: string, cause?: unknown) => Failure): Entry[] {
  try {
    return headerSchema.parse(JSON.parse(header.toString("utf8"))).entries;
  } catch (cause) {
    throw damaged("has a header that cannot be read", cause);
  }
}

function valueBytes(name: string, value: CheckpointValue): { readonly entry: Entry; readonly content: Uint8Array } {
  invariant(name.isWellFormed(), "names in a checkpoint are well-formed texts", { name });
  if (typeof value === "number") {
    const content = new Uint8Array(Float64Array.of(value).buffer);
    return { entry: { name, type: "number", bytes: content.length }, content };
  }
  if (typeof value === "string") {
    invariant(value.isWellFormed(), "texts in a checkpoint are well-formed", { name });
    const content = Buffer.from(value);
    return { entry: { name, type: "text", bytes: content.length }, content };
  }
  const type = arrayNames.find((known) => value instanceof arrayTypes[known]);
  invariant(type !== undefined, "a checkpoint holds typed arrays, numbers and texts", { name, found: typeof value });
  const content = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return { entry: { name, type, bytes: content.length }, content };
}

function valueOf({ type }: Entry, content: Buffer): CheckpointValue {
  if (type === "text") return content.toString("utf8");
  // A copy of its own, which starts at a multiple of 8 as the arrays demand.
  const { buffer } = Uint8Array.from(content);
  return type === "number" ? new Float64Array(buffer)[0] : new arrayTypes[type](buffer);
}

function padded(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

function digest(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}

function expectLittleEndian(): void {
  if (endianness() !== "LE") throw new Failure("runtime/unsupported", "this processor is big-endian");
}
