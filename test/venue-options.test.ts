/** @file `--finer`, `--latency` and `--rejects` mean the same in `backtest` and `paper`: the same equity, to the bit. */
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";
import { resample } from "#domain/resample.ts";
import { universe } from "#domain/universe.ts";
import { openBarStore } from "#storage/bar-store.ts";
import { program } from "./program.ts";

const { folder, json } = program("venue");

beforeAll(async () => {
  const walk = randomWalk({ bars: 1600, volatility: 0.006, seed: 4, timeframe: "1h" });
  const instruments = walk.instruments.map((each) => ({ ...each, assetClass: "coin", calendar: "crypto" }) as const);
  const longer = walk.bars.map((bars) => resample(bars, { from: "1h", to: "4h", calendar: "crypto" }).bars);
  const unknown = { file: "walk", sha256: "", notes: [], droppedBars: 0 };
  const store = openBarStore(join(folder, ".ploutos/markets"));
  await store.save({ ...walk, name: "hours", instruments }, [unknown]);
  await store.save(universe("longer", "4h", [{ instrument: instruments[0], bars: longer[0] }]), [unknown]);
  const set = {
    actions: "alpha",
    "plan.stopAtr": 0.4,
    "plan.targetAtr": 0.4,
    transitions: 1024,
    lanes: 16,
    evaluateEvery: 1024,
    episodeBars: 40,
    "ppo.rolloutSteps": 64,
    "ppo.minibatchSize": 256,
    "network.hidden": "[8]",
    // So that it trades: on so few bars it would be held flat.
    turnoverPenalty: 0,
  };
  const settings = Object.entries(set).flatMap(([name, value]) => ["--set", `${name}=${value}`]);
  json("train", "--no-verify", "--market", "longer", "--until", "2000-02-15", "--out", "run", ...settings);
});

test("backtest and paper give the same with all of them, and another account than without", () => {
  const options = ["--finer", "hours", "--latency", "20000000ms", "--rejects", "0.2", "--seed", "3"];
  const judged = json("backtest", "run", ...options);
  const contenders = judged["contenders"] as { role: string; finalEquity: number; costs: number }[];
  const agent = contenders.find(({ role }) => role === "agent")!;
  const paper = json("paper", "run", "--replay", "--speed", "max", ...options);
  expect(paper["finalEquity"], "bit for bit").toBe(agent.finalEquity);
  expect(paper["tradingCost"]).toBe(agent.costs);
  expect(paper["rejected"]).toBeGreaterThan(0);
  const plain = json("paper", "run", "--replay", "--speed", "max");
  expect(plain["rejected"]).toBe(0);
  expect(plain["finalEquity"]).not.toBe(paper["finalEquity"]);
  // What each of them does by itself: `trading/orders.test.ts`, `market/finer.test.ts`.
  const finer = json("paper", "run", "--replay", "--speed", "max", "--finer", "hours");
  expect(finer["finalEquity"]).not.toBe(plain["finalEquity"]);
});
