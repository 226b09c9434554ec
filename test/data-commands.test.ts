/** @file What is done to market data on the command line: import with its terms, repair, longer bars. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";

const main = fileURLToPath(new URL("../src/cli/main.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "ploutos-data-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function ploutos(...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [main, ...args], { cwd: folder, encoding: "utf8" });
}

interface Summary {
  readonly timeframe: string;
  readonly series: readonly { readonly rows: number; readonly source: Record<string, unknown> }[];
}

function json(...args: readonly string[]): Summary {
  const { status, stdout, stderr } = ploutos(...args, "--json");
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout) as Summary;
}

/** Hours of a market that never closes, as lines below their header. */
const lines = (() => {
  const { openTime, open, high, low, close, volume } = randomWalk({
    bars: 24 * 30,
    volatility: 0.01,
    seed: 1,
    timeframe: "1h",
  }).bars[0];
  return Array.from(openTime, (time, t) =>
    [new Date(time).toISOString().slice(0, 16), open[t], high[t], low[t], close[t], volume[t]].join(","),
  );
})();

function file(name: string, rows: readonly string[]): string {
  writeFileSync(join(folder, name), `${["time,open,high,low,close,volume", ...rows].join("\n")}\n`);
  return name;
}

test("a synthetic market is stored with its law, seed and settings, and its bootstrap with the market it was made from", () => {
  const make = ["data", "synthesize", "--bars", "60", "--seed", "5", "--market"];
  const { series } = json(...make, "dice", "--kind", "heston", "--set", "halfLifeBars=40");
  expect(series).toHaveLength(1);
  expect(series[0].rows).toBe(60);
  expect(series[0].source["file"]).toBe("synthetic/heston/5");
  const law = /^Made of dice: heston, seed 5, (?<settings>.*)\.$/.exec((series[0].source["notes"] as string[])[0]);
  expect(JSON.parse(law!.groups!["settings"])).toMatchObject({ halfLifeBars: 40, dispersion: 0.7 });
  const redrawn = json("data", "synthesize", "--market", "again", "--kind", "block-bootstrap", "--like", "dice");
  expect(redrawn.series[0].rows).toBe(60);
  expect(redrawn.series[0].source["notes"]).toEqual([expect.stringContaining('"like":"dice","likeHash":"')]);
  const refusals: readonly (readonly [string[], string])[] = [
    [["--kind", "hestn"], "--kind is hestn"],
    [["--kind", "garch", "--set", "alpha=2"], "garch.alpha"],
    [["--kind", "garch", "--like", "dice"], "--like is for block-bootstrap"],
    [["--kind", "garch", "--instruments", "0"], "begin at 1"],
  ];
  for (const [given, message] of refusals) {
    const { status, stderr } = ploutos(...make, "none", ...given);
    expect(status).toBe(1);
    expect(stderr).toContain(message);
  }
});

test("an import keeps its terms, zone, adjustment, hash and checks with the market", () => {
  const terms = ["--licence", "CC0-1.0", "--adjustment", "splits", "--time-zone", "Europe/Berlin"];
  const { series } = json("data", "import", file("A.csv", lines), "--market", "a", ...terms);
  expect(series[0].source).toMatchObject({
    file: "A.csv",
    licence: "CC0-1.0",
    adjustment: "splits",
    timeZone: "Europe/Berlin",
    checks: {},
  });
  const stored = JSON.parse(readFileSync(join(folder, ".ploutos/markets/a/market.json"), "utf8")) as Summary;
  expect(stored.series[0].source).toEqual(series[0].source);
});

describe("repair", () => {
  const spoilt = lines
    .toSpliced(101, 0, lines[100].replace(/,\d/, ",9"))
    .with(50, lines[50].replace(/,[\d.]+,/, ",0,"));

  test("mends what is named, keeps the file, and tells the market what was done", () => {
    const path = file("B.csv", spoilt);
    const ways = ["--drop-duplicates", "--drop-zero", "--drop-broken"];
    const { series } = json("data", "repair", path, "--market", "b", ...ways);
    expect(series[0].rows).toBe(lines.length - 1);
    expect(series[0].source["repairs"]).toEqual([
      "Bars dropped because another bar, which was kept, opens at the same time: 1.",
      "Bars dropped because a price is zero, negative or no number: 1.",
    ]);
    expect(series[0].source["checks"]).toMatchObject({ duplicate: 1, zeroPrice: 1 });
    expect(readFileSync(join(folder, path), "utf8")).toContain(spoilt[50]);
  });

  test.each([
    ["nothing", [], /was not told what to mend/],
    ["too little", ["--sort"], /B\.csv still has 1 such bars.*--drop-duplicates was not asked for/],
  ])("refuses to be told %s, and leaves no market", (_, ways, message) => {
    const { status, stderr } = ploutos("data", "repair", file("B.csv", spoilt), "--market", "none", ...ways);
    expect(status).toBe(1);
    expect(stderr).toMatch(message);
    expect(ploutos("data", "list").stdout).not.toContain("none");
  });
});

test("a check writes a page of its own with the price and a mark for each defect, whatever the file is called", () => {
  const spoilt = lines.toSpliced(300, 4).with(50, lines[50].replace(/,[^,]+,/, ",1e4,"));
  const path = file("<b>&.csv", spoilt);
  const { status, stdout } = ploutos("data", "check", path, "--allow-broken", "--page", "page.html");
  expect(status).toBe(0);
  expect(stdout).toContain("bars that break low <= open");
  const page = readFileSync(join(folder, "page.html"), "utf8");
  expect(page).toContain("4 bars are missing before this bar");
  expect(page.match(/<circle/g)).toHaveLength(2);
  expect(page).toContain("&lt;b&gt;&amp;");
  expect(page).not.toMatch(/<b>|<script|https?:/);
});

describe("resample", () => {
  beforeAll(() => void json("data", "import", file("C.csv", lines), "--market", "c", "--licence", "CC0-1.0"));

  test("makes a market of longer bars that says where it came from", () => {
    const { timeframe, series } = json("data", "resample", "--market", "c", "--to", "1d", "--as", "c-days");
    expect([timeframe, series[0].rows]).toEqual(["1d", 30]);
    expect(series[0].source).toMatchObject({ licence: "CC0-1.0" });
    expect(series[0].source["notes"]).toContain("Made into bars of 1d from bars of 1h of the market c.");
    expect(ploutos("data", "check", "--market", "c-days").stdout).toContain("No defects.");
  });

  test.each([
    [["--to", "9d", "--as", "d"], /--to is 9d/],
    [["--to", "15m", "--as", "d"], /bars of 1h cannot be made into bars of 15m/],
    [["--to", "1d", "--as", "c"], /both c/],
  ])("refuses %j", (options, message) => {
    const { status, stderr } = ploutos("data", "resample", "--market", "c", ...options);
    expect(status).toBe(1);
    expect(stderr).toMatch(message);
  });
});

test.each(["data repair", "data resample"])("%s --help explains itself with an example", (name) => {
  const { status, stdout } = ploutos(...name.split(" "), "--help");
  expect(status).toBe(0);
  expect(stdout).toMatch(new RegExp(`Example:\n {2}ploutos ${name}`));
});
