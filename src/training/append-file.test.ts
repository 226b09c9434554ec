import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openAppendFile } from "./append-file.ts";

const scratch = mkdtempSync(join(tmpdir(), "ploutos-append-"));
afterAll(() => rmSync(scratch, { recursive: true }));

test("appends after what is there, counts bytes and cuts", () => {
  const path = join(scratch, "grows");
  writeFileSync(path, "one\n");
  const file = openAppendFile(path, "continue");
  expect(file.bytes).toBe(4);
  file.append("zwölf\n");
  expect(file.bytes).toBe(11);
  file.cut(4);
  file.append(Buffer.from("two\n"));
  file.flush();
  file.close();
  expect(readFileSync(path, "utf8")).toBe("one\ntwo\n");
  expect(file.bytes).toBe(8);
});

test("refuses to create a file that is there", () => {
  const path = join(scratch, "mine");
  openAppendFile(path, "create").close();
  expect(() => openAppendFile(path, "create")).toThrow(expect.objectContaining({ code: "storage/exists" }));
});

test("says storage/write-failed when the folder is missing", () => {
  const path = join(scratch, "missing", "file");
  expect(() => openAppendFile(path, "continue")).toThrow(expect.objectContaining({ code: "storage/write-failed" }));
});

test.skipIf(!existsSync("/dev/full"))("says storage/write-failed when the disk is full, and counts nothing", () => {
  const file = openAppendFile("/dev/full", "continue");
  expect(() => file.append("lost\n")).toThrow(expect.objectContaining({ code: "storage/write-failed" }));
  expect(file.bytes).toBe(0);
  file.close();
});
