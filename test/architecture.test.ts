/** @file Fails when a folder imports what it may not, or a pure folder touches the world. This table is the architecture. */
import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const training = ["base", "domain", "tensor", "env", "storage", "data", "features", "market", "policy", "agents"];
const evaluation = [...training, "training", "guardian", "trading"];
const live = ["base", "domain", "tensor", "env", "storage", "data", "features", "policy", "guardian", "trading"];

/** Folder → folders it may import besides itself. The cli wires everything; `src/*.ts` are the public doors. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  base: [],
  domain: ["base"],
  env: ["base"],
  tensor: ["base"],
  features: ["base", "domain"],
  guardian: ["base", "domain"],
  storage: ["base", "domain"],
  data: ["base", "domain", "storage"],
  market: ["base", "domain", "env", "features"],
  policy: ["base", "domain", "env", "tensor"],
  agents: ["base", "env", "tensor", "policy"],
  trading: ["base", "domain", "env", "features", "market", "policy", "guardian"],
  training,
  evaluation,
  live,
  learning: [...new Set([...evaluation, ...live, "evaluation", "live"])],
  dashboard: ["base", "domain", "storage"],
  cli: [...new Set([...evaluation, ...live, "evaluation", "live", "learning", "dashboard"])],
};

const pure = ["domain", "env", "features", "market", "policy", "agents", "guardian", "trading"];
const impure = /from "node:|\bfetch\(|Date\.now|new Date\(\)|Math\.random|process\./;

const files = globSync("src/*/**/*.ts").map((file) => file.replaceAll("\\", "/"));
/** What is shipped: contracts and fixtures are of tests, and may build their worlds from anything. */
const sources = files.filter((file) => !/\.(test|contract|fixture)\.ts$/u.test(file));

test("finds the folders of the architecture", () => {
  const folders = new Set(files.map((file) => file.split("/")[1]));
  expect(
    [...folders].filter((folder) => !(folder in mayImport)),
    "folders without a row in the table",
  ).toEqual([]);
  expect(sources.length).toBeGreaterThan(50);
});

test.each(sources)("%s keeps to its layer", (file) => {
  const folder = file.split("/")[1];
  const text = readFileSync(file, "utf8");
  const imported = [...text.matchAll(/(?:from|import\(|import) ?"(?<path>[^"]+)"/g)].map(
    (match) => match.groups!["path"],
  );
  const crossed = imported.filter((path) => path.startsWith("#")).map((path) => path.slice(1).split("/")[0]);
  expect(
    crossed.filter((name) => !mayImport[folder].includes(name)),
    "imports that its row does not allow; inside a folder use ./",
  ).toEqual([]);
  const depth = file.split("/").length - 3;
  const leaving = imported.filter((path) => (path.match(/\.\.\//g) ?? []).length > depth);
  expect(leaving, "relative paths that leave the folder").toEqual([]);
  if (pure.includes(folder)) {
    expect(text.match(impure)?.[0], "pure folders do no I/O and own no clock or dice").toBeUndefined();
  }
  if (folder === "tensor" && file !== "src/tensor/onnx/session.ts") {
    expect(text, "only onnx/session.ts runs anything").not.toMatch(/from "onnxruntime-node"|from "node:/);
  }
});

test.each(sources)("%s begins by saying what it is", (file) => {
  expect(readFileSync(file, "utf8")).toMatch(/^\/\*\*\s+(?:\*\s+)?@file \S/);
});

test("makes an approved order in one place only", () => {
  const casts = sources.filter((file) => /as (unknown as )?ApprovedOrder/.test(readFileSync(file, "utf8")));
  expect(casts).toEqual(["src/guardian/gate.ts"]);
});

test("loads bars in one place that knows the vault, but for commands that bring them in or look after the vault itself", () => {
  const loading = sources.filter(
    (file) => file.startsWith("src/cli/") && /\bopenBarStore\(/.test(readFileSync(file, "utf8")),
  );
  const others = loading.filter((file) => !/^src\/cli\/commands\/data(-[a-z-]+)?\.ts$/.test(file));
  expect(others.toSorted()).toEqual([
    "src/cli/commands/doctor.ts",
    "src/cli/commands/vault-open.ts",
    "src/cli/commands/vault-seal.ts",
    "src/cli/project.ts",
  ]);
  const opening = sources.filter((file) => /\bopenVault\(/.test(readFileSync(file, "utf8")));
  expect(opening.toSorted()).toEqual(["src/cli/commands/vault-open.ts", "src/cli/project.ts"]);
});

test("gives every folder a README of at most 30 lines", () => {
  for (const folder of Object.keys(mayImport).filter((name) => files.some((file) => file.startsWith(`src/${name}/`)))) {
    const lines = readFileSync(`src/${folder}/README.md`, "utf8").trimEnd().split("\n").length;
    expect(lines, `src/${folder}/README.md`).toBeLessThanOrEqual(30);
  }
});
