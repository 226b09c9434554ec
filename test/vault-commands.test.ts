/** @file `trials` and `vault` as a user meets them: what is tried is counted by itself, and what is sealed stays sealed. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";
import { program } from "./program.ts";

const { folder, ploutos, json, writeBars } = program("vault");

function refused(...args: readonly string[]): string {
  const { status, stderr } = ploutos(...args);
  expect(status, args.join(" ")).toBe(1);
  expect(stderr.trim().split("\n"), "one message, no stack").toHaveLength(1);
  return stderr;
}

const quick = ["transitions=1024", "lanes=16", "evaluateEvery=1024", "ppo.rolloutSteps=64", "network.hidden=[8]"];
const settings = quick.flatMap((setting) => ["--set", setting]);
const [sealedFrom, dayBefore, trained] = ["2002-07-01", "2002-06-30", "2001-06-30"];

/** A project of its own: the same markets and runs, another ledger. */
function project(name: string) {
  const ledger = ["--ledger", `${name}.sqlite`];
  return {
    json: (...args: readonly string[]) => json(...args, ...ledger),
    refused: (...args: readonly string[]) => refused(...args, ...ledger),
  };
}

const page = (judged: Record<string, unknown>): string => readFileSync(join(folder, String(judged["report"])), "utf8");

beforeAll(() => {
  const [bars] = randomWalk({ bars: 800, volatility: 0.01, seed: 2, drift: 0.0005 }).bars;
  json("data", "import", writeBars("prices/X.csv", bars), "--market", "walk");
  json("train", "--no-verify", "--market", "walk", "--until", trained, "--out", "runs/1", ...settings);
  json("train", "--no-verify", "--market", "walk", "--out", "runs/knows", "--uncounted", ...settings);
}, 240_000);

test("trainings and looks are counted by themselves, once each, and deflate the Sharpe ratio on the page", () => {
  const judged = json("backtest", "runs/1", "--until", dayBefore);
  expect(judged["trials"]).toMatchObject({ count: 1, effective: 1, trainings: 1, looks: 1, looksHere: 1 });
  const report = JSON.parse(page({ report: String(judged["report"]).replace("html", "json") })) as {
    statistics: Record<string, { answer: object }>;
  };
  const { deflatedSharpe, probabilisticSharpe } = report.statistics;
  expect(deflatedSharpe.answer, "the only trial is deflated by nothing").toEqual(probabilisticSharpe.answer);
  json("paper", "runs/1", "--replay", "--until", dayBefore);
  json("stress", "runs/1", "--copies", "1", "--until", dayBefore);
  const uncounted = json("backtest", "runs/1", "--until", dayBefore, "--latency", "2", "--uncounted");
  expect(uncounted["trials"]).toBeUndefined();
  expect(page(uncounted)).toContain("Nobody counted");
  expect(json("trials")["trials"], "the same look three times is one").toMatchObject([
    { kind: "training", agent: "PPO", sightings: [{}] },
    { kind: "look", market: "walk", symbols: ["X"], sightings: [{}, {}, {}] },
  ]);
}, 240_000);

test("what cannot be counted is not done", () => {
  const asked = ["backtest", "runs/1", "--ledger"];
  expect(refused(...asked, "prices/X.csv/trials.sqlite")).toMatch(/trial ledger .* answered.*--uncounted/);
  expect(refused(...asked, "prices/X.csv")).toMatch(/not a database/);
  expect(refused("train", "--market", "walk", "--out", "runs/never", "--ledger", "prices")).toMatch(/unable to open/);
}, 240_000);

test("a walk-forward that is refused trained nothing, and counts nothing", () => {
  const { json: told, refused: no } = project("refused");
  const lengths = ["--train-bars", "200", "--validation-bars", "50", "--test-bars", "200"];
  const foreign = ["costs.profile=crypto-spot", "levels=[0,1]"].flatMap((setting) => ["--set", setting]);
  expect(no("walk-forward", "--market", "walk", ...lengths, ...foreign, "--out", "runs/never")).toMatch(
    /crypto-spot is for/,
  );
  expect(told("trials")["trials"]).toEqual([]);
}, 240_000);

test("sealed bars are left out where nothing was asked, and refused where they were", () => {
  const sealed = project("sealed");
  expect(sealed.json("vault", "seal", "walk", "--from", sealedFrom)).toMatchObject({ seenBefore: { looks: 0 } });
  expect(sealed.refused("vault", "seal", "walk", "--from", "2002-08-01")).toMatch(/from 2002-07-01 on already/);
  for (const asked of [
    ["train", "--market", "walk", "--until", sealedFrom, "--out", "runs/never"],
    ["boost", "--market", "walk", "--until", sealedFrom, "--out", "runs/never"],
    ["backtest", "runs/1", "--until", "2002-12-31", "--uncounted"],
    ["paper", "runs/1", "--replay", "--from", sealedFrom],
    ["features", "analyse", "--market", "walk", "--until", sealedFrom],
  ]) {
    expect(sealed.refused(...asked)).toMatch(/in the vault, and 2002-\d\d-\d\d was asked for.*ploutos vault open/);
  }
  const folds = ["--train-bars", "200", "--validation-bars", "50", "--test-bars", "200", "--seeds", "1"];
  const walked = sealed.json(
    "walk-forward",
    "--no-verify",
    "--market",
    "walk",
    "--out",
    "runs/walked",
    ...folds,
    ...settings,
  );
  const { time } = JSON.parse(readFileSync(join(folder, "runs/walked/report.json"), "utf8")) as { time: number[] };
  expect(time.at(-1)!).toBeLessThan(Date.parse(sealedFrom));
  expect(page(walked)).toContain("from 2002-07-01 on are in the vault: nobody looked at them here");
}, 240_000);

test("one run is judged on the vault; a second opening marks its own and every later report", () => {
  const opened = project("opened");
  expect(opened.refused("vault", "open", "runs/1")).toMatch(/ploutos vault seal MARKET/);
  opened.json("vault", "seal", "walk", "--from", sealedFrom);
  expect(opened.refused("vault", "open", "runs/knows")).toMatch(/trained or chosen on bars up to 200[23]/);
  const first = opened.json("vault", "open", "runs/1");
  expect(first["vault"]).toMatchObject({ opened: true, openings: [{ market: "walk", run: "runs/1" }] });
  expect(page(first)).toContain("this is opening number 1 of it");
  expect(opened.refused("backtest", "runs/1", "--from", sealedFrom), "an opening is for once").toMatch(/vault/);
  expect(page(opened.json("vault", "open", "runs/1"))).toMatch(/opening number 2 of it[\s\S]*opened 2 times, first on/);
  expect(page(opened.json("backtest", "runs/1", "--uncounted"))).toMatch(/opened 2 times, first on/);
  const { openings } = opened.json("vault", "status") as unknown as { openings: object[] };
  expect(openings, "what was refused opened nothing").toHaveLength(2);
}, 240_000);

test("what was seen before it was sealed is told when it is sealed, and in every report", () => {
  const seen = project("seen");
  seen.json("backtest", "runs/1");
  const { stdout } = ploutos("vault", "seal", "walk", "--from", sealedFrom, "--ledger", "seen.sqlite");
  expect(stdout).toMatch(/Warning: 1 look and 0 trainings .* not unseen/);
  expect(page(seen.json("backtest", "runs/1"))).toMatch(/1 look and 0 trainings .* not unseen/);
}, 240_000);
