/** @file Costs and accounts as a user sets them: a broker's profile from the command line to the journal. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";
import { program } from "./program.ts";

const { folder, ploutos, json } = program("costs");

function refused(...args: readonly string[]): string {
  const { status, stderr } = ploutos(...args);
  expect(status).not.toBe(0);
  expect(stderr.trim().split("\n").at(-1)).not.toMatch(/^\s+at /);
  return stderr;
}

const quick = [
  ["transitions", 2048],
  ["lanes", 16],
  ["evaluateEvery", 2048],
  ["ppo.rolloutSteps", 64],
  ["ppo.minibatchSize", 256],
  ["network.hidden", "[8]"],
  ["episodeBars", 60],
].flatMap(([name, value]) => ["--set", `${name}=${value}`]);

/** Writes 500 days of a random walk, moved to begin on another day. */
function writeBars(file: string, first: string, scale = 1): void {
  const { bars } = randomWalk({ bars: 500, volatility: 0.01, seed: 7 });
  const [{ openTime, open, high, low, close, volume }] = bars;
  const moved = Date.parse(`${first}T00:00:00Z`) - openTime[0];
  const rows = Array.from(openTime, (time, t) => {
    const prices = [open[t], high[t], low[t], close[t]].map((price) => price * scale);
    return [new Date(time + moved).toISOString().slice(0, 10), ...prices, volume[t]].join(",");
  });
  writeFileSync(join(folder, file), ["date,open,high,low,close,volume", ...rows].join("\n"));
}

beforeAll(() => {
  writeBars("ABC.csv", "2021-03-01"); // a Monday, as the walk begins on one
  writeBars("OLD.csv", "2001-03-05");
  writeBars("EURUSD.csv", "2021-03-01", 0.011);
  writeBars("USDJPY.csv", "2021-03-01", 1.3);
  json("data", "import", "ABC.csv", "--market", "shares");
  json("data", "import", "OLD.csv", "--market", "old");
  json("data", "import", "EURUSD.csv", "--market", "euro", "--lot-step", "0.01");
  const lots = ["--lot-step", "0.01", "--contract-size", "100000"];
  json("data", "import", "EURUSD.csv", "USDJPY.csv", "--market", "pairs", ...lots);
});

test("a profile goes the whole road: trained with, traded with, and paper equals the backtest", () => {
  const set = [...quick, "--set", "costs.profile=alpaca", "--set", "account.leverage=1.5"];
  json("train", "--no-verify", "--market", "shares", "--until", "2022-06-30", "--out", "run", ...set);
  const stored = JSON.parse(readFileSync(join(folder, "run/config.json"), "utf8")) as Record<string, never>;
  expect(stored["experiment"]["costs"]).toMatchObject({ profile: "alpaca", regulatory: "us-equities", borrowBps: 25 });
  expect(stored["experiment"]["account"]).toMatchObject({ leverage: 1.5, dayTrading: "pattern-day-trader" });
  const judged = json("backtest", "run");
  const paper = json("paper", "run", "--replay", "--speed", "max");
  const agent = (judged["contenders"] as { role: string; finalEquity: number; costs: number }[]).find(
    ({ role }) => role === "agent",
  )!;
  expect(paper["finalEquity"], "bit for bit").toBe(agent.finalEquity);
  expect(paper["tradingCost"]).toBe(agent.costs);
});

test("market and profile that do not fit are refused before anything is trained, in one message that says what to do", () => {
  const train = (market: string, ...set: readonly string[]): string =>
    refused("train", "--market", market, "--out", "never", ...quick, ...set.flatMap((each) => ["--set", each]));
  expect(train("old", "costs.profile=alpaca")).toMatch(/rate of Section 31 on 2001-\d\d-\d\d.*costs.profile/);
  expect(train("shares", "costs.profile=alpaca", "account.leverage=4")).toMatch(/account.leverage: 4 is above the 2/);
  expect(train("shares", "costs.spreadPips=1")).toMatch(/costs.spreadPips: counts in pips, and ABC has no pip size/);
  const swaps = ["costs.profile=mt5-fx", "costs.swapLongPips=0", "costs.swapShortPips=0"];
  expect(train("euro", ...swaps)).toMatch(/counts in lots, and EURUSD has no contract size .*--contract-size/);
  expect(train("shares", "costs.profile=robinhood")).toMatch(/costs.profile: /);
});

test("a market's list says what its instruments are: guessed for pairs, or as they were named", () => {
  json(
    "data",
    "import",
    "ABC.csv",
    "--market",
    "named",
    "--asset-class",
    "index",
    "--pip-size",
    "0.1",
    "--currency",
    "EUR",
  );
  const list = (json("data", "list")["markets"] as { name: string; series: { instrument: object }[] }[]).map(
    ({ name, series }) => [name, series[0].instrument] as const,
  );
  const instruments = Object.fromEntries(list);
  expect(instruments["euro"]).toMatchObject({
    assetClass: "currency",
    currency: "USD",
    pipSize: 0.0001,
    calendar: "fx",
  });
  expect(instruments["shares"]).toMatchObject({ assetClass: "share", currency: "USD" });
  expect(instruments["shares"]).not.toHaveProperty("pipSize");
  expect(instruments["named"]).toMatchObject({ assetClass: "index", currency: "EUR", pipSize: 0.1 });
  expect(refused("data", "import", "ABC.csv", "--market", "x", "--asset-class", "bond")).toMatch(
    /--asset-class is bond/,
  );
});

test("corporate actions are kept with a market of raw prices, and refused beside adjusted ones", () => {
  writeFileSync(join(folder, "actions.csv"), "symbol,date,split,dividend\nABC,2022-08-01,,0.5\nABC,2022-09-01,4,\n");
  const actions = ["--actions", "actions.csv", "--market", "raw"];
  json("data", "import", "ABC.csv", ...actions, "--adjustment", "raw");
  const markets = json("data", "list")["markets"] as { name: string; dataHash: string; actions?: object[] }[];
  const [raw, plain] = ["raw", "shares"].map((name) => markets.find((each) => each.name === name)!);
  expect(raw.actions).toEqual([
    { symbol: "ABC", date: "2022-08-01", dividend: 0.5 },
    { symbol: "ABC", date: "2022-09-01", split: 4 },
  ]);
  expect(plain).not.toHaveProperty("actions");
  expect(raw.dataHash).not.toBe(plain.dataHash);
  const adjusted = refused(
    "data",
    "import",
    "ABC.csv",
    "--actions",
    "actions.csv",
    "--market",
    "x",
    "--adjustment",
    "all",
  );
  expect(adjusted).toMatch(/raw prices only; .*prices of ABC are adjusted: all/);
  json("train", "--no-verify", "--market", "raw", "--until", "2022-06-30", "--out", "run-raw", ...quick);
  const judged = json("backtest", "run-raw");
  const paper = json("paper", "run-raw", "--replay", "--speed", "max");
  const agent = (judged["contenders"] as { role: string; finalEquity: number }[]).find(({ role }) => role === "agent")!;
  expect(paper["finalEquity"], "bit for bit, through a dividend and a split").toBe(agent.finalEquity);
});

test("instruments in several currencies need the account's, and then go the whole road", () => {
  const set = ["costs.profile=mt5-fx", "costs.swapLongPips=0.5", "costs.swapShortPips=0.2", "capital=1000000"];
  const train = [
    "train",
    "--no-verify",
    "--market",
    "pairs",
    "--until",
    "2022-06-30",
    ...quick,
    ...set.flatMap((each) => ["--set", each]),
  ];
  expect(refused(...train, "--out", "never")).toMatch(/account.currency: must be named .*in JPY and USD/);
  const pounds = refused(...train, "--out", "never", "--set", "account.currency=GBP");
  expect(pounds).toMatch(
    /account.currency: GBP needs the rate of USD, and no instrument of the market is USDGBP or GBPUSD/,
  );
  json(...train, "--out", "run-pairs", "--set", "account.currency=USD");
  const judged = json("backtest", "run-pairs");
  const paper = json("paper", "run-pairs", "--replay", "--speed", "max");
  const agent = (judged["contenders"] as { role: string; finalEquity: number }[]).find(({ role }) => role === "agent")!;
  expect(paper["finalEquity"], "bit for bit").toBe(agent.finalEquity);
});

test("signals with a stop go the same road in several currencies, and say which pair is missing where they cannot", () => {
  const set = ["actions=alpha", "plan.stopAtr=2", "plan.targetAtr=3", 'plan.sizing={"kind":"riskFraction"}'];
  const own = ["costs.profile=ideal", "capital=10000000", ...set].flatMap((each) => ["--set", each]);
  const train = ["train", "--no-verify", "--market", "pairs", "--until", "2022-06-30", ...quick, ...own];
  expect(refused(...train, "--out", "never", "--set", "account.currency=CHF")).toMatch(
    /account.currency: CHF needs the rate of USD, and no instrument of the market is USDCHF or CHFUSD/,
  );
  json(...train, "--out", "run-words", "--set", "account.currency=USD");
  const judged = json("backtest", "run-words");
  const paper = json("paper", "run-words", "--replay", "--speed", "max");
  const agent = (judged["contenders"] as { role: string; finalEquity: number }[]).find(({ role }) => role === "agent")!;
  expect(paper["finalEquity"], "bit for bit").toBe(agent.finalEquity);
  expect(paper["fills"], "of which nothing would prove nothing").toBeGreaterThan(0);
  expect(paper["denied"]).toBe(0);
});
