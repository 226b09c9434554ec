/** @file Soft actor-critic on the command line: real actions and choices go the whole road from `train` to `paper`. */
import { beforeAll, expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";
import { program } from "./program.ts";

const { json, stored, writeBars } = program("agents");

const set = (settings: Readonly<Record<string, unknown>>): string[] =>
  Object.entries(settings).flatMap(([name, value]) => ["--set", `${name}=${value as string}`]);

const common = { transitions: 2048, lanes: 16, evaluateEvery: 1024, "network.hidden": "[16]" };

function quick(agent: string, own: Readonly<Record<string, unknown>> = {}): string[] {
  const few = { rolloutSteps: 8, updatesPerTransition: 0.05, learningStarts: 256, minibatchSize: 64, ...own };
  const named = Object.fromEntries(Object.entries(few).map(([name, value]) => [`${agent}.${name}`, value]));
  return ["--agent", agent, ...set({ ...common, ...named })];
}

beforeAll(() => {
  const { bars, instruments } = randomWalk({ bars: 700, volatility: 0.01, seed: 1, instruments: 2 });
  const files = bars.map((each, i) => writeBars(`${instruments[i].symbol}.csv`, each));
  json("data", "import", ...files, "--market", "pair");
});

interface Judged {
  readonly contenders: readonly { readonly role: string; readonly finalEquity: number }[];
}

test.each([
  { agent: "sac", actions: "weights", space: { name: "weights", levels: [], heads: 0, reals: 2 } },
  { agent: "sac", actions: "weights-long", space: { name: "weights-long", levels: [], heads: 0, reals: 3 } },
  { agent: "discrete-sac", actions: "levels", space: { name: "levels", levels: [-1, 0, 1], heads: 2 } },
])("$agent trains in $actions, its model says so, and paper equals the backtest", ({ agent, actions, space }) => {
  const out = `runs/${agent}-${actions}`;
  const settings = [...quick(agent), ...set({ actions })];
  json("train", "--no-verify", "--market", "pair", "--until", "2001-03-31", "--out", out, ...settings);
  expect(stored(`${out}/model/manifest.json`)).toMatchObject({ agent, actionSpace: space });
  const { contenders } = json<Judged>("backtest", out, "--from", "2001-04-01");
  const paper = json<{ finalEquity: number; fills: number }>("paper", out, "--replay", "--from", "2001-04-01");
  const { finalEquity } = contenders.find(({ role }) => role === "agent")!;
  expect(paper.finalEquity, "bit for bit").toBe(finalEquity);
  expect(paper.fills).toBeGreaterThan(0);
  expect(json("train", "--no-verify", "--resume", "--out", out, "--market", "pair")).toMatchObject({
    alreadyFinished: true,
  });
});

test("walk-forward trades real weights, and names the agent", () => {
  const lengths = ["--train-bars", "300", "--validation-bars", "60", "--test-bars", "120", "--seeds", "1"];
  const settings = [...quick("sac"), ...set({ actions: "weights-long" })];
  const judged = json<Judged>(
    "walk-forward",
    "--no-verify",
    "--market",
    "pair",
    ...lengths,
    "--out",
    "runs/walked",
    ...settings,
  );
  const { finalEquity } = judged.contenders.find(({ role }) => role === "agent")!;
  expect(finalEquity).toBeGreaterThan(0);
  expect(finalEquity, "it trades").not.toBe(100_000);
});
