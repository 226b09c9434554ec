/** @file The how-to on a feature of one's own, done: its examples as files, checked, trained on and traded as it is typed. */
import { createHash } from "node:crypto";
import { spawn, spawnSync } from "node:child_process";
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";
import { main, program } from "./program.ts";

const { folder, ploutos, writeBars } = program("own");

const guide = readFileSync("docs/how-to/add-your-own-feature.md", "utf8");
const [gap, strength, smooth] = [...guide.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code);

function check(name: string, code: string, ...more: readonly string[]) {
  writeFileSync(join(folder, name), code);
  return ploutos("features", "check", "--feature-file", name, ...more);
}

test("the first example is accepted", () => {
  const { status, stdout: out, stderr: error } = check("gap.ts", gap);
  expect([status, error]).toEqual([0, ""]);
  expect(out).toContain("gap: accepted. It does not look ahead, and says the same of the same bars.");
  expect(JSON.parse(check("gap.ts", gap, "--json").stdout)).toMatchObject({
    accepted: true,
    form: "create",
    warmUpBars: 2,
  });
});

test("the second builds on the program's own indicators, and is accepted", () => {
  expect(strength).toContain('from "ploutos/features"');
  expect(check("strength.ts", strength)).toMatchObject({ status: 0, stderr: "" });
});

test("the third looks ahead and is refused in the words of the guide; mended as it says, it is accepted", () => {
  const { status, stderr: error } = check("smooth.ts", smooth);
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
  const { status, stderr: error } = check(code === undefined ? "other.ts" : name, code ?? "", "--feature-file", name);
  expect(status).toBe(1);
  expect(error).toContain(message);
});

describe("training", () => {
  const quick = [
    ["transitions", 4096],
    ["lanes", 16],
    ["evaluateEvery", 2048],
    ["ppo.rolloutSteps", 64],
    ["ppo.minibatchSize", 256],
    ["network.hidden", "[16]"],
  ].flatMap(([name, value]) => ["--set", `${name}=${value}`]);
  const market = ["--market", "walk"];
  const path = (...parts: readonly string[]): string => join(folder, ...parts);
  const write = (name: string, code: string): void => writeFileSync(path(name), code);

  function json(...args: readonly string[]): Record<string, never> {
    const { status, stdout: out, stderr: error } = ploutos(...args, "--json");
    expect([status, error.replace(/^.*: \d+ %.*$/gm, "").trim()], args.join(" ")).toEqual([0, ""]);
    return JSON.parse(out) as Record<string, never>;
  }

  const train = (out: string, files: readonly string[], ...more: readonly string[]): string[] => [
    "train",
    "--no-verify",
    ...market,
    "--until",
    "2002-12-31",
    "--out",
    out,
    ...files.flatMap((file) => ["--feature-file", file]),
    ...quick,
    ...more,
  ];

  beforeAll(() => {
    const { bars, instruments } = randomWalk({ bars: 1000, volatility: 0.01, seed: 1, instruments: 2 });
    bars.forEach((each, i) => writeBars(`${instruments[i].symbol}.csv`, each));
    json("data", "import", ...instruments.map(({ symbol }) => `${symbol}.csv`), ...market);
    write("gap.ts", gap);
    write("strength.ts", strength);
    json(...train("runs/own", ["gap.ts", "strength.ts"]));
  });

  test("keeps the files with the run, and what they were with the model", () => {
    expect(readFileSync(path("runs/own/features/gap.ts"), "utf8")).toBe(gap);
    const { features } = JSON.parse(readFileSync(path("runs/own/model/manifest.json"), "utf8")) as {
      features: { names: string[]; own: { name: string; file: string; sha256: string; outputs: string[] }[] };
    };
    expect(features.own).toEqual([
      { name: "gap", file: "gap.ts", sha256: createHash("sha256").update(gap).digest("hex"), outputs: ["gap"] },
      expect.objectContaining({ name: "strength", file: "strength.ts", outputs: ["rsi"] }),
    ]);
    expect(features.names.filter((name) => name.endsWith(".gap"))).toHaveLength(2);
  });

  test("backtest and paper trade the run's own copies, and agree to the bit", () => {
    write("gap.ts", "export const nothing = 1;");
    const judged = json("backtest", "runs/own", "--from", "2003-01-01");
    const paper = json("paper", "runs/own", "--replay", "--from", "2003-01-01", "--speed", "max");
    write("gap.ts", gap);
    const contenders = judged["contenders"] as { role: string; finalEquity: number; costs: number }[];
    const agent = contenders.find(({ role }) => role === "agent")!;
    expect(paper["fills"], "a model that hardly trades would prove nothing").toBeGreaterThan(10);
    expect(paper["finalEquity"]).toBe(agent.finalEquity);
    expect(paper["tradingCost"]).toBe(agent.costs);
  });

  test("an interrupted run goes on with its copy and ends with the bytes of an undisturbed one", async () => {
    const args = train("runs/stopped", ["gap.ts"], "--transitions", "60000");
    const child = spawn(process.execPath, [main, ...args], { cwd: folder });
    const metrics = path("runs/stopped/metrics.jsonl");
    while (!existsSync(metrics) || readFileSync(metrics).length === 0) await new Promise((r) => setTimeout(r, 20));
    child.kill("SIGINT");
    expect(await new Promise((resolve) => child.on("exit", resolve))).toBe(130);
    expect(existsSync(path("runs/stopped/model"))).toBe(false);
    write("gap.ts", "export const nothing = 1;");
    json("train", "--no-verify", "--resume", "--out", "runs/stopped");
    write("gap.ts", gap);
    json(...train("runs/undisturbed", ["gap.ts"], "--transitions", "60000"));
    for (const file of ["model/policy.onnx", "model/manifest.json", "metrics.jsonl"]) {
      const [stopped, undisturbed] = ["stopped", "undisturbed"].map((run) => readFileSync(path("runs", run, file)));
      expect(stopped.equals(undisturbed), file).toBe(true);
    }
  });

  test("a copy that was changed, or is gone, is refused by all that need it, in one message", () => {
    json(...train("runs/touched", ["gap.ts"]));
    const copy = path("runs/touched/features/gap.ts");
    const commands = [
      ["backtest", "runs/touched", "--from", "2003-01-01"],
      ["paper", "runs/touched", "--replay", "--from", "2003-01-01", "--speed", "max"],
      ["train", "--resume", "--out", "runs/touched"],
    ];
    appendFileSync(copy, " ");
    for (const command of commands) {
      const { status, stderr: error } = ploutos(...command);
      expect(status, command[0]).toBe(1);
      expect(error.trim()).toMatch(
        /^ploutos: A run's own features must be the files that it began with; .*gap\.ts has the SHA-256 [0-9a-f]{12}, and had [0-9a-f]{12} when the run began\. Put .* or train again\.$/,
      );
    }
    rmSync(copy);
    for (const command of commands) expect(ploutos(...command).stderr).toMatch(/gap\.ts is not there\. Put/);
  });

  test("a feature that asks for the local time is refused where that is another", () => {
    const clock = gap.replace("Math.log(bar.open / previousClose[0])", "new Date(bar.openTime).getHours()");
    write("clock.ts", clock.replace("{ open: number;", "{ openTime: number; open: number;"));
    const env = (TZ: string): NodeJS.ProcessEnv => ({ ...process.env, TZ });
    const at = (zone: string, ...args: readonly string[]) =>
      spawnSync(process.execPath, [main, ...args], { cwd: folder, encoding: "utf8", env: env(zone) });
    expect(at("America/New_York", ...train("runs/clock", ["clock.ts"])).status).toBe(0);
    const backtest = ["backtest", "runs/clock", "--from", "2003-01-01"];
    expect(at("America/New_York", ...backtest).status).toBe(0);
    expect(at("Asia/Tokyo", ...backtest).stderr).toMatch(
      /the model's features have the schema \w+, this version computes/,
    );
  });

  test("walk-forward trains on it too, keeps its files, and says the same with one worker and with two", () => {
    const lengths = ["--train-bars", "500", "--validation-bars", "100", "--test-bars", "150", "--seeds", "1"];
    const run = (workers: string): unknown => {
      const out = `runs/walked-${workers}`;
      json(
        "walk-forward",
        "--no-verify",
        ...market,
        ...lengths,
        ...quick,
        "--feature-file",
        "gap.ts",
        "--workers",
        workers,
        "--out",
        out,
      );
      expect(readFileSync(path(out, "features/gap.ts"), "utf8")).toBe(gap);
      const report = JSON.parse(readFileSync(path(out, "report.json"), "utf8")) as Record<string, unknown>;
      return { ...report, createdAt: 0, runId: "", sha256: "" };
    };
    const one = run("1");
    expect(one).toMatchObject({ settings: { featureFiles: ["gap.ts"] } });
    expect(run("2")).toEqual(one);
  });

  test.each([
    ["a feature that looks ahead", "smooth.ts", smooth, /smooth looks ahead: after bar /],
    [
      "a column over whole histories",
      "level.ts",
      "export const warmUpBars = 1;\nexport const column = ({ close }) => close.map((price, t) => (t % 2 ? price : -price));",
      /level\.ts exports column\(bars\), over whole histories\. Write it in the form create\(\)/,
    ],
    [
      "a feature that has the name of one of the set",
      "rsi14.ts",
      gap,
      /rsi14\.ts names rsi14, which is there already beside it or in first-light/,
    ],
    [
      "a file that leans on another",
      "leaning.ts",
      `import "./gap.ts";\n${gap}`,
      /leaning\.ts cannot be loaded \(it imports \.\/gap\.ts; a file of one's own stands alone/,
    ],
  ])("%s is refused before anything is written", (_, name, code, message) => {
    write(name, code);
    const out = `runs/refused-${name}`;
    for (const command of [
      train(out, [name]),
      ["walk-forward", ...market, ...quick, "--feature-file", name, "--out", out],
    ]) {
      const { status, stderr: error } = ploutos(...command);
      expect(status).toBe(1);
      expect(error).toMatch(message);
      expect(error.trim().split("\n")).toHaveLength(1);
    }
    expect(existsSync(path(out))).toBe(false);
  });

  test("--resume takes no other feature files than the run's", () => {
    const { status, stderr: error } = ploutos(
      "train",
      "--no-verify",
      "--resume",
      "--out",
      "runs/own",
      "--feature-file",
      "gap.ts",
    );
    expect([status, error]).toEqual([1, expect.stringContaining("leave --feature-file out")]);
  });
});
