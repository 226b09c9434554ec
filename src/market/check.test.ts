/** @file A sound market passes every check, and each check has a broken market, env or way to act that fails it. */
import { expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";
import { instrument } from "#domain/instrument.ts";
import type { Universe } from "#domain/universe.ts";
import { universe } from "#domain/universe.ts";
import type { Checked } from "#env/check.ts";
import { freeAccount } from "./account-rules.ts";
import type { Acting } from "./acting.ts";
import { levelActing } from "./actions/levels.ts";
import type { MarketCheckSettings } from "./check.ts";
import { checkMarket } from "./check.ts";
import type { CheckedActing } from "./checked-cases.ts";
import { freeOfCosts, indexFundCosts } from "./costs.ts";
import { tradingEnv } from "./trading-env.ts";
import { createMarket, restOrders } from "./world.ts";

/** A walk of two coins; for them the rules of shares and currencies do not hold. */
function coins(bars: number, seed: number, drift: number): Universe {
  const walk = randomWalk({ bars, seed, volatility: 0.01, drift, instruments: 2 });
  const instruments = ["A", "B"].map((symbol) => instrument(symbol, { assetClass: "coin", calendar: "crypto" }));
  return universe(
    "coins",
    "1d",
    walk.bars.map((each, i) => ({ instrument: instruments[i], bars: each })),
  );
}

const market = { universe: coins(300, 1, 0), driftless: (seed: number) => coins(202, seed, -0.00005) };
const plain: MarketCheckSettings = {
  seed: 1,
  steps: 20_000,
  profiles: { "index-fund": { costs: indexFundCosts, rules: freeAccount } },
};

/** The levels' way to act with parts of it replaced. */
const acts =
  (change: (acting: Acting) => Partial<Acting>): CheckedActing =>
  (instruments) => {
    const acting = levelActing([-1, 0, 1], instruments.length);
    return { ...acting, ...change(acting) };
  };
const withActing = (change: (acting: Acting) => Partial<Acting>): Partial<MarketCheckSettings> => ({
  actings: { changed: acts(change) },
});

const failures = (results: readonly Checked[]): string[] =>
  results.flatMap(({ passed, name, found }) => (passed ? [] : [`${name}: ${found}`]));

test("a sound market passes every check over all profiles and ways to act that there are", () => {
  const told: number[] = [];
  const onProgress = (done: number, total: number): void => void told.push(done / total);
  const results = checkMarket([market], { seed: 1, steps: 20_000, onProgress });
  expect(failures(results)).toEqual([]);
  expect(results).toHaveLength(10);
  expect(told).toEqual(told.toSorted((a, b) => a - b));
  const [ledger] = results.slice(-1);
  expect(ledger.found).toMatch(/steps of \d{2,} case\(s\)/);
  expect(ledger.found, "what does not fit is told with its reason").toMatch(
    /ruled out: .*costs.profile: alpaca is for share/,
  );
});

test("a box of numbers, a mask, and orders that rest are ways to act like any other", () => {
  const box = acts((acting) => ({
    space: { kind: "box", low: [0, 0], high: [1, 2] },
    act: (moment, actions, at, orders) =>
      acting.act(moment, [Math.round(actions[at]), Math.round(actions[at + 1])], 0, orders),
  }));
  const masked = acts((acting) => ({
    masked: true,
    legal: (moment, into, at) => {
      const even = moment.accounts.bar[moment.lane] % 2 === 0;
      into.set(even ? [0, 1, 1, 1, 0, 0] : [1, 1, 0, 0, 0, 1], at);
    },
    act: (moment, actions, at, orders) => {
      const even = moment.accounts.bar[moment.lane] % 2 === 0;
      const chosen = [actions[at], actions[at + 1]];
      if (even ? chosen[0] === 0 || chosen[1] > 0 : chosen[0] === 2 || chosen[1] < 2) throw new Error("not legal");
      acting.act(moment, actions, at, orders);
    },
  }));
  const resting = acts((acting) => ({
    act: (moment, actions, at, orders) => {
      acting.act(moment, actions, at, orders);
      restOrders(moment.market, moment.accounts, moment.lane, 0, NaN, 1e9);
    },
  }));
  const results = checkMarket([market], { ...plain, actings: { box, masked, resting } });
  expect(failures(results)).toEqual([]);
  expect(results.find(({ name }) => name.startsWith("random policies"))!.found).toContain(
    "1 that rest stops not judged",
  );
});

/** What is broken → how, and what the checks must say. */
const broken: Readonly<Record<string, readonly [Partial<MarketCheckSettings>, says: RegExp]>> = {
  "an env that gives no rewards": [
    {
      createEnv: (options) => {
        const env = tradingEnv(options);
        return { ...env, step: (actions, into) => (env.step(actions, into), void into.rewards.fill(NaN)) };
      },
    },
    /writes its own lanes whole.*index-fund, levels: step 0 leaves a reward/,
  ],
  "a way to act that knows the next close": [
    withActing((acting) => ({
      act: (moment, _, __, orders) => {
        const { market: seen, accounts, lane } = moment;
        const now = 2 * accounts.bar[lane];
        const rises = [0, 1].map((i) => (seen.quotes.close[now + 2 + i] > seen.quotes.close[now + i] ? 2 : 0));
        acting.act(moment, rises, 0, orders);
      },
    })),
    /random policies.*the market gave \d+.* must give nothing/,
  ],
  "costs that are a gift": [
    { profiles: { gift: { costs: { ...indexFundCosts, commissionBps: -50 }, rules: freeAccount } } },
    /random policies.*gift, levels: trading cost -.*below nothing/,
  ],
  "an env that forgets its costs": [
    {
      createEnv: (options) => {
        const { universe: bars, sizing } = options.market;
        return tradingEnv({ ...options, market: createMarket(bars, freeOfCosts, sizing) });
      },
    },
    /buy and hold.*the env gives .*by hand it is/,
  ],
  "an env that begins a bar late": [
    { createEnv: (options) => tradingEnv({ ...options, from: 1, episodeBars: options.to - 2 }) },
    /buy and hold.*the env gives .*by hand it is/,
  ],
  "money from nowhere": [
    withActing((acting) => ({
      act: (moment, actions, at, orders) => {
        acting.act(moment, actions, at, orders);
        if (moment.accounts.bar[moment.lane] === 150) moment.accounts.ledger.cash[moment.lane] += 0.01;
      },
    })),
    /the ledger balances.*index-fund, changed: Invariant/,
  ],
  "a way to act that never trades": [
    withActing(() => ({ act: (_, __, ___, orders) => void orders.fill(0) })),
    /the ledger balances.*no fill/,
  ],
  "a mask that leaves nothing": [
    withActing(() => ({ masked: true, legal: (_, into, at) => void into.fill(0, at, at + 6) })),
    /each head has a legal action/,
  ],
  "costs that fit no instrument": [
    { profiles: { pips: { costs: { ...freeOfCosts, spreadPips: 1 }, rules: freeAccount } } },
    /the ledger balances.*no costs and rules fit.*pip size/,
  ],
};

test.each(Object.entries(broken))("finds %s", (_, [change, says]) => {
  expect(failures(checkMarket([market], { ...plain, ...change })).join("\n")).toMatch(says);
});

test("finds a driftless market that drifts", () => {
  const drifting = { ...market, driftless: (seed: number) => coins(202, seed, 0.01) };
  const long: CheckedActing = (instruments) => levelActing([0, 1], instruments.length);
  const found = failures(checkMarket([drifting], { ...plain, actings: { long } }));
  expect(found).toEqual([expect.stringMatching(/random policies.*must give nothing/)]);
});
