import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { Failure } from "#base/failure.ts";
import type { Checkpoint, CheckpointValue } from "./checkpoint.ts";
import { loadCheckpoint, saveCheckpoint } from "./checkpoint.ts";

const scratch = mkdtempSync(join(tmpdir(), "ploutos-checkpoint-"));
afterAll(() => rmSync(scratch, { recursive: true }));
const path = join(scratch, "checkpoint.bin");

const sample: Checkpoint = {
  weights: Float32Array.of(1.5, -0, NaN, Infinity, 1e-45),
  clock: BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n),
  done: Uint8Array.of(1, 0, 255),
  step: 123_456,
  phase: "naïve ✓",
};

function hex(value: CheckpointValue | undefined): string {
  if (value === undefined || typeof value === "string") return Buffer.from(value ?? "").toString("hex");
  const array = typeof value === "number" ? Float64Array.of(value) : value;
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString("hex");
}

/** Name, type and bytes of each value, in order: equal exactly when two checkpoints are equal to the bit. */
function bits(checkpoint: Checkpoint): [string, string, string][] {
  return Object.entries(checkpoint).map(([name, value]) => [
    name,
    typeof value === "object" ? value.constructor.name : typeof value,
    hex(value),
  ]);
}

test("gives back every bit of arrays, numbers and texts, in order", async () => {
  const bytes = fc.uint8Array({ maxLength: 64 });
  const view = (width: number): fc.Arbitrary<ArrayBuffer> =>
    bytes.map((raw) => Uint8Array.from(raw.subarray(0, raw.length - (raw.length % width))).buffer);
  // Arrays of random bytes hold every NaN payload, −0 and subnormal there is.
  const value = fc.oneof<fc.Arbitrary<CheckpointValue>[]>(
    view(4).map((raw) => new Float32Array(raw)),
    view(8).map((raw) => new Float64Array(raw)),
    view(4).map((raw) => new Int32Array(raw)),
    view(4).map((raw) => new Uint32Array(raw)),
    bytes.map((raw) => Uint8Array.from(raw)),
    view(8).map((raw) => new BigInt64Array(raw)),
    fc.double(),
    fc.string({ unit: "grapheme" }),
  );
  const checkpoint = fc.dictionary(fc.string({ unit: "grapheme", maxLength: 6 }), value, { noNullPrototype: true });
  await fc.assert(
    fc.asyncProperty(checkpoint, async (saved) => {
      await saveCheckpoint(path, saved);
      expect(bits(await loadCheckpoint(path))).toEqual(bits(saved));
    }),
    { numRuns: 60 },
  );
});

test("keeps NaN payloads and −0", async () => {
  const payloads = new Float32Array(Uint32Array.of(0x7fc00001, 0xffc12345, 0x7f800001, 0x80000000).buffer);
  await saveCheckpoint(path, { payloads, zero: -0, none: NaN, endless: -Infinity });
  const loaded = await loadCheckpoint(path);
  expect(hex(loaded["payloads"])).toBe("0100c07f4523c1ff0100807f00000080");
  expect(loaded["zero"]).toBe(-0);
  expect(loaded["none"]).toBe(NaN);
  expect(loaded["endless"]).toBe(-Infinity);
});

test("saves part of a larger buffer, and as it was at the call", async () => {
  const whole = Float32Array.of(1, 2, 3, 4);
  const saving = saveCheckpoint(path, { part: whole.subarray(1, 3) });
  whole.fill(0);
  await saving;
  expect(await loadCheckpoint(path)).toEqual({ part: Float32Array.of(2, 3) });
});

test("gives the same file for the same state, and leaves nothing else beside it", async () => {
  await saveCheckpoint(path, sample);
  const first = readFileSync(path);
  await saveCheckpoint(path, sample);
  expect(readFileSync(path).equals(first)).toBe(true);
  expect(readdirSync(scratch)).toEqual(["checkpoint.bin"]);
});

async function refusal(content: Buffer): Promise<Failure> {
  writeFileSync(path, content);
  const error: unknown = await loadCheckpoint(path).catch((thrown: unknown) => thrown);
  if (!(error instanceof Failure)) throw new Error("it was loaded", { cause: error });
  return error;
}

test("refuses a file that is empty or cut at any place, and says which file and what to do", async () => {
  await saveCheckpoint(path, sample);
  const whole = readFileSync(path);
  for (let length = 0; length < whole.length; length++) {
    const { code, message } = await refusal(whole.subarray(0, length));
    expect(code).toBe("storage/damaged-file");
    expect(message).toContain(path);
    expect(message).toContain(length === 0 ? "is empty" : `cut off after ${length}`);
    expect(message).toContain("Restore it from a copy, or make it again.");
  }
});

test("refuses a file with any bit flipped or bytes added", async () => {
  await saveCheckpoint(path, sample);
  const whole = readFileSync(path);
  for (let at = 0; at < whole.length; at++) {
    const flipped = Buffer.from(whole);
    flipped[at] ^= 1 << (at % 8);
    const { code, message } = await refusal(flipped);
    expect(code, `byte ${at}`).toBe("storage/damaged-file");
    expect(message).toContain(path);
  }
  const longer = await refusal(Buffer.concat([whole, Buffer.alloc(8)]));
  expect(longer.message).toContain("hash");
});

test("refuses a whole file of another format version by its number", async () => {
  await saveCheckpoint(path, sample);
  const body = readFileSync(path).subarray(0, -32);
  body.writeUInt32LE(4, 8);
  const other = Buffer.concat([body, createHash("sha256").update(body).digest()]);
  const { code, message } = await refusal(other);
  expect(code).toBe("storage/damaged-file");
  expect(message).toContain("format version 4");
});

test("refuses a whole file whose header promises more than there is", async () => {
  await saveCheckpoint(path, { weights: new Float32Array(2) });
  const body = readFileSync(path).subarray(0, -32);
  const text = body.toString("latin1").replace('"bytes":8', '"bytes":9');
  const forged = Buffer.from(text, "latin1");
  const { message } = await refusal(Buffer.concat([forged, createHash("sha256").update(forged).digest()]));
  expect(message).toContain("weights");
});

test("keeps the old checkpoint when the new one cannot be written, and says that none is there", async () => {
  await expect(loadCheckpoint(join(scratch, "none"))).rejects.toThrow(
    expect.objectContaining({ code: "storage/not-found" }),
  );
  await saveCheckpoint(path, { step: 1 });
  await expect(saveCheckpoint(path, { step: 2, text: "\ud800" })).rejects.toThrow("well-formed");
  await expect(saveCheckpoint(join(path, "below"), { step: 2 })).rejects.toThrow(
    expect.objectContaining({ code: "storage/write-failed" }),
  );
  expect(await loadCheckpoint(path)).toEqual({ step: 1 });
});
