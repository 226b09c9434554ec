/** @file Buy and hold against a moving-average cross on 20 years of the S&P 500, net of costs. */
import { sp500 } from "ploutos";
import { buyAndHold, movingAverageCross } from "ploutos/agents";
import { backtest, drawdown, noFeatures, sharpe, simpleReturns } from "ploutos/evaluation";
import { barsPerYear, defaultSizing, indexFundCosts, instrument, universe } from "ploutos/market";

const { symbol, bars, timeframe, calendar } = await sp500();
const market = universe("sp500", timeframe, [{ instrument: instrument(symbol, { calendar }), bars }]);
const [from, to] = [200, bars.close.length];
const setting = { universe: market, from, to, costs: indexFundCosts, sizing: defaultSizing, capital: 100_000 };
const before = Array.from(bars.close.subarray(0, from));

for (const policy of [buyAndHold(1), movingAverageCross(50, 200, [before])]) {
  const { equity } = (await backtest(policy, noFeatures, setting)).curve;
  const ratio = sharpe(simpleReturns(equity), barsPerYear(calendar, timeframe)).toFixed(2);
  console.log(`${policy.name}: Sharpe ${ratio}, deepest fall ${(100 * drawdown(equity).depth).toFixed(0)} %`);
}
