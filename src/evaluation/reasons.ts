/** @file Of all that a report knows, the three things that speak most for its word. */
import { randomAgentName } from "./baselines.ts";
import { mean } from "./metrics.ts";
import { randomRank } from "./random-rank.ts";
import { decimal, percent } from "./report/format.ts";
import type { ReportContender, ReportData } from "./report-data.ts";
import type { VerdictWord } from "./significance.ts";

interface Evidence {
  readonly sentence: string;
  /** How strongly it speaks for the agent (above 0) or against it, in deviations of what chance gives, or something like it. */
  readonly weight: number;
}

const reasons = 3;
/** What a fact without a chance of its own weighs. */
const [plain, heavy] = [1.5, 3];

/**
 * The three strongest reasons for the verdict's word. For BEATS those that speak for the agent, for NO BEATS those against it, the
 * strongest first; INCONCLUSIVE lies between, so it shows the strongest of both kinds. The interval that decided is always the first.
 */
export function strongestReasons(data: ReportData): string[] {
  const { word } = data.verdict;
  const found = [randomAgents, folds, years, breakEven, latency, collapse, drawdown, reward].map((look) => look(data));
  const rest = found
    .filter((each) => each !== undefined)
    .filter(({ weight }) => speaksFor(word, weight))
    .toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
  const fill = data.verdict.reasons.filter((sentence) => !sentence.startsWith("The difference is"));
  return [interval(data), ...rest.map(({ sentence }) => sentence), ...fill.slice(1)].slice(0, reasons);
}

function speaksFor(word: VerdictWord, weight: number): boolean {
  return word === "INCONCLUSIVE" || (word === "BEATS" ? weight > 0 : weight < 0);
}

function interval({ verdict }: ReportData): string {
  const { difference, bestBaseline, confidence } = verdict;
  const bound = (value: number): string => (Number.isFinite(value) ? decimal(value) : "unbounded");
  const found = `The Sharpe ratio differs by ${decimal(difference.estimate)} from that of ${bestBaseline}`;
  return `${found}; the ${100 * confidence} % interval reaches from ${bound(difference.lower)} to ${bound(difference.upper)}.`;
}

function agentOf({ contenders }: ReportData): ReportContender | undefined {
  return contenders.find(({ role }) => role === "agent");
}

function randomAgents(data: ReportData): Evidence | undefined {
  const random = data.contenders.find(({ name }) => name === randomAgentName);
  const agent = agentOf(data);
  if (random === undefined || agent === undefined) return undefined;
  const { percentile, agents } = randomRank(
    agent.metrics.sharpe,
    random.runs.map(({ sharpe }) => sharpe),
  );
  const count = Math.round(percentile * agents);
  return {
    sentence: `It did better than ${count} of ${agents} random agents that traded as much.`,
    // A uniform rank has a deviation of 1 / √12.
    weight: (percentile - 0.5) * Math.sqrt(12),
  };
}

function folds({ folds: all, verdict }: ReportData): Evidence | undefined {
  const pairs = all.flatMap(({ agentSharpe, baselineSharpe }) =>
    agentSharpe.map((sharpe) => sharpe - (baselineSharpe[verdict.bestBaseline] ?? 0)),
  );
  if (pairs.length < 2) return undefined;
  const ahead = pairs.filter((difference) => difference > 0).length;
  return {
    sentence: `It was ahead of ${verdict.bestBaseline} in ${ahead} of ${pairs.length} folds and seeds.`,
    // As many coins: seeds of a fold share their bars, so it is the folds that count.
    weight: ((2 * ahead) / pairs.length - 1) * Math.sqrt(all.length),
  };
}

function years({ regimes, verdict }: ReportData): Evidence | undefined {
  const each = regimes?.filter(({ group, baselines }) => group === "year" && verdict.bestBaseline in baselines) ?? [];
  if (each.length < 3) return undefined;
  const ahead = each.filter(
    ({ agent, baselines }) => agent.totalReturn > baselines[verdict.bestBaseline].totalReturn,
  ).length;
  return {
    sentence: `It earned more than ${verdict.bestBaseline} in ${ahead} of ${each.length} years.`,
    weight: ((2 * ahead) / each.length - 1) * Math.sqrt(each.length),
  };
}

function latency({ latencySweep }: ReportData): Evidence | undefined {
  const [prompt, late] = latencySweep?.points ?? [];
  if (prompt === undefined || late === undefined || prompt.agent.sharpe <= 0) return undefined;
  const kept = late.agent.sharpe / prompt.agent.sharpe;
  return {
    sentence: `One bar late, its Sharpe ratio is ${decimal(late.agent.sharpe)} in place of ${decimal(prompt.agent.sharpe)}.`,
    // Half kept is neither; all kept speaks for it, nothing kept against it.
    weight: Math.max(-plain, Math.min(plain, 2 * plain * (kept - 0.5))),
  };
}

function breakEven({ costSweep }: ReportData): Evidence | undefined {
  if (costSweep === undefined) return undefined;
  const { kind, at } = costSweep.breakEven;
  if (kind === "below") return { sentence: "It lost money even where trading cost nothing.", weight: -heavy };
  const { paidBps } = costSweep;
  if (paidBps === undefined) return undefined;
  const where = kind === "above" ? `more than ${at}` : decimal(at, 1);
  return {
    sentence: `It breaks even at ${where} basis points a trade; it paid ${decimal(paidBps, 1)}.`,
    weight: Math.max(-heavy, Math.min(heavy, Math.log2(at / Math.max(paidBps, 1e-3)))),
  };
}

function collapse({ stress }: ReportData): Evidence | undefined {
  if (stress === undefined) return undefined;
  const all = [stress.stressed, ...(stress.copies ?? [])];
  const collapsed = all.filter(({ ruined }) => ruined).length;
  if (collapsed > 0) {
    return {
      sentence: `Under ${stress.preset} it lost half of its capital in ${collapsed} of ${all.length} copies of the market.`,
      weight: -heavy,
    };
  }
  const stressed = mean(all.map(({ sharpe }) => sharpe));
  return {
    sentence: `Under ${stress.preset} its Sharpe ratio went from ${decimal(stress.calm.sharpe)} to ${decimal(stressed)}, without a collapse.`,
    weight: stressed > 0 ? plain : -plain,
  };
}

function drawdown(data: ReportData): Evidence | undefined {
  const agent = agentOf(data);
  const best = data.contenders.find(({ name }) => name === data.verdict.bestBaseline);
  if (agent === undefined || best === undefined || best.metrics.maxDrawdown === 0) return undefined;
  const [its, other] = [agent.metrics.maxDrawdown, best.metrics.maxDrawdown];
  return {
    sentence: `Its deepest fall was ${percent(its)}, that of ${best.name} ${percent(other)}.`,
    weight: Math.max(-plain, Math.min(plain, Math.log2(other / Math.max(its, 1e-3)))),
  };
}

function reward({ reward: agreements }: ReportData): Evidence | undefined {
  const flagged = agreements?.filter((each) => each.flagged).length ?? 0;
  if (flagged === 0) return undefined;
  return { sentence: "Its reward paid while profit fell: it may have learned something else.", weight: -plain };
}
