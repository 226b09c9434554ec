/** @file Profiles of brokers: costs, account rules, and what an instrument must have, each number with its source. */
import { Failure } from "#base/failure.ts";
import type { AssetClass, Instrument } from "#domain/instrument.ts";
import type { AccountRules } from "../account-rules.ts";
import { freeAccount } from "../account-rules.ts";
import type { Costs } from "../costs.ts";
import { freeOfCosts, indexFundCosts } from "../costs.ts";

interface Profile {
  readonly costs: Costs;
  /** What the account lets one do; a setting may narrow its leverage and never widen it. */
  readonly rules: AccountRules;
  /** Classes of what is traded there; absent: anything. */
  readonly assetClasses?: readonly AssetClass[];
  /** Units are lots: an instrument says how much one is. */
  readonly inLots?: boolean;
  /** Smallest step that may be traded, in units; absent: any. */
  readonly leastLotStep?: number;
  /** Costs that differ from instrument to instrument and that nobody can give but the user. */
  readonly asks?: readonly (keyof Costs)[];
}

/** Alpaca, shares in the United States. Spread, slippage and impact are of the market, not of the broker. */
const alpaca: Profile = {
  costs: {
    // The spread of the V3 document, full; a liquid share has about that.
    spreadBps: 2,
    // Slippage of the V3 document as corrected: k · ATR, k even between 0.05 and 0.15.
    slippageAtr: 0.1,
    slippageRange: 0.5,
    // Alpaca Securities, brokerage fee schedule: no commission on listed shares.
    commissionBps: 0,
    // alpaca.markets/support/regulatory-fees: passed on, each summed over the day and rounded up to the cent.
    regulatory: "us-equities",
    // A factor of one: Tóth et al., Phys. Rev. X 1, 021006, 2011 (of order one in all markets).
    impact: 1,
    participation: 0.1,
    // Mean fee of a stock loan weighted by value: D'Avolio, J. Financial Economics 66, 2002. Alpaca's own rates are of each day.
    borrowBps: 25,
  },
  rules: {
    ...freeAccount,
    // docs.alpaca.markets, margin and short selling: twice the equity over night (Regulation T), 30 % maintenance.
    leverage: 2,
    maintenance: 0.3,
    dayTrading: "pattern-day-trader",
  },
  assetClasses: ["share"],
  // Fractions of a share to nine decimals: docs.alpaca.markets, fractional trading.
  leastLotStep: 1e-9,
};

/** A Raw Spread account of IC Markets on MetaTrader 5, with the leverage of a retail client in the European Union. */
const mt5Fx: Profile = {
  costs: {
    spreadBps: 0,
    // Mean spread of EURUSD: compareforexbrokers.com on IC Markets, 2019. Other pairs have more: set yours.
    spreadPips: 0.1,
    // An assumption: a market order of a retail client moves by a hundredth of the ATR.
    slippageAtr: 0.01,
    slippageRange: 0.5,
    commissionBps: 0,
    // 3.50 dollars a lot and side: same source.
    commissionPerUnit: 3.5,
  },
  rules: {
    ...freeAccount,
    // ESMA35-43-1000, 2018: 30 : 1 on major pairs, closed out at half of the margin.
    leverage: 30,
    maintenance: 0.5 / 30,
    liquidation: "within-bar",
  },
  assetClasses: ["currency", "metal", "index"],
  inLots: true,
  // A micro lot.
  leastLotStep: 0.01,
  asks: ["swapLongPips", "swapShortPips"],
};

/** Binance spot, a regular user without discounts. */
const cryptoSpot: Profile = {
  // Fees: ccxt 4.5.84, binance.fees.trading. Spread and slippage are assumptions for the largest pairs.
  costs: { spreadBps: 1, slippageAtr: 0.01, slippageRange: 0.5, commissionBps: 10, makerBps: 10 },
  rules: { ...freeAccount, leverage: 1, shorts: false },
  assetClasses: ["coin"],
};

/** Binance perpetuals in USDT, a regular user without discounts. */
const cryptoPerp: Profile = {
  costs: {
    spreadBps: 1,
    slippageAtr: 0.01,
    slippageRange: 0.5,
    // ccxt 4.5.84, binance.fees.linear.trading: taker 0.05 %, maker 0.02 %.
    commissionBps: 5,
    makerBps: 2,
    // Binance: the interest of the funding rate is 0.01 % every eight hours; the premium on it differs and is not known here.
    fundingBps: 1,
  },
  // An assumption on the safe side: large pairs are given more leverage and less maintenance (0.4 % on BTCUSDT's first tier).
  rules: { ...freeAccount, leverage: 10, maintenance: 0.01, liquidation: "within-bar" },
  assetClasses: ["perpetual"],
};

export const profiles = {
  /** No costs and no rules: for tests, never for a verdict. */
  ideal: { costs: freeOfCosts, rules: freeAccount },
  "index-fund": { costs: indexFundCosts, rules: freeAccount },
  alpaca,
  "mt5-fx": mt5Fx,
  "crypto-spot": cryptoSpot,
  "crypto-perp": cryptoPerp,
} as const satisfies Record<string, Profile>;

/** Some settings in place of others; what is undefined is not given. */
type Given<Settings> = { readonly [Name in keyof Settings]?: Settings[Name] | undefined };

export type ProfileName = keyof typeof profiles;

export const profileNames = Object.keys(profiles) as [ProfileName, ...ProfileName[]];

function refuse(found: string): never {
  throw new Failure("config/invalid", found);
}

/**
 * Costs of a profile with some of them set otherwise.
 * @throws Failure config/invalid where the profile asks for a cost that is not given
 */
export function profileCosts(name: ProfileName, settings: Given<Costs>): Costs {
  const { costs, asks = [] }: Profile = profiles[name];
  const missing = asks.filter((each) => settings[each] === undefined);
  if (missing.length > 0) {
    const named = missing.map((each) => `costs.${each}`).join(" and ");
    refuse(`${named}: must be given with costs.profile=${name}, since it differs by instrument; 0 where there is none`);
  }
  return { ...costs, ...defined(settings) };
}

/**
 * Account rules of a profile with some of them set otherwise.
 * @throws Failure config/invalid for a leverage above the account's
 */
export function profileRules(name: ProfileName, settings: Given<AccountRules>): AccountRules {
  const { rules }: Profile = profiles[name];
  const { leverage } = settings;
  if (leverage !== undefined && rules.leverage !== undefined && leverage > rules.leverage) {
    refuse(`account.leverage: ${leverage} is above the ${rules.leverage} of an account of costs.profile=${name}`);
  }
  return { ...rules, ...defined(settings) };
}

/** @throws Failure config/invalid that names the profile, the instrument and what it lacks */
export function checkInstruments(name: ProfileName, instruments: readonly Instrument[]): void {
  const { assetClasses, inLots = false, leastLotStep = 0 }: Profile = profiles[name];
  for (const { symbol, assetClass, contractSize, lotStep } of instruments) {
    const is = `costs.profile: ${name}`;
    if (assetClasses !== undefined && !assetClasses.includes(assetClass)) {
      const classes = assetClasses.join(", ");
      refuse(`${is} is for ${classes}, and ${symbol} is a ${assetClass} (\`data import --asset-class\`)`);
    }
    if (inLots && contractSize === 1) {
      refuse(`${is} counts in lots, and ${symbol} has no contract size (\`data import --contract-size 100000\`)`);
    }
    if (lotStep < leastLotStep) {
      refuse(`${is} trades steps of ${leastLotStep}, and ${symbol} has ${lotStep} (\`data import --lot-step\`)`);
    }
  }
}

function defined<Settings extends object>(settings: Given<Settings>): Partial<Settings> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as Partial<Settings>;
}
