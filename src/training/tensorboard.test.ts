import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import * as fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { crc32c, createEventFile } from "./tensorboard.ts";

const scratch = mkdtempSync(join(tmpdir(), "ploutos-events-"));
afterAll(() => rmSync(scratch, { recursive: true }));

function folder(): string {
  return mkdtempSync(join(scratch, "run-"));
}

test("has the CRC-32C that RFC 3720 and the catalogues of CRCs publish", () => {
  expect(crc32c(Buffer.from("123456789"))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, at) => at))).toBe(0x46dd794e);
  expect(crc32c(new Uint8Array(0))).toBe(0);
});

test("starts with the bytes with which every event file starts", () => {
  const file = createEventFile(folder(), 1_700_000_000.5);
  file.close();
  const bytes = readFileSync(file.path);
  expect(bytes.subarray(0, 13).toString("hex")).toBe("1800000000000000a37f4b2209");
  expect(bytes.subarray(21, 36).toString("latin1")).toBe("\x1a\x0dbrain.Event:2");
  expect(basename(file.path)).toBe("events.out.tfevents.1700000000.ploutos");
});

test("is read back by a reader that shares no code with it", () => {
  const file = createEventFile(folder(), 12.5);
  file.scalars(0, 13, { "loss/policy": -0.25, reward: 1e-3 });
  file.scalars(2 ** 40, 14.125, { größe: 3.5 });
  file.restart(300, 15);
  file.flush();
  file.close();
  expect(readEvents(readFileSync(file.path))).toEqual([
    { wallTime: 12.5, step: 0n, version: "brain.Event:2" },
    { wallTime: 13, step: 0n, scalars: { "loss/policy": -0.25, reward: Math.fround(1e-3) } },
    { wallTime: 14.125, step: 2n ** 40n, scalars: { größe: 3.5 } },
    { wallTime: 15, step: 300n, session: 1n },
  ]);
});

test("keeps any scalars, tags and steps", () => {
  const place = folder();
  const tag = fc.string({ minLength: 1, maxLength: 8, unit: "grapheme" }).filter((name) => name !== "__proto__");
  const values = fc.dictionary(tag, fc.float({ noNaN: true }), { minKeys: 1, maxKeys: 5, noNullPrototype: true });
  fc.assert(
    fc.property(values, fc.maxSafeNat(), (scalars, step) => {
      const file = createEventFile(place, 1);
      file.scalars(step, 2.5, scalars);
      file.close();
      expect(readEvents(readFileSync(file.path))[1]).toEqual({ wallTime: 2.5, step: BigInt(step), scalars });
      rmSync(file.path);
    }),
    { numRuns: 50 },
  );
});

test("shows the reader any damaged byte", () => {
  const file = createEventFile(folder(), 1);
  file.scalars(7, 2, { reward: 0.5, loss: 2 });
  file.close();
  const whole = readFileSync(file.path);
  for (let at = 0; at < whole.length; at++) {
    const damaged = Buffer.from(whole);
    damaged[at] ^= 1 << (at % 8);
    expect(() => readEvents(damaged), `byte ${at}`).toThrow();
  }
  expect(() => readEvents(whole.subarray(0, -1))).toThrow();
});

test("does not touch an event file of the same second, and is read after it", () => {
  const place = folder();
  const first = createEventFile(place, 5);
  first.scalars(1, 5, { reward: 1 });
  first.close();
  const hash = createHash("sha256").update(readFileSync(first.path)).digest("hex");
  const second = createEventFile(place, 5.75);
  second.close();
  expect(createHash("sha256").update(readFileSync(first.path)).digest("hex")).toBe(hash);
  expect(basename(second.path) > basename(first.path)).toBe(true);
});

test("refuses a step that is not a whole number", () => {
  const file = createEventFile(folder(), 1);
  for (const step of [-1, 0.5, NaN]) expect(() => file.scalars(step, 1, { reward: 1 })).toThrow("whole number");
  file.close();
});

interface ReadEvent {
  wallTime?: number;
  step: bigint;
  version?: string;
  session?: bigint;
  scalars?: Record<string, number>;
}

/** Reads an event file from the descriptions of TFRecord and event.proto; throws at the first byte that is wrong. */
function readEvents(file: Buffer): ReadEvent[] {
  const events: ReadEvent[] = [];
  for (let at = 0; at < file.length;) {
    const length = Number(file.readBigUInt64LE(at));
    const data = file.subarray(at + 12, at + 12 + length);
    if (file.readUInt32LE(at + 8) !== bitwiseMaskedCrc(file.subarray(at, at + 8))) throw new Error(`length at ${at}`);
    if (file.readUInt32LE(at + 12 + length) !== bitwiseMaskedCrc(data)) throw new Error(`data at ${at}`);
    events.push(readEvent(data));
    at += 16 + length;
  }
  return events;
}

function readEvent(data: Buffer): ReadEvent {
  const event: ReadEvent = { step: 0n };
  for (const [field, value] of fieldsOf(data)) {
    if (field === 1) event.wallTime = bytesOf(value).readDoubleLE();
    else if (field === 2) event.step = numberOf(value);
    else if (field === 3) event.version = bytesOf(value).toString();
    else if (field === 7) event.session = numberOf(fieldsOf(bytesOf(value))[0][1]);
    else if (field === 5)
      event.scalars = Object.fromEntries(fieldsOf(bytesOf(value)).map(([, entry]) => readScalar(entry)));
    else throw new Error(`field ${field}`);
  }
  return event;
}

function readScalar(entry: Buffer | bigint): [string, number] {
  const [[tagField, tag], [valueField, value]] = fieldsOf(bytesOf(entry));
  if (tagField !== 1 || valueField !== 2) throw new Error("not a scalar");
  return [bytesOf(tag).toString(), bytesOf(value).readFloatLE()];
}

function bytesOf(value: Buffer | bigint): Buffer {
  if (typeof value === "bigint") throw new Error("a number where bytes belong");
  return value;
}

function numberOf(value: Buffer | bigint): bigint {
  if (typeof value !== "bigint") throw new Error("bytes where a number belongs");
  return value;
}

/** Fields of a protobuf message, as protobuf's encoding guide describes them. */
function fieldsOf(message: Buffer): [number, Buffer | bigint][] {
  const fields: [number, Buffer | bigint][] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message.readUInt8(at++);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const key = Number(varint());
    const type = key & 7;
    if (type === 0) {
      fields.push([key >> 3, varint()]);
      continue;
    }
    const length = type === 1 ? 8 : type === 5 ? 4 : Number(varint());
    if (at + length > message.length) throw new Error("a field longer than its message");
    fields.push([key >> 3, message.subarray(at, at + length)]);
    at += length;
  }
  return fields;
}

/** CRC-32C as polynomial division, most significant bit first, on reflected bytes: not how the writer does it. */
function bitwiseMaskedCrc(bytes: Uint8Array): number {
  let crc = 0xffffffffn;
  for (const byte of bytes) {
    crc ^= reflect(BigInt(byte), 8) << 24n;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1n) ^ (crc & 0x80000000n ? 0x11edc6f41n : 0n)) & 0xffffffffn;
  }
  const sum = reflect(crc ^ 0xffffffffn, 32);
  const rotated = (sum >> 15n) | ((sum << 17n) & 0xffffffffn);
  return Number((rotated + 0xa282ead8n) & 0xffffffffn);
}

/** The lowest `width` bits in the opposite order. */
function reflect(value: bigint, width: number): bigint {
  let reflected = 0n;
  for (let bit = 0; bit < width; bit++) reflected = (reflected << 1n) | ((value >> BigInt(bit)) & 1n);
  return reflected;
}
