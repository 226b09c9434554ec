/** @file `evaluate`, `stress` and `report` as a user meets them: everything asked, nothing traded twice for a picture. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { fileHash } from "#base/hash.ts";
import { randomWalk } from "#data/synthetic.ts";
import { reportFixture } from "#evaluation/report.fixture.ts";
import { reportHtml, reportJson, reportMarkdown } from "#evaluation/report.ts";
import { program } from "./program.ts";

const { folder, ploutos, json, writeBars } = program("evaluate");

function read(...parts: readonly string[]): string {
  return readFileSync(join(folder, ...parts), "utf8");
}

const report = reportFixture({ bars: 120 });
const quick = ["transitions=2048", "lanes=16", "evaluateEvery=2048", "ppo.rolloutSteps=64", "network.hidden=[16]"];
const settings = quick.flatMap((setting) => ["--set", setting]);

function importWalk(market: string, calendar: string, seed: number): void {
  const [bars] = randomWalk({ bars: 700, volatility: 0.01, seed, drift: 0.0005 }).bars;
  const file = writeBars(`prices/${market}.csv`, bars);
  json("data", "import", file, "--market", market, "--calendar", calendar);
}

beforeAll(() => {
  mkdirSync(join(folder, "prices"));
  importWalk("walk", "us-equities", 1);
  importWalk("index", "us-equities", 2);
  importWalk("coins", "crypto", 3);
  json("train", "--no-verify", "--market", "walk", "--out", "runs/1", "--until", "2001-06-30", ...settings);
});

test("evaluate asks everything, and the champion and a benchmark are among what must be beaten", () => {
  // The champion is the run itself: it cannot be beaten.
  const rivals = ["--champion", "runs/1", "--benchmark", "index"];
  const found = json("evaluate", "runs/1", ...rivals, "--copies", "2", "--random", "8");
  const names = (found["contenders"] as { name: string }[]).map(({ name }) => name);
  for (const name of ["previous champion", "benchmark index", "momentum 252", "random, same turnover"]) {
    expect(names).toContain(name);
  }
  const { costSweep, latencySweep, reward } = found as unknown as {
    costSweep: { points: { at: number; agent: { sharpe: number } }[] };
    latencySweep: { points: { at: number; agent: { sharpe: number } }[] };
    reward: { correlation: number; flagged: boolean }[];
  };
  expect(costSweep.points.map(({ at }) => at)).toEqual([0, 1, 2, 5, 10, 25]);
  const contenders = found["contenders"] as { name: string; role: string; sharpe: number; finalEquity: number }[];
  const agent = contenders.find(({ role }) => role === "agent")!;
  const champion = contenders.find(({ name }) => name === "previous champion")!;
  expect(champion.finalEquity, "same bars, same costs, same sizing").toBe(agent.finalEquity);
  expect(found["verdict"]["word"]).not.toBe("BEATS");
  expect(latencySweep.points[0].agent.sharpe, "not late: as it was tested, to the bit").toBe(agent.sharpe);
  expect(reward[0], "its reward is the log return").toMatchObject({ flagged: false });
  const page = read(found["report"]);
  const { trials } = found as unknown as { trials: Record<string, number> };
  expect(trials, "the champion is the run itself, looked at once more").toMatchObject({
    count: 1,
    trainings: 1,
    looks: 1,
  });
  expect(page).toContain("1 trial: 1 training and 1 look at test bars, of which 1 was at bars among these.");
  for (const title of [
    "At other costs",
    "With late orders",
    "Capacity",
    "Kinds of market",
    "Under stress",
    "Months",
    "Timing of buys and sells",
  ]) {
    expect(page).toContain(`<h2>${title}</h2>`);
  }
  const markdown = read(String(found["report"]).replace(/html$/, "md"));
  expect(markdown.startsWith(`# ${String(found["verdict"]["word"])}: `)).toBe(true);
});

test("timing counts what was decided, the same of the run traded again and of its stored report", () => {
  const judged = json("backtest", "runs/1");
  const traded = json("timing", "runs/1", "--horizon", "5");
  const kept = String(judged["report"]).replace(/.report\.html$/, "");
  expect(json("timing", kept, "--horizon", "5")).toEqual(traded);
  const { buy, sell } = traded as unknown as Record<"buy" | "sell", Record<string, number>>;
  expect(buy["entries"] + sell["entries"]).toBeGreaterThan(0);
  for (const side of [buy, sell]) {
    expect(side["good"] + side["bad"] + side["neutral"] + side["unjudged"]).toBe(side["entries"]);
  }
});

test("timing says in words where there is too little to tell, and refuses bars that are not those of the report", () => {
  stored("made-up");
  const refused = (...args: readonly string[]): string => ploutos("timing", ...args).stderr;
  expect(refused("made-up", "--market", "walk")).toMatch(/is of bars with the hash .*, walk has/);
  expect(refused("made-up", "--latency", "2")).toMatch(/--latency is for trading again/);
  expect(refused("runs/1", "--horizon", "0")).toMatch(/must be at least 1/);
  const { stdout } = ploutos("timing", "runs/1");
  for (const told of ["BUY", "SELL", "A lift of 1 is chance."]) expect(stdout).toContain(told);
});

test("stress trades so many copies, says whether any collapsed, and writes every event down", () => {
  const found = json("stress", "runs/1", "--copies", "3");
  const copies = found["copies"] as { seed: number; ruined: boolean }[];
  expect(copies.map(({ seed }) => seed)).toEqual([1, 2, 3]);
  expect(found["collapsed"]).toBe(copies.filter(({ ruined }) => ruined).length);
  expect(found["word"]).toBe(copies.some(({ ruined }) => ruined) ? "COLLAPSE" : "NO COLLAPSE");
  const written = JSON.parse(read(found["file"])) as { events: unknown[] };
  expect(written.events).toHaveLength(found["stress"]["events"]);
});

/** Stores reports as a run does, each in a folder that is named by when it was made. */
function stored(...folders: readonly string[]): void {
  for (const [n, place] of folders.entries()) {
    mkdirSync(join(folder, place), { recursive: true });
    writeFileSync(join(folder, place, "report.json"), reportJson({ ...report, runId: `${n}` }));
  }
}

test("report draws the newest stored report of a run again, the same to the byte, and opens no market", () => {
  stored("drawn/backtests/2026-01-02", "drawn/evaluations/2026-01-03", "drawn/backtests/2026-01-01");
  const found = json("report", "drawn", "--store", "nowhere");
  expect(found["from"]).toBe("drawn/evaluations/2026-01-03/report.json");
  expect(read(found["html"])).toBe(reportHtml({ ...report, runId: "1" }));
  expect(read(found["markdown"])).toBe(reportMarkdown({ ...report, runId: "1" }));
  expect(json("report", "drawn/backtests/2026-01-01", "--out", "pages")["html"]).toBe("pages/report.html");
  expect(read("pages/report.html")).toBe(reportHtml({ ...report, runId: "2" }));
});

test("what cannot be held against the run, and what is no report, is refused in one message", () => {
  const refused = (...args: readonly string[]): string => {
    const { status, stderr } = ploutos(...args);
    expect(status).toBe(1);
    return stderr;
  };
  expect(refused("evaluate", "runs/1", "--benchmark", "coins")).toMatch(/calendar crypto, walk us-equities/);
  expect(refused("evaluate", "runs/1", "--champion", "runs/absent")).toMatch(/runs\/absent/);
  expect(refused("report", "prices")).toMatch(/prices holds no report.*ploutos evaluate/);
  stored("changed");
  writeFileSync(join(folder, "changed/report.json"), read("changed/report.json").replace('"bars":', '"bars": 1'));
  expect(refused("report", "changed")).toMatch(/was changed after it was written/);
});

test("a gate ends with 2 for NO GO, says which criteria failed, and an approval is of one report", () => {
  mkdirSync(join(folder, "judged"));
  writeFileSync(join(folder, "judged/report.json"), reportJson(report));
  const shut = ploutos("gate", "judged", "--criteria", "promotion");
  expect(shut.status, shut.stderr).toBe(2);
  expect(shut.stdout).toContain("NO GO");
  expect(shut.stdout).toMatch(/Not passed: .*Sharpe ratio/);

  writeFileSync(
    join(folder, "own.json"),
    JSON.stringify({ title: "Mine", criteria: [{ of: "approval" }, { of: "sharpe", above: -99 }] }),
  );
  expect(ploutos("gate", "judged", "--criteria", "own.json").status).toBe(2);
  const open = json("gate", "judged", "--criteria", "own.json", "--approve", "Ada");
  expect(open).toMatchObject({ word: "GO", title: "Mine" });
  const { page, file } = open as unknown as { page: string; file: string };
  const kept = JSON.parse(read(file)) as Record<string, unknown>;
  expect(kept, "what was asked, of which report, and who approved it").toMatchObject({
    word: "GO",
    criteria: "own.json",
    asked: [{ of: "approval" }, { of: "sharpe", above: -99 }],
    report: join("judged", "report.json"),
    sha256: fileHash(read("judged/report.json")),
    approvals: [{ who: "Ada" }],
    rows: (open as unknown as { rows: unknown[] }).rows,
  });
  expect(read(page)).toMatch(/<h1>GO: Mine<\/h1>/);
  expect(read(page)).toContain("Asked: above −99.00.");
  writeFileSync(join(folder, "judged/report.json"), reportJson({ ...report, runId: "another" }));
  const other = ploutos("gate", "judged", "--criteria", "own.json");
  expect(other.status).toBe(2);
  expect(other.stdout).toContain("what was approved is another report");

  expect(ploutos("gate", "judged", "--criteria", "none").stderr).toMatch(/--criteria none is neither a set/);
  writeFileSync(join(folder, "own.json"), JSON.stringify({ title: "Mine", criteria: [{ of: "luck" }] }));
  const bad = ploutos("gate", "judged", "--criteria", "own.json");
  expect([bad.status, bad.stderr]).toEqual([1, expect.stringContaining("own.json at criteria.0.of")]);
});
