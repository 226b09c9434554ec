import * as fc from "fast-check";
import { expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";
import { indexFundCosts } from "../costs.ts";
import { rewardContract } from "../reward.contract.ts";
import { rewarding } from "../trading-env.ts";
import { createAccounts, createMarket, startLane } from "../world.ts";
import { logReturn } from "./log-return.ts";

const reward = [{ term: logReturn, weight: 1 }];
rewardContract("log-return", () => reward);

test("adds up to the log of final over initial equity", () => {
  const market = createMarket(randomWalk({ bars: 80, seed: 2, volatility: 0.02 }), indexFundCosts, {
    rebalanceBand: 0,
  });
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 1, maxLength: 70 }), (orders) => {
      const accounts = createAccounts(market, 1);
      const paid = rewarding(reward, 1);
      startLane(market, accounts, 0, 0, 1e6);
      let sum = 0;
      for (const units of orders) sum += paid.step(market, accounts, 0, Float64Array.of(units), 1e6, 1);
      expect(sum).toBeCloseTo(Math.log(accounts.equity[0] / 1e6), 12);
    }),
  );
});
