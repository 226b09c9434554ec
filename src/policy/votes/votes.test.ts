/** @file Votes: the rule by its definition, trees by their threshold, agreement, and what votes become. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import type { Bar } from "#domain/bar.ts";
import type { Observation, Policy } from "../policy.ts";
import { agreement } from "./agreement.ts";
import { boostedVoter, voteOf } from "./boosted-voter.ts";
import { trendRule, trendRuleDefaults } from "./trend-rule.ts";
import type { Vote, Voter } from "./vote.ts";
import { votes, votingPolicy } from "./vote.ts";

const observation = (bars: readonly Bar[] = [], more: Partial<Observation> = {}): Observation => ({
  bars,
  market: new Float32Array(0),
  account: new Float32Array(2 * bars.length + 1),
  ...more,
});

/** Says what it is told, bar by bar. */
function scripted(name: string, script: readonly (readonly Vote[])[]): Voter {
  let at = 0;
  return { name, vote: () => script[at++] };
}

function walk(length: number, seed: number): Bar[] {
  const rng = createRng(seed);
  let close = 100;
  return Array.from({ length }, (_, t) => {
    const open = close;
    close = Math.max(1, close * Math.exp(0.01 * rng.normal()));
    const reach = rng.uniform();
    return {
      openTime: t,
      open,
      high: Math.max(open, close) + reach,
      low: Math.min(open, close) - reach,
      close,
      volume: 1,
    };
  });
}

describe("the trend rule", () => {
  /** By the definition, from the whole history at every bar. */
  function direct(bars: readonly Bar[], fastBars: number, slowBars: number, atrBars: number, meanBars: number): Vote {
    const fade = (values: readonly number[], period: number, rate: number): number[] => {
      let mean = values.slice(0, period).reduce((sum, value) => sum + value, 0) / period;
      return values.slice(period - 1).map((value, i) => (mean = i === 0 ? mean : mean + rate * (value - mean)));
    };
    const closes = bars.map(({ close }) => close);
    const ranges = bars.map(({ high, low }, t) => {
      const last = t === 0 ? closes[0] : closes[t - 1];
      return Math.max(high - low, Math.abs(high - last), Math.abs(low - last));
    });
    if (bars.length < slowBars || bars.length < atrBars + meanBars - 1) return "HOLD";
    const fast = fade(closes, fastBars, 2 / (fastBars + 1)).at(-1)!;
    const slow = fade(closes, slowBars, 2 / (slowBars + 1)).at(-1)!;
    const atr = fade(ranges, atrBars, 1 / atrBars).slice(-meanBars);
    if (atr.at(-1)! <= (0.7 * atr.reduce((sum, one) => sum + one, 0)) / meanBars) return "HOLD";
    return fast > slow ? "BUY" : "SELL";
  }

  test("says what its definition says, bar by bar, whether its history was given or seen", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.nat({ max: 40 }), (seed, warm) => {
        const bars = walk(60, seed);
        const settings = { fastBars: 4, slowBars: 9, atrBars: 5, meanBars: 8, leastRange: 0.7 };
        const rule = trendRule(1, [bars.slice(0, warm)], settings);
        bars.slice(warm).forEach((bar, i) => {
          expect(rule.vote(observation([bar]))).toEqual([direct(bars.slice(0, warm + i + 1), 4, 9, 5, 8)]);
        });
      }),
      { numRuns: 30 },
    );
  });

  const hour = 3_600_000;
  const hourly = (bars: readonly Bar[]): Bar[] => bars.map((bar, t) => ({ ...bar, openTime: t * hour }));
  const h4 = { from: "1h", to: "4h", calendars: ["crypto"] } as const;
  const lively = { atrBars: 1, meanBars: 1, leastRange: 0 };

  test("with longer bars it is held back where those that have closed by then oppose it, and by no others", () => {
    // By hand, with EMA 1, the close itself, and EMA 2, which goes two thirds of the way to it.
    const closes = [10, 12, 14, 16, 17, 18, 19, 20, 19, 13, 30, 14, 25, 13];
    const bars = hourly(
      closes.map((close) => ({ openTime: 0, open: close, high: close + 1, low: close - 1, close, volume: 1 })),
    );
    const settings = { fastBars: 1, slowBars: 2, ...lively };
    const votesOf = (rule: Voter): Vote[] => bars.flatMap((bar) => [...(rule.vote(observation([bar])) as Vote[])]);
    // Alone: up while the close is above the mean that follows it.
    expect(votesOf(trendRule(1, [], settings)).join(" ")).toBe(
      "HOLD BUY BUY BUY BUY BUY BUY BUY SELL SELL BUY SELL BUY SELL",
    );
    // Four hours close at 16, 20 and 14. From the second on the longer trend is known: 20 against 18, up. The third, 14 against 15⅓, is
    // down, and is known at its last hour's close and not before, whatever its earlier hours were.
    expect(votesOf(trendRule(1, [], settings, h4)).join(" ")).toBe(
      "HOLD HOLD HOLD HOLD HOLD HOLD HOLD BUY HOLD HOLD BUY SELL HOLD SELL",
    );
  });

  test("a longer bar that is under way is not seen: votes are those of its definition over closed ones, whatever comes later", () => {
    const settings = { fastBars: 2, slowBars: 3, ...lively };
    const faded = (values: readonly number[], period: number): number => {
      let mean = values.slice(0, period).reduce((sum, value) => sum + value, 0) / period;
      values.slice(period).forEach((value) => (mean += (2 / (period + 1)) * (value - mean)));
      return mean;
    };
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 59 }), (seed, t) => {
        const bars = hourly(walk(60, seed));
        // All after bar t is another market.
        const other = [...bars.slice(0, t + 1), ...hourly(walk(60, seed + 5000)).slice(t + 1)];
        const [plain, filtered, elsewhere] = [
          trendRule(1, [], settings),
          trendRule(1, [], settings, h4),
          trendRule(1, [], settings, h4),
        ];
        for (let at = 0; at <= t; at++) {
          const [[side], [vote], [same]] = [
            plain.vote(observation([bars[at]])) as Vote[],
            filtered.vote(observation([bars[at]])) as Vote[],
            elsewhere.vote(observation([other[at]])) as Vote[],
          ];
          expect(same).toBe(vote);
          // Four hours are over at the close of hours 3, 7, 11 …
          const closed = bars.filter((_, n) => n % 4 === 3 && n <= at).map(({ close }) => close);
          const trend = closed.length < 3 ? undefined : faded(closed, 2) - faded(closed, 3);
          const opposed = trend === undefined || (side === "BUY" ? trend < 0 : trend > 0);
          expect(vote, `hour ${at}`).toBe(opposed ? "HOLD" : side);
        }
      }),
      { numRuns: 40 },
    );
  });

  test("bars that are not longer are refused", () => {
    expect(() => trendRule(1, [], trendRuleDefaults, { ...h4, from: "4h" })).toThrow(/cannot be made into bars of 4h/);
  });

  test("is the one of the Alpha document, and holds still in a market that has gone quiet", () => {
    expect(trendRuleDefaults).toEqual({ fastBars: 20, slowBars: 50, atrBars: 14, meanBars: 100, leastRange: 0.7 });
    const rising = Array.from({ length: 200 }, (_, t): Bar => ({
      openTime: t,
      open: 100 + t,
      high: 102 + t,
      low: 99 + t,
      close: 101 + t,
      volume: 1,
    }));
    const rule = trendRule(1, [rising]);
    const last = { openTime: 200, open: 301, high: 303, low: 300, close: 302, volume: 1 };
    expect(rule.vote(observation([last]))).toEqual(["BUY"]);
    let said: readonly Vote[] = [];
    for (let t = 0; t < 30; t++)
      said = rule.vote(observation([{ ...last, open: 302, high: 302.01, low: 302, close: 302 }])) as Vote[];
    expect(said).toEqual(["HOLD"]);
  });
});

describe("boosted trees", () => {
  test("vote for a direction that has the threshold", () => {
    const by = (objective: "softmax" | "logistic" | "squared-error", threshold: number, ...values: number[]): Vote =>
      voteOf(Float32Array.from(values), { objective, threshold });
    expect(by("softmax", 0.5, 0.6, 0.3, 0.1)).toBe("SELL");
    expect(by("softmax", 0.5, 0.2, 0.2, 0.6)).toBe("BUY");
    expect(by("softmax", 0.7, 0.2, 0.2, 0.6)).toBe("HOLD");
    expect(by("softmax", 0, 0.3, 0.4, 0.3)).toBe("HOLD");
    expect([0.3, 0.5, 0.7].map((p) => by("logistic", 0.6, p))).toEqual(["SELL", "HOLD", "BUY"]);
    expect([-0.02, 0.005, 0.02].map((r) => by("squared-error", 0.01, r))).toEqual(["SELL", "HOLD", "BUY"]);
    expect(() => by("softmax", 0.5, NaN, 0.5, 0.5)).toThrow(/predictions are numbers/);
  });

  test("vote for each instrument by its own predictions, at once or later", async () => {
    const rule = { objective: "softmax", threshold: 0 } as const;
    const said = Float32Array.of(0.9, 0.1, 0, 0, 0.1, 0.9);
    expect(boostedVoter("trees", () => said, rule, 2).vote(observation())).toEqual(["SELL", "BUY"]);
    expect(await boostedVoter("trees", async () => said, rule, 2).vote(observation())).toEqual(["SELL", "BUY"]);
    expect(() => boostedVoter("trees", () => said, rule, 3).vote(observation())).toThrow(
      /predictions for each instrument/,
    );
  });
});

test("in agreement several say a direction only where all do, and each sees every bar", async () => {
  const one = scripted("one", [
    ["BUY", "SELL"],
    ["BUY", "BUY"],
    ["SELL", "HOLD"],
  ]);
  const other = scripted("other", [
    ["BUY", "BUY"],
    ["HOLD", "BUY"],
    ["SELL", "HOLD"],
  ]);
  const both = agreement([one, other]);
  expect(both.name).toBe("one and other");
  expect([1, 2, 3].map(() => both.vote(observation()))).toEqual([
    ["BUY", "HOLD"],
    ["HOLD", "BUY"],
    ["SELL", "HOLD"],
  ]);
  const late: Voter = { name: "late", vote: async () => ["SELL"] };
  expect(await agreement([late, scripted("soon", [["SELL"]])]).vote(observation())).toEqual(["SELL"]);
});

describe("the policy of a voter", () => {
  const wanted = async (policy: Policy, bars: number, held = [0, 0]): Promise<unknown[]> => {
    const account = Float32Array.from([...held.flatMap((weight) => [weight, 0.01]), 0]);
    const all = [];
    for (let t = 0; t < bars; t++) all.push(await policy.act(observation([], { account })));
    return all;
  };
  const script: Vote[][] = [
    ["HOLD", "HOLD"],
    ["BUY", "HOLD"],
    ["HOLD", "SELL"],
    ["SELL", "BUY"],
    ["HOLD", "HOLD"],
  ];

  test("wants an equal share either way, keeps it on HOLD, and wants no change where nobody says anything", async () => {
    const policy = votingPolicy(scripted("votes", script), { kind: "weights", shorts: true }, 2);
    expect(policy.name).toBe("votes");
    expect(await wanted(policy, 5)).toEqual([
      { weights: undefined },
      { weights: [0.5, 0] },
      { weights: [0.5, -0.5] },
      { weights: [-0.5, 0.5] },
      { weights: undefined },
    ]);
  });

  test("keeps what the account holds already, where it takes over from another", async () => {
    const policy = votingPolicy(scripted("votes", script), { kind: "weights", shorts: true }, 2);
    expect(await wanted(policy, 3, [0, -0.25])).toEqual([
      { weights: undefined },
      { weights: [0.5, -0.25] },
      { weights: [0.5, -0.5] },
    ]);
  });

  test("is flat on SELL where nothing may be sold short", async () => {
    const policy = votingPolicy(scripted("votes", script), { kind: "weights", shorts: false }, 2);
    expect(await wanted(policy, 4)).toEqual([
      { weights: undefined },
      { weights: [0.5, 0] },
      { weights: [0.5, 0] },
      { weights: [0, 0.5] },
    ]);
  });

  test("says only words that are legal: CLOSE for a long position that may not be turned, else HOLD", () => {
    const words = ["HOLD", "BUY", "SELL", "CLOSE"];
    const say = (vote: Vote, weight: number, ...illegal: string[]): unknown => {
      const legal = Uint8Array.from(words, (word) => (illegal.includes(word) ? 0 : 1));
      const seen = observation([], { legal, account: Float32Array.of(weight, 0, 0) });
      return votingPolicy(scripted("votes", [[vote]]), { kind: "signals", words }, 1).act(seen);
    };
    for (const vote of votes) expect(say(vote, 0)).toEqual({ signals: [vote] });
    expect(say("BUY", 1, "BUY")).toEqual({ signals: ["HOLD"] });
    expect(say("SELL", 1, "SELL")).toEqual({ signals: ["CLOSE"] });
    expect(say("SELL", -1, "SELL")).toEqual({ signals: ["HOLD"] });
    expect(say("SELL", 1, "SELL", "CLOSE")).toEqual({ signals: ["HOLD"] });
  });
});
