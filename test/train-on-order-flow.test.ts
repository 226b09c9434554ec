/** @file The how-to on order flow, done: its commands as they are typed, on a small made-up recording of a book and trades. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { recording } from "#features/order-flow/recordings.fixture.ts";
import { openBarStore } from "#storage/bar-store.ts";
import { program } from "./program.ts";

const { folder, ploutos, json } = program("order-flow");

/** Little of everything, so that it takes seconds. */
const quick = [
  "transitions=2048",
  "lanes=16",
  "evaluateEvery=1024",
  "ppo.rolloutSteps=64",
  "ppo.minibatchSize=256",
  "network.hidden=[16]",
];
const quickly = quick.flatMap((setting) => ["--set", setting]);

/** The lines of the guide that are commands, as their words. */
const guide = readFileSync("docs/how-to/train-on-order-flow.md", "utf8");
const commands = [...guide.matchAll(/^ {4}ploutos (?<words>.*)$/gm)].map(({ groups }) => groups!["words"].split(" "));
const ofGuide = (name: string): string[] => {
  const found = commands.find((words) => words.slice(0, name.split(" ").length).join(" ") === name);
  expect(found, `the guide has a command ${name}`).toBeDefined();
  return found!;
};

beforeAll(() => {
  // Four days from Monday, 2024-03-04 on, an event every 40 seconds or so.
  const start = Date.UTC(2024, 2, 4);
  const { books, trades } = recording(5, 8400, 40_000, 1);
  const iso = (time: number): string => new Date(start + time).toISOString();
  const quotes = Array.from(books.time, (time, t) =>
    [iso(time), books.bidPrice[t], books.bidSize[t], books.askPrice[t], books.askSize[t]].join(","),
  );
  const sold = Array.from(trades.time, (time, t) =>
    [iso(time), trades.price[t], trades.units[t], trades.aggressor[t] > 0 ? "buy" : "sell"].join(","),
  );
  writeFileSync(join(folder, "quotes.csv"), `timestamp,bid_price,bid_size,ask_price,ask_size\n${quotes.join("\n")}\n`);
  writeFileSync(join(folder, "trades.csv"), `timestamp,price,size,side\n${sold.join("\n")}\n`);
  writeFileSync(join(folder, "trades.csv.gz"), gzipSync(`timestamp,price,size,side\n${sold.join("\n")}\n`));
  json(...ofGuide("data import-flow"));
  json(...ofGuide("train"), "--no-verify", ...quickly);
});

test("the import keeps how it was made with the market, and what was measured", async () => {
  const markets = json("data", "list")["markets"] as {
    name: string;
    series: { measured: string[]; source: { file: string; notes: string[] } }[];
  }[];
  const [{ measured, source }] = markets.find(({ name }) => name === "my-flow")!.series;
  expect(measured).toEqual([
    "ofi1",
    "depthImbalance",
    "micropriceLean",
    "spreadBps",
    "meanSpreadBps",
    "spreadChangeBps",
    "tickImbalance",
    "recentTickImbalance",
    "tradeSignImbalance",
  ]);
  expect(source.file).toBe("quotes.csv and trades.csv");
  const notes = source.notes.join("\n");
  for (const said of [
    /Trades are those of trades\.csv, SHA-256 [0-9a-f]{64}\./,
    /The spread was \d+\.\d\d basis points on average/,
    /Order flow is of 1 level and of each bar of 1m\./,
    /Sides of trades are the source's\./,
  ]) {
    expect(notes).toMatch(said);
  }
  const { bars } = await openBarStore(join(folder, ".ploutos/markets")).load("my-flow");
  expect(bars[0].measured!.names).toEqual(measured);
  expect(bars[0].measured!.values.every(Number.isFinite)).toBe(true);
  expect(ploutos("data", "list").stdout).toMatch(/my-flow .* 9 /);
  expect(ploutos("data", "check", "--market", "my-flow").status).toBe(0);
});

test("a model of order flow is backtested, and paper gives the same equity, bit for bit", () => {
  const manifest = JSON.parse(readFileSync(join(folder, "runs/flow/model/manifest.json"), "utf8")) as {
    features: { set: string; instruments: { measured: string[] }[]; names: string[] };
  };
  expect(manifest.features.set).toBe("order-flow");
  expect(manifest.features.instruments[0].measured).toContain("ofi1");
  expect(manifest.features.names).toContain("BTC.recentTickImbalance");
  const judged = json(...ofGuide("backtest"));
  expect(["BEATS", "NO BEATS", "INCONCLUSIVE"]).toContain(judged["verdict"]["word"]);
  const paper = json(...ofGuide("paper"));
  const contenders = judged["contenders"] as { role: string; finalEquity: number; costs: number }[];
  const agent = contenders.find(({ role }) => role === "agent")!;
  expect(paper["fills"], "it trades").toBeGreaterThan(0);
  expect(paper["finalEquity"]).toBe(agent.finalEquity);
  expect(paper["tradingCost"]).toBe(agent.costs);
});

test("features list names what the set is made of", () => {
  const { status, stdout } = ploutos(...ofGuide("features list"));
  expect(status).toBe(0);
  expect(stdout).toContain("needs tickImbalance from trades");
  expect(ploutos("features", "list").stdout).toMatch(/order-flow .* book, trades /);
});

test("a walk-forward hands what is measured to its workers", () => {
  const lengths = ["--train-bars", "1500", "--validation-bars", "300", "--test-bars", "1800", "--workers", "1"];
  const settings = [...quickly, "--set", "featureSet=order-book", "--seeds", "1"];
  const judged = json(
    "walk-forward",
    "--no-verify",
    "--market",
    "my-flow",
    ...lengths,
    ...settings,
    "--out",
    "runs/walk",
  );
  expect(["BEATS", "NO BEATS", "INCONCLUSIVE"]).toContain(judged["verdict"]["word"]);
});

test("buckets of volume are measured columns too, and a model of bars' own time is refused them", () => {
  const args = [
    "--book",
    "quotes.csv",
    "--trades",
    "trades.csv.gz",
    "--symbol",
    "BTC",
    "--calendar",
    "crypto",
    "--market",
    "volume",
  ];
  const { series } = json<{ series: { measured: string[] }[] }>("data", "import-flow", ...args, "--bucket-units", "40");
  expect(series[0].measured).toContain("tradeSignImbalance@40units");
  for (const command of [
    ["backtest", "runs/flow"],
    ["paper", "runs/flow", "--replay"],
  ]) {
    const { status, stderr } = ploutos(...command, "--from", "2024-03-07", "--market", "volume");
    expect(status).toBe(1);
    expect(stderr).toMatch(/the model sees 1m bars of BTC \(crypto; ofi1 .*market volume holds .*ofi1@40units/);
  }
  expect(
    ploutos("features", "analyse", "--market", "volume", "--set", "order-flow", "--until", "2024-03-06").status,
  ).toBe(0);
});

test("a book alone trains order-book and is refused order-flow by the name of what is missing", () => {
  const made = ploutos("data", "import-flow", "--book", "quotes.csv", "--symbol", "BTC", "--market", "book").stdout;
  expect(made).toContain("There are no trades: volume is 0.");
  expect(made).toContain("The calendar fx is a guess from the times.");
  const train = ["train", "--no-verify", "--market", "book", "--until", "2024-03-06", ...quickly];
  const { status, stderr } = ploutos(...train, "--set", "featureSet=order-flow", "--out", "runs/refused");
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /order-flow needs tickImbalance, recentTickImbalance, tradeSignImbalance \(from trades\), BTC has ofi1/,
  );
  json(...train, "--set", "featureSet=order-book", "--out", "runs/book");
});

describe("import-flow refuses", () => {
  test.each([
    ["bars of a day", ["--timeframe", "1d"], /--timeframe is 1d, and must be one of 1s, 10s, 1m, 5m, 15m, 30m, 1h/],
    ["more levels than there are", ["--levels", "3"], /order flow of 3 levels needs as many in the book, and it has 1/],
    ["no level", ["--levels", "0"], /must be at least 1/],
    ["steps where there are times", ["--step-ms", "5"], /quotes\.csv carries times/],
    ["volume without trades", ["--bucket-units", "5"], /a bucket of volume needs trades/],
    ["an unknown calendar", ["--calendar", "moon"], /--calendar is moon/],
  ])("%s, and leaves no market", (_, options, message) => {
    const { status, stderr } = ploutos("data", "import-flow", "--book", "quotes.csv", "--market", "none", ...options);
    expect(status).toBe(1);
    expect(stderr).toMatch(message);
    expect(ploutos("data", "list").stdout).not.toContain("none");
  });

  test("a recording that holds no whole bar", () => {
    const lines = readFileSync(join(folder, "quotes.csv"), "utf8").split("\n").slice(0, 3);
    writeFileSync(join(folder, "short.csv"), lines.join("\n"));
    const { status, stderr } = ploutos(
      "data",
      "import-flow",
      "--book",
      "short.csv",
      "--market",
      "none",
      "--timeframe",
      "1h",
    );
    expect(status).toBe(1);
    expect(stderr).toMatch(/the book is from 2024-03-04T00:.* there is no whole bar of 1h/);
  });
});

test("data resample refuses bars with order flow", () => {
  const { status, stderr } = ploutos("data", "resample", "--market", "my-flow", "--to", "1h", "--as", "hours");
  expect(status).toBe(1);
  expect(stderr).toMatch(/Longer bars must be made from prices and volume alone/);
});
