/** @file What the README shows is what there is: its snippet is an example that is run, its commands are commands. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const readme = readFileSync(join(root, "README.md"), "utf8");

test("shows an example as it is run by the package test", () => {
  const [, snippet] = /```ts\n(?<code>[\s\S]*?)```/.exec(readme)!;
  expect(readFileSync(join(root, "examples/01-first-backtest.ts"), "utf8")).toContain(snippet.trim());
});

test("describes every command of the program", () => {
  const listed = [...readme.matchAll(/^\| (?<names>(?:`[a-z -]+`(?:, )?)+) \|/gm)].flatMap(({ groups }) =>
    [...groups!["names"].matchAll(/`(?<name>[a-z -]+)`/g)].map((match) => match.groups!["name"]),
  );
  const { stdout } = spawnSync(process.execPath, [join(root, "src/cli/main.ts"), "--help"], { encoding: "utf8" });
  const commands = [...stdout.matchAll(/^ {2}(?<name>[a-z-]+) .*$/gm)].map(({ groups }) => groups!["name"]);
  const described = new Set(listed.map((name) => name.split(" ")[0]));
  const real = commands.filter((name) => name !== "help" && name !== "ploutos");
  expect(real.length).toBeGreaterThan(5);
  for (const name of real) expect(described, name).toContain(name);
});

test.each([
  "README.md",
  "ARCHITECTURE.md",
  "CONTRIBUTING.md",
  "docs/coverage.md",
  "docs/figures.md",
  "docs/algorithms/ppo.md",
])("%s links to files that exist", (file) => {
  const links = [...readFileSync(join(root, file), "utf8").matchAll(/\]\((?<to>[^)#]+)[^)]*\)/g)];
  const targets = links.map(({ groups }) => groups!["to"]).filter((to) => !/^https?:/.test(to));
  expect(targets.filter((to) => !existsSync(join(root, dirname(file), to)))).toEqual([]);
});
