/** @file What every part of a plan must satisfy, alone and with others; called from each one's test. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gemini6 } from "./actions/gemini.ts";
import type { Steered } from "./plan.fixture.ts";
import { anyBars, anyWishes, mirrored, steered } from "./plan.fixture.ts";
import { mostVolume } from "./plans/petit-poucet.ts";
import type { PlanSettings } from "./position-plan.ts";

const runs = { numRuns: 60 };

/** Plays wishes to the end of the bars. */
function play(lane: Steered, bars: number, wishes: readonly number[], look: (orders: number[]) => void): void {
  for (let t = 0; t < bars - 1; t++) {
    const legal = lane.legal();
    look(lane.say(legal[wishes[t] % legal.length], (wishes[t] % 11) / 10));
    lane.move();
  }
}

/** Registers the tests of the contract for a plan. */
export function planContract(name: string, plan: PlanSettings): void {
  const create = (bars: Parameters<typeof mirrored>[0]): Steered => steered({ space: gemini6, plan, bars });

  describe(`${name} keeps the contract of a plan`, () => {
    test("never moves a stop against a position, nor to the wrong side of the close", () => {
      let stopped = 0;
      fc.assert(
        fc.property(anyBars, anyWishes, (bars, wishes) => {
          const lane = create(bars);
          const { accounts, market } = lane;
          let [side, stop] = [0, NaN];
          play(lane, bars.length, wishes, (orders) => {
            const units = accounts.ledger.units[0];
            const after = Math.sign(units + orders[0]);
            const now = accounts.stop[0];
            const price = market.quotes.close[accounts.bar[0]];
            if (after !== 0 && after === side && Math.sign(units) === side && !Number.isNaN(stop)) {
              expect(side * (now - stop), "a stop of the same position").toBeGreaterThanOrEqual(0);
            }
            if (after !== 0 && now !== stop && !Number.isNaN(now)) {
              stopped++;
              expect(after * (price - now), "a new stop").toBeGreaterThan(0);
            }
            [side, stop] = [after, now];
          });
        }),
        runs,
      );
      if (plan.stopAtr !== undefined) expect(stopped).toBeGreaterThan(0);
    });

    test(`never holds more than ${mostVolume} times the initial volume`, () => {
      fc.assert(
        fc.property(anyBars, anyWishes, (bars, wishes) => {
          const lane = create(bars);
          const { units } = lane.accounts.ledger;
          let [side, initial] = [0, 0];
          play(lane, bars.length, wishes, () => {
            if (Math.sign(units[0]) !== side) [side, initial] = [Math.sign(units[0]), Math.abs(units[0])];
            expect(Math.abs(units[0])).toBeLessThanOrEqual(mostVolume * initial * (1 + 1e-9));
          });
        }),
        runs,
      );
    });

    test("gives the same orders when its state was saved and put back", () => {
      fc.assert(
        fc.property(anyBars, anyWishes, fc.nat({ max: 18 }), (bars, wishes, cut) => {
          const [whole, first, second] = [create(bars), create(bars), create(bars)];
          const expected: number[][] = [];
          play(whole, bars.length, wishes, (orders) => expected.push([...orders, whole.accounts.stop[0]]));
          play(first, cut + 1, wishes, () => {});
          play(second, cut + 1, wishes, () => {});
          second.moment.state.fill(NaN);
          second.moment.state.set(first.moment.state.slice());
          const rest: number[][] = [];
          play(second, bars.length - cut, wishes.slice(cut), (orders) =>
            rest.push([...orders, second.accounts.stop[0]]),
          );
          expect(rest).toEqual(expected.slice(cut));
        }),
        runs,
      );
    });

    test("gives mirrored orders for mirrored prices", () => {
      let traded = 0;
      fc.assert(
        fc.property(anyBars, anyWishes, (bars, wishes) => {
          const [up, down] = [create(bars), create(mirrored(bars, 128))];
          const turned: Readonly<Record<string, string>> = { BUY: "SELL", SELL: "BUY" };
          for (let t = 0; t < bars.length - 1; t++) {
            const words = gemini6.words.filter((word) => up.legal().includes(word));
            const word = words[wishes[t] % words.length];
            const unsure = (wishes[t] % 11) / 10;
            const orders = up.say(word, unsure);
            const image = down.say(turned[word] ?? word, unsure);
            if (orders[0] !== 0) traded++;
            expect(image.map((units) => 0 - units)).toEqual(orders.map((units) => 0 + units));
            const [stop, itsImage] = [up.accounts.stop[0], 256 - down.accounts.stop[0]];
            expect(Number.isNaN(itsImage), "its stop").toBe(Number.isNaN(stop));
            if (!Number.isNaN(stop)) expect(itsImage, "its stop").toBeCloseTo(stop, 9);
            up.move();
            down.move();
          }
        }),
        // Always the same draws: a price that is met to the last bit is no matter of the plan.
        { ...runs, seed: 1 },
      );
      expect(traded).toBeGreaterThan(0);
    });

    test("shows finite numbers, and nothing but 0 while flat", () => {
      fc.assert(
        fc.property(anyBars, anyWishes, (bars, wishes) => {
          const lane = create(bars);
          play(lane, bars.length, wishes, () => {
            const flat = lane.accounts.ledger.units[0] === 0;
            for (const [what, value] of Object.entries(lane.observed())) {
              expect(flat ? value === 0 : Number.isFinite(value), `${what} = ${value}`).toBe(true);
            }
          });
        }),
        runs,
      );
    });
  });
}
