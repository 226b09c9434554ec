import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";
import { loadStrategy } from "./strategy-file.ts";

const folder = mkdtempSync(join(tmpdir(), "ploutos-strategy-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function written(file: string, text: string): string {
  const path = join(folder, file);
  writeFileSync(path, text);
  return path;
}

test("reads what a file exports, and calls it by the file where it has no name", async () => {
  const create =
    "export const create = ({ from }: { from: number }) => ({ name: `${from}`, act: () => ({ weights: [1] }) });";
  const path = written("mine.ts", create);
  const { name, historyBars, create: made } = await loadStrategy(path);
  expect({ name, historyBars }).toEqual({ name: "mine", historyBars: 0 });
  expect(made({ universe: randomWalk({ bars: 5, seed: 1, volatility: 0.01 }), from: 3 }).name).toBe("3");
  const named = await loadStrategy(
    written("named.ts", `export const name = "other"; export const historyBars = 9; ${create}`),
  );
  expect(named).toMatchObject({ name: "other", historyBars: 9 });
});

test.each([
  ["exports nothing that makes a policy", "empty.ts", "export const name = 'x';", /empty\.ts exports no create/],
  ["cannot be run", "broken.ts", "export const = 1;", /broken\.ts cannot be loaded/],
  [
    "needs half a bar",
    "half.ts",
    "export const historyBars = 0.5; export const create = () => 1;",
    /half\.ts exports historyBars/,
  ],
  [
    "has a number for a name",
    "number.ts",
    "export const name = 5; export const create = () => 1;",
    /number\.ts exports a name/,
  ],
  ["imports a file beside it", "leaning.ts", 'import "./empty.ts";', /leaning\.ts cannot be loaded \(it imports/],
])("refuses a file that %s", async (_, file, text, message) => {
  await expect(loadStrategy(written(file, text))).rejects.toThrow(message);
});

test("refuses a file that is not there, and says what a strategy is", async () => {
  const refusal = loadStrategy(join(folder, "absent.ts"));
  await expect(refusal).rejects.toThrow(/must export create\(\{ universe, from \}\).*absent\.ts does not exist/);
});
