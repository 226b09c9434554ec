import { describe, expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";
import type { Bar } from "#domain/bar.ts";
import { timeframeMs } from "#domain/bar.ts";
import type { JournalEntry } from "#domain/journal.ts";
import { barsAt } from "#domain/universe.ts";
import { defaultLimits } from "#guardian/gate.ts";
import { indexFundCosts } from "#market/costs.ts";
import { buyAndHold } from "#policy/rules/buy-and-hold.ts";
import { simulatedBroker } from "#trading/simulated-broker.ts";
import type { ReplayOptions } from "./replay.ts";
import { replay } from "./replay.ts";

const walk = randomWalk({ bars: 20, seed: 2, volatility: 0.01, instruments: 2 });

/** Replays bars 5 … 11 and tells what was shown to whom, in order. */
async function run(options: Partial<ReplayOptions> = {}): Promise<{ log: string[]; entries: JournalEntry[] }> {
  const log: string[] = [];
  const entries: JournalEntry[] = [];
  const indexOf = (bars: readonly Bar[]): number => {
    const t = walk.openTime.indexOf(bars[0].openTime);
    expect(bars).toEqual(barsAt(walk, t));
    return t;
  };
  const broker = simulatedBroker({ ...walk, costs: indexFundCosts, capital: 100_000 });
  const parts = {
    timeframe: "1d",
    features: {
      next: (bars: readonly Bar[]) => {
        log.push(`features ${indexOf(bars)}`);
        return new Float32Array(0);
      },
    },
    policy: buyAndHold(2),
    sizing: { rebalanceBand: 0.2 },
    limits: defaultLimits(timeframeMs["1d"]),
    broker,
    journal: { record: (entry: JournalEntry) => void entries.push(entry) },
  } as const;
  await replay(parts, {
    universe: walk,
    from: 5,
    to: 12,
    warmUp: (bars) => void log.push(`warm-up ${indexOf(bars)}`),
    pace: (t) => {
      log.push(`pace ${t}`);
      return Promise.resolve();
    },
    onProgress: (t) => void log.push(`done ${t}`),
    ...options,
  });
  return { log, entries };
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, at) => from + at);

describe("a replay", () => {
  test("warms all streams up on the bars before it, then shows each bar once its time has come", async () => {
    const { log } = await run();
    expect(log).toEqual([
      ...range(0, 5).flatMap((t) => [`warm-up ${t}`, `features ${t}`]),
      ...range(5, 12).flatMap((t) => [`pace ${t}`, `features ${t}`, `done ${t}`]),
    ]);
  });

  test("trades from its first bar on and not before", async () => {
    const { entries } = await run();
    const times = (kind: string): number[] => entries.filter((entry) => entry.kind === kind).map(({ at }) => at);
    expect(times("equity")).toEqual(range(5, 12).map((t) => walk.openTime[t] + timeframeMs["1d"]));
    expect(times("intent")).toEqual([walk.openTime[5], walk.openTime[5]].map((open) => open + timeframeMs["1d"]));
    expect(times("fill")).toEqual([walk.openTime[6], walk.openTime[6]]);
    expect(times("denied"), "bars are fresh when they are shown").toEqual([]);
  });

  test("ends after the bar in which it is stopped", async () => {
    const stop = new AbortController();
    const { log } = await run({ signal: stop.signal, onProgress: (t) => t === 7 && stop.abort() });
    expect(log.at(-1)).toBe("features 7");
    expect(log.filter((line) => line.startsWith("pace"))).toEqual(["pace 5", "pace 6", "pace 7"]);
  });

  test("shows no bar after it was stopped while waiting for it", async () => {
    const stop = new AbortController();
    const pace = (t: number): Promise<void> => {
      if (t === 7) stop.abort();
      return Promise.resolve();
    };
    const { log } = await run({ signal: stop.signal, pace });
    expect(log.at(-1)).toBe("done 6");
  });
});
