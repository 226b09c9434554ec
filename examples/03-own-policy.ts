/** @file A policy of your own, a plain object that turns bars into wanted weights: here, buy after three falls in a row. */
import { sp500 } from "ploutos";
import type { Policy } from "ploutos/agents";
import { backtest, noFeatures, roundTrips, sharpe, simpleReturns } from "ploutos/evaluation";
import { barsPerYear, defaultSizing, indexFundCosts, instrument, universe } from "ploutos/market";

function afterFalls(falls: number): Policy {
  let last = Number.NaN;
  let inARow = 0;
  return {
    name: `long after ${falls} falls`,
    act({ bars: [{ close }] }) {
      inARow = close < last ? inARow + 1 : 0;
      last = close;
      return { weights: [inARow >= falls ? 1 : 0] };
    },
  };
}

const { symbol, bars, timeframe, calendar } = await sp500();
const market = universe("sp500", timeframe, [{ instrument: instrument(symbol, { calendar }), bars }]);
const setting = { universe: market, from: 0, to: bars.close.length, costs: indexFundCosts, sizing: defaultSizing };

const { policy, curve, fills } = await backtest(afterFalls(3), noFeatures, { ...setting, capital: 100_000 });
const ratio = sharpe(simpleReturns(curve.equity), barsPerYear(calendar, timeframe));
console.log(`${policy}: Sharpe ${ratio.toFixed(2)} in ${roundTrips(fills).length} round trips`);
