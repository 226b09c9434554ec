/** @file The how-to on a feature of one's own, done: its examples as files, the command as it is typed. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";

const main = fileURLToPath(new URL("../src/cli/main.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "ploutos-own-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const guide = readFileSync("docs/how-to/add-your-own-feature.md", "utf8");
const [gap, smooth] = [...guide.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code);

function check(
  name: string,
  code: string,
  ...more: readonly string[]
): { status: number | null; out: string; error: string } {
  writeFileSync(join(folder, name), code);
  const args = [main, "features", "check", "--feature-file", name, ...more];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
  return { status, out: stdout, error: stderr };
}

test("the first example is accepted", () => {
  const { status, out, error } = check("gap.ts", gap);
  expect([status, error]).toEqual([0, ""]);
  expect(out).toContain("gap: accepted. It does not look ahead, and says the same of the same bars.");
  expect(JSON.parse(check("gap.ts", gap, "--json").out)).toMatchObject({
    accepted: true,
    form: "create",
    warmUpBars: 2,
  });
});

test("the second looks ahead and is refused in the words of the guide; mended as it says, it is accepted", () => {
  const { status, error } = check("smooth.ts", smooth);
  expect(status).toBe(1);
  expect(error).toContain(
    "A feature depends on closed bars only, and says the same of the same bars; smooth looks ahead: after bar ",
  );
  const mended = smooth.replace(
    "close[t - 1] + close[t] + (close[t + 1] ?? close[t])",
    "close[t - 2] + close[t - 1] + close[t]",
  );
  expect(mended).not.toBe(smooth);
  expect(check("mended.ts", mended).status).toBe(0);
});

test.each([
  ["absent.ts", undefined, "absent.ts does not exist"],
  ["broken.ts", "export const = 1;", "broken.ts cannot be loaded"],
  ["empty.ts", "export const x = 1;", "empty.ts exports neither create nor column"],
])("%s is refused with what is wrong", (name, code, message) => {
  const { status, error } = check(code === undefined ? "other.ts" : name, code ?? "", "--feature-file", name);
  expect(status).toBe(1);
  expect(error).toContain(message);
});
