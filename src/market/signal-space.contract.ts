/** @file What every space of signals must satisfy beside the contract of an action space; called from each one's test. */
import { describe, expect, test } from "vitest";
import { actingContract } from "./acting.contract.ts";
import { barsOf, steered } from "./plan.fixture.ts";
import type { PlanSettings } from "./position-plan.ts";
import { signalActing } from "./signal-acting.ts";
import type { SignalSpace } from "./signal-space.ts";
import { decodeSignal, encodeSignal } from "./signal-space.ts";

const plan: PlanSettings = {
  sizing: { kind: "riskFraction", fraction: 0.01, most: 0.5 },
  stopAtr: 2,
  petitPoucet: { unit: "R", adds: [0.5, 1], automatic: false, riskCapped: true, leastStopAtr: 0.25 },
  trailingStop: { activation: 1, activationUnit: "R", distanceAtr: 2, step: 0.25, stepUnit: "atr" },
  hedging: { mode: "reduce", enter: 0.7, exit: 0.5, bars: 3 },
};

export function signalSpaceContract(space: SignalSpace): void {
  actingContract(space.name, (instruments, rules) => signalActing(space, instruments, plan, rules));

  describe(`${space.name} keeps the contract of a space of signals`, () => {
    test("has a number for each word and a word for each number", () => {
      expect(new Set(space.words).size).toBe(space.words.length);
      expect(space.actions.length).toBe(space.words.length);
      space.words.forEach((word, number) => {
        expect(encodeSignal(space, word)).toBe(number);
        expect(decodeSignal(space, number)).toBe(word);
      });
      expect(() => encodeSignal(space, "WAIT")).toThrow("a signal is a word of its space (word=WAIT");
      expect(() => decodeSignal(space, space.words.length)).toThrow("a signal's number is one of its space");
    });

    test("lets HOLD be said at any time, and it does nothing by itself", () => {
      expect(space.words[0]).toBe("HOLD");
      const lane = steered({
        space,
        plan: { sizing: { kind: "lots", lots: 1 } },
        bars: barsOf([{ body: 1 }, { body: 1 }]),
      });
      expect(lane.legal()).toContain("HOLD");
      expect(lane.say("HOLD")).toEqual([0]);
    });

    test("says of every word whether it may be said: what is legal is taken, what is not is refused", () => {
      const bars = barsOf(Array.from({ length: 40 }, (_, t) => ({ body: (t % 5) - 1.75, above: 0.5, below: 0.5 })));
      const lane = steered({ space, plan, bars });
      for (let t = 0; t < bars.length - 1; t++) {
        const legal = lane.legal();
        for (const word of space.words) {
          const state = lane.moment.state.slice();
          const [stop, target] = [lane.accounts.stop[0], lane.accounts.target[0]];
          if (legal.includes(word)) lane.say(word);
          else expect(() => lane.say(word), `${word} at bar ${t}`).toThrow("an action is legal where it is taken");
          lane.moment.state.set(state);
          lane.accounts.stop[0] = stop;
          lane.accounts.target[0] = target;
        }
        lane.say(legal[(t * 7) % legal.length]);
        lane.move();
      }
    });

    test("refuses a word that is not legal, and says which and where", () => {
      const lane = steered({
        space,
        plan: { sizing: { kind: "lots", lots: 1 } },
        bars: barsOf([{ body: 1 }, { body: 1 }]),
      });
      const illegal = space.words.filter((word) => !lane.legal().includes(word));
      expect(illegal.length).toBeGreaterThan(0);
      for (const word of illegal) {
        expect(() => lane.say(word)).toThrow(/an action is legal where it is taken \(action=\w+, position=flat/);
      }
      expect(() => lane.acting.act(lane.moment, [99], 0, new Float64Array(1))).toThrow("a signal's number is one of");
    });
  });
}
