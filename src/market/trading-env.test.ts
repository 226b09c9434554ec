import { describe, expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import { randomWalk } from "#data/synthetic.ts";
import { barsFrom } from "#domain/bar.ts";
import { instrument } from "#domain/instrument.ts";
import type { Universe } from "#domain/universe.ts";
import { universe } from "#domain/universe.ts";
import { envContract } from "#env/env.contract.ts";
import type { StepBuffers, VectorEnv } from "#env/env.ts";
import { actionBuffer, stepBuffers } from "#env/vector.ts";
import { freeAccount } from "./account-rules.ts";
import { alpha } from "./actions/alpha.ts";
import { levelActing } from "./actions/levels.ts";
import { greedyAdversary } from "./adversary.ts";
import { endToEnd } from "./copies.ts";
import { freeOfCosts, indexFundCosts } from "./costs.ts";
import { rewardOf } from "./rewards/rewards.ts";
import { signalActing } from "./signal-acting.ts";
import { defaultSizing } from "./sizing.ts";
import type { TradingEnv, TradingEnvOptions } from "./trading-env.ts";
import { tradingEnv } from "./trading-env.ts";
import { createAccounts, createMarket, startLane, stepLane } from "./world.ts";

const capital = 100_000;

/** An env on a random walk; the table only numbers the rows, the market is what counts here. */
function walkEnv(settings: Partial<TradingEnvOptions> = {}, instruments = 2, bars = 120): TradingEnv {
  return envOn(randomWalk({ bars, seed: 5, volatility: 0.02, instruments }), settings);
}

function envOn(walk: Universe, settings: Partial<TradingEnvOptions> = {}): TradingEnv {
  const rows = walk.openTime.length;
  return tradingEnv({
    market: createMarket(walk, indexFundCosts, defaultSizing),
    table: { values: Float32Array.from({ length: rows }, (_, t) => t), rows, columns: 1 },
    lookbackBars: 3,
    acting: levelActing([-1, 0, 1], walk.instruments.length),
    lanes: 1,
    from: 10,
    to: 100,
    episodeBars: 20,
    capital,
    ruinFraction: 0.3,
    ...settings,
  });
}

/** One instrument with the given closes; each bar opens where the last one closed. */
function priced(closes: readonly number[]): Universe {
  const bars = closes.map((close, t) => {
    const open = closes[t - 1] ?? close;
    return { openTime: t, open, high: Math.max(open, close), low: Math.min(open, close), close, volume: 1 };
  });
  return universe("made", "1d", [{ instrument: instrument("A"), bars: barsFrom(bars) }]);
}

interface Session {
  readonly buffers: StepBuffers;
  readonly step: (action: number) => { reward: number; terminated: number; truncated: number };
}

/** An env of one lane, after a reset; every head takes the same action. */
function session(env: VectorEnv, seed = 1): Session {
  const buffers = stepBuffers(env.lanes, env.observationSpace, env.actionSpace);
  const actions = actionBuffer(env.lanes, env.actionSpace);
  env.reset(seed, buffers);
  return {
    buffers,
    step(action) {
      env.step(actions.fill(action), buffers);
      return { reward: buffers.rewards[0], terminated: buffers.terminated[0], truncated: buffers.truncated[0] };
    },
  };
}

const flat = 1;
const isStart = (observation: Float32Array): boolean => observation.slice(1).every((value) => value === 0);

envContract("the trading env", (lanes) => walkEnv({ lanes }), { isStart, episodeSteps: 25 });
envContract("the trading env of one instrument", (lanes) => walkEnv({ lanes, lookbackBars: 1 }, 1), {
  isStart,
  episodeSteps: 25,
});

describe("the reward", () => {
  test("is nothing while flat", () => {
    const { step } = session(walkEnv());
    for (let n = 0; n < 50; n++) expect(step(flat).reward).toBe(0);
  });

  test("adds up to the log of final over initial equity, episode by episode", () => {
    const env = walkEnv({ ruinFraction: 0 });
    const { buffers } = session(env);
    const rng = createRng(2);
    const actions = actionBuffer(1, env.actionSpace);
    const market = createMarket(
      randomWalk({ bars: 120, seed: 5, volatility: 0.02, instruments: 2 }),
      indexFundCosts,
      defaultSizing,
    );
    const accounts = createAccounts(market, 1);
    for (let episode = 0; episode < 5; episode++) {
      startLane(market, accounts, 0, buffers.observations[0], capital);
      let sum = 0;
      for (let ended = false; !ended; ended = buffers.truncated[0] === 1) {
        actions.forEach((_, head) => (actions[head] = rng.integer(3)));
        env.step(actions, buffers);
        stepLane(
          market,
          accounts,
          0,
          [...actions].map((action) => (action - 1) / 2),
          0,
        );
        sum += buffers.rewards[0];
      }
      expect(sum).toBeCloseTo(Math.log(accounts.equity[0] / capital), 5);
    }
  });

  test("of holding long through a rise is its log return, and of holding short the loss", () => {
    const rise = priced([100, 100, 100, 100, 110, 110, 110, 110]);
    const settings = {
      market: createMarket(rise, freeOfCosts, defaultSizing),
      lookbackBars: 1,
      from: 2,
      to: 8,
      episodeBars: 5,
    };
    const long = session(envOn(rise, settings));
    expect([long.step(2).reward, long.step(2).reward]).toEqual([0, expect.closeTo(Math.log(1.1), 6)]);
    const short = session(envOn(rise, settings));
    expect([short.step(0).reward, short.step(0).reward]).toEqual([0, expect.closeTo(Math.log(0.9), 6)]);
  });
});

describe("an episode", () => {
  test("lasts as many bars as it should and is then truncated, not terminated", () => {
    const { step, buffers } = session(walkEnv());
    for (let n = 1; n <= 100; n++) {
      const { terminated, truncated } = step(flat);
      expect([terminated, truncated]).toEqual([0, n % 20 === 0 ? 1 : 0]);
    }
    expect(buffers.finalObservations[0]).toBeLessThan(100);
  });

  test("says what was legal at its last bar, where the next one begins flat", () => {
    const walk = randomWalk({ bars: 120, seed: 5, volatility: 0.02 });
    const acting = signalActing(alpha, walk.instruments, { sizing: { kind: "lots", lots: 1 } }, freeAccount);
    const { step, buffers } = session(envOn(walk, { acting }));
    step(1);
    while (step(0).truncated === 0);
    expect([...buffers.finalLegal], "long: HOLD, SELL, CLOSE").toEqual([1, 0, 1, 1]);
    expect([...buffers.legal], "flat: HOLD, BUY, SELL").toEqual([1, 1, 1, 0]);
  });

  test("ends in ruin as terminated, with a loss that counts", () => {
    const crash = priced([100, 100, 100, 180, 180, 180, 180, 180]);
    const { step, buffers } = session(envOn(crash, { lookbackBars: 1, from: 1, to: 7, episodeBars: 5 }));
    expect(step(0)).toEqual({ reward: expect.closeTo(0, 3), terminated: 0, truncated: 0 });
    const { reward, terminated, truncated } = step(0);
    expect([terminated, truncated]).toEqual([1, 0]);
    expect(reward).toBeCloseTo(Math.log(0.2), 2);
    expect(buffers.finalObservations[0], "the bar of the ruin").toBe(3);
    expect(buffers.finalObservations[1], "short of 4.5 times what is left").toBeCloseTo(-1.8 / 0.2, 1);
    expect(isStart(buffers.observations)).toBe(true);
  });

  test("ends as terminated only where ruin and the last bar fall together", () => {
    const crash = priced([100, 100, 100, 100, 180, 180]);
    const { step } = session(envOn(crash, { lookbackBars: 1, from: 1, to: 5, episodeBars: 3 }));
    step(0);
    step(0);
    expect(step(0)).toMatchObject({ terminated: 1, truncated: 0 });
  });

  test.each([200, 250])("stays finite when equity falls to nothing or below (price 100 → %i)", (price) => {
    const crash = priced([100, 100, 100, price, price, price]);
    const settings = { market: createMarket(crash, freeOfCosts, defaultSizing), lookbackBars: 1, from: 1, to: 5 };
    const { step, buffers } = session(envOn(crash, { ...settings, episodeBars: 3 }));
    step(0);
    const { reward, terminated } = step(0);
    expect(terminated).toBe(1);
    expect(reward).toBeCloseTo(Math.log(1e-6), 4);
    expect(buffers.finalObservations.every(Number.isFinite)).toBe(true);
  });
});

describe("starts", () => {
  test("lie where a whole episode fits, at every such bar, and depend on the seed alone", () => {
    const startsOf = (seed: number, action: number): number[] => {
      const { step, buffers } = session(walkEnv({ ruinFraction: 0 }), seed);
      const starts = [buffers.observations[0]];
      for (let n = 0; n < 20_000; n++) if (step(action).truncated === 1) starts.push(buffers.observations[0]);
      return starts;
    };
    const starts = startsOf(1, flat);
    expect(startsOf(1, 2), "whatever is done").toEqual(starts);
    expect(startsOf(2, flat)).not.toEqual(starts);
    const places = Array.from({ length: 70 }, (_, at) => 10 + at);
    expect([...new Set(starts)].sort((one, two) => one - two)).toEqual(places);
  });

  test("leave every decision before `to` and every price before `to`: what comes later is never read", () => {
    const whole = randomWalk({ bars: 120, seed: 5, volatility: 0.02, instruments: 2 });
    for (const { open, high, low, close } of whole.bars)
      for (const column of [open, high, low, close]) column.fill(NaN, 100);
    const { step, buffers } = session(envOn(whole, { lanes: 1 }));
    let last = 0;
    for (let n = 0; n < 20_000; n++) {
      const { reward, truncated } = step(2 * (n % 2));
      expect(reward).not.toBeNaN();
      if (truncated === 1) last = Math.max(last, buffers.finalObservations[0]);
    }
    expect(last, "and the last bar before it is marked").toBe(99);
  });

  test("refuse spans that do not fit", () => {
    expect(() => walkEnv({ from: 1 })).toThrow("where windows and prices are");
    expect(() => walkEnv({ to: 121 })).toThrow("where windows and prices are");
    expect(() => walkEnv({ from: 80 })).toThrow("an episode fits");
    expect(() => walkEnv({ episodeBars: 0 })).toThrow("an episode fits");
    expect(() => walkEnv({ table: { values: new Float32Array(3), rows: 3, columns: 1 } })).toThrow(
      "a row for each bar",
    );
  });
});

test("refuses a snapshot of another number of lanes", () => {
  const two = walkEnv({ lanes: 2 });
  session(two);
  expect(() => walkEnv({ lanes: 3 }).restore(two.snapshot())).toThrow("this env's lanes");
});

test("logs what each term of a reward paid, and they add up to it", () => {
  const names = ["differential-sharpe", "differential-downside", "win-rate", "drawdown-increase", "turnover"];
  const deviations = Object.fromEntries(names.map((name, k) => [name, 1 + k]));
  const env = walkEnv({ lanes: 3, reward: rewardOf([{ term: "v6", weight: 2 }], deviations) });
  const buffers = stepBuffers(env.lanes, env.observationSpace, env.actionSpace);
  const actions = actionBuffer(env.lanes, env.actionSpace);
  const rng = createRng(4);
  env.reset(1, buffers);
  let paid = 0;
  for (let n = 0; n < 200; n++) {
    actions.forEach((_, head) => (actions[head] = rng.integer(3)));
    env.step(actions, buffers);
    paid += buffers.rewards.reduce((sum, reward) => sum + reward, 0);
  }
  const sums = env.takeRewardSums();
  expect(Object.keys(sums)).toEqual(names);
  expect(Object.values(sums).reduce((sum, term) => sum + term, 0)).toBeCloseTo(paid, 3);
  expect(paid).not.toBe(0);
  expect(Object.values(env.takeRewardSums())).toEqual([0, 0, 0, 0, 0]);
});

describe("variants of a market", () => {
  const walk = randomWalk({ bars: 120, seed: 5, volatility: 0.02, instruments: 2 });
  const market = createMarket(walk, indexFundCosts, defaultSizing);
  const variants = (settings: Partial<TradingEnvOptions>): TradingEnv =>
    walkEnv({
      market: endToEnd([market, market, market, market]),
      table: { values: new Float32Array(480), rows: 480, columns: 1 },
      copies: 4,
      ...settings,
    });
  /** Variants in which episodes begin within so many steps, and whether each stays in the one that it began in. */
  const seen = (env: TradingEnv, steps: number): Set<number> => {
    const { step, buffers } = session(env);
    const found = new Set([Math.floor(buffers.observations[0] / 120)]);
    for (let n = 0; n < steps; n++) {
      const began = Math.floor(buffers.observations[0] / 120);
      if (step(flat).truncated === 1) {
        expect(Math.floor(buffers.finalObservations[0] / 120)).toBe(began);
        found.add(Math.floor(buffers.observations[0] / 120));
      }
      expect(buffers.observations[0] % 120).toBeGreaterThanOrEqual(10);
      expect(buffers.observations[0] % 120).toBeLessThan(100);
    }
    return found;
  };

  test("are all visited, each episode within one of them and within the span", () => {
    expect([...seen(variants({}), 4000)].sort((one, other) => one - other)).toEqual([0, 1, 2, 3]);
  });

  test("open one after the other where they are to be unlocked", () => {
    expect([...seen(variants({ unlockSteps: 2000 }), 1900)].sort((one, other) => one - other)).toEqual([0, 1]);
    expect([...seen(variants({ unlockSteps: 2000 }), 3900)].sort((one, other) => one - other)).toEqual([0, 1, 2]);
    expect([...seen(variants({ unlockSteps: 2000 }), 8000)].sort((one, other) => one - other)).toEqual([0, 1, 2, 3]);
  });

  envContract("the trading env with variants", (lanes) => variants({ lanes, unlockSteps: 100 }), {
    isStart,
    episodeSteps: 25,
  });
});

describe("an adversary in the env", () => {
  const adversary = { adversary: greedyAdversary(20), budget: { events: 10, severity: 5 } };

  envContract("the trading env with an adversary", (lanes) => walkEnv({ lanes, adversary }), {
    isStart,
    episodeSteps: 25,
  });

  test("makes the same actions earn less", () => {
    const total = (env: TradingEnv): number => {
      const { step } = session(env);
      let sum = 0;
      for (let n = 0; n < 60; n++) sum += step(2 * (n % 2)).reward;
      return sum;
    };
    expect(total(walkEnv({ adversary }))).toBeLessThan(total(walkEnv()) - 0.01);
  });
});

test("episodes begin in every span and never leave the one that they began in", () => {
  const spans = [
    { from: 10, to: 35 },
    { from: 50, to: 75 },
    { from: 79, to: 100 },
  ];
  const env = walkEnv({ lanes: 4, spans, episodeBars: 20 });
  const buffers = stepBuffers(4, env.observationSpace, env.actionSpace);
  const width = buffers.observations.length / 4;
  env.reset(1, buffers);
  const begun = new Set<number>();
  const spanOf = (bar: number): number => spans.findIndex(({ from, to }) => bar >= from && bar < to);
  const span = Array.from({ length: 4 }, (_, lane) => spanOf(buffers.observations[lane * width]));
  for (let step = 0; step < 2000; step++) {
    for (let lane = 0; lane < 4; lane++) {
      expect(spanOf(buffers.observations[lane * width])).toBe(span[lane]);
      begun.add(span[lane]);
    }
    env.step(actionBuffer(4, env.actionSpace), buffers);
    for (let lane = 0; lane < 4; lane++) {
      if (buffers.truncated[lane] === 0 && buffers.terminated[lane] === 0) continue;
      expect(spanOf(buffers.finalObservations[lane * width])).toBe(span[lane]);
      span[lane] = spanOf(buffers.observations[lane * width]);
    }
  }
  expect(begun).toEqual(new Set([0, 1, 2]));
});
