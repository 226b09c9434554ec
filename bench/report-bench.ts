/** @file How long the report of a long track takes to make, and how large its page is. */
import { createRng } from "#base/rng.ts";
import { randomWalk } from "#data/synthetic.ts";
import { assess } from "#evaluation/assessment.ts";
import { backtest, noFeatures } from "#evaluation/backtest.ts";
import type { ReportData } from "#evaluation/report.ts";
import { reportHtml, reportJson, reportMarkdown } from "#evaluation/report.ts";
import { indexFundCosts } from "#market/costs.ts";
import type { Policy } from "#policy/policy.ts";
import type { Figure } from "./figure.ts";
import { median } from "./figure.ts";

const [bars, trades, warm] = [5000, 500, 300];

/** Long or flat by chance, so often that it fills some 500 times. */
function sometimes(): Policy {
  const rng = createRng(5, "sometimes");
  let weight = 0;
  return {
    name: "sometimes",
    act: () => {
      if (rng.uniform() < trades / bars) weight = weight === 0 ? 1 : 0;
      return { weights: [weight] };
    },
  };
}

/**
 * Seconds from the backtest of 5,000 days with some 500 fills to the page, the Markdown and the JSON: all of it but trading. The
 * verdict and the intervals of all contenders are in `judging`, beside it: they are the same whatever is drawn.
 */
export async function benchReport(): Promise<Figure> {
  const universe = randomWalk({ bars: bars + warm + 1, volatility: 0.01, seed: 2 });
  const [from, to] = [warm, bars + warm + 1];
  const setting = { universe, from, to, costs: indexFundCosts, sizing: { rebalanceBand: 0.5 }, capital: 100_000 };
  const run = await backtest(sometimes(), noFeatures, setting);
  let traded = 0;
  const begun = performance.now();
  const data = await assess({
    setting,
    agent: { name: "sometimes", runs: [run], seeds: [1] },
    folds: [],
    inSample: false,
    seed: 1,
    onProgress: () => (traded = performance.now()),
    about: {
      runId: "bench",
      createdAt: 0,
      command: "npm run bench",
      codeVersion: "",
      source: "a random walk",
      quality: {},
      settings: {},
      warnings: [],
    },
  });
  const judging = performance.now() - traded;
  const seconds: number[] = [];
  for (let round = 0; round < 5; round++) seconds.push(drawn(data) / 1000);
  return {
    value: (judging + 1000 * median(seconds)) / 1000,
    unit: "s",
    drawing: median(seconds),
    judging: judging / 1000,
    tradingBaselines: (traded - begun) / 1000,
    pageBytes: Buffer.byteLength(reportHtml(data)),
    pageLimitBytes: 2_000_000,
    jsonBytes: Buffer.byteLength(reportJson(data)),
    markdownBytes: Buffer.byteLength(reportMarkdown(data)),
    bars,
    fills: run.fills.length,
    contenders: data.contenders.length,
    runs: data.contenders.reduce((sum, { runs }) => sum + runs.length, 0),
  };
}

function drawn(data: ReportData): number {
  const start = performance.now();
  const characters = reportHtml(data).length + reportMarkdown(data).length + reportJson(data).length;
  return characters > 0 ? performance.now() - start : NaN;
}
