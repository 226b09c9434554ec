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

test("histograms are read back with their values' number, sums and buckets", () => {
  const file = createEventFile(folder(), 1);
  file.histograms(5, 2, { weights: [-1, 0, 0.1, 3], same: [2, 2] });
  file.close();
  const values = summaryValues(readFileSync(file.path));
  const [weights, same] = values.map((value) => readHistogram(value));
  expect(weights).toMatchObject({ tag: "weights", min: -1, max: 3, num: 4, sum: 2.1 });
  expect(weights.squares).toBeCloseTo(10.01, 12);
  expect(weights.counts.reduce((sum, count) => sum + count)).toBe(4);
  const edges = [weights.min, ...weights.limits];
  weights.counts.forEach((count, at) => {
    const inside = [-1, 0, 0.1, 3].filter(
      (x) => x >= edges[at] && (x < edges[at + 1] || (x === weights.max && at === 29)),
    );
    expect(inside.length, `bucket ${at}`).toBe(count);
  });
  expect(same).toMatchObject({ tag: "same", min: 2, max: 2, num: 2 });
  expect(same.counts[0]).toBe(2);
  const bad = createEventFile(folder(), 1);
  expect(() => bad.histograms(1, 1, { weights: [1, NaN] })).toThrow("finite");
  bad.close();
});

test("hyperparameters are read back as HPARAMS reads them: the experiment, the session's start and its end", () => {
  const file = createEventFile(folder(), 1);
  file.start(2, { agent: "ppo", "ppo.clip": 0.2, plan: true }, ["validationReward"]);
  file.end(900, 3.5);
  file.close();
  const [experiment, start, end] = summaryValues(readFileSync(file.path)).map(readPlugin);
  expect([experiment.tag, start.tag, end.tag]).toEqual([
    "_hparams_/experiment",
    "_hparams_/session_start_info",
    "_hparams_/session_end_info",
  ]);
  const infos = experiment.data.filter(([field]) => field === 4).map(([, info]) => fieldsOf(bytesOf(info)));
  expect(infos.map(([[, name], [, type]]) => [bytesOf(name).toString(), numberOf(type)])).toEqual([
    ["agent", 1n],
    ["ppo.clip", 3n],
    ["plan", 2n],
  ]);
  const [, metric] = experiment.data.find(([field]) => field === 5)!;
  expect(bytesOf(fieldsOf(bytesOf(fieldsOf(bytesOf(metric))[0][1]))[0][1]).toString()).toBe("validationReward");
  const settings = start.data
    .filter(([field]) => field === 1)
    .map(([, entry]) => {
      const [[, name], [, value]] = fieldsOf(bytesOf(entry));
      const [[kind, content]] = fieldsOf(bytesOf(value));
      const shown =
        kind === 2
          ? bytesOf(content).readDoubleLE()
          : kind === 3
            ? bytesOf(content).toString()
            : numberOf(content) === 1n;
      return [bytesOf(name).toString(), shown];
    });
  expect(settings).toEqual([
    ["agent", "ppo"],
    ["ppo.clip", 0.2],
    ["plan", true],
  ]);
  expect(end.data.map(([field, value]) => [field, typeof value === "bigint" ? value : value.readDoubleLE()])).toEqual([
    [1, 1n],
    [2, 3.5],
  ]);
});

test("refuses a step that is not a whole number", () => {
  const file = createEventFile(folder(), 1);
  for (const step of [-1, 0.5, NaN]) expect(() => file.scalars(step, 1, { reward: 1 })).toThrow("whole number");
  file.close();
});

/** The values of all summaries, each as its fields. */
function summaryValues(file: Buffer): [number, Buffer | bigint][][] {
  const values: [number, Buffer | bigint][][] = [];
  for (const data of records(file)) {
    const summary = fieldsOf(data).find(([field]) => field === 5);
    if (summary) for (const [, value] of fieldsOf(bytesOf(summary[1]))) values.push(fieldsOf(bytesOf(value)));
  }
  return values;
}

function readHistogram(value: [number, Buffer | bigint][]) {
  const [[, tag], [field, proto]] = value;
  if (field !== 5) throw new Error("not a histogram");
  const fields = fieldsOf(bytesOf(proto));
  const [min, max, num, sum, squares] = fields.slice(0, 5).map(([, number]) => bytesOf(number).readDoubleLE());
  const doubles = (packed: Buffer | bigint): number[] =>
    Array.from({ length: bytesOf(packed).length / 8 }, (_, at) => bytesOf(packed).readDoubleLE(8 * at));
  const [limits, counts] = fields.slice(5).map(([, packed]) => doubles(packed));
  return { tag: bytesOf(tag).toString(), min, max, num, sum, squares, limits, counts };
}

/** The tag of a value, and the fields of its `HParamsPluginData`'s only field. */
function readPlugin(value: [number, Buffer | bigint][]): { tag: string; data: [number, Buffer | bigint][] } {
  const [[, tag], [field, metadata]] = value;
  if (field !== 9) throw new Error("no metadata");
  const [[, plugin]] = fieldsOf(bytesOf(metadata));
  const [[, name], [, content]] = fieldsOf(bytesOf(plugin));
  if (bytesOf(name).toString() !== "hparams") throw new Error("another plugin");
  const [[, data]] = fieldsOf(bytesOf(content));
  return { tag: bytesOf(tag).toString(), data: fieldsOf(bytesOf(data)) };
}

interface ReadEvent {
  wallTime?: number;
  step: bigint;
  version?: string;
  session?: bigint;
  scalars?: Record<string, number>;
}

/** Reads an event file from the descriptions of TFRecord and event.proto; throws at the first byte that is wrong. */
function readEvents(file: Buffer): ReadEvent[] {
  return records(file).map(readEvent);
}

function records(file: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at < file.length;) {
    const length = Number(file.readBigUInt64LE(at));
    const data = file.subarray(at + 12, at + 12 + length);
    if (file.readUInt32LE(at + 8) !== bitwiseMaskedCrc(file.subarray(at, at + 8))) throw new Error(`length at ${at}`);
    if (file.readUInt32LE(at + 12 + length) !== bitwiseMaskedCrc(data)) throw new Error(`data at ${at}`);
    found.push(data);
    at += 16 + length;
  }
  return found;
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
