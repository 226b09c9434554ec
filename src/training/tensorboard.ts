/** @file Scalars as TensorBoard event files: records framed as in TFRecord, each an `Event` of TensorBoard's event.proto. */
import { join } from "node:path";
import type { Writer } from "protobufjs/minimal.js";
import protobuf from "protobufjs/minimal.js";
import { Failure } from "#base/failure.ts";
import { invariant } from "#base/invariant.ts";
import type { AppendFile } from "./append-file.ts";
import { openAppendFile } from "./append-file.ts";

/** One event file. Wall times are Unix seconds. */
export interface EventFile {
  readonly path: string;
  /** One event with all values of a step; each name is a tag, kept as a 32-bit float. */
  scalars(step: number, wallTime: number, values: Readonly<Record<string, number>>): void;
  /** Says that the run goes on from `step`: TensorBoard drops what earlier files hold of that step and later ones. */
  restart(step: number, wallTime: number): void;
  flush(): void;
  close(): void;
}

/**
 * Starts a new event file in `folder`, at a wall time. A second file of the same second gets a number, so that TensorBoard, which reads the
 * files of a run in the order of their names, reads it after the first.
 * @throws Failure storage/write-failed, also from each method
 */
export function createEventFile(folder: string, startedAt: number): EventFile {
  const file = newFile(join(folder, `events.out.tfevents.${Math.floor(startedAt)}.ploutos`));
  const append = (event: Writer): void => file.append(framed(event.finish()));
  append(
    protobuf.Writer.create()
      .uint32(tag(1, wire.double))
      .double(startedAt)
      .uint32(tag(3, wire.bytes))
      .string("brain.Event:2"),
  );
  return {
    path: file.path,
    scalars(step, wallTime, values) {
      const summary = protobuf.Writer.create();
      for (const [name, value] of Object.entries(values)) {
        summary.uint32(tag(1, wire.bytes)).fork();
        summary.uint32(tag(1, wire.bytes)).string(name).uint32(tag(2, wire.float)).float(value).ldelim();
      }
      append(eventAt(step, wallTime).uint32(tag(5, wire.bytes)).bytes(summary.finish()));
    },
    restart(step, wallTime) {
      const started = 1;
      const sessionLog = protobuf.Writer.create().uint32(tag(1, wire.varint)).uint32(started);
      append(eventAt(step, wallTime).uint32(tag(7, wire.bytes)).bytes(sessionLog.finish()));
    },
    flush: () => file.flush(),
    close: () => file.close(),
  };
}

/** CRC-32C (Castagnoli) of bytes, unsigned. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = crcTable[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** The reflected polynomial of CRC-32C, one byte at a time. */
const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});

/** Wire types of protobuf. */
const wire = { varint: 0, double: 1, bytes: 2, float: 5 } as const;

function tag(field: number, type: number): number {
  return (field << 3) | type;
}

function eventAt(step: number, wallTime: number): Writer {
  invariant(Number.isSafeInteger(step) && step >= 0, "a step is a whole number", { step });
  return protobuf.Writer.create().uint32(tag(1, wire.double)).double(wallTime).uint32(tag(2, wire.varint)).int64(step);
}

/** Length (u64), masked CRC of the length, data, masked CRC of the data; little-endian. */
function framed(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(8 + 4 + data.length + 4);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc(record.subarray(0, 8)), true);
  record.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc(data), true);
  return record;
}

/** TFRecord rotates a CRC and adds a constant, since a CRC over bytes that hold their own CRC is weak. */
function maskedCrc(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

function newFile(path: string): AppendFile {
  for (let number = 1; ; number++) {
    try {
      return openAppendFile(number === 1 ? path : `${path}.${number}`, "create");
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== "storage/exists") throw error;
    }
  }
}
