/** @file Is a market one that can be trusted? The checks of `market check`: each says what it did and found. */
import { Failure } from "#base/failure.ts";
import { createRng } from "#base/rng.ts";
import type { Instrument } from "#domain/instrument.ts";
import type { Universe } from "#domain/universe.ts";
import type { Check, Checked, CreateEnv } from "#env/check.ts";
import { checked, checkSettings, envChecks, insist } from "#env/check.ts";
import type { VectorEnv } from "#env/env.ts";
import { actionBuffer, stepBuffers } from "#env/vector.ts";
import type { AccountRules } from "./account-rules.ts";
import { freeAccount } from "./account-rules.ts";
import type { Acting } from "./acting.ts";
import { levelActing } from "./actions/levels.ts";
import type { CheckedActing, CheckedProfile } from "./checked-cases.ts";
import { checkedActings, checkedProfiles, checkFits } from "./checked-cases.ts";
import { conversions, isContract } from "./currency.ts";
import type { RandomOutcome } from "./random-steps.ts";
import { randomSteps } from "./random-steps.ts";
import { defaultSizing } from "./sizing.ts";
import type { TradingEnvOptions } from "./trading-env.ts";
import { tradingEnv } from "./trading-env.ts";
import type { Market } from "./world.ts";
import { checkRates } from "./quotes.ts";
import { createMarket } from "./world.ts";

/** A market to check, and markets of the same instruments whose prices are martingales: nothing can be earned there. */
export interface CheckedMarket {
  readonly universe: Universe;
  readonly driftless: (seed: number) => Universe;
  /** Currency of the account; absent: the one that all instruments share. */
  readonly currency?: string | undefined;
}

export interface MarketCheckSettings {
  readonly seed: number;
  /** Random steps after which the ledger is looked at, over all cases together; a million unless named. */
  readonly steps?: number;
  /** Tried with each other and each market, where they fit; what there is unless named. */
  readonly profiles?: Readonly<Record<string, CheckedProfile>>;
  readonly actings?: Readonly<Record<string, CheckedActing>>;
  /** How envs are made; the simulated market's own unless named. */
  readonly createEnv?: (options: TradingEnvOptions) => VectorEnv;
  readonly onProgress?: (done: number, total: number) => void;
}

/** One market, one profile and one way to act that fit each other. */
interface Case {
  readonly name: string;
  readonly market: Market;
  readonly acting: Acting;
  readonly profile: CheckedProfile;
  readonly checked: CheckedMarket;
  readonly create: CheckedActing;
}

const capital = 1_000_000;
/** Bars of an episode of random steps, and of one that the checks of an env play. */
const [longEpisode, shortEpisode] = [200, 20];
/** Random accounts, each in a market of its own, that tell a market's gift from chance. */
const driftlessSeeds = 48;
/** Standard errors that chance is allowed: once in 16,000 times it goes further. */
const errorsAllowed = 4;

/**
 * Holds markets to every check: the contract of an env, random policies that lose their costs and nothing more, buy and hold by
 * hand, a ledger that balances. A check that throws has failed, and the others go on.
 */
export function checkMarket(markets: readonly CheckedMarket[], settings: MarketCheckSettings): Checked[] {
  const { onProgress = () => undefined } = settings;
  const { cases, unfit } = casesOf(markets, settings);
  const all: readonly (Check<[]> & { readonly cost: number })[] = [
    ...envChecks.map(({ name, run }) => ({
      name,
      cost: 1,
      run: () => {
        const found = cases.map((each) => named(each.name, () => run(envOf(each, settings), envSettings)));
        return `${cases.length} env(s): ${found.at(-1) ?? ""}`;
      },
    })),
    { name: "random policies lose their costs and nothing more", cost: 6, run: () => checkDriftless(cases, settings) },
    { name: "buy and hold is what it is by hand", cost: 1, run: () => checkBuyAndHold(markets, settings) },
    { name: "the ledger balances at every random step", cost: 6, run: () => checkLedgers(cases, unfit, settings) },
  ];
  const total = all.reduce((sum, { cost }) => sum + cost, 0);
  let done = 0;
  return all.map((check) => {
    onProgress(done, total);
    done += check.cost;
    return checked(check);
  });
}

/** All cases that fit, and why the others do not, each reason once. */
function casesOf(
  markets: readonly CheckedMarket[],
  { profiles = checkedProfiles, actings = checkedActings }: MarketCheckSettings,
): { readonly cases: readonly Case[]; readonly unfit: readonly string[] } {
  const cases: Case[] = [];
  const reasons = new Map<string, string>();
  const pairs = Object.entries(profiles).flatMap(([profileName, profile]) =>
    Object.entries(actings).map(([actingName, create]) => ({ name: `${profileName}, ${actingName}`, profile, create })),
  );
  for (const each of markets) {
    const { universe, currency } = each;
    for (const { name, profile: plain, create } of pairs) {
      const profile = { ...plain, rules: { ...plain.rules, currency: currency ?? plain.rules.currency } };
      try {
        checkFits(profile, universe.instruments);
        const market = createMarket(universe, profile.costs, defaultSizing, profile.rules);
        checkRates(market.quotes, 1, market.bars);
        const acting = create(universe.instruments, profile.rules);
        cases.push({ name, market, acting, profile, checked: each, create });
      } catch (error) {
        // What costs or rules ask for and an instrument does not have is no fault of the market.
        if (!(error instanceof Failure)) throw error;
        reasons.set(name, error.found);
      }
    }
  }
  const fitting = new Set(cases.map(({ name }) => name));
  const counts = new Map<string, number>();
  for (const [name, why] of reasons) if (!fitting.has(name)) counts.set(why, (counts.get(why) ?? 0) + 1);
  return { cases, unfit: [...counts].map(([why, count]) => `${count} by "${why}"`) };
}

/** Says of which case it is what a check finds broken. */
function named<Found>(name: string, run: () => Found): Found {
  try {
    return run();
  } catch (error) {
    throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** A first observation: after the row, an account without positions and without a drawdown. */
const envSettings = checkSettings({
  isStart: (seen) => seen.subarray(1).every((value) => value === 0),
  episodeSteps: 100,
});

function envOf({ market, acting }: Case, { createEnv = tradingEnv }: MarketCheckSettings): CreateEnv {
  const to = Math.min(market.bars, 300);
  const table = rowTable(market.bars);
  const span = { from: 2, to, episodeBars: Math.min(shortEpisode, to - 3), capital, ruinFraction: 0.5 };
  return (lanes) => createEnv({ market, table, lookbackBars: 3, acting, lanes, ...span });
}

function rowTable(rows: number): { values: Float32Array; rows: number; columns: number } {
  return { values: Float32Array.from({ length: rows }, (_, t) => t), rows, columns: 1 };
}

/**
 * On prices that are martingales whatever does not look ahead is given nothing: E Σ position · Δprice = 0 (Doob). What an
 * account ends with is that less its costs, by the ledger. Stops and targets trade between the moves of which a synthetic bar is
 * made, so that ways to act that rest them are told and not judged. Nor is what is owned in another currency: its value is a
 * product of price and rate, or a ratio of them, and no martingale.
 */
function checkDriftless(cases: readonly Case[], { seed }: MarketCheckSettings): string {
  let [worst, judged, rested, owned] = [0, 0, 0, 0];
  let dearest = 0;
  for (const each of cases) {
    const { costs, rules } = each.profile;
    if (ownsForeign(each.checked.universe.instruments, rules)) {
      owned++;
      continue;
    }
    const outcomes = driftlessOutcomes(each, seed);
    if (outcomes === undefined) {
      rested++;
      continue;
    }
    judged++;
    const gain = meanAndError(outcomes.map(({ marketGain }) => marketGain / capital));
    const cost = meanAndError(outcomes.map(({ tradingCost }) => tradingCost / capital));
    const told = `the market gave ${percent(gain.mean)} ± ${percent(gain.error)} of the capital`;
    insist(Math.abs(gain.mean) <= errorsAllowed * gain.error, `${each.name}: ${told}, and must give nothing`);
    const free = costs.spreadBps === 0 && costs.commissionBps === 0 && costs.slippageAtr === 0;
    insist(free || cost.mean > 0, `${each.name}: trading cost ${percent(cost.mean)} of the capital, below nothing`);
    if (gain.error > 0) worst = Math.max(worst, Math.abs(gain.mean) / gain.error);
    dearest = Math.max(dearest, cost.mean);
  }
  const resting = rested > 0 ? `, ${rested} that rest stops not judged` : "";
  const foreign = owned > 0 ? `, ${owned} that own what is in another currency not judged` : "";
  const unjudged = resting + foreign;
  return `${judged} case(s) in ${driftlessSeeds} driftless markets each${unjudged}: costs up to ${percent(dearest)}, gains within ${worst.toFixed(1)} standard errors of 0`;
}

/** What random accounts come to in driftless markets, each in its own; undefined as soon as a stop rested in one. */
function driftlessOutcomes({ name, profile, checked, create }: Case, seed: number): RandomOutcome[] | undefined {
  const { costs, rules } = profile;
  const outcomes: RandomOutcome[] = [];
  for (let k = 0; k < driftlessSeeds; k++) {
    const universe = checked.driftless(seed + k);
    const market = createMarket(universe, costs, defaultSizing, rules);
    const episodeBars = market.bars - 1;
    const rng = createRng(seed + k, `driftless ${name}`);
    const acting = create(universe.instruments, rules);
    const outcome = randomSteps(market, acting, { steps: episodeBars, episodeBars, capital, rng });
    if (outcome.rested) return undefined;
    outcomes.push(outcome);
  }
  return outcomes;
}

/** Is something owned, and not a contract, in another currency than the account's? */
function ownsForeign(instruments: readonly Instrument[], { currency }: AccountRules): boolean {
  return conversions(instruments, currency).some((rate, i) => rate !== undefined && !isContract(instruments[i]));
}

function meanAndError(values: readonly number[]): { readonly mean: number; readonly error: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, error: Math.sqrt(squares / (values.length - 1) / values.length) };
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

/** Spread and commission of the sum by hand, in basis points. */
const [handSpread, handCommission] = [2, 5];

/** All money in equal parts into all instruments at the second open, and nothing more until the last close. */
function checkBuyAndHold(markets: readonly CheckedMarket[], { createEnv = tradingEnv }: MarketCheckSettings): string {
  const found = markets.map(({ universe, currency }) => {
    const bars = universe.openTime.length;
    const costs = { spreadBps: handSpread, slippageAtr: 0, commissionBps: handCommission };
    // So wide a band that nothing is rebalanced once it is held.
    const rules = { ...freeAccount, ...(currency !== undefined && { currency }) };
    const market = createMarket(universe, costs, { rebalanceBand: 0.999 }, rules);
    const acting = levelActing([0, 1], universe.instruments.length);
    const span = { from: 0, to: bars, episodeBars: bars - 1, capital, ruinFraction: 0 };
    const env = createEnv({ market, table: rowTable(bars), lookbackBars: 1, acting, lanes: 1, ...span });
    const buffers = stepBuffers(1, env.observationSpace, env.actionSpace);
    const actions = actionBuffer(1, env.actionSpace).fill(1);
    env.reset(1, buffers);
    let [growth, largest, steps] = [0, 0, 0];
    while (buffers.terminated[0] + buffers.truncated[0] === 0 && steps < bars) {
      env.step(actions, buffers);
      growth += buffers.rewards[0];
      largest = Math.max(largest, Math.abs(buffers.rewards[0]));
      steps++;
    }
    const byHand = buyAndHoldByHand(universe, currency);
    // Rewards are single numbers of 24 bits.
    const rounding = steps * largest * 2 ** -24 + 1e-9;
    const off = Math.abs(growth - byHand);
    insist(off <= rounding, `the env gives ${growth}, by hand it is ${byHand} (logarithms of equity over capital)`);
    return `${percent(Math.expm1(byHand))} over ${steps} bars`;
  });
  return `${found.join(", ")}: the same to the rounding of rewards`;
}

function buyAndHoldByHand({ instruments, bars }: Universe, currency: string | undefined): number {
  const rates = conversions(instruments, currency);
  /** What turns the currency of instrument i into the account's in bar t: the close before of the pair, or one over it. */
  const rate = (i: number, t: number): number => {
    const by = rates[i];
    if (by === undefined) return 1;
    const { open, close } = bars[by.pair];
    const price = t === 0 ? open[0] : close[t - 1];
    return by.inverse ? 1 / price : price;
  };
  let worth = capital;
  for (const [i, one] of instruments.entries()) {
    const { open, close } = bars[i];
    const last = close.length - 1;
    const share = capital / instruments.length;
    const each = one.contractSize;
    const units = Math.trunc(share / (close[0] * rate(i, 0) * each * one.lotStep)) * one.lotStep;
    insist(units > 0, `${capital} buys no lot of ${one.symbol}`);
    let gain = close[last] * rate(i, last) - open[1] * rate(i, 1);
    if (isContract(one)) {
      // Each move is settled at the rate of its bar.
      gain = (close[1] - open[1]) * rate(i, 1);
      for (let t = 2; t <= last; t++) gain += (close[t] - close[t - 1]) * rate(i, t);
    }
    const half = handSpread * 0.5e-4;
    const cost = open[1] * rate(i, 1) * (half + (1 + half) * handCommission * 1e-4);
    worth += units * each * (gain - cost);
  }
  return Math.log(worth / capital);
}

function checkLedgers(
  cases: readonly Case[],
  unfit: readonly string[],
  { seed, steps = 1_000_000 }: MarketCheckSettings,
): string {
  insist(cases.length > 0, `no costs and rules fit this market: ${unfit.join("; ")}`);
  const each = Math.ceil(steps / cases.length);
  let [largest, fills, ruined] = [0, 0, 0];
  for (const { name, market, acting } of cases) {
    const episodeBars = Math.min(longEpisode, market.bars - 1);
    const settings = { steps: each, episodeBars, capital, rng: createRng(seed, `ledger ${name}`) };
    const outcome = named(name, () => randomSteps(market, acting, settings));
    insist(outcome.fills > 0, `${name}: ${each} random steps led to no fill`);
    largest = Math.max(largest, outcome.imbalance);
    fills += outcome.fills;
    ruined += outcome.ruined;
  }
  const untried = unfit.length === 0 ? "" : `; ruled out: ${unfit.join("; ")}`;
  return `${each * cases.length} steps of ${cases.length} case(s), ${fills} fills, ${ruined} ruined: off by ${largest.toExponential(1)} at most${untried}`;
}
