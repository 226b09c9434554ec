import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deserialize } from "node:v8";
import { beforeAll, expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";
import { program } from "./program.ts";

const { folder, ploutos, json, writeBars, stored } = program("compare");

const quick = [
  "transitions=2048",
  "lanes=16",
  "evaluateEvery=1024",
  "ppo.rolloutSteps=64",
  "ppo.minibatchSize=256",
  "network.hidden=[8]",
].flatMap((setting) => ["--set", setting]);
const folds = ["--seeds", "1,2", "--train-bars", "300", "--test-bars", "200", "--workers", "2"];

beforeAll(() => {
  const [bars] = randomWalk({ bars: 800, volatility: 0.01, seed: 2 }).bars;
  json("data", "import", writeBars("prices/X.csv", bars), "--market", "walk");
});

test("trains what is named, keeps it, and says by an interval whether one is better", () => {
  const ledger = ["--ledger", "compare.sqlite"];
  writeFileSync(join(folder, "short.json"), JSON.stringify({ levels: [0, 1] }));
  const told = json(
    "compare",
    "ppo",
    "short.json",
    "--market",
    "walk",
    "--out",
    "runs/both",
    ...ledger,
    ...folds,
    ...quick,
  );
  const { lower, upper, estimate } = told["difference"] as { lower: number; upper: number; estimate: number };
  expect(lower).toBeLessThanOrEqual(estimate);
  expect(estimate).toBeLessThanOrEqual(upper);
  expect(Object.keys(told["sharpe"])).toEqual(["A (ppo)", "B (short.json)"]);
  expect(told["runs"]).toEqual({ "A (ppo)": 2, "B (short.json)": 2 });
  for (const side of ["a", "b"]) {
    const { verification } = stored<{ verification: { checks: { outcome: string }[] } }>(
      `runs/both/${side}/report.json`,
    );
    expect(verification.checks.map(({ outcome }) => outcome)).toContain("passed");
    expect(verification.checks.map(({ outcome }) => outcome)).not.toContain("failed");
  }

  const again = json("compare", "runs/both/b", "runs/both/a", "--out", "runs/again", ...ledger);
  expect((again["difference"] as { estimate: number }).estimate).toBeCloseTo(-estimate, 12);

  const { trials } = json<{ trials: { kind: string; agent: string; sightings: unknown[] }[] }>("trials", ...ledger);
  const looks = trials.filter(({ kind }) => kind === "look");
  expect(looks, "one for each agent and seed").toHaveLength(4);
  expect(
    looks.map(({ sightings }) => sightings.length),
    "once as they were trained, once as they were compared again",
  ).toEqual([2, 2, 2, 2]);
  expect(trials.filter(({ kind }) => kind === "training").length % 4, "each of them on every fold").toBe(0);

  const other = ["--market", "walk", "--out", "runs/other", "--workers", "2", ...quick];
  json("walk-forward", "--no-verify", ...other, "--seeds", "1", "--train-bars", "300", "--test-bars", "200");
  const refused = ploutos("compare", "runs/both/a", "runs/other");
  expect(refused.status).toBe(1);
  expect(refused.stderr).toMatch(/same bars with the same seeds/);
  expect(refused.stderr).toMatch(/1,2 and 1/);
});

test("against what was kept, the other is trained on its folds and seeds, and what cannot be compared is refused before it is trained", () => {
  const own = ["--workers", "2", "--uncounted", ...quick];
  json("walk-forward", "--no-verify", "--market", "walk", "--out", "runs/kept", ...own, ...folds);
  const same = json("compare", "runs/kept", "ppo", "--no-verify", "--market", "walk", "--out", "runs/beside", ...own);
  expect(same["difference"], "the same agent on the same folds and seeds").toMatchObject({ estimate: 0 });
  expect(same["runs"]).toEqual({ "A (runs/kept)": 2, "B (ppo)": 2 });

  const refused = (told: RegExp, other: string, ...more: readonly string[]): void => {
    const { status, stderr } = ploutos(
      "compare",
      "runs/kept",
      other,
      "--market",
      "walk",
      "--out",
      "runs/refused",
      ...own,
      ...more,
    );
    expect(status).toBe(1);
    expect(stderr).toMatch(told);
    expect(existsSync(join(folder, "runs/refused")), "before anything is trained").toBe(false);
  };
  writeFileSync(join(folder, "far.json"), JSON.stringify({ lookbackBars: 40 }));
  refused(/an embargo of 20 bars are less than the lookback of 40/, "far.json");
  refused(/leave out the options that say others/, "ppo", "--test-bars", "100");
  refused(/other seeds: 1,2 and 3/, "ppo", "--seeds", "3");
}, 120_000);

test("a comparison that was interrupted goes on to the same result, and is not trained over by accident", () => {
  const typed = [
    "compare",
    "ppo",
    "boosting",
    "--market",
    "walk",
    "--out",
    "runs/cut",
    "--uncounted",
    "--no-verify",
    ...folds,
  ];
  const few = [...quick, "--set", "boosting.rounds=4"];
  const whole = json(...typed, ...few);
  const model = join(folder, "runs/cut/a/folds/fold-1-seed-2.model");
  // Below the line of its hash. The same number may be written as a whole one or not, so bytes are not compared.
  const kept = (): unknown => {
    const stored = readFileSync(model);
    return deserialize(stored.subarray(stored.indexOf("\n") + 1));
  };
  const trained = kept();
  rmSync(model);
  rmSync(join(folder, "runs/cut/b"), { recursive: true });

  const again = ploutos(...typed, ...few);
  expect(again.status).toBe(1);
  expect(again.stderr).toMatch(/go on with --resume/);
  const resumed = json(...typed, ...few, "--resume");
  expect(resumed).toEqual(whole);
  expect(kept()).toEqual(trained);
  expect(ploutos("compare", "ppo", "boosting", "--market", "walk", "--out", "runs/none", "--resume").stderr).toMatch(
    /holds no comparison that could go on/,
  );
}, 120_000);

test("several runs trade as one: a lone voice that counts is the run itself, and paper gives what backtest gives", () => {
  const until = "2001-12-31";
  for (const seed of ["1", "2"]) {
    json(
      "train",
      "--no-verify",
      "--market",
      "walk",
      "--seed",
      seed,
      "--until",
      until,
      "--out",
      `runs/seed-${seed}`,
      ...quick,
    );
  }
  const runs = ["runs/seed-1", "runs/seed-2", "runs/seed-1"];
  json("ensemble", ...runs, "--out", "runs/three");
  const agentOf = (judged: Record<string, never>): { finalEquity: number; name: string } =>
    (judged["contenders"] as { role: string; finalEquity: number; name: string }[]).find(
      ({ role }) => role === "agent",
    )!;
  const voted = agentOf(json("backtest", "runs/three", "--from", "2002-02-01"));
  expect(json("paper", "runs/three", "--replay", "--from", "2002-02-01")["finalEquity"]).toBe(voted.finalEquity);
  expect(voted.name).toBe("3 agents by vote");
  const { trials } = json<{ trials: Record<string, unknown>[] }>("trials");
  const together = trials.filter(({ agent }) => agent === "3 agents by vote");
  expect(together, "made, and looked at by backtest and by paper").toMatchObject([
    { kind: "training" },
    { kind: "look", sightings: [{}, {}] },
  ]);
  expect(together[0]["configHash"]).toBe(together[1]["configHash"]);

  json("ensemble", runs[0], runs[0], "--rule", "mean", "--out", "runs/same");
  const alone = agentOf(json("backtest", runs[0], "--from", "2002-02-01"));
  expect(agentOf(json("backtest", "runs/same", "--from", "2002-02-01")).finalEquity).toBe(alone.finalEquity);

  const taken = ploutos("ensemble", ...runs, "--out", "runs/three");
  expect(taken.stderr).toMatch(/already holds/);
  json(
    "train",
    "--no-verify",
    "--market",
    "walk",
    "--until",
    until,
    "--out",
    "runs/long-only",
    ...quick,
    "--set",
    "levels=[0,1]",
  );
  const unlike = ploutos("ensemble", runs[0], "runs/long-only", "--out", "runs/unlike");
  expect(unlike.status).toBe(1);
  expect(unlike.stderr).toMatch(/differ in an action space/);
}, 240_000);

test("an ensemble is not taken for as sure as one of its members", () => {
  const long = ["--until", "2001-12-31", "--validate-from", "2001-01-15"];
  // Without the penalty it holds positions, by which its confidence is measured.
  const says = ["--set", "actions=alpha", "--set", "costs.profile=ideal", "--set", "turnoverPenalty=0"];
  json("train", "--no-verify", "--market", "walk", "--out", "runs/says", ...long, ...quick, ...says);
  json("ensemble", "runs/says", "runs/says", "--out", "runs/say");
  const asked = ["--replay", "--from", "2002-02-01", "--min-confidence", "0.1"];
  json("paper", "runs/says", ...asked);
  const refused = ploutos("paper", "runs/say", ...asked);
  expect(refused.status).toBe(1);
  expect(refused.stderr).toMatch(/does not know how far it can be believed/);
}, 120_000);
