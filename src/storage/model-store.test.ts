import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { ModelContent } from "./model-store.ts";
import { loadModel, saveModel, scalerHash } from "./model-store.ts";

const root = mkdtempSync(join(tmpdir(), "ploutos-model-store-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let folders = 0;
const newFolder = (): string => join(root, String(folders++), "model");

const onnx = Uint8Array.from({ length: 5000 }, (_, at) => (at * 31) % 256);
const content: ModelContent = {
  kind: "policy-network",
  agent: "ppo",
  features: {
    set: "basic",
    timeframe: "1d",
    instruments: [{ symbol: "SPX", calendar: "us-equities" }],
    lookbackBars: 30,
    schemaHash: "abc",
    names: ["log-return", "rsi-14"],
  },
  scaler: { centre: [0.1 + 0.2, -0], scale: [Math.PI, 1e-300], clip: 5 },
  actionSpace: { name: "levels", levels: [-1, 0, 1], heads: 1 },
  observation: { accountSize: 4 },
  dataHash: "def",
  trained: { from: 0, until: 1, transitions: 100_000, seed: 7, config: { net: { hidden: [64, 64] }, note: null } },
  codeVersion: "0.1.0",
};

test("loads what was saved, with the hashes that vouch for it", async () => {
  const folder = newFolder();
  const manifest = await saveModel(folder, { onnx, manifest: content });
  const loaded = await loadModel(folder);
  expect(loaded.onnx).toEqual(onnx);
  expect(loaded.manifest).toEqual({
    ...manifest,
    scaler: { ...content.scaler, centre: [0.1 + 0.2, 0] },
  });
  expect(loaded.manifest.scalerHash).toBe(scalerHash(content.scaler));
  expect(loaded.manifest.onnxSha256).toBe(createHash("sha256").update(onnx).digest("hex"));
  expect(readdirSync(folder).toSorted()).toEqual(["manifest.json", "policy.onnx"]);
});

test("keeps what the scaler cuts off, and loads models that do not say it", async () => {
  const folder = newFolder();
  const saturation = { train: [{ feature: "rsi-14", share: 0.02 }], validation: [] };
  await saveModel(folder, { onnx, manifest: { ...content, saturation } });
  expect((await loadModel(folder)).manifest.saturation).toEqual(saturation);
  await saveModel(folder, { onnx, manifest: content });
  expect((await loadModel(folder)).manifest).not.toHaveProperty("saturation");
});

test("gives the same bytes for the same model", async () => {
  const [a, b] = [newFolder(), newFolder()];
  await saveModel(a, { onnx, manifest: content });
  await saveModel(b, { onnx, manifest: content });
  expect(readFileSync(join(a, "manifest.json"))).toEqual(readFileSync(join(b, "manifest.json")));
});

test("replaces a model by another", async () => {
  const folder = newFolder();
  await saveModel(folder, { onnx, manifest: content });
  await saveModel(folder, { onnx: onnx.subarray(0, 100), manifest: { ...content, agent: "a2c" } });
  const { onnx: loaded, manifest } = await loadModel(folder);
  expect([loaded.length, manifest.agent]).toEqual([100, "a2c"]);
});

test("saves again what it has loaded", async () => {
  const [a, b] = [newFolder(), newFolder()];
  await saveModel(a, { onnx, manifest: content });
  const loaded = await loadModel(a);
  await saveModel(b, loaded);
  expect(await loadModel(b)).toEqual(loaded);
});

const edited = (from: string, to: string) => (bytes: Buffer) => {
  expect(bytes.toString()).toContain(from);
  return Buffer.from(bytes.toString().replace(from, to));
};
const flipped = (bytes: Buffer): Buffer => {
  bytes[2500] ^= 1;
  return bytes;
};

test.each<[what: string, file: string, damage: (bytes: Buffer) => Buffer]>([
  ["a network cut in half", "policy.onnx", (bytes) => bytes.subarray(0, 2500)],
  ["a network with one bit turned", "policy.onnx", flipped],
  ["a manifest cut in half", "manifest.json", (bytes) => bytes.subarray(0, bytes.length / 2)],
  ["an empty manifest", "manifest.json", () => Buffer.alloc(0)],
  ["a manifest of another version", "manifest.json", edited('"formatVersion": 1', '"formatVersion": 2')],
  ["a manifest with another scaler", "manifest.json", edited("3.141592653589793", "3.141592653589794")],
  ["a manifest with other levels", "manifest.json", edited("-1", "-2")],
  ["a manifest without its features", "manifest.json", edited('"features"', '"feathers"')],
])("refuses to load %s", async (_, file, damage) => {
  const folder = newFolder();
  await saveModel(folder, { onnx, manifest: content });
  const path = join(folder, file);
  writeFileSync(path, damage(readFileSync(path)));
  await expect(loadModel(folder)).rejects.toMatchObject({
    code: "storage/damaged-file",
    message: expect.stringContaining(path),
  });
});

test("refuses a network that belongs to another manifest", async () => {
  const [a, b] = [newFolder(), newFolder()];
  await saveModel(a, { onnx, manifest: content });
  await saveModel(b, { onnx: flipped(Buffer.from(onnx)), manifest: content });
  writeFileSync(join(a, "policy.onnx"), readFileSync(join(b, "policy.onnx")));
  await expect(loadModel(a)).rejects.toMatchObject({ code: "storage/damaged-file" });
});

test("says when there is no model", async () => {
  await expect(loadModel(newFolder())).rejects.toMatchObject({ code: "storage/not-found" });
  const folder = newFolder();
  await saveModel(folder, { onnx, manifest: content });
  rmSync(join(folder, "policy.onnx"));
  await expect(loadModel(folder)).rejects.toMatchObject({ code: "storage/not-found" });
});
