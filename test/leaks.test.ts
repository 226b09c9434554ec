/** @file The battery of leaks: what is sound passes, and each way to cheat is caught by the check that is named for it. */
import { describe, expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";
import type { Universe } from "#domain/universe.ts";
import { sliceUniverse } from "#domain/universe.ts";
import type { BacktestSetting } from "#evaluation/backtest.ts";
import type { LeakCheckName } from "#evaluation/leaks/checks.ts";
import { leakCheckNames } from "#evaluation/leaks/checks.ts";
import type { VerifiedModel } from "#evaluation/leaks/model-subject.ts";
import { featuresSubject, modelSubject } from "#evaluation/leaks/model-subject.ts";
import { shuffledBars } from "#evaluation/leaks/other-bars.ts";
import { chasing, filledInItsOwnBar } from "#evaluation/leaks/planted.ts";
import type { CreateStrategy, Subject } from "#evaluation/leaks/subject.ts";
import { strategySubject } from "#evaluation/leaks/subject.ts";
import { failedChecks, outcomesOf, verify } from "#evaluation/leaks/verify.ts";
import type { OwnFeature } from "#features/feature.ts";
import { featureColumns, featureNames, featureSpec } from "#features/pipeline.ts";
import { fitScaler } from "#features/scaler.ts";
import { indicator } from "#features/indicator.ts";
import { signalSettings } from "#market/action-spaces.ts";
import { networkPolicy } from "#policy/network-policy.ts";
import { choicesOf } from "#training/choices.ts";
import { createDataset, createFold } from "#training/dataset.ts";
import { experiment } from "#training/experiment.ts";
import { modelBytes } from "#training/model.ts";
import { startTraining } from "#training/trainer.ts";

const bars = 900;
const universe = randomWalk({ bars, seed: 5, volatility: 0.01 });
const [train, validation] = [
  { from: 120, to: 640 },
  { from: 660, to: bars },
];
const costs = { spreadBps: 2, slippageAtr: 0.01, commissionBps: 1 };
const setting: BacktestSetting = { universe, ...validation, costs, sizing: { rebalanceBand: 0.1 }, capital: 100_000 };

const outcomes = async (subject: Subject, ...only: LeakCheckName[]): Promise<Record<string, string>> => {
  const { checks } = await verify(subject, { only: only.length === 0 ? undefined : only });
  return Object.fromEntries(
    checks.filter(({ found }) => found !== "It was not asked for.").map(({ name, outcome }) => [name, outcome]),
  );
};
const failed = async (subject: Subject, skip: readonly LeakCheckName[] = []): Promise<string[]> =>
  failedChecks(await verify(subject, { skip })).map(({ name }) => name);

describe("a strategy of one's own", () => {
  test("that looks back only passes all that applies", async () => {
    const found = await verify(strategySubject("chasing", chasing, setting));
    expect(failedChecks(found)).toEqual([]);
    expect(outcomesOf(found)).toBe("7 passed, 4 not applicable");
    expect(found.checks.map(({ name }) => name)).toEqual(leakCheckNames);
    expect({ from: found.from, to: found.to }).toEqual({
      from: universe.openTime[validation.from],
      to: universe.openTime[bars - 1],
    });
  });

  /** Weights that were computed beforehand from all bars, as research code does. */
  const planned =
    (weights: (close: Float64Array) => ArrayLike<number>): CreateStrategy =>
    ({
      universe: {
        bars: [{ close }],
      },
      from,
    }) => {
      const plan = weights(close);
      let t = from;
      return { name: "planned", act: () => ({ weights: [plan[t++]] }) };
    };
  const clamped = (value: number): number => Math.min(1, Math.max(0, value));

  test("that smooths with the bar after is caught by the future that changes, and by the one that is missing", async () => {
    const centred = planned((close) =>
      close.map((price, t) => clamped(0.5 + 20 * ((close[t + 1] ?? price) / price - 1))),
    );
    expect(await failed(strategySubject("centred", centred, setting))).toEqual(
      expect.arrayContaining(["future-permutation", "truncation", "random-walk"]),
    );
  });

  test("that knows how many bars there are is caught where they end", async () => {
    const counting = planned((close) => close.map((_, t) => t / close.length));
    expect(await failed(strategySubject("counting", counting, setting))).toEqual(["truncation", "warm-up"]);
  });

  test("that counts from the first bar on is caught where the history begins later", async () => {
    const age = planned((close) => close.map((_, t) => (t % 7) / 7));
    expect(await failed(strategySubject("age", age, setting), ["random-walk"])).toEqual(["warm-up"]);
  });

  test("that remembers what came the last time is caught by the future that changes", async () => {
    const seen = new Map<number, number>();
    const remembering: CreateStrategy = () => ({
      name: "remembering",
      act({ bars: [{ openTime, close }] }) {
        const next = seen.get(openTime + 86_400_000);
        seen.set(openTime, close);
        return { weights: [next === undefined ? 0 : clamped(0.5 + 20 * (next / close - 1))] };
      },
    });
    expect(await outcomes(strategySubject("remembering", remembering, setting), "future-permutation")).toEqual({
      "future-permutation": "failed",
    });
  });

  test("that stops with an error has failed, and says with which", async () => {
    const broken: CreateStrategy = () => ({
      name: "broken",
      act: () => {
        throw new Error("no such bar");
      },
    });
    const { checks } = await verify(strategySubject("broken", broken, setting), { only: ["truncation"] });
    expect(checks.find(({ name }) => name === "truncation")).toMatchObject({
      outcome: "failed",
      found: "It stopped with: no such bar",
    });
  });
});

describe("a market of one's own", () => {
  const sound = strategySubject("chasing", chasing, setting);

  test("that fills in the bar of the decision is caught a bar later", async () => {
    const early = { ...sound, trade: filledInItsOwnBar(sound.trade!) };
    expect(await outcomes(early, "one-bar-lag")).toEqual({ "one-bar-lag": "failed" });
  });

  test("that fills at the better end of the bar is caught at its price", async () => {
    const kind: Subject = {
      ...sound,
      async trade(changed, watch) {
        const run = await sound.trade!(changed, watch);
        const [{ low, high }] = changed.universe.bars;
        const fills = run.fills.map((fill) => {
          const t = changed.universe.openTime.indexOf(fill.filledAt);
          return { ...fill, price: fill.side === "buy" ? low[t] : high[t] };
        });
        return { ...run, fills };
      },
    };
    expect(await failed(kind, ["random-walk"])).toEqual(["one-bar-lag", "ledger-identity"]);
  });

  test("that forgets its fees is caught by its books", async () => {
    const free: Subject = {
      ...sound,
      async trade(changed, watch) {
        const run = await sound.trade!(changed, watch);
        const equity = run.curve.equity.map((value, n) => value + 0.01 * n);
        return { ...run, curve: { ...run.curve, equity } };
      },
    };
    expect(await failed(free)).toEqual(["ledger-identity"]);
  });
});

const settings = experiment({
  transitions: 65_536,
  episodeBars: 60,
  costs: { profile: "ideal", commissionBps: 1 },
  network: { hidden: [32] },
});

const taught = { universe, train, validation, settings, own: [] };

describe("features", () => {
  const sound = featuresSubject({ ...taught, name: "first-light" });

  test("that look back only pass all that applies", async () => {
    const found = await verify(sound);
    expect(failedChecks(found)).toEqual([]);
    expect(found.checks.filter(({ outcome }) => outcome === "passed").map(({ name }) => name)).toEqual([
      "future-permutation",
      "truncation",
      "planted-leaks",
      "scaler-fold",
      "warm-up",
      "label-shuffle",
      "oracle-learnability",
    ]);
  });

  test("that are one bar early are caught by name", async () => {
    const early: Subject = {
      ...sound,
      features: (of) => {
        const { names, values } = sound.features!(of);
        const leaking = values.slice();
        for (let t = 0; t < of.openTime.length - 1; t++) leaking[t * names.length] = values[(t + 1) * names.length];
        return { names, values: leaking };
      },
    };
    const { checks } = await verify(early, { only: ["future-permutation", "truncation"] });
    const [permuted, truncated] = checks;
    expect([permuted.outcome, truncated.outcome]).toEqual(["failed", "failed"]);
    expect(permuted.found).toMatch(/^feature S1\.return1 at \d{4}-\d\d-\d\d changed with the bars after bar \d+/);
  });

  test("whose scaler knows the bars that come after its training span are caught by its fold", async () => {
    const spec = featureSpec(settings.featureSet, universe, 1);
    const refit = (of: Universe) => fitScaler(featureColumns(spec, of), featureNames(spec).length, 120, bars);
    const leaking = { ...sound, fit: { scaler: refit(universe), fittedOn: train, refit } };
    expect(await outcomes(leaking, "scaler-fold")).toEqual({ "scaler-fold": "failed" });
    const stored = { ...sound, fit: { ...sound.fit!, scaler: refit(universe) } };
    expect(await outcomes(stored, "scaler-fold"), "what is stored is not what the span gives").toEqual({
      "scaler-fold": "failed",
    });
  });

  test("that know the bars of a shuffled market are caught by what is learned of them", async () => {
    const [{ close, openTime }] = shuffledBars(universe, 1).bars;
    const knowing: OwnFeature = {
      name: "knowing",
      group: "own",
      formula: "the next return of the shuffled bars",
      range: "about ±3",
      source: "a test",
      file: "knowing.ts",
      sha256: "",
      outputs: ["knowing"],
      create: () =>
        indicator(["knowing"], 1, [], (bar, into, at) => {
          const t = openTime.indexOf(bar.openTime);
          into[at] = t + 1 < bars ? 100 * Math.log(close[t + 1] / close[t]) : 0;
        }),
    };
    const own = { ...settings, featureFiles: ["knowing.ts"] };
    const leaking = featuresSubject({ ...taught, name: "knowing", settings: own, own: [knowing] });
    expect(await outcomes(leaking, "label-shuffle")).toEqual({ "label-shuffle": "failed" });
  });

  test("of a learner that does not learn say so", async () => {
    const still = { ...settings, ppo: { ...settings.ppo, learningRate: 1e-12 } };
    const deaf = featuresSubject({ ...taught, name: "deaf", settings: still as typeof settings });
    expect(await outcomes(deaf, "oracle-learnability")).toEqual({ "oracle-learnability": "failed" });
  });

  test("of a learner that takes too long are not called passed", async () => {
    const slow = experiment({ ...settings, ppo: undefined, agent: "dqn" });
    const subject = featuresSubject({ ...taught, name: "slow", settings: slow });
    expect(await outcomes(subject, "oracle-learnability", "label-shuffle")).toEqual({
      "oracle-learnability": "not run",
      "label-shuffle": "not run",
    });
  });
});

async function trainedModel(given: object): Promise<VerifiedModel> {
  const used = experiment({ ...settings, ...given, transitions: 8192, turnoverPenalty: 0, evaluateEvery: 8192 });
  const dataset = createDataset(universe, used);
  const fold = createFold(dataset, train, validation, used);
  const training = await startTraining(dataset, fold, used);
  while (!training.done) await training.next();
  const onnx = modelBytes(training, dataset);
  const { meanReward } = training.best.score;
  await training.dispose();
  return {
    ...taught,
    name: "PPO",
    settings: { ...used, transitions: 65_536 },
    scaler: fold.scaler,
    signals: signalSettings(used.actions, used),
    policy: () => networkPolicy("PPO", onnx, choicesOf(used.actions, used), 1),
    meanReward,
    byTrial: true,
  };
}

describe.each([
  { acts: "levels", given: {} },
  { acts: "words with stops and targets", given: { actions: "bracket" } },
  { acts: "real numbers", given: { actions: "weights" } },
])("a trained model that acts in $acts", async ({ given }) => {
  const model = await trainedModel(given);

  test("passes every check", async () => {
    const found = await verify(modelSubject(model));
    expect(found.checks.filter(({ outcome }) => outcome !== "passed")).toEqual([]);
    expect(await verify(modelSubject(model), { only: ["random-walk"] }), "and the same again").toEqual({
      ...found,
      checks: found.checks.map((each) =>
        each.name === "random-walk" ? each : { name: each.name, outcome: "not run", found: "It was not asked for." },
      ),
    });
  });

  test("is caught where it is served other numbers than it was trained on", async () => {
    const sound = modelSubject(model);
    const { served } = sound;
    const stale = {
      ...sound,
      served: { ...served!, stream: (of: Universe) => served!.stream(sliceUniverse(of, 0, 1)) },
    };
    expect(await outcomes(stale, "train-and-serve"), "the same stream").toEqual({ "train-and-serve": "passed" });
    const late = {
      ...served!,
      stream: (of: Universe) => {
        const window = served!.stream(of);
        let before: Float32Array | undefined;
        return {
          next(shown: Parameters<typeof window.next>[0]) {
            const now = window.next(shown);
            const said = before ?? now;
            before = now;
            return said;
          },
        };
      },
    };
    expect(await outcomes({ ...sound, served: late }, "train-and-serve")).toEqual({ "train-and-serve": "failed" });
  });

  test("is caught where its manifest says another score than the model has", async () => {
    const lying = modelSubject({ ...model, meanReward: model.meanReward! + 1e-4 });
    expect(await outcomes(lying, "train-and-serve")).toEqual({ "train-and-serve": "failed" });
  });
});
