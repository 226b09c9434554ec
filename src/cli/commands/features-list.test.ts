/** @file `ploutos features list` as a user meets it. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { featureSets } from "#features/feature-set.ts";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));

function list(...args: readonly string[]) {
  return spawnSync(process.execPath, [main, "features", "list", ...args], { encoding: "utf8" });
}

test("lists every set with computed counts, and every feature of one with what is said of it", () => {
  const { sets } = JSON.parse(list("--json").stdout) as { sets: { set: string; features: number; columns: number }[] };
  expect(sets.map(({ set }) => set)).toEqual(Object.keys(featureSets));
  for (const { set, features } of sets) expect(features).toBe(featureSets[set as keyof typeof featureSets].length);
  const { stdout, status } = list("--set", "first-light");
  expect(status).toBe(0);
  expect(stdout).toContain("first-light: 22 features in 28 columns, known from bar 121 of 1d on");
  for (const { formula, source } of featureSets["first-light"]) {
    expect(stdout).toContain(formula);
    expect(stdout).toContain(source);
  }
});

test("knows that a warm-up within the day is longer, and that a set needs volume", () => {
  const args = ["--set", "ploutos-v3", "--timeframe", "1h", "--calendar", "crypto"];
  const hourly = JSON.parse(list(...args, "--json").stdout) as { warmUpBars: number; needs: string };
  expect(hourly).toMatchObject({ warmUpBars: 252 * 24, needs: "volume" });
});

test("refuses a set that there is not, and names those there are", () => {
  const { status, stderr } = list("--set", "nope");
  expect(status).toBe(1);
  expect(stderr).toContain(`--set is nope, and must be one of ${Object.keys(featureSets).join(", ")}`);
});
