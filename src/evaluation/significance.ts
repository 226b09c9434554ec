/** @file Is it real, or luck? The agent against the best baseline, ending in one word. */
import { invariant } from "#base/invariant.ts";
import type { Rng } from "#base/rng.ts";
import { optimalBlockLength } from "#base/blocks.ts";
import type { Interval } from "./bootstrap.ts";
import type { Contender } from "./sharpe-contrasts.ts";
import { contrastInfluence, meanSharpe, sharpeContrasts } from "./sharpe-contrasts.ts";

export type { Contender } from "./sharpe-contrasts.ts";

export type VerdictWord = "BEATS" | "NO BEATS" | "INCONCLUSIVE";

/** Plain data, as it is stored in `report.json`. Sharpe ratios are annualised and net of costs. */
export interface Verdict {
  readonly word: VerdictWord;
  /** Plain sentences with the numbers that led to the word, the deciding one first. */
  readonly reasons: readonly string[];
  readonly agent: string;
  readonly bestBaseline: string;
  /** Sharpe of the agent less that of the best baseline. */
  readonly difference: Interval;
  readonly confidence: number;
  readonly resamples: number;
  readonly blockLengthBars: number;
  readonly bars: number;
  /** Runs of the agent, one for each seed. */
  readonly runs: number;
  /** By the contender's name. */
  readonly sharpe: Readonly<Record<string, Interval>>;
}

export interface JudgeOptions {
  readonly barsPerYear: number;
  readonly rng: Rng;
  readonly resamples?: number;
}

/** Fewer bars, or fewer bars in which agent and baseline differ, prove nothing. */
const leastBars = 60;
const confidence = 0.95;
/** Sharpe ratios closer than this differ by rounding alone: half the position at half the cost is the same strategy. */
const sameSharpe = 1e-9;

/**
 * Judges the agent against the best of the baselines, the one with the highest mean Sharpe over the same bars.
 *
 * BEATS: the 95 % interval of the paired difference in annualised Sharpe, net of costs, lies above 0. NO BEATS: the
 * estimate is not above 0. INCONCLUSIVE: the rest. A contender's Sharpe is the mean of its runs' Sharpe ratios. Blocks
 * of time are redrawn together for all contenders, and the runs of a contender are redrawn too, so that the interval
 * holds the luck of the market and of the seeds (see `sharpeContrasts`); blocks are as long as the memory of the
 * difference asks for, and at least T^(1/3). That the best baseline is picked on these very bars makes BEATS harder,
 * never easier. What the interval cannot know: how many other agents were tried before this one.
 */
export function judge(agent: Contender, baselines: readonly Contender[], options: JudgeOptions): Verdict {
  const { barsPerYear, rng, resamples = 2000 } = options;
  checkContenders(agent, baselines);
  const bars = agent.runs[0].length;
  const contenders = [agent, ...baselines];
  const means = baselines.map(meanSharpe);
  const best = means.indexOf(Math.max(...means));
  const influence = contrastInfluence(agent, baselines[best]);
  const blockLengthBars = Math.max(optimalBlockLength(influence), Math.cbrt(bars));
  const [paired, ...single] = sharpeContrasts(
    contenders,
    [{ plus: 0, minus: best + 1 }, ...contenders.map((_, plus) => ({ plus, minus: undefined }))],
    { rng, blockLengthBars, resamples, confidence },
  );
  const yearly = (interval: Interval): Interval => scaled(interval, Math.sqrt(barsPerYear));
  const differing = differingBars(agent, baselines[best]);
  const same = differing === 0 || Math.abs(paired.estimate) * Math.sqrt(barsPerYear) < sameSharpe;
  const difference = same ? { estimate: 0, lower: 0, upper: 0 } : yearly(paired);
  const sharpe = Object.fromEntries(contenders.map(({ name }, which) => [name, yearly(single[which])]));
  const evidence = { bars, differing, difference, moves: agent.runs.some((run) => run.some((value) => value !== 0)) };
  const { word, reason } = decide(evidence);
  const facts = {
    agent: agent.name,
    bestBaseline: baselines[best].name,
    difference,
    confidence,
    resamples,
    blockLengthBars,
    bars,
    runs: agent.runs.length,
    sharpe,
  };
  return { word, reasons: [reason, ...numbers(facts)], ...facts };
}

function checkContenders(agent: Contender, baselines: readonly Contender[]): void {
  const contenders = [agent, ...baselines];
  invariant(baselines.length > 0, "an agent is judged against at least one baseline");
  invariant(new Set(contenders.map(({ name }) => name)).size === contenders.length, "contenders have different names");
  const bars = agent.runs[0]?.length ?? 0;
  invariant(bars > 1, "an agent has at least one run of two bars", { agent: agent.name, bars });
  for (const { name, runs } of contenders) {
    invariant(runs.length > 0, "a contender has at least one run", { name });
    for (const run of runs) {
      invariant(run.length === bars, "contenders are judged on the same bars", { name, bars: run.length });
      invariant(run.every(Number.isFinite), "returns are finite", { name });
    }
  }
}

/** Bars in which some run of the one earns something else than some run of the other. */
function differingBars(one: Contender, other: Contender): number {
  const all = [...one.runs, ...other.runs];
  let count = 0;
  for (let t = 0; t < all[0].length; t++) if (all.some((run) => run[t] !== all[0][t])) count++;
  return count;
}

interface Evidence {
  readonly bars: number;
  readonly differing: number;
  readonly difference: Interval;
  /** Some run of the agent earned or lost something. */
  readonly moves: boolean;
}

function decide({ bars, differing, difference, moves }: Evidence): {
  readonly word: VerdictWord;
  readonly reason: string;
} {
  const { estimate, lower } = difference;
  if (differing === 0) {
    return { word: "NO BEATS", reason: "The agent did exactly what the best baseline did, bar for bar." };
  }
  if (bars < leastBars) {
    return {
      word: "INCONCLUSIVE",
      reason: `There are ${bars} bars; at least ${leastBars} are needed to tell skill from luck.`,
    };
  }
  if (estimate <= 0) {
    return { word: "NO BEATS", reason: "After costs the agent did no better than the best baseline." };
  }
  if (!moves) {
    return {
      word: "INCONCLUSIVE",
      reason: "The agent never traded: staying out while the baselines lose is not skill.",
    };
  }
  if (differing < leastBars) {
    const reason = `Agent and baseline differ in ${differing} bars only; at least ${leastBars} are needed to tell skill from luck.`;
    return { word: "INCONCLUSIVE", reason };
  }
  if (lower > 0) {
    return {
      word: "BEATS",
      reason: "After costs the agent did better than the best baseline, by more than luck explains.",
    };
  }
  return {
    word: "INCONCLUSIVE",
    reason: "After costs the agent did better than the best baseline, but luck alone could explain it.",
  };
}

function numbers(facts: Omit<Verdict, "word" | "reasons">): string[] {
  const { agent, bestBaseline, difference, sharpe, runs, bars, blockLengthBars, resamples } = facts;
  const sentences = [
    `The Sharpe ratio is ${fixed(sharpe[agent].estimate)} for ${agent} and ${fixed(sharpe[bestBaseline].estimate)} for the best baseline, ${bestBaseline}.`,
    `The difference is ${fixed(difference.estimate)}, with a ${confidence * 100} % interval from ${fixed(difference.lower)} to ${fixed(difference.upper)}.`,
    `It rests on ${bars.toLocaleString("en")} bars, ${resamples.toLocaleString("en")} resamples and blocks of ${blockLengthBars.toFixed(1)} bars on average.`,
  ];
  if (runs === 1) {
    sentences.push(
      "There is one run of the agent, so the interval does not know how much the seed matters; train more seeds.",
    );
  } else {
    sentences.push(`The agent's number is the mean of ${runs} seeds, and the interval includes how much they differ.`);
  }
  return sentences;
}

/** Two decimals with a true minus sign; "unbounded" where the data set no limit. */
function fixed(value: number): string {
  if (!Number.isFinite(value)) return "unbounded";
  const text = value.toFixed(2);
  return text === "-0.00" ? "0.00" : text.replace("-", "−");
}

function scaled({ estimate, lower, upper }: Interval, factor: number): Interval {
  return { estimate: estimate * factor, lower: lower * factor, upper: upper * factor };
}
