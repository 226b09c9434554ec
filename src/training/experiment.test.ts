import { expect, test } from "vitest";
import { legacyPlan } from "#market/plans/legacy.ts";
import { indexFundCosts } from "#market/costs.ts";
import { freeAccount } from "#market/account-rules.ts";
import { profileNames, profiles } from "#market/costs/profiles.ts";
import { experiment } from "./experiment.ts";

test("acts on levels where nothing else is said, and sizes signals by equity", () => {
  const { actions, plan, bracket } = experiment({});
  expect(actions).toBe("levels");
  expect(plan).toEqual({ sizing: { kind: "equityFraction", fraction: 1 }, mostFraction: 1.25 });
  expect(bracket).toEqual({ stopsAtr: [1, 2], targetsAtr: [1.5, 3] });
});

test("fills a part of a plan with what the inventory says of it", () => {
  const { plan } = experiment({
    plan: { stopAtr: 2, petitPoucet: {}, trailingStop: {}, giveBack: {}, breakEven: {}, hedging: {} },
  });
  expect(plan).toMatchObject({
    petitPoucet: { unit: "R", adds: [1, 2], automatic: false, riskCapped: true },
    trailingStop: { activation: 1, activationUnit: "R", distanceAtr: 2, step: 0.25, stepUnit: "atr" },
    giveBack: { limitR: 0.5 },
    hedging: { mode: "reduce", enter: 0.7, exit: 0.5, bars: 3 },
  });
});

test("sizes a first entry so that the position is one share of the equity when it has grown as far as it may", () => {
  const sizingOf = (plan: object) => experiment({ plan }).plan.sizing;
  const stopAtr = 2;
  expect(sizingOf({ stopAtr, petitPoucet: {} })).toEqual({ kind: "equityFraction", fraction: 1 / 3 });
  expect(sizingOf({ stopAtr, petitPoucet: { adds: [1] } })).toEqual({ kind: "equityFraction", fraction: 1 / 2 });
  const risk = { kind: "riskFraction", fraction: 0.01 };
  expect(sizingOf({ stopAtr, petitPoucet: {}, sizing: risk })).toEqual({ ...risk, most: 1 / 3 });
  expect(sizingOf({ stopAtr, sizing: risk })).toEqual({ ...risk, most: 1 });
  expect(sizingOf({ stopAtr, petitPoucet: {}, sizing: { kind: "equityFraction", fraction: 1 } })).toMatchObject({
    fraction: 1,
  });
});

test("knows the documents' plan by its name, and reads back what it wrote", () => {
  const { plan } = experiment({ plan: "legacy" });
  expect(plan).toEqual({ ...legacyPlan, mostFraction: 1.25 });
  expect(experiment(JSON.parse(JSON.stringify({ plan }))).plan).toEqual(plan);
});

test.each([
  [{ actions: "gemini-7" }, "actions"],
  [
    { agent: "discrete-sac", actions: "weights" },
    "actions: weights are real numbers, and discrete-sac learns to choose",
  ],
  [{ agent: "sac" }, "actions: levels are choices, and sac learns real numbers"],
  [
    { agent: "sac", actions: "weights", account: { shorts: false } },
    "actions: weights may be short, which the account does not allow; weights-long are not",
  ],
  [
    { agent: "sac", actions: "weights", sac: { learningStarts: 10 } },
    "sac.learningStarts: 10 are fewer than a batch of",
  ],
  [{ agent: "discrete-sac", "discrete-sac": { capacity: 10 } }, "discrete-sac.capacity: 10 holds no batch of"],
  [
    { agent: "sac", actions: "weights-long", "discrete-sac": { gamma: 0.5 } },
    "discrete-sac: settings of another agent than sac",
  ],
  [{ agent: "sac", actions: "weights", sac: { targetRate: 0 } }, "sac.targetRate"],
  [{ plan: { petitPoucet: { unit: "euro" } } }, "plan.petitPoucet.unit"],
  [{ plan: { petitPoucet: { speed: 1 } } }, "plan.petitPoucet"],
  [{ agent: "sac", actions: "weights", network: { shared: true } }, "network.shared: sac has no policy and value"],
  [{ ppo: { entropyCoefficient: [0.1, -1] } }, "ppo.entropyCoefficient"],
  [{ ppo: { adaptiveKl: { coefficient: 1 } } }, "ppo.adaptiveKl.target"],
  [{ a2c: { gamma: 0.5 } }, "a2c: settings of another agent than ppo"],
  [{ agent: "a2c", a2c: { rewardScale: "auto" } }, "a2c.rewardScale"],
  [{ plan: "other" }, "plan"],
  [{ plan: { mostFraction: 2 } }, "plan.mostFraction"],
  [{ agent: "dreamer" }, "agent"],
  [{ ppo: { speed: 1 } }, "ppo"],
  [{ agent: "dqn", dqn: { capacity: 1000 } }, "dqn.learningStarts: 4096 is more than dqn.capacity = 1000"],
  [{ agent: "dqn", dqn: { targetRate: 0 } }, "dqn.targetRate"],
  [{ agent: "dqn", actions: "weights" }, "actions: weights are real numbers, and dqn learns to choose"],
  [{ agent: "dqn", ppo: {} }, "ppo: settings of another agent than dqn"],
  [{ ppo: { minibatchSize: 100 } }, "ppo.minibatchSize: 100 does not divide lanes × ppo.rolloutSteps = 4096"],
  [{ network: { body: "perceptron" } }, "network.body"],
  [{ network: { hidden: [] } }, "network.hidden"],
  [{ network: { body: "gru", units: 0 } }, "network.units"],
  [{ network: { body: "convolution", kernel: 1 } }, "network.kernel"],
  [{ network: { body: "transformer", width: 30 } }, "network.heads: must divide network.width"],
  [{ network: { body: "transformer", units: 30 } }, "units"],
])("refuses %j and names the setting", (settings, message) => {
  expect(() => experiment(settings)).toThrow(message);
});

test("costs and account are those of an index fund unless they are named", () => {
  expect(experiment({})).toMatchObject({ costs: { profile: "index-fund", ...indexFundCosts }, account: freeAccount });
});

test("a profile brings its costs and its account, written out, and single settings differ from them", () => {
  const { costs, account } = experiment({ costs: { profile: "alpaca", spreadBps: 3 }, account: { leverage: 1.5 } });
  expect(costs).toEqual({ profile: "alpaca", ...profiles.alpaca.costs, spreadBps: 3 });
  expect(account).toEqual({ ...profiles.alpaca.rules, leverage: 1.5 });
});

test.each(profileNames)("settings of %s that were stored read back as the same", (profile) => {
  const swaps = profile === "mt5-fx" ? { swapLongPips: 1, swapShortPips: -0.5 } : {};
  const settings = experiment({ costs: { profile, ...swaps }, levels: [0, 1], account: { minHoldingBars: 2 } });
  expect(experiment(JSON.parse(JSON.stringify(settings)))).toEqual(settings);
});

test.each([
  [{ costs: { profile: "robinhood" } }, /costs.profile: /],
  [{ costs: { spreadBps: -1 } }, /costs.spreadBps: /],
  [{ costs: { spreadByHour: [1, 2] } }, /costs.spreadByHour: /],
  [{ costs: { swap: 1 } }, /costs: .*swap/],
  [{ costs: { profile: "mt5-fx" } }, /; costs.swapLongPips and costs.swapShortPips: must be given/],
  [{ costs: { profile: "alpaca" }, account: { leverage: 4 } }, /; account.leverage: 4 is above the 2/],
  [{ account: { leverage: 0.5 } }, /account.leverage: /],
  [{ account: { leverage: 10, maintenance: 0.2 } }, /; account.maintenance: 0.2 is more than the 0.1/],
  [{ costs: { profile: "crypto-spot" } }, /; levels: -1 is a short position, which the account does not allow/],
  [{ account: { positions: "hedging" } }, /; account.positions: levels hold one position/],
  [{ account: { positions: "hedging" }, actions: "weights" }, /; account.positions: weights hold one position/],
])("refuses %j by the setting's name", (settings, message) => {
  expect(() => experiment(settings)).toThrow(message);
});
