import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";
import type { Instrument } from "#domain/instrument.ts";
import { instrument } from "#domain/instrument.ts";
import { universe } from "#domain/universe.ts";
import { checkRules, freeAccount } from "../account-rules.ts";
import { freeOfCosts, indexFundCosts } from "../costs.ts";
import { played, smallMarket } from "../market.fixture.ts";
import { createMarket } from "../world.ts";
import type { ProfileName } from "./profiles.ts";
import { checkInstruments, profileCosts, profileNames, profileRules, profiles } from "./profiles.ts";

const euro = instrument("EURUSD", {
  assetClass: "currency",
  contractSize: 100_000,
  lotStep: 0.01,
  pipSize: 0.0001,
  calendar: "fx",
});
const instruments = {
  ideal: instrument("SPY"),
  "index-fund": instrument("SPY"),
  alpaca: instrument("SPY"),
  "mt5-fx": euro,
  "crypto-spot": instrument("BTC", { assetClass: "coin", calendar: "crypto" }),
  "crypto-perp": instrument("BTC", { assetClass: "perpetual", calendar: "crypto" }),
} satisfies Record<ProfileName, Instrument>;
const given = { "mt5-fx": { swapLongPips: 0.7, swapShortPips: -0.2 } } as Record<string, object>;

describe.each(profileNames)("%s", (name) => {
  test("has rules that hold together, and trades an instrument of its kind", () => {
    expect(() => checkRules(profiles[name].rules)).not.toThrow();
    expect(() => checkInstruments(name, [instruments[name]])).not.toThrow();
    const costs = profileCosts(name, given[name] ?? {});
    const market = smallMarket({
      bars: [[1.1, 1.1, 1.1, 1.1]],
      instruments: [instruments[name]],
      costs,
      rules: profileRules(name, {}),
    });
    const { traded, accounts } = played(market, [[1], [-1], [0]]);
    expect(traded).toEqual([[1], [-1], [0]]);
    expect(accounts.ledger.tradingCost[0] > 0).toBe(name !== "ideal");
  });
});

test.each(profileNames)("the ledger balances through random trades under %s (law 2)", (name) => {
  const walk = randomWalk({ bars: 60, seed: 4, volatility: 0.03 });
  const moved = Date.parse("2023-03-06T00:00Z") - walk.openTime[0];
  const bars = { ...walk.bars[0], openTime: walk.openTime.map((time) => time + moved) };
  const whole = universe("one", "1d", [{ instrument: instruments[name], bars }]);
  const units = fc.array(fc.integer({ min: -40, max: 40 }), { minLength: 59, maxLength: 59 });
  const market = createMarket(
    whole,
    profileCosts(name, given[name] ?? {}),
    { rebalanceBand: 0 },
    profileRules(name, {}),
  );
  fc.assert(
    fc.property(units, fc.constantFrom(2000, 20_000), (orders, capital) => {
      const each = orders.map((order) => [order / instruments[name].contractSize]);
      const { equity } = played(market, each, capital); // each step checks the ledger to 1e-9
      expect(equity.every(Number.isFinite)).toBe(true);
    }),
    { numRuns: 30 },
  );
});

test("a round trip of a lot of EURUSD costs a tenth of a pip and seven dollars", () => {
  const costs = { ...profileCosts("mt5-fx", { swapLongPips: 0, swapShortPips: 0 }), slippageAtr: 0 };
  const { accounts } = played(smallMarket({ bars: [[1.1, 1.1, 1.1]], instruments: [euro], costs }), [[1], [-1]]);
  expect(accounts.ledger.tradingCost[0]).toBeCloseTo(1 + 7, 9);
});

test("the default is what it was, and ideal is nothing", () => {
  expect(profileCosts("index-fund", {})).toEqual(indexFundCosts);
  expect(profileRules("index-fund", {})).toEqual(freeAccount);
  expect(profileCosts("ideal", {})).toEqual(freeOfCosts);
});

test("single costs and rules can be set otherwise", () => {
  expect(profileCosts("alpaca", { spreadBps: 5, impact: undefined })).toEqual({
    ...profiles.alpaca.costs,
    spreadBps: 5,
  });
  expect(profileRules("alpaca", { leverage: 1 })).toEqual({ ...profiles.alpaca.rules, leverage: 1 });
});

test("what a profile needs and is not there is refused in one message that says what to do", () => {
  expect(() => profileRules("alpaca", { leverage: 4 })).toThrow(
    /account.leverage: 4 is above the 2 of .*profile=alpaca/,
  );
  expect(() => profileCosts("mt5-fx", { swapLongPips: 1 })).toThrow(/costs.swapShortPips: must be given/);
  const refused = (name: ProfileName, of: Instrument) => () => checkInstruments(name, [instruments["mt5-fx"], of]);
  expect(refused("mt5-fx", { ...euro, symbol: "GBPUSD", contractSize: 1 })).toThrow(
    /mt5-fx counts in lots, and GBPUSD has no contract size \(`data import --contract-size/,
  );
  expect(refused("mt5-fx", { ...euro, lotStep: 0.001 })).toThrow(/mt5-fx trades steps of 0.01, and EURUSD has 0.001/);
  expect(refused("alpaca", euro)).toThrow(/alpaca is for share, and EURUSD is a currency/);
});
