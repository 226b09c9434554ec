import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { writeFilesWhole, writeFileWhole } from "./atomic-file.ts";

const root = mkdtempSync(join(tmpdir(), "ploutos-atomic-file-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let folders = 0;
function newFolder(): string {
  const folder = join(root, String(folders++));
  mkdirSync(folder);
  return folder;
}

test("writes a file, its folders too, and leaves nothing else", async () => {
  const folder = newFolder();
  await writeFileWhole(join(folder, "deep", "a.txt"), "first");
  await writeFileWhole(join(folder, "deep", "a.txt"), Uint8Array.of(65, 66));
  expect(readFileSync(join(folder, "deep", "a.txt"), "utf8")).toBe("AB");
  expect(readdirSync(join(folder, "deep"))).toEqual(["a.txt"]);
});

async function writeHalf(temporary: string): Promise<void> {
  writeFileSync(temporary, "half of the ne");
  throw new Error("the disk is full");
}

test("keeps the old file and removes the half-written one when its writer fails", async () => {
  const folder = newFolder();
  const path = join(folder, "a.txt");
  writeFileSync(path, "old");
  await expect(writeFileWhole(path, writeHalf)).rejects.toMatchObject({
    code: "storage/write-failed",
    retryable: true,
    message: expect.stringMatching(/a\.txt could not be written \(the disk is full\)/),
  });
  expect(readFileSync(path, "utf8")).toBe("old");
  expect(readdirSync(folder)).toEqual(["a.txt"]);
});

test("moves none of several files when the last one fails", async () => {
  const folder = newFolder();
  writeFileSync(join(folder, "a.txt"), "old");
  const files = [
    { path: join(folder, "a.txt"), write: "new" },
    { path: join(folder, "b.txt"), write: () => Promise.reject(new Error("no")) },
  ];
  await expect(writeFilesWhole(files)).rejects.toMatchObject({ code: "storage/write-failed" });
  expect(readdirSync(folder)).toEqual(["a.txt"]);
  expect(readFileSync(join(folder, "a.txt"), "utf8")).toBe("old");
});

test("fails where a file stands in the place of the folder", async () => {
  const folder = newFolder();
  writeFileSync(join(folder, "file"), "");
  await expect(writeFileWhole(join(folder, "file", "a.txt"), "x")).rejects.toMatchObject({
    code: "storage/write-failed",
  });
});

/** Runs a program of ours that may write no file beyond 16 KiB: the kernel refuses the rest, as a full disk does. */
function runWithSmallDisk(program: string): string {
  const command = `ulimit -f 32; exec "${process.execPath}" --input-type=module-typescript -e "$PROGRAM"`;
  const run = spawnSync("sh", ["-c", command], { env: { ...process.env, PROGRAM: program }, encoding: "utf8" });
  return run.stdout + run.stderr;
}

test.skipIf(process.platform === "win32")("leaves the old file alone when the kernel writes no further", () => {
  const folder = newFolder();
  const path = join(folder, "a.bin");
  writeFileSync(path, "old");
  const output = runWithSmallDisk(`
    import { writeFileWhole } from ${JSON.stringify(new URL("./atomic-file.ts", import.meta.url))};
    await writeFileWhole(${JSON.stringify(path)}, new Uint8Array(1000));
    await writeFileWhole(${JSON.stringify(path)}, new Uint8Array(1e6)).catch((error) => console.log(error.code, error.message));
  `);
  expect(output).toMatch(/storage\/write-failed Files must be written whole; .*a\.bin could not be written \(EFBIG/);
  expect(readFileSync(path)).toEqual(Buffer.alloc(1000));
  expect(readdirSync(folder)).toEqual(["a.bin"]);
});
