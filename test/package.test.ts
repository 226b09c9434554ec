/** @file The package as a user gets it: packed, installed into an empty folder, then its program, doors and examples are run there. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "ploutos-package-"));
const user = join(folder, "user");
const examples = readdirSync(join(root, "examples")).filter((file) => file.endsWith(".ts"));
/** The Node that runs before the pinned one is found; absent where the only Node is the pinned one. */
const systemNode = (process.env["PATH"] ?? "")
  .split(delimiter)
  .map((place) => join(place, "node"))
  .find((path) => !path.includes("node_modules") && existsSync(path));
const systemMajor = systemNode
  ? Number(/\d+/.exec(execFileSync(systemNode, ["--version"], { encoding: "utf8" }))![0])
  : 0;
const oldNode = systemMajor > 0 && systemMajor < 24 ? systemNode : undefined;

/** Runs a program among the user's files, without what npm told the test run; whom this machine trusts in the net stays. */
function run(
  command: string,
  args: readonly string[],
  cwd = user,
): { status: number | null; out: string; err: string } {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_(?!EXTRA_CA_CERTS)|VITEST)/i.test(name)),
  );
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    env: { ...env, ONNXRUNTIME_NODE_INSTALL: "skip" },
  });
  return { status, out: stdout, err: stderr };
}

beforeAll(() => {
  const packed = run("npm", ["pack", "--pack-destination", folder, "--loglevel", "error"], root);
  expect(packed.status, packed.err).toBe(0);
  mkdirSync(user);
  writeFileSync(join(user, "package.json"), JSON.stringify({ name: "user", private: true, type: "module" }));
  const tarball = join(folder, packed.out.trim().split("\n").at(-1)!);
  const installed = run("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", tarball]);
  expect(installed.status, installed.err).toBe(0);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("holds what a user needs and nothing else", () => {
  const inside = join(user, "node_modules/ploutos");
  expect(readdirSync(inside).toSorted()).toEqual(
    ["LICENSE", "README.md", "bin", "dist", "package.json"].filter(
      (name) => existsSync(join(root, name)) || name === "dist",
    ),
  );
  const files = readdirSync(inside, { recursive: true, encoding: "utf8" });
  expect(files.filter((name) => /\.(test|contract|fixture)\./.test(name) || /(?<!\.d)\.ts$/.test(name))).toEqual([]);
});

test("runs its program", () => {
  const help = run(process.execPath, ["node_modules/.bin/ploutos", "--help"]);
  expect(help.status, help.err).toBe(0);
  expect(help.out).toContain("walk-forward");
  const unknown = run(process.execPath, ["node_modules/.bin/ploutos", "no-such-command"]);
  expect(unknown.status).toBe(1);
});

test("its program reads a feature of the user's own that builds on its doors", () => {
  const code = `import { relativeStrengthIndex } from "ploutos/features";
export const create = (): unknown => relativeStrengthIndex(30);`;
  writeFileSync(join(user, "strength.ts"), code);
  const args = ["node_modules/.bin/ploutos", "features", "check", "--feature-file", "strength.ts"];
  const { status, out, err } = run(process.execPath, args);
  expect([status, err]).toEqual([0, ""]);
  expect(out).toContain("strength: accepted");
});

test("opens each door, and its workers find each other", () => {
  writeFileSync(join(user, "consumer.ts"), consumer);
  const { status, out, err } = run(process.execPath, ["consumer.ts"]);
  expect(status, err).toBe(0);
  expect(out).toContain("2 folds");
});

test("has types that hold in a strict project", () => {
  const compilerOptions = { strict: true, target: "ES2024", module: "NodeNext", noEmit: true, types: [] };
  writeFileSync(join(user, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["consumer.ts"] }));
  writeFileSync(join(user, "consumer.ts"), consumer);
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  const good = run(process.execPath, [compiler, "-p", "."]);
  expect(good.out + good.err).toBe("");
  writeFileSync(join(user, "consumer.ts"), consumer.replace('"flat"', "1"));
  const bad = run(process.execPath, [compiler, "-p", "."]);
  expect(bad.out, "a wrong type is an error, so the types are there").toContain("consumer.ts(");
});

test.each(examples)("runs examples/%s", (file) => {
  cpSync(join(root, "examples", file), join(user, file));
  const { status, out, err } = run(process.execPath, [file]);
  expect(status, err).toBe(0);
  expect(out).toMatch(/Sharpe -?\d+\.\d\d/);
  expect(err).toBe("");
});

test.skipIf(oldNode === undefined)("says in one sentence that a Node is too old", () => {
  const { status, err } = run(oldNode!, ["node_modules/.bin/ploutos", "--help"]);
  expect(status).toBe(1);
  expect(err).toMatch(/^ploutos: Node 24 or newer is needed; this is Node \d+\.\d+\.\d+\. .*\n$/);
});

test.skipIf(oldNode === undefined)("starts on an old Node in a clone, with the pinned one", () => {
  const { status, out, err } = run(oldNode!, [join(root, "bin/ploutos.js"), "--help"]);
  expect(status, err).toBe(0);
  expect(out).toContain("walk-forward");
});

test.skipIf(oldNode === undefined || process.platform === "win32")(
  "hands a signal on once, however often it is told, and ends as the program ends",
  async () => {
    const clone = join(folder, "clone");
    mkdirSync(join(clone, "src/cli"), { recursive: true });
    mkdirSync(join(clone, "node_modules/node/bin"), { recursive: true });
    cpSync(join(root, "bin"), join(clone, "bin"), { recursive: true });
    writeFileSync(join(clone, "package.json"), JSON.stringify({ type: "module" }));
    symlinkSync(process.execPath, join(clone, "node_modules/node/bin/node"));
    writeFileSync(join(clone, "src/cli/main.ts"), patient);

    const parent = spawn(oldNode!, [join(clone, "bin/ploutos.js")], { stdio: ["ignore", "pipe", "inherit"] });
    let out = "";
    const ended = new Promise<number | null>((resolve) => parent.on("exit", resolve));
    parent.stdout.setEncoding("utf8").on("data", (text: string) => {
      out += text;
      if (text.includes("ready")) for (const delayMs of [0, 50]) setTimeout(() => parent.kill("SIGINT"), delayMs);
    });
    expect(await ended).toBe(130);
    expect(out).toBe("ready\ninterrupted 1 times\n");
  },
);

/** A program that tidies up for a while after it was interrupted, and says how often that was. */
const patient = `
let times = 0;
process.on("SIGINT", () => {
  if (++times > 1) return;
  setTimeout(() => {
    console.log("interrupted " + times + " times");
    process.exit(130);
  }, 150);
});
setInterval(() => {}, 1000);
console.log("ready");
`;

const consumer = `
import { experiment, randomWalk, walkForwardFolds } from "ploutos";
import { createPpo, flat, ppoDefaults } from "ploutos/agents";
import type { Policy } from "ploutos/agents";
import { stepBuffers, toys, vectorEnv } from "ploutos/env";
import { walkForward } from "ploutos/evaluation";
import { featureNames, featureSpec, relativeStrengthIndex } from "ploutos/features";
import { onBar, review } from "ploutos/live";
import { instrument, tradingEnv } from "ploutos/market";
import { add, compile, input } from "ploutos/tensor";

const name: string = "flat";
const policy: Policy = flat(1);
if (policy.name !== name) throw new Error(policy.name);
for (const exported of [createPpo, onBar, review, tradingEnv, vectorEnv]) {
  if (typeof exported !== "function") throw new Error(String(exported));
}
if (ppoDefaults.clip !== 0.2 || instrument("X").symbol !== "X") throw new Error("not what the sources say");
if (relativeStrengthIndex(14).warmUpBars < 14) throw new Error("no warm-up");

const env = vectorEnv(toys.cartpole(), 2);
const buffers = stepBuffers(2, env.observationSpace, env.actionSpace);
env.reset(1, buffers);
env.step(new Int32Array(2), buffers);
if (buffers.rewards[0] !== 1) throw new Error("no step");

const sum = await compile({ sum: add(input("a", [2]), input("b", [2])) });
const result = await sum.run({ a: Float32Array.of(1, 2), b: Float32Array.of(3, 4) });
if (result["sum"]?.[1] !== 6) throw new Error("no tensors");
await sum.dispose();

const universe = randomWalk({ bars: 900, volatility: 0.01, seed: 1 });
const settings = experiment({ transitions: 4096, evaluateEvery: 4096 });
const { featureSet, lookbackBars } = settings;
if (featureNames(featureSpec(featureSet, universe, lookbackBars)).length === 0) throw new Error("no features");
const spans = { trainBars: 300, validationBars: 60, testBars: 60, embargoBars: 5 };
const folds = walkForwardFolds({ bars: 900, firstBar: 300, mode: "expanding", ...spans }).slice(0, 2);
const { runs } = await walkForward({ universe, settings, folds, seeds: [1], workers: 2 });
console.log(folds.length + " folds, " + runs.length + " run");
`;
