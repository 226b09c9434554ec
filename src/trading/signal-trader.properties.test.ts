/** Any words, any bars, any plan: the trader at the broker does what the training world does, to the bit. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { closeTime, barsFrom, timeframeMs } from "#domain/bar.ts";
import type { Instrument } from "#domain/instrument.ts";
import { instrument } from "#domain/instrument.ts";
import type { JournalEntry } from "#domain/journal.ts";
import { balanceTolerance } from "#domain/ledger.ts";
import { maxPositionFraction } from "#domain/position-limit.ts";
import { barsAt, universe } from "#domain/universe.ts";
import { defaultLimits } from "#guardian/gate.ts";
import type { AccountRules } from "#market/account-rules.ts";
import { freeAccount } from "#market/account-rules.ts";
import type { Moment } from "#market/acting.ts";
import { alpha } from "#market/actions/alpha.ts";
import { bracket } from "#market/actions/bracket.ts";
import { gemini5, gemini6 } from "#market/actions/gemini.ts";
import { signals as longOnly } from "#market/actions/signals.ts";
import type { Costs } from "#market/costs.ts";
import { freeOfCosts } from "#market/costs.ts";
import { anyBars, anyWishes, mirrored } from "#market/plan.fixture.ts";
import type { PlanSettings } from "#market/position-plan.ts";
import { signalActing } from "#market/signal-acting.ts";
import { defaultSizing } from "#market/sizing.ts";
import { advanceLane, createAccounts, createMarket, startLane } from "#market/world.ts";
import type { Decision, Observation } from "#policy/policy.ts";
import { signalTrader } from "./signal-trader.ts";
import { simulatedBroker } from "./simulated-broker.ts";
import { onBar } from "./trader.ts";

const capital = 100_000;
const sizing = { kind: "riskFraction", fraction: 0.02, most: 5 } as const;
const pyramid = { adds: [0.3, 0.6], split: 1, automatic: true, leastStopAtr: 0.1, riskCapped: true } as const;
const plans: readonly PlanSettings[] = [
  { sizing: { kind: "lots", lots: 7 }, stopAtr: 1, targetAtr: 1.5 },
  { sizing, stopAtr: 1.5, petitPoucet: { ...pyramid, unit: "R" }, breakEven: { atR: 0.5 }, timeStop: { bars: 12 } },
  {
    sizing,
    stopAtr: 2,
    targetAtr: 3,
    petitPoucet: { ...pyramid, unit: "atr", automatic: false },
    trailingStop: { activation: 0.2, activationUnit: "atr", distanceAtr: 1, step: 0.1, stepUnit: "atr" },
    giveBack: { limitR: 0.4 },
  },
];
const rules: readonly AccountRules[] = [
  freeAccount,
  { ...freeAccount, leverage: 2, maintenance: 0.3, minHoldingBars: 3, maxTradesPerDay: 3 },
  { ...freeAccount, shorts: false, leverage: 5, maintenance: 0.15, liquidation: "within-bar" },
  { ...freeAccount, positions: "hedging" },
  { ...freeAccount, positions: "hedging", leverage: 2, maintenance: 0.3, minHoldingBars: 2, maxTradesPerDay: 6 },
  { ...freeAccount, positions: "hedging", leverage: 5, maintenance: 0.15, liquidation: "within-bar" },
];
const costs: readonly Costs[] = [
  freeOfCosts,
  { spreadBps: 10, slippageAtr: 0.1, slippageRange: 0.9, commissionBps: 2, makerBps: -1, borrowBps: 300 },
  { spreadBps: 2, slippageAtr: 0.02, commissionBps: 0, commissionMinimum: 1, impact: 1, participation: 0.05 },
];
const spaces = [alpha, gemini5, gemini6, longOnly, bracket({ stopsAtr: [0.5, 2], targetsAtr: [0.5, 3] })] as const;
const noLimits = {
  maxPositionFraction: 1e6,
  maxOrderFraction: 1e6,
  maxPriceAgeMs: 1,
  maxLedgerImbalance: balanceTolerance,
};

const unsure = { mode: "opposite", enter: 0.6, exit: 0.3, bars: 2 } as const;
const ofYen = { currency: "JPY", lotStep: 0.01 } as const;
const yen = instrument("USDJPY", { ...ofYen, assetClass: "currency", contractSize: 100 });
/** What is traded, on an account in dollars: one in them; a contract in yen, which gives its own rate; a share and a contract in yen. */
const traded: readonly (readonly Instrument[])[] = [
  [instrument("A", { lotStep: 0.01 })],
  [yen],
  [instrument("A", ofYen), yen],
  [instrument("EURJPY", { ...ofYen, assetClass: "currency", contractSize: 100 }), yen],
];

const scenario = fc.record({
  bars: anyBars,
  instruments: fc.constantFrom(...traded),
  wishes: anyWishes,
  /** How unsure the policy is at each bar, again and again, and whether the plan asks (on hedging accounts). */
  entropies: fc.array(fc.constantFrom(0.2, 0.45, 0.7, 0.8, 0.9, 0.95), { minLength: 5, maxLength: 40 }),
  hedges: fc.constantFrom(true, true, false),
  plan: fc.constantFrom(...plans),
  rules: fc.constantFrom(...rules),
  costs: fc.constantFrom(...costs),
  space: fc.constantFrom(...spaces),
  /** Under the Guardian's usual limits, with a plan that keeps to them? */
  guarded: fc.boolean(),
  /** A split of the first instrument, in the second day. */
  split: fc.constantFrom(undefined, 3, 0.5),
});

/** The legal signal that a wish comes to. */
function chosen(legal: Uint8Array, wish: number): number {
  const choices = [...legal.keys()].filter((signal) => legal[signal] === 1);
  return choices[wish % choices.length];
}

test("equity and units are the same at every close", async () => {
  let protectedFills = 0;
  let hedgedBars = 0;
  await fc.assert(
    fc.asyncProperty(scenario, async (each) => {
      const { space, bars, wishes, entropies, split, guarded, instruments } = each;
      const count = instruments.length;
      const account = { ...each.rules, currency: "USD" };
      const hedging = each.rules.positions === "hedging" && each.hedges ? unsure : undefined;
      const plan = { ...each.plan, hedging, ...(guarded && { mostFraction: maxPositionFraction }) };
      const limits = guarded ? defaultLimits(timeframeMs["1h"]) : noLimits;
      const actions = split === undefined ? [] : [{ symbol: instruments[0].symbol, date: "1970-01-02", split }];
      const series = [barsFrom([...bars]), barsFrom(mirrored(bars, 128))];
      const made = instruments.map((one, i) => ({ instrument: one, bars: series[i] }));
      const market = createMarket({ ...universe("made", "1h", made), actions }, each.costs, defaultSizing, account);
      const acting = signalActing(space, instruments, plan, account);
      const accounts = createAccounts(market, 1);
      const state = new Float64Array(acting.stateWidth);
      const entropy = new Float32Array(count);
      const moment: Moment = { market, accounts, lane: 0, state, stateAt: 0, entropy };
      const size = space.words.length;
      const legal = new Uint8Array(count * size);
      const orders = new Float64Array(market.positions);
      startLane(market, accounts, 0, 0, capital);

      const setting = { instruments, timeframe: "1h", rules: account, actions } as const;
      const broker = simulatedBroker({ ...setting, costs: each.costs, capital });
      const signals = signalTrader({ ...setting, space, plan });
      const entries: JournalEntry[] = [];
      let t = 0;
      /** A legal signal of each instrument. */
      const choices = (mask: Uint8Array): number[] =>
        instruments.map((_, i) =>
          chosen(mask.subarray(i * size, (i + 1) * size), wishes[(t + 37 * i) % wishes.length]),
        );
      const act = ({ legal: shown = new Uint8Array(0) }: Observation): Decision => ({
        signals: choices(shown).map((signal) => space.words[signal]),
        entropy: instruments.map((_, i) => entropies[(t + i) % entropies.length]),
      });
      const parts = {
        timeframe: "1h",
        features: { next: () => new Float32Array(0) },
        policy: { name: "wishes", act },
        sizing: defaultSizing,
        limits,
        broker,
        journal: { record: (entry: JournalEntry) => void entries.push(entry) },
        signals,
      } as const;
      for (; t < bars.length - 1; t++) {
        await onBar(barsAt(market.universe, t), closeTime(bars[t].openTime, "1h"), parts);
        const { equity, positions } = await broker.account();
        expect(equity).toBe(accounts.equity[0]);
        expect(positions.map(({ units }) => units)).toEqual([...accounts.ledger.units]);
        const hedged = (i: number): boolean => ledgerLegs(i).every((units) => units !== 0);
        const ledgerLegs = (i: number): Float64Array => accounts.ledger.units.subarray(2 * i, 2 * i + 2);
        if (positions.length === 2 * count && instruments.some((_, i) => hedged(i))) hedgedBars++;
        // What nothing is left of ends an episode there, and is denied here.
        if (equity <= 0) return;
        for (let i = 0; i < count; i++) entropy[i] = entropies[(t + i) % entropies.length];
        acting.legal(moment, legal, 0);
        acting.act(moment, choices(legal), 0, orders);
        advanceLane(market, accounts, 0, orders);
      }
      expect(entries.filter(({ kind }) => kind === "denied")).toEqual([]);
      for (const entry of entries) {
        if (entry.kind === "fill" && /stop|target/.test(entry.fill.orderId)) protectedFills++;
      }
    }),
    { numRuns: 400 },
  );
  expect(protectedFills, "stops and targets were reached").toBeGreaterThan(200);
  expect(hedgedBars, "two legs stood beside each other").toBeGreaterThan(100);
});
