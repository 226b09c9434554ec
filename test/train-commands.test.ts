/** @file What training is told on the command line, and what it says of its parts and of the numbers that it sees. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";
import { program } from "./program.ts";
import { needs, sharedData } from "./requirements.ts";

const { folder, ploutos, json, stored } = program("train");

const quick = [
  "transitions=4096",
  "lanes=16",
  "evaluateEvery=2048",
  "ppo.rolloutSteps=64",
  "ppo.minibatchSize=256",
  "network.hidden=[16]",
].flatMap((setting) => ["--set", setting]);

interface Report {
  readonly time: readonly number[];
  readonly warnings: readonly string[];
}

/** Daily bars as a market: a random walk, which moves 8 times as much from bar `wildFrom` on. */
function importWalk(market: string, wildFrom: number): void {
  const bars = 800;
  const calm = randomWalk({ bars, volatility: 0.01, seed: 1 }).bars[0];
  const wild = randomWalk({ bars, volatility: 0.08, seed: 2 }).bars[0];
  const fit = calm.close[wildFrom - 1] / wild.close[wildFrom - 1];
  const rows = Array.from(calm.openTime, (time, t) => {
    const [from, by] = t < wildFrom ? [calm, 1] : [wild, fit];
    const prices = [from.open[t], from.high[t], from.low[t], from.close[t]].map((price) => price * by);
    return [new Date(time).toISOString().slice(0, 10), ...prices, 1000 + (t % 7)].join(",");
  });
  writeFileSync(join(folder, `${market}.csv`), ["date,open,high,low,close,volume", ...rows].join("\n"));
  json("data", "import", `${market}.csv`, "--market", market, "--calendar", "crypto");
}

beforeAll(() => importWalk("walk", 800));

describe("parts by date", () => {
  test.skipIf(!needs.sharedData())(
    "train --split reference learns on 2023 alone, says so, and backtest trades its test part",
    () => {
      json("data", "import", join(sharedData, "fx/EURUSD_1h.csv.gz"), "--market", "eurusd");
      const settings = [...quick, "--set", "featureSet=alpha-10"];
      const asked = ["--market", "eurusd", "--split", "reference", "--out", "runs/reference"];
      const { parts } = json<{ parts: unknown }>("train", "--no-verify", ...asked, ...settings);
      // Counted in the file by hand: 6,088 bars open in 2023, 1,509 in the first quarter of 2024.
      expect(parts).toEqual({
        train: { from: "2023-01-02", until: "2023-12-29", bars: 6088 },
        validation: { from: "2024-01-02", until: "2024-03-29", bars: 1509 - 21 },
      });
      expect(stored("runs/reference/config.json")).toMatchObject({ split: "reference", embargoBars: 21 });
      const { report } = json<{ report: string }>("backtest", "runs/reference");
      const { time } = stored<Report>(report.replace(".html", ".json"));
      const days = [time[1], time[time.length - 1]].map((at) => new Date(at).toISOString().slice(0, 10));
      expect(days).toEqual(["2024-04-01", "2024-12-31"]);
      const paper = json<{ bars: number }>("paper", "runs/reference", "--replay", "--until", "2024-04-03");
      const sameDays = time.filter((at) => at < Date.UTC(2024, 3, 4));
      expect(paper.bars, "paper begins with the same bar").toBe(sameDays.length);
    },
  );

  test("a split of one's own is told in words, stored, and gone on with", () => {
    const asked = [
      "--validate-from",
      "2001-07-01",
      "--until",
      "2001-12-31",
      "--purge-bars",
      "3",
      "--embargo-bars",
      "5",
    ];
    const { stdout, status } = ploutos(
      "train",
      "--no-verify",
      "--market",
      "walk",
      ...asked,
      "--out",
      "runs/own",
      ...quick,
    );
    expect(status).toBe(0);
    expect(stdout).toMatch(/learns on +2000-0\d-\d\d to 2001-06-2\d/);
    expect(stdout).toMatch(/chooses by +2001-07-09 to 2001-12-26, 123 bars/);
    expect(stdout).toContain("a purge of 3 and an embargo of 5 bars");
    expect(stored("runs/own/config.json")).toMatchObject({ validateFrom: "2001-07-01", purgeBars: 3, embargoBars: 5 });
    expect(json("train", "--no-verify", "--resume", "--out", "runs/own", "--market", "walk")).toMatchObject({
      alreadyFinished: true,
    });
    const { stderr } = ploutos("train", "--no-verify", "--resume", "--out", "runs/own", "--split", "reference");
    expect(stderr).toMatch(/--split is reference, and --resume goes on with what the run began with \(none\)/);
    const again = ploutos("train", "--resume", "--out", "runs/own", "--set", "ppo.gamma=0.5");
    expect(again.stderr).toMatch(/ppo\.gamma is 0\.5, and the run began with 0\.\d+/);
    const { report } = json<{ report: string }>("backtest", "runs/own");
    const { time } = stored<Report>(report.replace(".html", ".json"));
    expect(new Date(time[1]).toISOString(), "after purge and embargo").toMatch(/^2002-01-08/);
  });

  test.each<[string, string[], RegExp]>([
    [
      "a split that has days of its own beside it",
      ["--split", "reference", "--until", "2001-01-01"],
      /leave out --from/,
    ],
    ["a split that nobody knows", ["--split", "other"], /split: .*reference/],
    ["a split of other years", ["--split", "reference"], /2023-01-01 to 2023-12-31 hold 0 bars.*data has 2000-01-0/],
    ["a day that is none", ["--validate-from", "soon"], /--validate-from.*must be a day/],
    [
      "a first day to choose by after the last",
      ["--validate-from", "2002-01-01", "--until", "2001-01-01"],
      /hold 0 bars/,
    ],
    [
      "borders that leave nothing",
      ["--validate-from", "2001-12-01", "--purge-bars", "400"],
      /train has no bar left|validation has no bar left/,
    ],
    ["a purge below 0", ["--purge-bars", "-1"], /--purge-bars.*whole number/],
  ])("refuses %s", (_, asked, message) => {
    const { status, stderr } = ploutos("train", "--no-verify", "--market", "walk", ...asked, ...quick);
    expect(status).toBe(1);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });
});

describe("what scales and how", () => {
  test("the adaptive scaler is trained with, stored in the model, and scales alike in backtest and paper", () => {
    const asked = ["--market", "walk", "--until", "2002-06-28", "--out", "runs/adaptive", ...quick];
    json("train", "--no-verify", ...asked, "--set", "scaler=adaptive", "--set", "featureSet=first-light");
    const manifest = stored<{ scaler: { centre: number[] }; trained: { config: { scaler: string } } }>(
      "runs/adaptive/model/manifest.json",
    );
    expect(manifest.trained.config.scaler).toBe("adaptive");
    const judged = json<{ contenders: { role: string; finalEquity: number }[] }>("backtest", "runs/adaptive");
    const paper = json<{ finalEquity: number }>("paper", "runs/adaptive", "--replay");
    expect(paper.finalEquity).toBe(judged.contenders.find(({ role }) => role === "agent")!.finalEquity);
  });

  test("refuses a scaler that it does not know, and names those that it does", () => {
    const { status, stderr } = ploutos("train", "--no-verify", "--market", "walk", "--set", "scaler=minmax");
    expect(status).toBe(1);
    expect(stderr).toMatch(/scaler: .*"adaptive".*"robust".*"rank-gauss"/);
  });
});

describe("a market that grows wild", () => {
  const settings = [...quick, "--set", "featureSet=first-light"];
  interface Scaling {
    readonly saturation: { readonly train: unknown[]; readonly validation: { feature: string; share: number }[] };
    readonly drift: { readonly measured: boolean; readonly features: { feature: string; scales: number }[] };
    readonly warnings: string[];
  }

  beforeAll(() => importWalk("wild", 480));

  test("training says which features the clip hides, and run, model and the backtest's report keep it", () => {
    const asked = ["--market", "wild", "--validate-from", "2001-10-01", "--until", "2002-03-29", "--out", "runs/wild"];
    const { stdout } = ploutos("train", "--no-verify", ...asked, ...settings);
    expect(stdout).toMatch(/\d+ features are cut off by the scaler's clip.*wild\.\w+ \(training .* validation/);
    const { saturation } = stored<Scaling>("runs/wild/model/manifest.json");
    expect(stored<Scaling>("runs/wild/run.json").saturation).toEqual(saturation);
    expect(saturation.validation.every(({ share }) => share > 0.01)).toBe(true);
    expect(saturation.validation.length).toBeGreaterThan(0);
    const judged = json<{ scaling: Scaling; warnings: string[]; report: string }>("backtest", "runs/wild");
    expect(judged.scaling.saturation).toEqual(saturation);
    expect(judged.warnings).toEqual(expect.arrayContaining(judged.scaling.warnings));
    expect(stored<Report>(judged.report.replace(".html", ".json")).warnings).toEqual(judged.warnings);
    expect(readFileSync(join(folder, judged.report), "utf8")).toMatch(/features are cut off by the scaler/);
  });

  test("training and a walk-forward say which terms of the reward never move", () => {
    const shaped = [
      "--market",
      "wild",
      ...settings,
      "--set",
      "reward=v6",
      "--set",
      "episodeBars=2",
      "--set",
      "transitions=1024",
    ];
    const says = /reward: .*win-rate.* did not move on the training span, and counts for nothing/;
    expect(ploutos("train", "--no-verify", ...shaped, "--until", "2001-10-01", "--out", "runs/still").stdout).toMatch(
      says,
    );
    const lengths = ["--train-bars", "150", "--validation-bars", "30", "--test-bars", "100", "--seeds", "1"];
    const { warnings } = json<{ warnings: string[] }>(
      "walk-forward",
      "--no-verify",
      ...shaped,
      ...lengths,
      "--workers",
      "1",
      "--out",
      "runs/still-folds",
    );
    const said = warnings.filter((warning) => says.test(warning));
    expect(said.length).toBeGreaterThan(0);
    for (const warning of said) expect(warning).toMatch(/nothing \(\d of \d folds\)\.$/);
  });

  test("backtest and paper say which features have moved since training", () => {
    json("train", "--no-verify", "--market", "wild", "--until", "2001-10-01", "--out", "runs/calm", ...settings);
    const { scaling } = json<{ scaling: Scaling }>("backtest", "runs/calm");
    expect(scaling.saturation.validation, "what was trained on was calm").toEqual([]);
    expect(scaling.drift.features.map(({ feature }) => feature)).toContain("wild.atr14");
    expect(scaling.warnings).toContainEqual(expect.stringMatching(/moved by more than 3 scales since training/));
    expect(json<{ scaling: Scaling }>("paper", "runs/calm", "--replay").scaling).toEqual(scaling);
    const early = ["--from", "2000-09-01", "--until", "2001-06-29"];
    expect(json<{ scaling: Scaling }>("backtest", "runs/calm", ...early).scaling.drift.features).toEqual([]);
  });

  test("a scaler that limits numbers is said not to be measured for drift", () => {
    const asked = ["--market", "wild", "--until", "2001-10-01", "--out", "runs/winsorised", ...settings];
    json("train", "--no-verify", ...asked, "--set", "scaler=winsorised");
    const { scaling } = json<{ scaling: Scaling }>("backtest", "runs/winsorised");
    expect(scaling.drift).toEqual({ measured: false });
    expect(scaling.warnings).toContainEqual(expect.stringMatching(/moved since training is not measured/));
  });

  test("walk-forward tells what the clip hides in any fold", () => {
    const lengths = ["--train-bars", "350", "--validation-bars", "120", "--test-bars", "200", "--embargo-bars", "5"];
    const asked = ["--market", "wild", ...lengths, "--seeds", "1", "--workers", "1", "--out", "runs/forward"];
    const { scaling, warnings } = json<{ scaling: Scaling; warnings: string[] }>(
      "walk-forward",
      "--no-verify",
      ...asked,
      ...settings,
    );
    expect(scaling.warnings).toEqual([expect.stringMatching(/cut off by the scaler's clip/)]);
    expect(warnings).toContain(scaling.warnings[0]);
    expect(scaling).not.toHaveProperty("drift");
  });
});
