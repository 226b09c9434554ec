/** @file Boosted trees as a user meets them: from a market with a signal to a model that backtest and paper trade alike. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { predictions } from "#policy/trees/forest.ts";
import { forestNames } from "#policy/trees/forest-model.ts";
import { forestFromXgboost } from "#policy/trees/xgboost-json.ts";
import { loadModel } from "#storage/model-store.ts";
import { compileModel } from "#tensor/onnx/session.ts";
import { main, program } from "./program.ts";

const { folder, ploutos, json } = program("boost");

const settings = (...list: readonly string[]): string[] => list.flatMap((one) => ["--set", one]);
const until = ["--until", "2006-12-31"];
const small = settings(
  "boosting.rounds=80",
  "boosting.learningRate=0.1",
  "boosting.maxDepth=3",
  "boosting.patience=20",
);

interface Boosted {
  readonly instruments: readonly {
    symbol: string;
    rounds: number;
    validationLoss: number;
    priorLoss: number;
    importance: readonly { feature: string }[];
  }[];
}

interface Judged {
  readonly lookAhead: string;
  readonly verdict: { readonly word: string };
  readonly contenders: readonly { role: string; name: string; finalEquity: number; sharpe: number }[];
}

const agentOf = ({ contenders }: Judged): Judged["contenders"][number] =>
  contenders.find(({ role }) => role === "agent")!;

/** The signal of the planted market: its volume. */
const traded = `export const create = () => ({
  outputs: ["traded"],
  warmUpBars: 1,
  memory: [],
  next(bar, into, at) {
    into[at] = Math.log(1 + bar.volume);
  },
});
`;

/** Whether the next bar moves by more than 0.2 %, and which way. */
const nextBar = [
  ...until,
  ...small,
  "--market",
  "planted",
  "--label",
  "fixed-horizon",
  "--feature-file",
  "traded.js",
  ...settings("boosting.label.horizonBars=1", "boosting.label.threshold=0.002"),
];

let trees: Boosted;

beforeAll(() => {
  writeFileSync(join(folder, "traded.js"), traded);
  const made = [
    "--bars",
    "3000",
    "--timeframe",
    "1d",
    "--market",
    "planted",
    ...settings("correlation=0.5", "persistence=0"),
  ];
  json("data", "synthesize", "--kind", "planted-signal", ...made);
  trees = json<Boosted>("boost", ...nextBar, "--out", "runs/trees");
});

test("what can be learned is learned, traded and kept: paper equals the backtest", () => {
  const [{ validationLoss, priorLoss, importance }] = trees.instruments;
  expect(validationLoss).toBeLessThan(0.95 * priorLoss);
  expect(importance[0].feature).toBe("S1.traded");
  const judged = json<Judged>("backtest", "runs/trees");
  expect(judged.lookAhead, "the report says that labels of the future taught it").toMatch(/labels of what came after/);
  expect(agentOf(judged).name).toBe("BOOSTING");
  expect(agentOf(judged).sharpe).toBeGreaterThan(2);
  const paper = json<{ finalEquity: number; fills: number }>("paper", "runs/trees", "--replay");
  expect(paper.finalEquity, "bit for bit").toBe(agentOf(judged).finalEquity);
  expect(paper.fills).toBeGreaterThan(0);
  const { trials } = json<{ trials: { kind: string; agent: string; configHash: string }[] }>("trials");
  const configs = (kind: string): string[] =>
    trials.filter((trial) => trial.kind === kind && trial.agent === "BOOSTING").map(({ configHash }) => configHash);
  expect(configs("look").length).toBeGreaterThan(0);
  expect(configs("training"), "who is looked at is who was trained").toEqual(expect.arrayContaining(configs("look")));
});

test("the same trees come of one thread", () => {
  json<Boosted>("boost", ...nextBar, "--out", "runs/one-thread", "--threads", "1");
  const read = (run: string, name: string): Buffer => readFileSync(join(folder, run, "model", name));
  for (const name of readdirSync(join(folder, "runs/trees/model"))) {
    expect(read("runs/one-thread", name).equals(read("runs/trees", name)), name).toBe(true);
  }
});

test("killed once it has a checkpoint and started again, it ends in the same bytes", async () => {
  const going = spawn(process.execPath, [main, "boost", ...nextBar, "--out", "runs/killed"], { cwd: folder });
  const ended = once(going, "exit");
  const isUnderWay = (): boolean => !existsSync(join(folder, "runs/killed/checkpoint.bin")) && going.exitCode === null;
  while (isUnderWay()) await new Promise((resolve) => setTimeout(resolve, 5));
  going.kill("SIGKILL");
  await ended;
  const { stdout: told } = ploutos("status", "runs/killed");
  expect(told).toMatch(/state +│ killed/);
  expect(told).toMatch(/progress +│ \d+ of at most 80 rounds \(\d+ %\)/);
  expect(told).toContain("ploutos boost --resume --out runs/killed");
  json("boost", "--resume", "--out", "runs/killed");
  for (const name of [
    "metrics.jsonl",
    ...readdirSync(join(folder, "runs/trees/model")).map((each) => `model/${each}`),
  ]) {
    const [found, expected] = ["killed", "trees"].map((run) => readFileSync(join(folder, "runs", run, name)));
    expect(found.equals(expected), name).toBe(true);
  }
  expect(json("boost", "--resume", "--out", "runs/killed", "--set", "boosting.rounds=80")).toMatchObject({
    alreadyFinished: true,
  });
});

test.each<[string, readonly string[], RegExp]>([
  ["another setting", ["boost", "--set", "boosting.rounds=81"], /boosting\.rounds is 81, and the run began with 80/],
  ["another seed", ["boost", "--seed", "2"], /seed is 2, and the run began with 1/],
  ["a learner by trial", ["train"], /is a run of boosted trees; ploutos boost --resume goes on with it/],
])("a run goes on as it began: %s is refused", (_, [command, ...asked], message) => {
  const { status, stderr } = ploutos(command, "--resume", "--out", "runs/trees", ...asked);
  expect(status).toBe(1);
  expect(stderr).toMatch(message);
});

test("the model is ONNX with its manifest, and the same trees as XGBoost's JSON", async () => {
  const { onnx, manifest } = await loadModel(join(folder, "runs/trees/model"));
  expect(manifest).toMatchObject({
    kind: "boosted-trees",
    agent: "boosting",
    decision: { objective: "softmax", threshold: 0 },
  });
  const width = manifest.features.names.length;
  const text = readFileSync(join(folder, "runs/trees/model/S1.xgboost.json"), "utf8");
  const forest = forestFromXgboost(text, "S1.xgboost.json", width);
  expect(forest.featureNames).toEqual(manifest.features.names);
  const market = Float32Array.from({ length: 50 * width }, (_, i) => Math.sin(i * i));
  const compiled = await compileModel(onnx);
  const account = new Float32Array(50 * manifest.observation.accountSize);
  const found = (await compiled.run({ market, account }))[forestNames.predictions];
  await compiled.dispose();
  predictions(forest, market).forEach((value, i) => expect(Math.abs(value - Number(found[i]))).toBeLessThan(1e-6));
  const lines = readFileSync(join(folder, "runs/trees/metrics.jsonl"), "utf8").trim().split("\n");
  expect(JSON.parse(lines[0])).toMatchObject({ step: 1, symbol: "S1", round: 1 });
});

test("as words, in agreement with the rule, it goes the same road", () => {
  const words = settings(
    "actions=alpha",
    "boosting.agreeWithRule=true",
    "boosting.ruleFilter=1w",
    "boosting.threshold=0.36",
    "boosting.label.horizonBars=5",
  );
  json(
    "boost",
    "--no-verify",
    "--market",
    "planted",
    "--label",
    "triple-barrier",
    ...until,
    "--out",
    "runs/agree",
    ...small,
    ...words,
  );
  const judged = json<Judged>("backtest", "runs/agree");
  const paper = json<{ finalEquity: number; fills: number }>("paper", "runs/agree", "--replay");
  expect(paper.finalEquity).toBe(agentOf(judged).finalEquity);
  expect(paper.fills).toBeGreaterThan(0);
});

test("as words it knows from its labels how often it is right, and opens nothing where it is not as sure as asked", async () => {
  json("boost", "--no-verify", ...nextBar, ...settings("actions=alpha"), "--out", "runs/sure");
  const { manifest } = await loadModel(join(folder, "runs/sure/model"));
  const { confidence } = manifest;
  expect(confidence).toMatchObject({ of: "votes", method: "isotonic" });
  expect(confidence!.decisions).toBeGreaterThan(200);
  const [least, most] = [confidence!.reliability[0], confidence!.reliability.at(-1)!];
  expect(most.right, "the surest votes are right more often").toBeGreaterThan(least.right + 0.2);

  const paper = (...asked: readonly string[]): { fills: number; finalEquity: number } =>
    json("paper", "runs/sure", "--replay", ...asked);
  const sure = paper("--min-confidence", "0.6");
  expect(sure.fills).toBeLessThan(paper().fills);
  const judged = json<Judged & { report: string }>("backtest", "runs/sure", "--min-confidence", "0.6");
  expect(sure.finalEquity, "bit for bit").toBe(agentOf(judged).finalEquity);
  const page = readFileSync(join(folder, judged.report.replace(".html", ".md")), "utf8");
  expect(page).toContain("votes of BUY or SELL on labelled bars of the validation span");
  expect(page).toContain("It has no reward that could be held against its profit: labels taught it.");
}, 120_000);

test("expected returns are learned as well, within directions that are asked for", () => {
  const returns = settings(
    "boosting.label.horizonBars=1",
    "boosting.threshold=0.001",
    'boosting.monotone={"S1.return1":1}',
    "lookbackBars=2",
  );
  const { instruments } = json<Boosted>(
    "boost",
    "--no-verify",
    "--market",
    "planted",
    "--label",
    "fixed-horizon",
    ...until,
    "--out",
    "runs/returns",
    ...small,
    ...returns,
  );
  expect(instruments[0].validationLoss).toBeLessThan(instruments[0].priorLoss);
  json(
    "boost",
    "--no-verify",
    "--market",
    "planted",
    "--label",
    "fixed-horizon",
    ...until,
    "--out",
    "runs/returned",
    ...small,
    ...returns,
    ...settings("actions=alpha"),
  );
  const { status, stderr } = ploutos("backtest", "runs/returned", "--min-confidence", "0.6");
  expect([status, stderr]).toEqual([1, expect.stringMatching(/trees foretell returns, not classes/) as string]);
});

test("evaluated against boosted trees, a run of the same trees meets itself, to the bit", () => {
  json("boost", "--no-verify", "--market", "planted", ...until, "--out", "runs/usual");
  const judged = json<Judged & { report: string }>("evaluate", "runs/usual", "--against", "boosting", "--copies", "1");
  const rival = judged.contenders.find(({ name }) => name === "boosted trees");
  expect(rival).toMatchObject({ role: "baseline", finalEquity: agentOf(judged).finalEquity });
}, 120_000);

test("a walk-forward of trees is judged like any other, held against others, and compared with what learns by trial", () => {
  // One gap for all, as wide as the widest asks for: what is compared must have been tested on the same days.
  const gap = ["--purge-bars", "24", "--embargo-bars", "1"];
  const folds = ["--market", "planted", "--train-bars", "1200", "--test-bars", "900", "--seeds", "1", ...gap];
  const label = settings(
    "boosting.label.kind=fixed-horizon",
    "boosting.label.horizonBars=1",
    "boosting.threshold=0.001",
  );
  const alone = ["--agent", "boosting", "--feature-file", "traded.js", ...small, ...label];
  const judged = json<Judged & { warnings: string[] }>(
    "walk-forward",
    "--no-verify",
    ...folds,
    ...alone,
    "--against",
    "rule-and-boosting",
    "--out",
    "runs/walked",
  );
  expect(judged.lookAhead).toMatch(/labels of what came after/);
  expect(agentOf(judged)).toMatchObject({ name: "BOOSTING" });
  expect(agentOf(judged).sharpe, "it finds the planted signal").toBeGreaterThan(2);
  expect(judged.contenders.map(({ name }) => name)).toContain("rule and boosted trees");
  const page = readFileSync(join(folder, "runs/walked/report.md"), "utf8");
  expect(page).toContain("| boosting.threshold | 0.001 |");
  expect(page).not.toMatch(/not held against rule and boosted trees/);

  const ppo = settings(
    "transitions=1024",
    "evaluateEvery=1024",
    "lanes=16",
    "ppo.rolloutSteps=64",
    "network.hidden=[8]",
  );
  const asked = ["boosting", "ppo", "--no-verify", ...folds, ...small, ...ppo, "--out", "runs/both"];
  const told = json<{ compared: string[]; runs: Record<string, number> }>("compare", ...asked);
  expect(told.runs, "each took its own of the common settings").toEqual({ BOOSTING: 1, PPO: 1 });
  expect(json<{ better: string }>("compare", "runs/walked", "runs/both/b")).toMatchObject({ better: "BOOSTING" });
}, 120_000);

test("in place of a preset's agent trees take of it what they have a use for, and say what they leave", () => {
  const folds = ["--market", "planted", "--train-bars", "1200", "--test-bars", "900", "--seeds", "1"];
  const asked = ["walk-forward", "--no-verify", ...folds, "--preset", "alpha-v1", "--agent", "boosting"];
  const few = [...settings("boosting.rounds=10", "costs.spreadBps=2"), "--out", "runs/preset"];
  const { warnings } = json<{ warnings: string[] }>(...asked, ...few);
  expect(warnings).toContainEqual(
    expect.stringMatching(/^Boosted trees take of alpha-v1 .*; they leave agent, reward, .*, ppo\.$/),
  );
  const page = readFileSync(join(folder, "runs/preset/report.md"), "utf8");
  expect(page).toContain("| featureSet | alpha-10 |");
  expect(page).toContain("| actions | alpha |");
  expect(page).toContain("| costs.spreadBps | 2 |");
  expect(page).toContain("| costs.slippageAtr | 0.01 |");
  const refused = ploutos(...asked, ...settings("ppo.gamma=0.5"));
  expect([refused.status, refused.stderr]).toEqual([
    1,
    expect.stringMatching(/ppo: is no setting of boosted trees/) as string,
  ]);
}, 60_000);

test.each<[string, readonly string[], RegExp]>([
  ["no market", [], /boost needs --market NAME/],
  [
    "settings of other agents",
    ["--market", "planted", ...settings("lanes=5")],
    /lanes: is no setting of boosted trees/,
  ],
  ["a setting that is none", ["--market", "planted", ...settings("boosting.depth=5")], /boosting: .*depth/],
  [
    "a tree without limit",
    ["--market", "planted", ...settings("boosting.maxDepth=0")],
    /boosting\.maxDepth: must be above 0/,
  ],
])("%s: refused by one message, and no run is left behind", (_, args, message) => {
  const { status, stderr } = ploutos("boost", "--no-verify", ...args, "--out", "runs/refused");
  expect(status).toBe(1);
  expect(stderr).toMatch(message);
  expect(existsSync(join(folder, "runs/refused"))).toBe(false);
});
