/** @file `importance` as a user meets it: what was planted comes first, parts add up to a decision, and what has no gradient says so. */
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { program } from "./program.ts";
import { chromium as chromiumPath, needs } from "./requirements.ts";

const { folder, ploutos, json } = program("importance");

const set = (...list: readonly string[]): string[] => list.flatMap((one) => ["--set", one]);
const until = ["--until", "2007-12-31"];

beforeAll(() => {
  // What a bar's volume says of the next return, as a feature of one's own.
  writeFileSync(
    join(folder, "said.ts"),
    `export const create = () => ({
      outputs: ["said"],
      warmUpBars: 1,
      memory: [],
      next(bar: { volume: number }, into: Float64Array, at: number): void {
        into[at] = Math.log(Math.max(bar.volume, 1) / 1e6) / 0.3;
      },
    });`,
  );
  const kind = ["--kind", "planted-signal", "--bars", "2600", "--seed", "3"];
  json("data", "synthesize", ...kind, "--market", "planted", ...set("correlation=0.6", "persistence=0"));
  const quick = set("lanes=32", "evaluateEvery=32768", "ppo.rolloutSteps=64", "network.hidden=[16]");
  const learning = ["--transitions", "98304", "--feature-file", "said.ts"];
  json("train", "--market", "planted", ...learning, ...quick, ...until, "--out", "runs/ppo");
});

interface Bounds {
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
}

interface Found {
  readonly units: readonly {
    readonly kind: string;
    readonly name: string;
    readonly sharpe: Bounds;
    readonly changed: Bounds;
    readonly sensitivity?: number;
  }[];
  readonly notes: readonly string[];
  readonly page: string;
}

function read(path: string): string {
  return readFileSync(join(folder, path), "utf8");
}

test("the planted feature and its group come first, and most others cannot be told from nothing", async () => {
  const { units, notes, page } = json<Found>("importance", "runs/ppo", "--repeats", "3", "--folds", "2");
  const of = (kind: string): Found["units"] => units.filter((each) => each.kind === kind);
  const [first, ...others] = of("feature");
  expect(first.name).toBe("said");
  expect(first.sharpe.lower).toBeGreaterThan(0);
  expect(first.changed.estimate).toBeGreaterThan(0.1);
  expect(of("group")[0].name).toBe("own");
  // Of 28 worthless ones some lie beside 0 by chance, the more as they move together.
  expect(others.filter(({ sharpe }) => sharpe.lower > 0).length).toBeLessThan(others.length / 3);
  const moves = of("feature").map(({ sensitivity }) => sensitivity!);
  expect(moves.every((move) => move > 0)).toBe(true);
  expect(Math.max(...moves), "and it moves what is preferred the most").toBe(first.sensitivity);
  expect(notes).toEqual([]);
  expect(read(page)).not.toMatch(/NaN|undefined/);
  if (needs.chromium()) await looksRight(join(folder, page), units.length);
});

async function looksRight(file: string, rows: number): Promise<void> {
  const browser = await chromium.launch({ executablePath: chromiumPath, args: ["--no-sandbox", "--disable-gpu"] });
  try {
    for (const width of [1280, 420]) {
      const page = await browser.newPage({ viewport: { width, height: 900 } });
      const complaints: string[] = [];
      page.on("console", (message) => complaints.push(message.text()));
      await page.goto(pathToFileURL(file).href);
      expect(await page.locator("table.bars tbody tr").count()).toBe(rows);
      const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
      expect(overflow, `no sideways scroll of the page at ${width} px`).toBe(0);
      expect(complaints).toEqual([]);
      await page.close();
    }
  } finally {
    await browser.close();
  }
}

interface Explained {
  readonly decision: string;
  readonly value: number;
  readonly baseline: number;
  readonly gap: number;
  readonly groups: readonly { readonly name: string; readonly part: number }[];
  readonly features: readonly { readonly name: string; readonly part: number }[];
  readonly account: readonly { readonly name: string; readonly part: number }[];
  readonly page: string;
}

test("parts of a decision add up to it, by feature and by group, on the bar that was asked for", () => {
  const found = json<Explained>("importance", "runs/ppo", "--at", "2009-03-05");
  const sum = (parts: Explained["groups"]): number => parts.reduce((so, { part }) => so + part, 0);
  const difference = found.value - found.baseline;
  expect(sum(found.groups) - difference).toBeCloseTo(found.gap, 9);
  expect(sum(found.features) + sum(found.account)).toBeCloseTo(sum(found.groups), 9);
  expect(Math.abs(found.gap)).toBeLessThanOrEqual(Math.max(1e-4, 0.005 * Math.abs(difference)));
  expect(found.value).toBeGreaterThan(0.3);
  expect(found.decision).toMatch(/^a weight of -?[\d.]+ of the equity$/);
  expect(found.account.map(({ name }) => name).toSorted()).toEqual(["S1: open gain", "S1: weight held", "drawdown"]);
  expect(read(found.page)).toContain("Why a weight of");
  expect(
    json<Explained>("importance", "runs/ppo", "--at", "2009-03-05T12:00"),
    "the bar that lies there",
  ).toMatchObject({
    decision: found.decision,
    value: found.value,
    gap: found.gap,
  });
});

test("trees are moved like any other, have no gradients, and say so", () => {
  const boosting = set("boosting.rounds=20", "boosting.maxDepth=2", "boosting.learningRate=0.3");
  json("boost", "--market", "planted", ...until, ...boosting, "--out", "runs/trees");
  const { units, notes } = json<Found>("importance", "runs/trees", "--repeats", "1", "--folds", "1");
  expect(units.length).toBeGreaterThan(20);
  expect(units[0].sensitivity).toBeUndefined();
  expect(notes).toEqual(["Boosted trees have no gradients: what single features did to a decision is not told."]);
});

test.each([
  [["--at", "2009-03-07"], /--at 2009-03-07: no tested bar is there; they are of 20/],
  [["--at", "yesterday"], /--at is yesterday, and must be a day such as/],
  [["--at", "2009-03-05", "--symbol", "X"], /--symbol is X, and planted has S1/],
  [["--folds", "100"], /in 100 stretches; each needs 60/],
  [["--repeats", "0"], /must be at least 1/],
])("refuses %j", (args, message) => {
  const { status, stderr } = ploutos("importance", "runs/ppo", ...args);
  expect(status).toBe(1);
  expect(stderr).toMatch(message);
});

test("without its checkpoint a run has no gradients to offer", () => {
  const copied = spawnSync("cp", ["-r", "runs/ppo", "runs/bare"], { cwd: folder });
  expect(copied.status).toBe(0);
  rmSync(join(folder, "runs/bare/checkpoint.bin"));
  expect(ploutos("importance", "runs/bare", "--at", "2009-03-05").stderr).toMatch(/checkpoint is gone/);
});
