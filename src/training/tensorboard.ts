/** @file Scalars, histograms and hyperparameters as TensorBoard event files: records framed as in TFRecord, each an `Event` of TensorBoard's event.proto. */
import { join } from "node:path";
import type { Writer } from "protobufjs/minimal.js";
import protobuf from "protobufjs/minimal.js";
import { Failure } from "#base/failure.ts";
import { invariant } from "#base/invariant.ts";
import type { AppendFile } from "./append-file.ts";
import { openAppendFile } from "./append-file.ts";
import type { HyperParameters } from "./tensorboard-summaries.ts";
import { histogram, sessionEnd, sessionStart, tag, wire } from "./tensorboard-summaries.ts";

/** One event file. Wall times are Unix seconds. */
export interface EventFile {
  readonly path: string;
  /** One event with all values of a step; each name is a tag, kept as a 32-bit float. */
  scalars(step: number, wallTime: number, values: Readonly<Record<string, number>>): void;
  /** One event with a histogram of each list of values. */
  histograms(step: number, wallTime: number, values: Readonly<Record<string, ArrayLike<number>>>): void;
  /** Tells the HPARAMS plugin what the run was set to, and which scalars it is judged by. */
  start(wallTime: number, settings: HyperParameters, metrics: readonly string[]): void;
  /** Tells the HPARAMS plugin that the run has ended well. */
  end(step: number, wallTime: number): void;
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
  const summary = (step: number, wallTime: number, values: readonly Uint8Array[]): void => {
    const writer = protobuf.Writer.create();
    for (const value of values) writer.uint32(tag(1, wire.bytes)).bytes(value);
    append(eventAt(step, wallTime).uint32(tag(5, wire.bytes)).bytes(writer.finish()));
  };
  return {
    path: file.path,
    scalars(step, wallTime, values) {
      summary(
        step,
        wallTime,
        Object.entries(values).map(([name, value]) =>
          protobuf.Writer.create()
            .uint32(tag(1, wire.bytes))
            .string(name)
            .uint32(tag(2, wire.float))
            .float(value)
            .finish(),
        ),
      );
    },
    histograms(step, wallTime, values) {
      summary(
        step,
        wallTime,
        Object.entries(values).map(([name, list]) => histogram(name, list)),
      );
    },
    start: (wallTime, settings, metrics) => summary(0, wallTime, sessionStart(settings, metrics, wallTime)),
    end: (step, wallTime) => summary(step, wallTime, [sessionEnd(wallTime)]),
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
