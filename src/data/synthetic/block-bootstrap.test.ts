import { expect, test } from "vitest";
import { optimalBlockLength } from "#base/blocks.ts";
import type { Bars } from "#domain/bar.ts";
import { universe } from "#domain/universe.ts";
import { sp500 } from "../sample.ts";
import { randomWalk } from "../synthetic.ts";
import { syntheticContract } from "../synthetic.contract.ts";
import { blockBootstrap } from "./block-bootstrap.ts";
import { garch } from "./garch.ts";
import { closeReturns, correlation, covariance, estimates, expectTheory, mean } from "./statistics.fixture.ts";

const like = randomWalk({ bars: 400, seed: 8, volatility: 0.02, instruments: 2 });
syntheticContract(blockBootstrap, { meanBlockBars: 5 }, like);

/** The recorded bar (1 …) that each bar of a resample was made from, found by its volume and its move. */
function origins(made: Bars, recorded: Bars): number[] {
  const ratio = ({ high, close }: Bars, t: number): number => high[t] / close[t];
  return Array.from(made.volume, (volume, t) =>
    recorded.volume.findIndex(
      (units, from) => from > 0 && units === volume && Math.abs(ratio(recorded, from) / ratio(made, t) - 1) < 1e-12,
    ),
  );
}

test("is made of recorded bars: each moves from the close before it as one of them did, all instruments alike", () => {
  const made = blockBootstrap.create({ bars: 400, seed: 1, like }, { meanBlockBars: 10 });
  const first = origins(made.bars[0], like.bars[0]);
  expect(Math.min(...first)).toBeGreaterThan(0);
  expect(origins(made.bars[1], like.bars[1]), "the same moments of every instrument").toEqual(first);
  for (const [i, bars] of made.bars.entries()) {
    for (let t = 1; t < 400; t++) {
      const from = first[t];
      for (const column of ["open", "high", "low", "close"] as const) {
        const recorded = like.bars[i][column][from] / like.bars[i].close[from - 1];
        expect(Math.abs(bars[column][t] / bars.close[t - 1] / recorded - 1)).toBeLessThan(1e-12);
      }
    }
  }
  expect(made.openTime).toEqual(like.openTime);
});

test("keeps blocks of the mean length that was asked for", () => {
  const breaks = (seed: number): number => {
    const from = origins(blockBootstrap.create({ bars: 400, seed, like }, { meanBlockBars: 8 }).bars[0], like.bars[0]);
    // The bar after the last recorded one is the first that has one before it.
    const follows = (t: number): boolean => from[t] === (from[t - 1] % 399) + 1;
    return from.reduce((count, _, t) => count + (t > 0 && !follows(t) ? 1 : 0), 0) / 399;
  };
  // A new block begins with the chance 1/8, and lands on the bar that would have followed once in 399 times.
  expectTheory(estimates(60, breaks), (1 / 8) * (398 / 399), 0.05, "share of bars that begin a block");
});

test("keeps the memory within blocks that redrawing bars one by one would lose", () => {
  const clustered = garch.create({ bars: 6000, seed: 5 }, { alpha: 0.2, beta: 0.75 });
  const memory = (bars: Bars): number => {
    const sizes = closeReturns(bars).map(Math.abs);
    return correlation(sizes, sizes, 1);
  };
  const redrawn = (settings: object): number =>
    mean(
      estimates(5, (seed) => memory(blockBootstrap.create({ bars: 6000, seed, like: clustered }, settings).bars[0])),
    );
  const whole = memory(clustered.bars[0]);
  expect(whole).toBeGreaterThan(0.15);
  expect(Math.abs(redrawn({ meanBlockBars: 1 }))).toBeLessThan(4 / Math.sqrt(6000));
  expect(redrawn({ meanBlockBars: 50 }), "a share 1/50 of neighbours is parted").toBeGreaterThan(0.8 * whole);
  expect(redrawn({}), "by itself it chooses blocks").toBeGreaterThan(0.7 * whole);
});

test("chooses the longest of the block lengths that the instruments' absolute returns ask for", async () => {
  const { bars } = await sp500();
  const real = universe("real", "1d", [{ instrument: like.instruments[0], bars }]);
  const automatic = blockBootstrap.create({ bars: 500, seed: 1, like: real }, {});
  const meanBlockBars = optimalBlockLength(closeReturns(bars).map(Math.abs));
  expect(automatic).toEqual(blockBootstrap.create({ bars: 500, seed: 1, like: real }, { meanBlockBars }));
  const returns = closeReturns(automatic.bars[0]);
  expect(Math.sqrt(covariance(returns, returns))).toBeGreaterThan(0.002);
});

test("refuses to make bars from nothing, or more than there were", () => {
  expect(() => blockBootstrap.create({ bars: 10, seed: 1 }, {})).toThrow("--like");
  expect(() => blockBootstrap.create({ bars: 10, seed: 1, like, timeframe: "1h" }, {})).toThrow("the market's own");
  expect(() => blockBootstrap.create({ bars: 401, seed: 1, like }, {})).toThrow("400 is what the market has");
});
