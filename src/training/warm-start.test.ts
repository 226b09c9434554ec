import { describe, expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import { ornsteinUhlenbeck, randomWalk } from "#data/synthetic.ts";
import { plantedSignal, signalOf } from "#data/synthetic/planted-signal.ts";
import { copyBars } from "#domain/bar.ts";
import type { Universe } from "#domain/universe.ts";
import { barsAt, sliceUniverse } from "#domain/universe.ts";
import { endOf, outcomeOf } from "#features/labels/label.ts";
import { tripleBarrierLabels } from "#features/labels/triple-barrier.ts";
import { backtest, tableWindow } from "#evaluation/backtest.ts";
import { plantedSignalOptimum } from "#market/optimum/planted-signal.ts";
import { ornsteinUhlenbeckOptimum } from "#market/optimum/ornstein-uhlenbeck.ts";
import { networkPolicy } from "#policy/network-policy.ts";
import type { WeightDecision } from "#policy/policy.ts";
import { movingAverageCross } from "#policy/rules/moving-average-cross.ts";
import { createDataset, createFold } from "./dataset.ts";
import type { ExperimentInput } from "./experiment.ts";
import { experiment } from "./experiment.ts";
import { modelBytes } from "./model.ts";
import { teacher } from "./teachers.ts";
import { startStages } from "./stages.ts";
import { startTraining } from "./trainer.ts";
import { lookAheadNote } from "./warm-start-settings.ts";

const costs = { spreadBps: 1, slippageAtr: 0, commissionBps: 5 };
const cross = { from: "rule", rule: "moving-average-cross", fastBars: 20, slowBars: 50 } as const;
const barriers = { from: "labels", label: "triple-barrier", horizonBars: 12 } as const;
const small = { lanes: 16, episodeBars: 60, network: { hidden: [4], activation: "tanh" } } as const;

/** A training that has imitated and done nothing else, on the first bars of a universe. */
async function begun(universe: Universe, trainTo: number, input: ExperimentInput) {
  const settings = experiment({ ...small, ...input });
  const dataset = createDataset(universe, settings);
  const fold = createFold(dataset, { from: 0, to: trainTo }, { from: trainTo, to: trainTo + 50 }, settings);
  const training = await startTraining(dataset, fold, settings);
  const onnx = modelBytes(training, dataset);
  await training.dispose();
  /** What it wants at each bar from `from` on, of the bars of any universe. */
  const decisions = async (of: Universe, from: number): Promise<readonly (readonly number[] | undefined)[]> => {
    const policy = await networkPolicy("clone", onnx, settings, of.instruments.length);
    const { table } = createFold(createDataset(of, settings), fold.train, fold.validation, settings);
    const { rebalanceBand, capital } = settings;
    const setting = { universe: of, from, to: of.openTime.length, costs, sizing: { rebalanceBand }, capital };
    const { wanted } = await backtest(policy, tableWindow(table, 1, from), setting);
    await policy.dispose();
    return wanted;
  };
  return { training, onnx, decisions };
}

/** The same bars up to `t`, others after it. */
function otherFuture(universe: Universe, t: number): Universe {
  const rng = createRng(t, "other future");
  const bars = universe.bars.map((series) => {
    const copy = copyBars(series);
    for (let at = t + 1; at < copy.close.length; at++) {
      const prices = [0, 1, 2, 3].map(() => 20 + 300 * rng.uniform()).sort((one, two) => one - two);
      [copy.low[at], copy.open[at], copy.close[at], copy.high[at]] = prices;
    }
    return copy;
  });
  return { ...universe, bars };
}

describe("an agent that imitated", () => {
  test("a rule decides as the rule does on at least 99 % of the bars that it has never seen", async () => {
    const [bars, trainTo] = [10_000, 7500];
    const universe = randomWalk({ bars, volatility: 0.012, seed: 5 });
    const warmStart = { ...cross, epochs: 40, learningRate: 0.01 };
    const { training, decisions } = await begun(universe, trainTo, { levels: [0, 1], lanes: 32, warmStart });
    expect(training.warmStart!.agreement).toBeGreaterThan(0.99);
    const rule = movingAverageCross(20, 50, [[...universe.bars[0].close.subarray(0, trainTo)]]);
    const nothing = new Float32Array(0);
    const wanted = await decisions(universe, trainTo);
    const same = wanted.filter((weights, n) => {
      const asked = { bars: barsAt(universe, trainTo + n), market: nothing, account: nothing };
      return weights![0] === (rule.act(asked) as WeightDecision).weights![0];
    });
    expect(wanted.length).toBe(bars - trainTo - 1);
    expect(same.length / wanted.length).toBeGreaterThanOrEqual(0.99);
  });

  test("labels has not seen one that ends after the training span, and decides without knowing what comes", async () => {
    const trainTo = 400;
    const universe = randomWalk({ bars: 520, volatility: 0.012, seed: 6, instruments: 2 });
    const warmStart = { ...barriers, transitions: 4000, epochs: 4 };
    const model = await begun(universe, trainTo, { warmStart });
    expect((await begun(otherFuture(universe, trainTo - 1), trainTo, { warmStart })).onnx).toEqual(model.onnx);
    expect((await begun(otherFuture(universe, trainTo - 2), trainTo, { warmStart })).onnx).not.toEqual(model.onnx);
    const wanted = await model.decisions(universe, trainTo);
    for (const t of [430, 470]) {
      const other = await model.decisions(otherFuture(universe, t), trainTo);
      expect(other.slice(0, t - trainTo + 1)).toEqual(wanted.slice(0, t - trainTo + 1));
    }
    expect(new Set(wanted.map(String)).size, "it does not always want the same").toBeGreaterThan(3);
  });

  test.each(["alpha", "signals", "gemini-5"] as const)("a rule says it in the words of %s", async (actions) => {
    const universe = randomWalk({ bars: 900, volatility: 0.012, seed: 7 });
    const { training } = await begun(universe, 800, {
      actions,
      warmStart: { ...cross, transitions: 8000, epochs: 30, learningRate: 0.01 },
    });
    expect(training.warmStart!.agreement).toBeGreaterThan(0.9);
  });

  test.each(["weights", "weights-long"] as const)("a rule aims at its weights in %s", async (actions) => {
    const universe = randomWalk({ bars: 900, volatility: 0.012, seed: 7, instruments: 2 });
    const warmStart = { ...cross, transitions: 8000, epochs: 30, learningRate: 0.01 };
    const { training } = await begun(universe, 800, { actions, warmStart });
    expect(training.warmStart!.loss, "of numbers whose mean square is about a half").toBeLessThan(0.15);
    expect(training.first.meanReward).not.toBeNaN();
  });

  test.each([
    { agent: "a2c", actions: "levels", own: { rolloutSteps: 32 }, least: 0.9 },
    { agent: "dqn", actions: "levels", own: { learningStarts: 500 }, least: 0.9 },
    { agent: "discrete-sac", actions: "levels", own: { learningStarts: 1024 }, least: 0.9 },
    { agent: "sac", actions: "weights", own: { learningStarts: 500, policyDelay: 1e6 }, least: 0.6 },
  ] as const)("a rule begins there as $agent, in stages too", async ({ agent, actions, own, least }) => {
    const universe = randomWalk({ bars: 900, volatility: 0.012, seed: 7 });
    const stages = [{ transitions: 1024 }, { transitions: 1024 }];
    const settings = experiment({
      ...small,
      agent,
      actions,
      [agent]: own,
      stages,
      evaluateEvery: 1024,
      warmStart: { ...cross, transitions: 8000, epochs: 30, learningRate: 0.01 },
    });
    const dataset = createDataset(universe, settings);
    const fold = createFold(dataset, { from: 0, to: 800 }, { from: 800, to: 900 }, settings);
    const training = await startStages(dataset, fold, settings);
    expect(training.warmStart!.agreement).toBeGreaterThan(least);
    const seen = new Set<number>();
    while (!training.done) seen.add((await training.next())["stage"]);
    expect([...seen]).toEqual([1, 2]);
    await training.dispose();
  });

  test("goes on learning from there, the same for the same seed", async () => {
    const universe = randomWalk({ bars: 900, volatility: 0.012, seed: 7 });
    const learned = async (): Promise<unknown> => {
      const settings = experiment({
        ...small,
        transitions: 1024,
        ppo: { rolloutSteps: 32, minibatchSize: 256 },
        warmStart: { ...cross, transitions: 4000 },
      });
      const dataset = createDataset(universe, settings);
      const fold = createFold(dataset, { from: 0, to: 800 }, { from: 800, to: 900 }, settings);
      const training = await startTraining(dataset, fold, settings);
      const { first } = training;
      while (!training.done) await training.next();
      const result = [first, training.warmStart, training.best];
      await training.dispose();
      return result;
    };
    expect(await learned()).toEqual(await learned());
  });
});

describe("a teacher", () => {
  const levels = [-1, 0, 1];
  /** What it wants at bar t of one instrument while so much is held; undefined where it says nothing. */
  const asked = (wanted: Awaited<ReturnType<typeof teacher>>, t: number, held = 0): number | undefined => {
    const into = new Float64Array(1);
    return wanted(t, Float64Array.of(held), into) ? into[0] : undefined;
  };
  const learning = { transitions: 1, epochs: 1, minibatchSize: 1, learningRate: 1 };

  test("of labels says what would have been right, and nothing where that is not known within its bars", async () => {
    const universe = randomWalk({ bars: 300, volatility: 0.012, seed: 8 });
    const settings = { atrPeriod: 14, upperAtr: 2, lowerAtr: 2, horizonBars: 12 };
    const labels = tripleBarrierLabels(universe.bars[0], settings);
    const setting = { ...learning, ...barriers, ...settings };
    const wanted = await teacher(setting, { universe, train: [{ from: 0, to: 200 }], costs, levels });
    const longOnly = await teacher(setting, { universe, train: [{ from: 0, to: 200 }], costs, levels: [0, 1] });
    const found = new Set<number>();
    for (let t = 0; t < 200; t++) {
      const label = labels[t];
      const known = label !== undefined && endOf(label) < 200 ? Math.sign(outcomeOf(label)) + 0 : undefined;
      expect(asked(wanted, t), `bar ${t}`).toBe(known);
      expect(asked(longOnly, t)).toBe(known === undefined ? undefined : Math.max(0, known));
      if (known !== undefined) found.add(known);
    }
    expect(found.size).toBe(3);
    expect(asked(wanted, 199)).toBeUndefined();
  });

  test("of an optimum follows the solver's rule, whatever is held", async () => {
    const law = { volatility: 0.01, correlation: 0.3, persistence: 0.8, form: "normal" } as const;
    const universe = plantedSignal.create({ bars: 200, seed: 1 }, law);
    const wanted = await teacher(
      { ...learning, from: "optimum", law: "planted-signal", ...law },
      { universe, train: [{ from: 0, to: 150 }], costs, levels },
    );
    const optimum = plantedSignalOptimum(law, 5.5e-4, levels);
    const signal = signalOf(universe.bars[0]);
    for (let t = 0; t < 150; t += 7) {
      for (const held of levels) expect(asked(wanted, t, held)).toBe(optimum.weight(signal[t], held));
    }
  });

  test("of a market that returns to its mean takes the mean of the training span", async () => {
    const law = { volatility: 0.01, halfLifeBars: 5 };
    const universe = ornsteinUhlenbeck({ bars: 4000, seed: 2, ...law });
    const wanted = await teacher(
      { ...learning, from: "optimum", law: "ornstein-uhlenbeck", ...law },
      { universe, train: [{ from: 0, to: 3000 }], costs, levels },
    );
    const { keptBetween } = ornsteinUhlenbeckOptimum(law, 5.5e-4, levels);
    expect(keptBetween(1)!.to).toBeLessThan(Infinity);
    const close = sliceUniverse(universe, 0, 3000).bars[0].close;
    const order = Array.from(close, (_, t) => t).sort((a, b) => close[a] - close[b]);
    expect(asked(wanted, order[0]), "at its lowest it is bought").toBe(1);
    expect(asked(wanted, order.at(-1)!), "at its highest it is sold").toBe(-1);
  });

  test("is refused where it cannot teach", async () => {
    const universe = randomWalk({ bars: 100, volatility: 0.01, seed: 1, instruments: 2 });
    const optimum = {
      ...learning,
      from: "optimum",
      law: "ornstein-uhlenbeck",
      volatility: 0.01,
      halfLifeBars: 9,
    } as const;
    await expect(teacher(optimum, { universe, train: [{ from: 0, to: 90 }], costs, levels })).rejects.toThrow(
      "warmStart.from: an optimum",
    );
  });
});

test.each([
  [{ ...cross, fastBars: 50 }, /warmStart.fastBars: 50 is not less than slowBars, 50/],
  [{ from: "labels", label: "trend-scanning", shortestBars: 9, longestBars: 5 }, /warmStart.shortestBars: 9/],
  [{ from: "rule", rule: "astrology" }, /warmStart.rule/],
  [{ from: "optimum", law: "planted-signal" }, /warmStart.volatility/],
])("refuses %j by the setting's name", (warmStart, message) => {
  expect(() => experiment({ warmStart })).toThrow(message);
});

test("says that look-ahead labels were used exactly where they were", () => {
  const noteOf = (warmStart: ExperimentInput["warmStart"]): string | undefined =>
    lookAheadNote(experiment({ warmStart }).warmStart);
  expect(noteOf(undefined)).toBeUndefined();
  expect(noteOf(cross)).toBeUndefined();
  expect(noteOf(barriers)).toMatch(/^Look-ahead labels were used: .* triple-barrier labels .* up to 12 bars ahead/);
  expect(noteOf({ from: "labels", label: "trend-scanning" })).toMatch(/up to 20 bars ahead/);
});
