/** @file A strategy that looks one bar ahead without meaning to, and the leak battery that says so. */
import { sp500 } from "ploutos";
import type { CreateStrategy } from "ploutos/evaluation";
import { backtest, failedChecks, noFeatures, sharpe, simpleReturns, strategySubject, verify } from "ploutos/evaluation";
import { barsPerYear, defaultSizing, indexFundCosts, instrument, universe } from "ploutos/market";

/** Long while the smoothed close rises; the average has the bar in its middle, and so knows the one after. */
const smoothed: CreateStrategy = ({ universe: { bars }, from }) => {
  const [{ close }] = bars;
  const smooth = close.map((price, t) => ((close[t - 1] ?? price) + price + (close[t + 1] ?? price)) / 3);
  let t = from;
  return {
    name: "smoothed",
    act() {
      const rises = smooth[t] > smooth[t - 1];
      t++;
      return { weights: [rises ? 1 : 0] };
    },
  };
};

const { symbol, bars, timeframe, calendar } = await sp500();
const market = universe("sp500", timeframe, [{ instrument: instrument(symbol, { calendar }), bars }]);
const [from, to] = [4000, bars.close.length];
const setting = { universe: market, from, to, costs: indexFundCosts, sizing: defaultSizing, capital: 100_000 };

const { curve } = await backtest(smoothed({ universe: market, from }), noFeatures, setting);
console.log(`Sharpe ${sharpe(simpleReturns(curve.equity), barsPerYear(calendar, timeframe)).toFixed(2)}, and:`);
for (const { name, found } of failedChecks(await verify(strategySubject("smoothed", smoothed, setting)))) {
  console.log(`${name} failed: ${found}`);
}
