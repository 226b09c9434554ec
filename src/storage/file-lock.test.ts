import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { isLocked, takeLock } from "./file-lock.ts";

const root = mkdtempSync(join(tmpdir(), "ploutos-lock-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("is held by one at a time, and free again when it is released", () => {
  const path = join(root, "one.lock");
  expect(isLocked(path), "never taken").toBe(false);
  const lock = takeLock(path)!;
  expect(isLocked(path)).toBe(true);
  expect(takeLock(path)).toBeUndefined();
  lock.release();
  expect(isLocked(path)).toBe(false);
  takeLock(path)!.release();
});

test("who looks changes nothing: the lock can be taken while it is being looked at, again and again", () => {
  const path = join(root, "looked-at.lock");
  takeLock(path)!.release();
  for (let n = 0; n < 20; n++) expect(isLocked(path)).toBe(false);
  takeLock(path)!.release();
});

test("dies with the process that holds it, even one that is killed", async () => {
  const path = join(root, "killed.lock");
  const holder = fileURLToPath(new URL("./file-lock.ts", import.meta.url));
  const program = `const { takeLock } = await import(${JSON.stringify(holder)});
    const lock = takeLock(${JSON.stringify(path)});
    console.log(lock === undefined ? "refused" : "held");
    setInterval(() => lock, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [said] = (await once(child.stdout, "data")) as [Buffer];
  expect(said.toString().trim()).toBe("held");
  expect(isLocked(path)).toBe(true);
  expect(takeLock(path)).toBeUndefined();
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(isLocked(path)).toBe(false);
});

test("a file that is no lock is named", () => {
  const path = join(root, "thesis.txt");
  writeFileSync(path, "This is a thesis and not a database of any kind, however long one looks at it.".repeat(20));
  expect(() => isLocked(path)).toThrow(/thesis\.txt is no lock/);
  expect(() => takeLock(path)).toThrow(/thesis\.txt could not be locked/);
});
