/** @file The program as a user meets it: the lines of the README, and everything that can be typed wrongly. */
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";
import { loadModel, saveModel } from "#storage/model-store.ts";
import { dailyCsv, main, program } from "./program.ts";

const { folder, ploutos } = program("cli");

function json(...args: readonly string[]): Record<string, never> {
  const outcome = ploutos(...args, "--json");
  expect(outcome.stderr.replace(/^.*: \d+ %.*$/gm, "").trim(), args.join(" ")).toBe("");
  expect(outcome.status).toBe(0);
  return JSON.parse(outcome.stdout) as Record<string, never>;
}

const quick = [
  ["transitions", 4096],
  ["lanes", 16],
  ["evaluateEvery", 2048],
  ["ppo.rolloutSteps", 64],
  ["ppo.minibatchSize", 256],
  ["network.hidden", "[16]"],
].flatMap(([name, value]) => ["--set", `${name}=${value}`]);

const header = "date,open,high,low,close,volume";

beforeAll(() => {
  mkdirSync(join(folder, "prices"));
  const { bars, instruments } = randomWalk({ bars: 1000, volatility: 0.01, seed: 1, instruments: 2 });
  bars.forEach((each, i) =>
    writeFileSync(join(folder, "prices", `${instruments[i].symbol}.csv.gz`), gzipSync(dailyCsv(each))),
  );
  const files = readdirSync(join(folder, "prices")).map((name) => join("prices", name));
  json("data", "import", ...files, "--market", "my-stocks");
  json("train", "--market", "my-stocks", "--agent", "ppo", "--until", "2002-12-31", "--out", "runs/first", ...quick);
});

describe("the first ten minutes", () => {
  test("list, check, backtest and paper follow import and train, and paper equals the backtest", () => {
    expect(json("data", "list")["markets"]).toContainEqual(expect.objectContaining({ name: "my-stocks" }));
    expect(json("data", "check", "--market", "my-stocks")["reports"]).toHaveLength(2);
    const judged = json("backtest", "runs/first", "--from", "2003-01-01");
    expect(["BEATS", "NO BEATS", "INCONCLUSIVE"]).toContain(judged["verdict"]["word"]);
    const page = readFileSync(join(folder, judged["report"]), "utf8");
    expect(page).toContain(judged["verdict"]["word"]);
    expect(page).toContain("After isotonic calibration");
    const paper = json("paper", "runs/first", "--replay", "--from", "2003-01-01", "--speed", "max");
    const agent = (judged["contenders"] as { role: string; finalEquity: number; costs: number }[]).find(
      ({ role }) => role === "agent",
    )!;
    expect(paper["finalEquity"], "bit for bit").toBe(agent.finalEquity);
    expect(paper["tradingCost"]).toBe(agent.costs);
  });

  test("backtest --stress also trades a stressed copy, says what differs and writes every event down", () => {
    const plain = json("backtest", "runs/first", "--from", "2003-01-01");
    const judged = json("backtest", "runs/first", "--from", "2003-01-01", "--stress", "noise-20");
    expect(judged["contenders"], "the judgement itself is not touched").toEqual(plain["contenders"]);
    const stress = judged["stress"] as { preset: string; events: number; stressed: object; difference: object };
    expect(stress.preset).toBe("noise-20");
    expect(stress.events).toBeGreaterThan(0);
    expect(Object.keys(stress.stressed)).toEqual(["sharpe", "maxDrawdown", "totalReturn", "ruined"]);
    expect(Object.keys(stress.difference)).toEqual(["sharpe", "maxDrawdown", "totalReturn"]);
    const page = readFileSync(join(folder, String(judged["report"])), "utf8");
    expect(page).toContain("<h2>Under stress</h2>");
    expect(page, "the line to type again").toContain(
      "ploutos backtest runs/first --from 2003-01-01 --stress noise-20<",
    );
    const written = join(folder, String(judged["report"]), "..", "stress.json");
    const { events } = JSON.parse(readFileSync(written, "utf8")) as { events: { kind: string; cost: number }[] };
    expect(events).toHaveLength(stress.events);
    expect(ploutos("backtest", "runs/first", "--from", "2003-01-01", "--stress", "noise-20").stdout).toMatch(
      /Under stress \(\d+ events\)[\s\S]*under noise-20[\s\S]*difference[\s\S]*cost of the same positions/,
    );
  });

  test("backtest --latency and --rejects let orders be late and refused, for all contenders alike, and say so", () => {
    const costsOf = (judged: Record<string, unknown>): number[] =>
      (judged["contenders"] as { costs: number }[]).map(({ costs }) => costs);
    const plain = json("backtest", "runs/first", "--from", "2003-01-01");
    expect(costsOf(json("backtest", "runs/first", "--from", "2003-01-01", "--latency", "0"))).toEqual(costsOf(plain));
    const late = json("backtest", "runs/first", "--from", "2003-01-01", "--latency", "2", "--rejects", "0.5");
    expect(late["warnings"]).toEqual(
      expect.arrayContaining(["Every order was on its way for 2 bars.", "The venue refused 50 % of all orders."]),
    );
    const [before, after] = [costsOf(plain), costsOf(late)];
    after.forEach((cost, i) => expect(cost === 0 || cost !== before[i]).toBe(true));
    expect(json("backtest", "runs/first", "--from", "2003-01-01", "--latency", "40ms")["warnings"]).toContain(
      "Every order was on its way for 40 ms.",
    );
  });

  test("another scaler goes the whole road: it is stored in the model, and paper equals the backtest", () => {
    const out = "runs/rank-gauss";
    const until = ["--until", "2002-12-31", "--out", out];
    json("train", "--no-verify", "--market", "my-stocks", ...until, ...quick, "--set", "scaler=rank-gauss");
    const { scaler } = JSON.parse(readFileSync(join(folder, out, "model/manifest.json"), "utf8")) as {
      scaler: { warps: { kind: string }[]; centre: number[] };
    };
    expect(scaler.warps.map(({ kind }) => kind)).toEqual(scaler.centre.map(() => "normal-score"));
    const judged = json("backtest", out, "--from", "2003-01-01");
    const paper = json("paper", out, "--replay", "--from", "2003-01-01", "--speed", "max");
    const contenders = judged["contenders"] as { role: string; finalEquity: number }[];
    expect(paper["finalEquity"]).toBe(contenders.find(({ role }) => role === "agent")!.finalEquity);
  });

  test.each([
    ["netting", []],
    ["hedging", ['plan.hedging={"mode":"opposite","bars":1}']],
  ])("signals with a plan are trained by settings, and paper equals the backtest: %s account", (positions, more) => {
    const out = `runs/signals-${positions}`;
    const plan = ["plan.stopAtr=2", "plan.petitPoucet={}", "plan.trailingStop={}", ...more];
    const said = ["actions=gemini-6", `account.positions=${positions}`, ...plan].flatMap((one) => ["--set", one]);
    json("train", "--no-verify", "--market", "my-stocks", "--until", "2002-12-31", "--out", out, ...quick, ...said);
    const { actionSpace } = JSON.parse(readFileSync(join(folder, out, "model/manifest.json"), "utf8")) as {
      actionSpace: unknown;
    };
    expect(actionSpace).toMatchObject({ name: "gemini-6", heads: 2 });
    const judged = json("backtest", out, "--from", "2003-01-01");
    const contenders = judged["contenders"] as { role: string; finalEquity: number }[];
    const paper = json("paper", out, "--replay", "--from", "2003-01-01", "--speed", "max");
    expect(paper["finalEquity"]).toBe(contenders.find(({ role }) => role === "agent")!.finalEquity);
    expect(paper["fills"]).toBeGreaterThan(0);
    if (positions === "netting") {
      const careful = json("paper", out, "--replay", "--from", "2003-01-01", "--min-confidence", "0.5");
      expect(careful["fills"], "it opens less where it must be surer").toBeLessThan(paper["fills"]);
    }
  });

  test("never says BEATS of bars that the model was trained on, and says why", () => {
    const judged = json("backtest", "runs/first", "--from", "2001-01-01", "--until", "2002-06-30");
    expect(judged["verdict"]["word"]).not.toBe("BEATS");
    expect(judged["verdict"]["reasons"][0]).toMatch(/trained or chosen on/);
  });

  test("walk-forward gives the same report with one worker and with two", () => {
    const lengths = [
      "--train-bars",
      "400",
      "--validation-bars",
      "100",
      "--test-bars",
      "150",
      "--seeds",
      "1,2",
      ...quick,
    ];
    const run = (workers: string): string => {
      const out = `runs/workers-${workers}`;
      json("walk-forward", "--no-verify", "--market", "my-stocks", ...lengths, "--workers", workers, "--out", out);
      const report = JSON.parse(readFileSync(join(folder, out, "report.json"), "utf8")) as Record<string, unknown>;
      return JSON.stringify({ ...report, createdAt: 0, runId: "", sha256: "" });
    };
    expect(run("2")).toBe(run("1"));
  });

  test("walk-forward trades signals with their plan and its hedge, and says before training where the account cannot", () => {
    const spans = ["--train-bars", "600", "--validation-bars", "100", "--test-bars", "250", "--seeds", "1"];
    const plan = ["plan.stopAtr=2", "plan.targetAtr=3", 'plan.hedging={"mode":"opposite","bars":1}'];
    const said = ["actions=alpha", ...plan].flatMap((one) => ["--set", one]);
    const options = ["--market", "my-stocks", ...spans, ...quick, ...said];
    const hedging = ["--set", "account.positions=hedging", "--out", "runs/walked-signals"];
    const judged = json("walk-forward", "--no-verify", ...options, ...hedging);
    const { contenders } = JSON.parse(readFileSync(join(folder, "runs/walked-signals/report.json"), "utf8")) as {
      contenders: { role: string; name: string; trades: unknown[] }[];
    };
    expect(judged["verdict"]["word"]).toBeTypeOf("string");
    const traded = contenders.filter(({ role, name }) => role === "agent" || name.startsWith("random"));
    expect(traded).toHaveLength(2);
    const { status, stderr } = ploutos("walk-forward", "--no-verify", ...options, "--out", "runs/never");
    expect(status).toBe(1);
    expect(stderr).toMatch(/plan\.hedging: an opposite position needs account\.positions to be hedging/);
  });

  test("Ctrl-C writes a checkpoint, says how to go on, and --resume ends with the model of an undisturbed run", async () => {
    // One look at the validation span: more of them on so few bars raise alarms.
    const long = [...quick, "--transitions", "120000", "--set", "evaluateEvery=120000"];
    const args = ["train", "--no-verify", "--market", "my-stocks", "--out", "runs/stopped", ...long];
    const child = spawn(process.execPath, [main, ...args], { cwd: folder });
    const metrics = join(folder, "runs/stopped/metrics.jsonl");
    while (!existsSync(metrics) || readFileSync(metrics).length === 0) await new Promise((r) => setTimeout(r, 20));
    let said = "";
    child.stdout.on("data", (text: Buffer) => (said += text.toString()));
    child.kill("SIGINT");
    const status = await new Promise((resolve) => child.on("exit", resolve));
    expect(said).toContain("ploutos train --resume --out runs/stopped");
    expect(status).toBe(130);
    json("train", "--no-verify", "--resume", "--out", "runs/stopped");
    json("train", "--no-verify", "--market", "my-stocks", "--out", "runs/undisturbed", ...long);
    const model = (name: string): Buffer => readFileSync(join(folder, "runs", name, "model/policy.onnx"));
    expect(model("stopped").equals(model("undisturbed"))).toBe(true);
  });

  test("status tells of a training in another process, and stop ends it with a checkpoint", async () => {
    // Longer than anybody waits: it ends because it is asked to.
    const args = ["train", "--market", "my-stocks", "--out", "runs/behind", ...quick, "--transitions", "1000000000"];
    const child = spawn(process.execPath, [main, ...args], { cwd: folder, stdio: "ignore" });
    onTestFinished(() => void child.kill("SIGKILL"));
    const exit = new Promise((resolve) => child.on("exit", resolve));
    while (!existsSync(join(folder, "runs/behind/status.json"))) await new Promise((r) => setTimeout(r, 20));
    expect(json("status", "runs/behind")).toMatchObject({ state: "running", pid: child.pid, of: 1e9 });
    expect(ploutos("train", "--resume", "--out", "runs/behind").stderr).toMatch(/trained by one process at a time/);
    const stopped = json("stop", "runs/behind");
    expect(stopped).toMatchObject({ state: "stopped", checkpoint: stopped["transitions"] });
    expect(await exit, "it did as it was asked").toBe(0);
    expect(ploutos("stop", "runs/behind").stderr).toMatch(/runs\/behind is stopped/);
    expect(ploutos("status", "runs/behind").stdout).toContain("ploutos train --resume --out runs/behind");
    const all = ploutos("status").stdout;
    expect(all).toMatch(/runs\/behind.*stopped.*of 1,000,000,000/);
    expect(all).toMatch(/runs\/first.*finished/);
  }, 240_000);

  test("doctor finds everything", () => {
    expect((json("doctor")["checks"] as { good: boolean }[]).every(({ good }) => good)).toBe(true);
  });
});

test.each([
  "demo",
  "data import",
  "data import-flow",
  "data download",
  "data download-ticks",
  "data list",
  "data check",
  "data synthesize",
  "market check",
  "features analyse",
  "features check",
  "train",
  "boost",
  "status",
  "stop",
  "backtest",
  "evaluate",
  "stress",
  "verify",
  "timing",
  "importance",
  "report",
  "walk-forward",
  "select",
  "trials",
  "vault seal",
  "vault open",
  "paper",
  "doctor",
])("%s --help explains itself with an example", (name) => {
  const { status, stdout } = ploutos(...name.split(" "), "--help");
  expect(status).toBe(0);
  expect(stdout).toMatch(new RegExp(`Example:\n {2}ploutos ${name}`));
  for (const option of ["--json", "--seed"]) expect(stdout).toContain(option);
});

describe("bad input gets one clear error and loses nothing", () => {
  const good = `${header}\n2020-01-02,10,11,9,10.5,100\n2020-01-03,10.5,12,10,11,100\n2020-01-06,11,12,10,11,100\n`;
  const file = (content: string | Buffer): string => {
    const path = join(folder, "bad.csv");
    writeFileSync(path, content);
    return "bad.csv";
  };
  const importing = (content: string | Buffer): string[] => ["data", "import", file(content), "--market", "bad"];

  /** What is wrong → how it is typed → what the one message must say: rule, place, what to do. */
  const cases: readonly [string, () => string[], readonly RegExp[]][] = [
    ["an empty file", () => importing(""), [/must hold a header/, /bad\.csv/]],
    [
      "no header",
      () => importing("2020-01-02,10,11,9,10.5,100\n2020-01-03,1,1,1,1,1\n"),
      [/must name its columns/, /bad\.csv/],
    ],
    [
      "a missing column",
      () => importing("date,open,high,close\n2020-01-02,1,1,1\n"),
      [/open, high, low and close/, /low/, /--columns/],
    ],
    [
      "letters in a price",
      () => importing(good.replace("10.5,12", "abc,12")),
      [/must be numbers/, /bad\.csv:3/, /abc/],
    ],
    [
      "a date that cannot be read",
      () => importing(good.replace("2020-01-03", "someday")),
      [/time that can be read/, /bad\.csv:3/, /someday/],
    ],
    [
      "rows out of order",
      () => importing(good.replace("2020-01-03", "2019-12-30")),
      [/in time order/, /bad\.csv:3/, /--sort/],
    ],
    [
      "duplicates with different prices",
      () => importing(good.replace("2020-01-06", "2020-01-03")),
      [/same time with different prices/, /bad\.csv/, /3/, /4/],
    ],
    ["a negative price", () => importing(good.replace("10.5,12,10,11", "-1,12,-2,11")), [/above zero/, /bad\.csv:3/]],
    [
      "a file that is not there",
      () => ["data", "import", "absent.csv", "--market", "bad"],
      [/must exist/, /absent\.csv/],
    ],
    [
      "an unknown option",
      () => ["train", "--market", "my-stocks", "--agnet", "ppo"],
      [/Options must be known/, /--agnet/, /--help/],
    ],
    ["an unknown command", () => ["trian"], [/trian/, /--help/]],
    [
      "an option of the wrong form",
      () => ["train", "--market", "my-stocks", "--until", "soon"],
      [/soon/, /2019-12-31/],
    ],
    [
      "an unknown setting",
      () => ["train", "--market", "my-stocks", "--set", "ppo.speed=1"],
      [/must follow its schema/, /speed/],
    ],
    [
      "a plan that counts in what is not set",
      () => ["train", "--market", "my-stocks", "--set", "actions=alpha", "--set", "plan.giveBack={}"],
      [/must follow its schema/, /plan\.giveBack: counts in R/, /plan\.stopAtr/],
    ],
    [
      "an algorithm that it does not know",
      () => ["train", "--market", "my-stocks", "--agent", "dreamer"],
      [/dreamer/, /ppo/],
    ],
    [
      "what cannot be compared",
      () => ["compare", "ppo", "absent.json", "--market", "my-stocks", "--out", "runs/bad-compare"],
      [/absent\.json/, /no JSON file/, /ppo/],
    ],
    [
      "a least confidence of what wants weights",
      () => ["backtest", "runs/first", "--from", "2003-01-01", "--min-confidence", "0.6"],
      [/--min-confidence/, /signals/],
    ],
    ["an ensemble of one", () => ["ensemble", "runs/first"], [/two runs or more/]],
    ["a comparison that trains on nothing", () => ["compare", "ppo", "dqn"], [/--market/]],
    [
      "a market that is not there",
      () => ["train", "--market", "absent"],
      [/must have been imported/, /absent/, /data list/],
    ],
    ["a run that is not there", () => ["backtest", "runs/absent"], [/must exist/, /runs\/absent/]],
    [
      "dates that leave no test bars",
      () => ["backtest", "runs/first", "--from", "2030-01-01"],
      [/enough bars/, /2030-01-01/, /--from/],
    ],
    [
      "too little to walk forward on",
      () => ["walk-forward", "--market", "my-stocks", "--train-bars", "900"],
      [/enough bars/, /1000/],
    ],
    [
      "a folder that holds a run already",
      () => ["train", "--market", "my-stocks", "--out", "runs/first", ...quick],
      [/not overwritten/, /--resume/],
    ],
    [
      "a model trained on other features",
      () => ["backtest", "runs/other-features"],
      [/features it was trained on/, /this version computes/, /train again/],
    ],
    [
      "fees of days that no table knows, also where a worker finds it",
      () => ["walk-forward", "--market", "my-stocks", "--set", "costs.profile=alpaca", ...quick],
      [/^ploutos: A fee must have a rate on every day that is traded/, /Section 31 on 200\d-/, /costs\.profile/],
    ],
    ["a latency that is no time", () => ["backtest", "runs/first", "--latency", "soon"], [/--latency/, /250ms/]],
    [
      "more rejects than orders",
      () => ["backtest", "runs/first", "--rejects", "1.5"],
      [/--rejects/, /between 0 and 1/],
    ],
    ["of paper a latency that is no time", () => ["paper", "runs/first", "--latency", "soon"], [/--latency/, /250ms/]],
    [
      "finer bars that are not finer",
      () => ["backtest", "runs/first", "--finer", "my-stocks"],
      [/finer/, /1d are not shorter than those of 1d/],
    ],
    [
      "a market without the model's instruments",
      () => ["backtest", "runs/first", "--market", "one-of-two"],
      [/features it was trained on/, /the model sees .*S1.*S2.*holds .*S1/, /train again/],
    ],
    ["a checkpoint cut in half", () => ["train", "--resume", "--out", "runs/cut"], [/whole/, /checkpoint\.bin/]],
    ["paper without --replay", () => ["paper", "runs/first"], [/--replay/]],
  ];

  beforeAll(async () => {
    const train = ["train", "--no-verify", "--market", "my-stocks", "--until", "2002-12-31", ...quick, "--out"];
    json(...train, "runs/cut");
    const checkpoint = join(folder, "runs/cut/checkpoint.bin");
    truncateSync(checkpoint, Math.floor(readFileSync(checkpoint).length / 2));
    json("data", "import", join("prices", "S1.csv.gz"), "--market", "one-of-two");
    cpSync(join(folder, "runs/first"), join(folder, "runs/other-features"), { recursive: true });
    const { onnx, manifest } = await loadModel(join(folder, "runs/first/model"));
    const features = { ...manifest.features, schemaHash: manifest.features.schemaHash.replace(/^./, "x") };
    await saveModel(join(folder, "runs/other-features/model"), { onnx, manifest: { ...manifest, features } });
  });

  test.each(cases)("%s", (_, type, patterns) => {
    const args = type();
    const before = readdirSync(folder, { recursive: true }).map(String).sort();
    const { status, stdout, stderr } = ploutos(...args);
    expect(status).not.toBe(0);
    for (const pattern of patterns) expect(stderr).toMatch(pattern);
    expect(stderr.trim().split("\n"), "one message, no stack").toHaveLength(1);
    expect(stdout.replace(/^Training .*\n/, "")).toBe("");
    const after = readdirSync(folder, { recursive: true }).map(String).sort();
    expect(after, "nothing half-written stays").toEqual(before);
  });

  test("is told as JSON with --json", () => {
    const { status, stdout } = ploutos("train", "--no-verify", "--market", "absent", "--json");
    expect(status).not.toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: "data/unknown-market" } });
  });
});
