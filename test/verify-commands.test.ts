/** @file `verify` on the command line, and the battery at the end of each training: what is told, kept and shown. */
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { leakCheckNames } from "#evaluation/leaks/checks.ts";
import { loadModel } from "#storage/model-store.ts";
import { program } from "./program.ts";

const guide = fileURLToPath(new URL("../docs/how-to/verify.md", import.meta.url));
const { folder, ploutos, json } = program("verify");

const text = (...path: readonly string[]): string => readFileSync(join(folder, ...path), "utf8");
const stored = <Content>(...path: readonly string[]): Content => JSON.parse(text(...path)) as Content;

interface Checked {
  readonly checks: readonly { readonly name: string; readonly outcome: string; readonly found: string }[];
}
const outcomes = ({ checks }: Checked): Record<string, string> =>
  Object.fromEntries(checks.map(({ name, outcome }) => [name, outcome]));
const all = (outcome: string): Record<string, string> =>
  Object.fromEntries(leakCheckNames.map((name) => [name, outcome]));

const quick = ["transitions=8192", "evaluateEvery=8192", "turnoverPenalty=0", "episodeBars=60", "network.hidden=[16]"];
const settings = quick.flatMap((setting) => ["--set", setting]);
const training = ["--market", "walk", "--until", "2002-12-31", ...settings];

/** What the battery found at the end of a training. */
let verified: Checked;

beforeAll(() => {
  const made = ["--kind", "geometric-brownian", "--bars", "1000", "--timeframe", "1d", "--instruments", "2"];
  json("data", "synthesize", ...made, "--market", "walk");
  ({ verification: verified } = json<{ verification: Checked }>("train", ...training, "--out", "runs/verified"));
  json("train", "--no-verify", ...training, "--seed", "2", "--out", "runs/plain");
});

describe("a training", () => {
  test("ends with the battery, which is in its result, its model and every report", async () => {
    expect(outcomes(verified)).toEqual(all("passed"));
    expect(stored("runs/verified/verification.json")).toEqual(verified);
    const { manifest } = await loadModel(join(folder, "runs/verified/model"));
    expect(manifest.verification).toEqual(verified);
    const judged = json<{ report: string; verification: Checked }>("backtest", "runs/verified");
    expect(judged.verification).toEqual(verified);
    expect(stored(judged.report.replace(".html", ".json"))).toMatchObject({ verification: verified });
    const markdown = text(judged.report.replace(".html", ".md"));
    expect(markdown).toContain("## Leaks");
    expect(markdown).toContain("| future-permutation: passed | Replaced all bars after 3 bars by noise");
  });

  test("that was told otherwise has a model and reports that say nobody looked, until verify does", async () => {
    const before = await loadModel(join(folder, "runs/plain/model"));
    expect(before.manifest.verification).toBeUndefined();
    const { stdout } = ploutos("backtest", "runs/plain");
    expect(stdout).toContain("Leak battery: not run");
    const [, page] = /Report: (\S+)/.exec(stdout)!;
    expect(text(page.replace(".html", ".md"))).toContain("verify was not run.");
    const part = json<Checked>("verify", "runs/plain", "--only", "truncation,scaler-fold");
    expect(outcomes(part)).toEqual({ ...all("not run"), truncation: "passed", "scaler-fold": "passed" });
    expect((await loadModel(join(folder, "runs/plain/model"))).manifest, "a part is not kept").toEqual(before.manifest);
    const { passed, ...verification } = json<Checked & { passed: boolean }>("verify", "runs/plain");
    expect(passed).toBe(true);
    const after = await loadModel(join(folder, "runs/plain/model"));
    expect(after.manifest.verification).toEqual(verification);
    expect(after.onnx).toEqual(before.onnx);
  });

  test("of other bars than the market now holds is not verified", () => {
    cpSync(join(folder, ".ploutos/markets/walk"), join(folder, "other/walk"), { recursive: true });
    const made = ["--kind", "geometric-brownian", "--bars", "1000", "--timeframe", "1d", "--instruments", "2"];
    rmSync(join(folder, "other/walk"), { recursive: true });
    json("data", "synthesize", ...made, "--seed", "9", "--market", "walk", "--store", "other");
    const { status, stderr } = ploutos("verify", "runs/verified", "--store", "other");
    expect([status, stderr]).toEqual([1, expect.stringMatching(/goes on only with the data it began with/) as string]);
  });
});

describe("a feature that says how far the price is from the first bar of the file, which is another one live,", () => {
  const since = `
    export const create = () => {
      const first = new Float64Array(1);
      return {
        outputs: ["since"], warmUpBars: 1, memory: [first],
        next(bar, into, at) {
          if (first[0] === 0) first[0] = bar.close;
          into[at] = bar.close / first[0];
        },
      };
    };`;
  const asked = ["--market", "walk", "--feature-file", "since.ts"];
  beforeAll(() => writeFileSync(join(folder, "since.ts"), since));

  test.each([
    ["train", [...settings, "--until", "2002-12-31"]],
    ["boost", ["--set", "boosting.rounds=60", "--until", "2002-12-31"]],
  ])("ends %s with exit code 2, and a model that says so", async (command, more) => {
    const { status, stdout } = ploutos(command, ...asked, ...more, "--out", `runs/since-${command}`);
    expect(status).toBe(2);
    expect(stdout).toMatch(/^Warning: warm-up failed: \d+ of \d+ decisions are others/m);
    const { manifest } = await loadModel(join(folder, `runs/since-${command}/model`));
    expect(outcomes(manifest.verification!)).toMatchObject({ "warm-up": "failed", "future-permutation": "passed" });
  });

  test("ends a walk-forward with exit code 2, and a report that says so", () => {
    const lengths = ["--train-bars", "400", "--validation-bars", "100", "--test-bars", "200", "--seeds", "1"];
    const more = [...lengths, "--workers", "1", ...settings, "--out", "runs/since-folds"];
    expect(ploutos("walk-forward", ...asked, ...more).status).toBe(2);
    expect(text("runs/since-folds/report.md")).toContain("it failed its leak battery (warm-up)");
  });
});

test("a walk-forward searches the model of its last fold", () => {
  const lengths = ["--train-bars", "400", "--validation-bars", "100", "--test-bars", "200", "--seeds", "1"];
  const asked = ["--market", "walk", ...lengths, "--workers", "1", ...settings];
  const { verification, report } = json<{ verification: Checked & { subject: string }; report: string }>(
    "walk-forward",
    ...asked,
  );
  expect(verification.subject).toBe("PPO, fold 2, seed 1");
  expect(outcomes(verification)).toEqual(all("passed"));
  expect(text(report.replace(".html", ".md"))).toContain("PPO, fold 2, seed 1: 11 passed.");
});

test("an ensemble is verified like one run", () => {
  json("ensemble", "runs/plain", "runs/verified", "--out", "runs/both");
  const only = ["future-permutation", "scaler-fold", "train-and-serve"];
  const found = outcomes(json<Checked>("verify", "runs/both", "--only", only.join(",")));
  expect(found).toEqual({ ...all("not run"), ...Object.fromEntries(only.map((name) => [name, "passed"])) });
});

describe("a strategy", () => {
  /** The example of the guide, which looks ahead without meaning to. */
  const [, smoothed] = /`smoothed\.ts`[\s\S]*?```ts\n([\s\S]*?)```/.exec(readFileSync(guide, "utf8"))!;

  test("of one's own that looks ahead ends with an exit code, and with the checks that the guide names", () => {
    writeFileSync(join(folder, "smoothed.ts"), smoothed);
    const { status, stdout } = ploutos("verify", "--strategy", "smoothed.ts", "--market", "walk");
    expect(status).toBe(2);
    expect(stdout).toMatch(/^smoothed:\n/);
    expect(stdout.trim().split("\n"), "a name, a line for each check, a sum").toHaveLength(leakCheckNames.length + 3);
    const failed = [...stdout.matchAll(/^failed +(\S+)/gm)].map(([, name]) => name);
    expect(failed).toEqual(["future-permutation", "truncation", "one-bar-lag", "random-walk"]);
    expect(stdout).toMatch(/^failed +future-permutation +Replaced .* decisions at \d{4}-\d\d-\d\d/m);
    const honest = smoothed.replace(
      "(close[t - 1] ?? price) + price + (close[t + 1] ?? price)",
      "(close[t - 2] ?? price) + (close[t - 1] ?? price) + price",
    );
    writeFileSync(join(folder, "honest.ts"), honest);
    expect(json("verify", "--strategy", "honest.ts", "--market", "walk")).toMatchObject({ passed: true });
  });

  test("that is a rule passes by its name", () => {
    const found = json<Checked & { passed: boolean }>(
      "verify",
      "--strategy",
      "moving-averages-50-200",
      "--market",
      "walk",
    );
    expect(found.passed).toBe(true);
    expect(outcomes(found)).toMatchObject({ "future-permutation": "passed", "train-and-serve": "not applicable" });
  });
});

describe("features", () => {
  const smooth = `
    export const warmUpBars = 3;
    export const column = ({ close }) =>
      close.map((_, t) => (t < 2 ? NaN : (close[t - 1] + close[t] + (close[t + 1] ?? close[t])) / 3 / close[t]));`;

  test("of a set pass, with a user's own beside them that look back", () => {
    writeFileSync(
      join(folder, "range.ts"),
      `
      export const create = () => ({
        outputs: ["range"], warmUpBars: 1,
        next(bar, into, at) { into[at] = Math.log(bar.high / bar.low); },
      });`,
    );
    const asked = ["--features", "first-light", "--feature-file", "range.ts", "--market", "walk", ...settings];
    const found = json<Checked & { subject: string }>("verify", ...asked);
    expect(found.subject).toBe("first-light with range.ts");
    expect(Object.values(outcomes(found)).filter((outcome) => outcome === "passed")).toHaveLength(7);
  });

  test("of whole histories that look ahead are caught by name", () => {
    writeFileSync(join(folder, "smooth.ts"), smooth);
    const { status, stdout } = ploutos(
      "verify",
      "--feature-file",
      "smooth.ts",
      "--market",
      "walk",
      "--only",
      "future-permutation",
    );
    expect(status).toBe(2);
    expect(stdout).toMatch(/feature S1\.smooth at .*, feature S2\.smooth at/);
  });
});

test.each([
  ["nothing to look at", [], /verify needs a run, or --features SET, or --strategy NAME/],
  ["a check that nobody knows", ["runs/verified", "--only", "luck"], /luck is no check; there are future-permutation/],
])("refuses %s", (_, args, message) => {
  const { status, stderr } = ploutos("verify", ...args);
  expect([status, stderr.trim().split("\n").length]).toEqual([1, 1]);
  expect(stderr).toMatch(message);
});
