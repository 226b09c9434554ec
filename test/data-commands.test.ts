/** @file What is done to market data on the command line: import with its terms, repair, longer bars. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";
import { program } from "./program.ts";

const { folder, ploutos, json } = program("data");

interface Summary {
  readonly timeframe: string;
  readonly series: readonly { readonly rows: number; readonly source: Record<string, unknown> }[];
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
  const { series } = json<Summary>(...make, "dice", "--kind", "heston", "--set", "halfLifeBars=40");
  expect(series).toHaveLength(1);
  expect(series[0].rows).toBe(60);
  expect(series[0].source["file"]).toBe("synthetic/heston/5");
  const law = /^Made of dice: heston, seed 5, (?<settings>.*)\.$/.exec((series[0].source["notes"] as string[])[0]);
  expect(JSON.parse(law!.groups!["settings"])).toMatchObject({ halfLifeBars: 40, dispersion: 0.7 });
  const redrawn = json<Summary>(
    "data",
    "synthesize",
    "--market",
    "again",
    "--kind",
    "block-bootstrap",
    "--like",
    "dice",
  );
  expect(redrawn.series[0].rows).toBe(60);
  expect(redrawn.series[0].source["notes"]).toEqual([expect.stringContaining('"like":"dice","likeHash":"')]);
  const refusals: readonly (readonly [string[], string])[] = [
    [["--kind", "hestn"], "--kind is hestn"],
    [["--kind", "garch", "--set", "alpha=2"], "garch.alpha"],
    [["--kind", "garch", "--like", "dice"], "--like is for block-bootstrap"],
    [["--kind", "garch", "--instruments", "0"], "must be at least 1"],
  ];
  for (const [given, message] of refusals) {
    const { status, stderr } = ploutos(...make, "none", ...given);
    expect(status).toBe(1);
    expect(stderr).toContain(message);
  }
});

test("an import keeps its terms, zone, adjustment, hash and checks with the market", () => {
  const terms = ["--licence", "CC0-1.0", "--adjustment", "splits", "--time-zone", "Europe/Berlin"];
  const { series } = json<Summary>("data", "import", file("A.csv", lines), "--market", "a", ...terms);
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
    const { series } = json<Summary>("data", "repair", path, "--market", "b", ...ways);
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

describe("repair of a stored market", () => {
  const market = (name: string): Summary & { readonly dataHash: string } =>
    JSON.parse(readFileSync(join(folder, ".ploutos/markets", name, "market.json"), "utf8")) as Summary & {
      readonly dataHash: string;
    };
  const day = lines[24 * 9].slice(0, 10);
  /** Four times the prices and a quarter of the volume before that day. */
  const unadjusted = lines.map((line, t) => {
    if (t >= 24 * 9) return line;
    const [time, ...values] = line.split(",");
    return [time, ...values.map((value, at) => (at < 4 ? Number(value) * 4 : Number(value) / 4))].join(",");
  });

  beforeAll(() => {
    json<Summary>(
      "data",
      "import",
      file("SPLIT.csv", unadjusted),
      file("OTHER.csv", lines),
      "--market",
      "stored",
      "--licence",
      "CC0-1.0",
    );
  });

  test("adjusts the split that the check suspects, in a new version that says so, and leaves the old one", () => {
    expect(ploutos("data", "check", "--market", "stored").stdout).toContain("as after a split of 4 for 1");
    const before = market("stored");
    const { series } = json<Summary>(
      "data",
      "repair",
      "--stored",
      "stored",
      "--adjust-split",
      `SPLIT@${day}=4`,
      "--market",
      "mended",
    );
    expect(series[0].source["repairs"]).toEqual([expect.stringContaining(`Prices before ${day} divided by 4`)]);
    expect(series[1].source["repairs"]).toEqual([]);
    expect(series[0].source).toMatchObject({
      file: "SPLIT.csv",
      sha256: before.series[0].source["sha256"],
      licence: "CC0-1.0",
    });
    expect(series[0].source["notes"]).toContain(
      `Mended from the market stored with the data hash ${before.dataHash.slice(0, 12)}.`,
    );
    expect(ploutos("data", "check", "--market", "mended").stdout).not.toContain("split");
    expect(market("stored")).toEqual(before);
  });

  test("keeps what was done before when it replaces a market by itself, and knows the terms 3:2", () => {
    json<Summary>("data", "repair", "--stored", "stored", "--adjust-split", `OTHER@${day}=3:2`, "--market", "twice");
    const { series } = json<Summary>(
      "data",
      "repair",
      "--stored",
      "twice",
      "--drop-outside",
      "--adjust-split",
      `OTHER@${lines[48].slice(0, 10)}=2`,
      "--market",
      "twice",
    );
    expect(series[1].source["repairs"]).toEqual([
      expect.stringContaining("divided by 1.5 "),
      expect.stringContaining("divided by 2 "),
    ]);
  });

  test.each<[string, string[], RegExp]>([
    ["files and a stored market", ["SPLIT.csv", "--stored", "stored", "--sort"], /either files or --stored/],
    ["neither", ["--sort"], /either files or --stored/],
    ["nothing to do", ["--stored", "stored"], /was not told what to mend/],
    ["a market that is not there", ["--stored", "absent", "--sort"], /absent/],
    ["how files are read", ["--stored", "stored", "--sort", "--calendar", "crypto"], /--calendar is of files/],
    ["another currency", ["--stored", "stored", "--sort", "--currency", "USD"], /--currency is of files/],
    [
      "a symbol that is not there",
      ["--stored", "stored", "--adjust-split", `X@${day}=4`],
      /names X, and there is SPLIT, OTHER/,
    ],
    [
      "a split twice",
      ["--stored", "stored", "--adjust-split", `SPLIT@${day}=4`, "--adjust-split", `SPLIT@${day}=2`],
      /twice/,
    ],
    ["a split without a ratio", ["--stored", "stored", "--adjust-split", `SPLIT@${day}`], /SYMBOL@DAY=RATIO/],
    ["a ratio of 1", ["--stored", "stored", "--adjust-split", `SPLIT@${day}=2:2`], /SYMBOL@DAY=RATIO/],
    ["a ratio of 0", ["--stored", "stored", "--adjust-split", `SPLIT@${day}=0`], /SYMBOL@DAY=RATIO/],
    ["a day that is none", ["--stored", "stored", "--adjust-split", "SPLIT@soon=4"], /day such as/],
    ["a day before the bars", ["--stored", "stored", "--adjust-split", "SPLIT@1990-01-01=4"], /no bars before it/],
    [
      "closes that are not stored",
      ["--stored", "stored", "--scale-to-close", "Adj Close"],
      /needs both closes.*give the files/,
    ],
  ])("refuses %s, with one message and no market", (_, asked, message) => {
    const { status, stderr } = ploutos("data", "repair", ...asked, "--market", "refused");
    expect(status).toBe(1);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(ploutos("data", "list").stdout).not.toContain("refused");
  });
});

test("repair scales prices to an adjusted close that stands beside the raw one, and refuses a column that is not there", () => {
  const both = lines.map((line, t) => `${line},${Number(line.split(",")[4]) * (t < 300 ? 0.5 : 1)}`);
  writeFileSync(join(folder, "ADJ.csv"), ["time,open,high,low,close,volume,Adj Close", ...both].join("\n"));
  const { series } = json<Summary>("data", "repair", "ADJ.csv", "--scale-to-close", "Adj Close", "--market", "adj");
  expect(series[0].source["repairs"]).toEqual([
    "Prices scaled to the close of the column Adj Close, by 0.5000 to 1.000; volumes left as they are.",
  ]);
  const { stderr, status } = ploutos("data", "repair", "ADJ.csv", "--scale-to-close", "Adjusted", "--market", "no");
  expect(status).toBe(1);
  expect(stderr).toMatch(/no column for close \(named Adjusted\)/);
});

test("a check writes a page of its own with the price and a mark for each defect, whatever the file is called", () => {
  const spoilt = lines.toSpliced(300, 4).with(50, lines[50].replace(/,[^,]+,/, ",1e4,"));
  const path = file("<b>&.csv", spoilt);
  const { status, stdout } = ploutos("data", "check", path, "--allow-broken", "--page", "page.html");
  expect(status).toBe(0);
  expect(stdout).toContain("bars that break low <= open");
  const page = readFileSync(join(folder, "page.html"), "utf8");
  expect(page).toContain("4 bars are missing before this bar");
  expect(page.match(/<g class="mark">/g)).toHaveLength(2);
  expect(page.match(/class="dot"/g)).toHaveLength(2);
  expect(page, "few defects are all shown").not.toContain("the first");
  expect(page).toContain("&lt;b&gt;&amp;");
  expect(page).not.toMatch(/<b>|<script|https?:/);
});

describe("resample", () => {
  beforeAll(() => void json<Summary>("data", "import", file("C.csv", lines), "--market", "c", "--licence", "CC0-1.0"));

  test("makes a market of longer bars that says where it came from", () => {
    const { timeframe, series } = json<Summary>("data", "resample", "--market", "c", "--to", "1d", "--as", "c-days");
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
