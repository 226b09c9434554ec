/** @file `select` as a user meets it: of a market with a signal, the agent that finds it, and nothing of the days that come later. */
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { dayMs, dayOf, dayStart } from "#domain/day.ts";
import { program } from "./program.ts";

const { folder, ploutos, json, stored } = program("select");

interface Selected {
  readonly market: string;
  readonly chosen: string;
  readonly worthless: boolean;
  readonly overfitting: { readonly probability: number };
  readonly candidates: readonly { name: string; sharpe: { mean: number; worst: number }; runs: readonly object[] }[];
  readonly leads: readonly { over: string; aheadIn: number; difference: { lower: number } }[];
  readonly groups: readonly { from: string; until: string }[];
  readonly paths: number;
  readonly next: string | undefined;
}

interface Trials {
  readonly trials: readonly { kind: string; agent: string; until: string }[];
}

/** The signal of the planted market: its volume. */
const traded = `export const create = () => ({
  outputs: ["traded"],
  warmUpBars: 1,
  memory: [],
  next(bar, into, at) {
    into[at] = Math.log(1 + bar.volume);
  },
});
`;

const until = "2006-12-31";
const settings = [
  'featureFiles=["traded.js"]',
  "boosting.rounds=20",
  "boosting.learningRate=0.3",
  "boosting.maxDepth=2",
  "boosting.label.kind=fixed-horizon",
  "boosting.label.horizonBars=1",
  "boosting.threshold=0.001",
  "transitions=1024",
  "evaluateEvery=1024",
  "lanes=16",
  "episodeBars=60",
  "ppo.rolloutSteps=64",
  "network.hidden=[8]",
].flatMap((setting) => ["--set", setting]);
const asked = [
  "boosting",
  "ppo",
  "--market",
  "planted",
  "--until",
  until,
  "--groups",
  "4",
  "--seeds",
  "1",
  ...settings,
];
const planted = ["--kind", "planted-signal", "--set", "correlation=0.4", "--set", "persistence=0"];
let selected: Selected;

beforeAll(() => {
  writeFileSync(join(folder, "traded.js"), traded);
  json("data", "synthesize", "--market", "planted", "--bars", "2400", "--seed", "3", ...planted);
  selected = json<Selected>("select", ...asked, "--out", "runs/choice");
}, 120_000);

test("what finds the signal is chosen, on every path and in every half of the time", () => {
  expect(selected).toMatchObject({ chosen: "boosting", worthless: false, paths: 3 });
  const [trees, ppo] = selected.candidates;
  expect(trees.runs).toHaveLength(3);
  expect(trees.sharpe.worst).toBeGreaterThan(2);
  expect(trees.sharpe.mean).toBeGreaterThan(ppo.sharpe.mean);
  expect(selected.leads).toMatchObject([{ over: "ppo", aheadIn: 1 }]);
  expect(selected.leads[0].difference.lower).toBeGreaterThan(0);
  expect(selected.overfitting.probability).toBeLessThan(0.1);
});

test("is the same whatever comes after the last day", () => {
  json("data", "synthesize", "--market", "shorter", "--bars", "2100", "--seed", "3", ...planted);
  const market = asked.map((word) => (word === "planted" ? "shorter" : word));
  const { market: _, next, ...same } = json<Selected>("select", ...market, "--out", "runs/shorter", "--uncounted");
  expect(selected).toMatchObject(JSON.parse(JSON.stringify({ ...same, file: undefined, page: undefined })) as object);
  expect(next).not.toBe(selected.next);
});

test("every training and one look of each agent are counted, and none knows a day after the last", () => {
  const { trials } = json<Trials>("trials");
  const count = (kind: string, agent: string): number =>
    trials.filter((trial) => trial.kind === kind && trial.agent === agent).length;
  expect([count("training", "BOOSTING"), count("training", "PPO")], "one for each split").toEqual([6, 6]);
  expect([count("in-sample look", "BOOSTING"), count("in-sample look", "PPO")]).toEqual([1, 1]);
  expect(trials).toHaveLength(14);
  for (const trial of trials) expect(trial.until <= until, trial.until).toBe(true);
  expect(selected.groups.at(-1)!.until <= until).toBe(true);
});

test("an interrupted one goes on to the same choice, and other settings are refused", () => {
  const kept = join(folder, "runs/choice/2/folds");
  const models = readdirSync(kept).filter((name) => name.endsWith(".model"));
  for (const model of models.slice(2)) rmSync(join(kept, model));
  rmSync(join(folder, "runs/choice/selection.json"));
  expect(ploutos("select", ...asked, "--out", "runs/choice").stderr).toMatch(
    /holds trained models; go on with --resume/,
  );
  const other = ploutos("select", ...asked, "--held-out", "1", "--out", "runs/choice", "--resume");
  expect(other.stderr).toMatch(/other bars, folds or settings/);
  const resumed = json<Selected>(
    "select",
    ...asked,
    "--out",
    "runs/choice",
    "--resume",
    "--workers",
    "1",
    "--ledger",
    "other.sqlite",
  );
  expect(resumed).toEqual({ ...selected, next: `${selected.next} --ledger other.sqlite` });
  expect(stored<Selected>("runs/choice/selection.json").candidates).toEqual(selected.candidates);
});

test("what is left is judged by the command that it says, from the next day on", () => {
  expect(selected.next).toMatch(/^ploutos walk-forward --market planted --agent boosting /);
  const words = selected
    .next!.split(" ")
    .slice(1)
    .map((word) => word.replaceAll("'", ""));
  json(...words, "--no-verify", "--uncounted", "--out", "runs/judged");
  const { time } = stored<{ time: number[] }>("runs/judged/equity.json");
  expect(dayOf(time[0])).toBe(selected.groups.at(-1)!.until);
  expect(time[1]).toBeGreaterThanOrEqual(dayStart(until) + dayMs);
});

test.each<[string, readonly string[], RegExp]>([
  ["one agent", ["ppo", "--market", "planted"], /two agents or more/],
  ["one agent twice", ["ppo", "ppo", "--market", "planted"], /each once/],
  ["an agent that is none", ["ppo", "absent.json", "--market", "planted"], /absent\.json is no .* JSON file/],
  ["groups that leave nothing", ["ppo", "dqn", "--market", "planted", "--held-out", "6"], /6 groups of which 6/],
  [
    "groups shorter than an episode",
    ["ppo", "dqn", "--market", "planted", "--groups", "12"],
    /episodes of ppo need 127/,
  ],
  ["costs of other instruments", ["ppo", "dqn", "--market", "planted", "--set", "costs.profile=mt5-fx"], /mt5-fx/],
  ["days before the first", ["ppo", "dqn", "--market", "planted", "--until", "1990-01-01"], /0 bars in 6 groups/],
])("%s: refused by one message, before anything is trained", (_, args, message) => {
  const { status, stderr } = ploutos("select", ...args, "--out", "runs/refused");
  expect(status).toBe(1);
  expect(stderr).toMatch(message);
  expect(existsSync(join(folder, "runs/refused"))).toBe(false);
});
