/** @file What is done to the simulated market on the command line: its checks. */
import { beforeAll, expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";
import type { SyntheticKind } from "#data/synthetic/kind.ts";
import { syntheticKinds } from "#data/synthetic/kinds.ts";
import { dressedMarkets } from "../src/cli/checked-markets.ts";
import type { Checked } from "#env/check.ts";
import type { MarketCheckSettings } from "#market/check.ts";
import { checkMarket } from "#market/check.ts";
import { checkedActings, checkedProfiles } from "#market/checked-cases.ts";
import { openBarStore } from "#storage/bar-store.ts";
import { program } from "./program.ts";

const { folder, ploutos } = program("market");

const check = (...args: readonly string[]) => ploutos("market", "check", "--steps", "5000", "--store", folder, ...args);

beforeAll(async () => {
  const walk = { ...randomWalk({ bars: 300, volatility: 0.01, seed: 4, timeframe: "1h" }), name: "hours" };
  const unknown = { file: "walk", sha256: "", notes: [], droppedBars: 0 };
  const store = openBarStore(folder);
  await store.save(walk, [unknown]);
  const coarse = walk.instruments.map((each) => ({ ...each, lotStep: 1e9 }));
  await store.save({ ...walk, name: "coarse", instruments: coarse }, [unknown]);
  const two = randomWalk({ bars: 300, volatility: 0.01, seed: 4, timeframe: "1h", instruments: 2 });
  const pairs = [
    { ...two.instruments[0], symbol: "SAP", currency: "EUR" },
    { ...two.instruments[1], symbol: "EURUSD", assetClass: "currency" as const, lotStep: 0.01 },
  ];
  await store.save({ ...two, name: "pairs", instruments: pairs }, [unknown, unknown]);
});

test("a synthetic market passes, one line for each check, with every profile and way to act that there is", () => {
  const { status, stdout, stderr } = check("--synthetic", "merton-jumps", "--set", "jumpsPerBar=0.1", "--bars", "250");
  expect(status, stderr).toBe(0);
  const lines = stdout.trim().split("\n");
  expect(lines).toHaveLength(10);
  for (const line of lines) expect(line).toMatch(/^ok {6}[a-z].*: .{10}/);
});

test("every profile finds an instrument that it is for, and every way to act an account that can do it", () => {
  const markets = dressedMarkets(randomWalk({ bars: 120, volatility: 0.01, seed: 1 }));
  const ledgerOf = (part: Partial<MarketCheckSettings>): Checked =>
    checkMarket(markets, { seed: 1, steps: 500, ...part }).at(-1)!;
  const { alpha, levels } = { alpha: checkedActings["alpha with the plan plain"], levels: checkedActings["levels"] };
  for (const [name, profile] of Object.entries(checkedProfiles)) {
    const actings = profile.rules.positions === "hedging" ? { alpha } : { levels };
    expect(ledgerOf({ profiles: { [name]: profile }, actings }), name).toMatchObject({ passed: true });
  }
  const accounts = { netting: checkedProfiles["index-fund"], hedging: checkedProfiles["hedging account"] };
  for (const [name, acting] of Object.entries(checkedActings)) {
    expect(ledgerOf({ profiles: accounts, actings: { [name]: acting } }), name).toMatchObject({ passed: true });
  }
});

test("an imported market passes as it is, and tells which profiles do not fit it", () => {
  const { status, stdout, stderr } = check("--market", "hours", "--json");
  expect(status, stderr).toBe(0);
  const { passed, checks } = JSON.parse(stdout) as { passed: boolean; checks: Checked[] };
  expect(passed).toBe(true);
  expect(checks.at(-1)!.found).toMatch(/ruled out: .*costs.profile: mt5-fx is for currency/);
});

test("an imported market in several currencies passes on an account in one that there is a rate for", () => {
  const { status, stdout, stderr } = check("--market", "pairs", "--currency", "USD");
  expect(status, stderr).toBe(0);
  expect(stdout).toMatch(/\d+ that own what is in another currency not judged/);
});

test("a check that fails is told and makes the program fail", () => {
  const { status, stdout } = check("--market", "coarse");
  expect(status).toBe(1);
  expect(stdout).toMatch(/^FAILED {2}buy and hold.*buys no lot of S1/m);
});

test.each([
  [["--bars", "20"], "60 at least"],
  [["--market", "hours", "--bars", "100"], "--market is taken as it is"],
  [["--market", "hours", "--synthetic", "heston"], "--market is taken as it is"],
  [["--market", "hours", "--timeframe", "1d"], "--market is taken as it is"],
  [["--synthetic", "brownian"], "geometric-brownian"],
  [["--currency", "USD"], "--currency is of an imported --market"],
  [["--market", "pairs"], "account.currency: must be named"],
  [["--market", "pairs", "--currency", "JPY"], "no instrument of the market is EURJPY or JPYEUR"],
])("refuses %o", (args, message) => {
  const { status, stderr } = check(...args);
  expect(status).toBe(1);
  expect(stderr).toContain(message);
});

test.each(Object.values(syntheticKinds).filter(({ name }) => name !== "block-bootstrap"))(
  "a market of the kind $name passes every check",
  (kind) => {
    const made = (kind as SyntheticKind).create({ bars: 120, seed: 2 }, {});
    const actings = { levels: checkedActings["levels"], steered: checkedActings["gemini-6 with the plan all parts"] };
    const checks = checkMarket(dressedMarkets(made), { seed: 1, steps: 2000, actings });
    const failed = checks.filter(({ passed }) => !passed);
    expect(failed).toEqual([]);
  },
);
