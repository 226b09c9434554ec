/** @file Markets that `market check` looks at: a synthetic one dressed as each class of instrument, or an imported one as it is. */
import { randomWalk } from "#data/synthetic.ts";
import type { Instrument } from "#domain/instrument.ts";
import type { Universe } from "#domain/universe.ts";
import { universe } from "#domain/universe.ts";
import type { CheckedMarket } from "#market/check.ts";

/** Instruments of each class, so that every profile finds one that it fits. */
const dresses: readonly Partial<Instrument>[] = [
  { assetClass: "share", calendar: "us-equities" },
  { assetClass: "currency", calendar: "fx", contractSize: 100_000, lotStep: 0.01, pipSize: 0.0001 },
  { assetClass: "coin", calendar: "crypto" },
  { assetClass: "perpetual", calendar: "crypto" },
];

/** Bars of a driftless market, and the deviation of their log returns. */
const [driftlessBars, volatility] = [202, 0.01];

/** Monday, 2021-01-04: synthetic bars, which begin on Monday, 2000-01-03, are moved to where all tables of fees have rates. */
const shiftMs = Date.UTC(2021, 0, 4) - Date.UTC(2000, 0, 3);

/** A synthetic market as shares, currencies, coins and perpetuals, and as pairs in yen on an account in dollars. */
export function dressedMarkets(made: Universe): CheckedMarket[] {
  const openTime = made.openTime.map((time) => time + shiftMs);
  const market = (instruments: readonly Instrument[]): CheckedMarket => ({
    universe: dressed(made, instruments, openTime),
    driftless: driftlessLike(made, instruments, openTime),
  });
  const yen = { assetClass: "currency", currency: "JPY", calendar: "fx", lotStep: 0.01, pipSize: 0.01 } as const;
  const symbols = ["USDJPY", "EURJPY", "GBPJPY"];
  // A lot of 1,000, so that the capital of a check buys some at whatever prices a synthetic market has.
  const pairs = made.instruments.map((each, i) => ({
    ...each,
    ...yen,
    contractSize: 1000,
    symbol: symbols[i] ?? `${each.symbol}JPY`,
  }));
  return [
    ...dresses.map((dress) => market(made.instruments.map((each) => ({ ...each, ...dress })))),
    { ...market(pairs), currency: "USD" },
  ];
}

/** An imported market, on an account in a currency; absent: in that of its instruments. */
export function importedMarket(market: Universe, currency?: string): CheckedMarket {
  return { universe: market, driftless: driftlessLike(market, market.instruments, market.openTime), currency };
}

/** Random walks whose prices, not only their logarithms, are as likely to gain as to lose: drift = −volatility²/2. */
function driftlessLike(
  { timeframe }: Universe,
  instruments: readonly Instrument[],
  openTime: Float64Array,
): (seed: number) => Universe {
  const bars = Math.min(driftlessBars, openTime.length);
  return (seed) => {
    const drift = -(volatility ** 2) / 2;
    const walk = randomWalk({ bars, seed, volatility, drift, instruments: instruments.length, timeframe });
    return dressed(walk, instruments, openTime.slice(-bars));
  };
}

function dressed(
  { name, timeframe, bars }: Universe,
  instruments: readonly Instrument[],
  openTime: Float64Array,
): Universe {
  return universe(
    name,
    timeframe,
    instruments.map((instrument, i) => ({ instrument, bars: { ...bars[i], openTime } })),
  );
}
