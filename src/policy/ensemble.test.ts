import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ensemble } from "./ensemble.ts";
import type { Decision, Observation, Policy, SignalDecision } from "./policy.ts";

const nothing: Observation = { bars: [], market: new Float32Array(0), account: new Float32Array(0) };
const says = (decision: Decision): Policy => ({ name: "says", act: () => decision });
const words = (...signals: string[]): Decision => ({ signals });
const members = (decisions: readonly Decision[], weights?: readonly number[]) =>
  decisions.map((decision, at) => ({ policy: says(decision), weight: weights?.[at] ?? 1 }));

describe("a vote of words", () => {
  test("goes to the majority, instrument by instrument", async () => {
    const three = members([words("BUY", "SELL"), words("BUY", "HOLD"), words("SELL", "HOLD")]);
    expect(await ensemble("three", three, "vote").act(nothing)).toEqual({ signals: ["BUY", "HOLD"] });
  });

  test("is HOLD where it is tied, in whatever order they speak", async () => {
    const said = [words("BUY"), words("SELL"), words("BUY"), words("SELL")];
    for (const each of [said, said.toReversed()]) {
      expect(await ensemble("four", members(each), "vote").act(nothing)).toEqual({ signals: ["HOLD"] });
    }
    expect(await ensemble("two", members([words("BUY"), words("SELL")], [0.1, 0.3]), "vote").act(nothing)).toEqual({
      signals: ["SELL"],
    });
  });

  test("does not hear who does not count", async () => {
    const three = members([words("BUY"), words("BUY"), words("CLOSE")], [0, 0, 1]);
    expect(await ensemble("three", three, "vote").act(nothing)).toEqual({ signals: ["CLOSE"] });
    expect(() => ensemble("none", members([words("BUY")], [0]), "vote")).toThrow("counts");
  });

  test("is as unsure as its members are on the mean, or says nothing of it", async () => {
    const sure = { signals: ["BUY"], entropy: [0.2] };
    const unsure = { signals: ["BUY"], entropy: [0.8] };
    const both = await ensemble("both", members([sure, unsure], [3, 1]), "vote").act(nothing);
    expect((both as SignalDecision & { entropy: number[] }).entropy[0]).toBeCloseTo(0.35, 12);
    expect(await ensemble("one", members([sure, words("BUY")]), "vote").act(nothing)).toEqual({ signals: ["BUY"] });
  });
});

describe("wanted weights", () => {
  test("are averaged by how much a member counts, among those that want a change", async () => {
    const three = members([{ weights: [1, 0] }, { weights: [-0.5, 0.5] }, { weights: undefined }], [2, 1, 9]);
    expect(await ensemble("three", three, "mean").act(nothing)).toEqual({ weights: [0.5, 0.5 / 3] });
    expect(await ensemble("none", members([{ weights: undefined }]), "mean").act(nothing)).toEqual({
      weights: undefined,
    });
  });

  test("are voted on, a tie going to the one nearest to flat", async () => {
    const three = members([{ weights: [1] }, { weights: [-0.5] }, { weights: [1] }]);
    expect(await ensemble("three", three, "vote").act(nothing)).toEqual({ weights: [1] });
    expect(await ensemble("two", three.slice(0, 2), "vote").act(nothing)).toEqual({ weights: [-0.5] });
  });

  test("never leave the range of what members want", async () => {
    const wanted = fc.array(
      fc.record({
        said: fc.double({ min: -1, max: 1, noNaN: true }),
        weight: fc.double({ min: 0.01, max: 9, noNaN: true }),
      }),
      { minLength: 1, maxLength: 5 },
    );
    await fc.assert(
      fc.asyncProperty(wanted, fc.constantFrom("mean" as const, "vote" as const), async (each, rule) => {
        const policies = each.map(({ said, weight }) => ({ policy: says({ weights: [said] }), weight }));
        const [weight] = ((await ensemble("any", policies, rule).act(nothing)) as { weights: number[] }).weights;
        const all = each.map(({ said }) => said);
        expect(weight).toBeGreaterThanOrEqual(Math.min(...all) - 1e-12);
        expect(weight).toBeLessThanOrEqual(Math.max(...all) + 1e-12);
      }),
    );
  });
});

test("refuses members that speak in different ways, and a mean of words", async () => {
  const mixed = ensemble("mixed", members([words("BUY"), { weights: [1] }]), "vote");
  await expect(mixed.act(nothing)).rejects.toThrow("all in weights");
  await expect(ensemble("words", members([words("BUY")]), "mean").act(nothing)).rejects.toThrow("no mean");
});
