/** @file `npm run bench [-- --json] [--only env,ppo] [--learning] [--large]`: what we measure ourselves by, as a table or as one JSON object. */
import { availableParallelism, cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import Table from "cli-table3";
import { onnxRuntimeVersion } from "#training/code-version.ts";
import { benchBacktest } from "./backtest-bench.ts";
import { benchBoosting } from "./boosting-bench.ts";
import { benchCsvRows, benchLarge, benchStoreScan } from "./data-bench.ts";
import { benchEnvBytes, benchEnvClone, benchEnvGemini, benchEnvPortfolio, benchEnvSingle } from "./env-bench.ts";
import { benchFeaturesGemini78Stream, benchFeaturesV6Batch, benchFeaturesV6Stream } from "./features-bench.ts";
import type { Figure } from "./figure.ts";
import { benchIntervals } from "./interval-bench.ts";
import { benchNoise, benchOracle, benchPlanted, benchReverting } from "./learning.ts";
import { benchMemory } from "./memory-bench.ts";
import { benchLearnerEfficiency, benchTransformer } from "./policy-bench.ts";
import { benchPpoAlpha, benchPpoSmall, benchPpoWide } from "./ppo-bench.ts";
import { benchPpoV3 } from "./ppo-v3-bench.ts";
import { benchReport } from "./report-bench.ts";
import { benchSacSpeed } from "./sac-bench.ts";
import { benchMetrics, benchOverfitting } from "./statistics-bench.ts";
import { benchShuffled } from "./shuffle-bench.ts";
import { benchAdam, benchInferSmall, benchLearnerV3, benchLoopUpdate } from "./tensor-bench.ts";
import { benchCartpole, benchPendulum } from "./toys-bench.ts";
import { benchVerify } from "./verify-bench.ts";
import { benchLuck, benchVerdict } from "./verdict-bench.ts";
import { benchWalkForward } from "./walk-forward-bench.ts";

interface Bench {
  readonly run: () => Figure | Promise<Figure>;
  /** What is asked for, in the figure's unit. */
  readonly target?: { readonly atLeast: number } | { readonly atMost: number };
  /** Absent: always. `learning`, `large`: takes minutes, with that option. `named`: for a closer look, where --only names it. */
  readonly runs?: "learning" | "large" | "named";
}

/** Key → how it is measured. The keys are the names of the figures, everywhere. */
const benches: Readonly<Record<string, Bench>> = {
  "env.single.stepsPerSecond": { run: benchEnvSingle, target: { atLeast: 2_000_000 } },
  "env.gemini.stepsPerSecond": { run: benchEnvGemini, target: { atLeast: 500_000 } },
  "env.portfolio.stepsPerSecond": { run: benchEnvPortfolio, target: { atLeast: 200_000 } },
  "env.bytesPerLane": { run: benchEnvBytes, target: { atMost: 8192 } },
  "env.clone.nanoseconds": { run: benchEnvClone, target: { atMost: 300 } },
  "backtest.barsPerSecond": { run: benchBacktest, target: { atLeast: 500_000 } },
  "ppo.small.stepsPerSecond": { run: benchPpoSmall, target: { atLeast: 12_000 } },
  "ppo.wide.stepsPerSecond": { run: benchPpoWide, target: { atLeast: 100_000 } },
  "ppo.alpha": { run: benchPpoAlpha, target: { atLeast: 15_000 } },
  "learner.adam": { run: benchAdam, target: { atMost: 8 } },
  "learner.v3.efficiency": { run: benchLearnerEfficiency, target: { atLeast: 0.9 } },
  "policy.transformer": { run: benchTransformer, target: { atLeast: 5 } },
  "ppo.v3": { run: () => benchPpoV3("bars"), target: { atLeast: 1017 }, runs: "large" },
  "ppo.v3.byTransitions": { run: () => benchPpoV3("transitions"), runs: "named" },
  "sac.pendulum.stepsPerSecond": { run: benchSacSpeed, runs: "named" },
  "boosting.train": { run: benchBoosting, target: { atMost: 1.3 } },
  "learner.v3": { run: benchLearnerV3, target: { atLeast: 0.8 } },
  "infer.small.microseconds": { run: benchInferSmall, target: { atMost: 100 } },
  "features.v6.batch": { run: benchFeaturesV6Batch, target: { atMost: 0.7 } },
  "features.v6.stream": { run: benchFeaturesV6Stream, target: { atMost: 50 } },
  "features.gemini78.stream": { run: benchFeaturesGemini78Stream, target: { atMost: 100 } },
  "evaluation.walkForward": { run: benchWalkForward, target: { atLeast: 1.8 } },
  "evaluation.report": { run: benchReport, target: { atMost: 2 } },
  "data.csv.rowsPerSecond": { run: benchCsvRows, target: { atLeast: 1_000_000 } },
  "data.store.scan": { run: benchStoreScan, target: { atMost: 2 } },
  "data.large.import": { run: () => benchLarge("import"), runs: "large" },
  "data.large.check": { run: () => benchLarge("check"), runs: "large" },
  "data.large.resample": { run: () => benchLarge("resample"), runs: "large" },
  "evaluation.metrics": { run: benchMetrics, target: { atMost: 0.5 } },
  "evaluation.pbo": { run: benchOverfitting, target: { atMost: 3 } },
  verify: { run: benchVerify, target: { atMost: 20 } },
  "evaluation.falseBeats": { run: benchLuck, target: { atMost: 0.025 }, runs: "large" },
  "cartpole.meanReturn": { run: () => benchCartpole("ppo"), target: { atLeast: 475 }, runs: "learning" },
  "a2c.cartpole.meanReturn": { run: () => benchCartpole("a2c"), target: { atLeast: 475 }, runs: "learning" },
  "ppo.pendulum.meanReturn": { run: () => benchPendulum("ppo"), target: { atLeast: -250 }, runs: "learning" },
  "planted.share": { run: () => benchPlanted("ppo"), target: { atLeast: 0.95 }, runs: "learning" },
  "noise.turnover": { run: () => benchNoise("ppo"), target: { atMost: 0.1 }, runs: "learning" },
  "ppo.ou.share": { run: () => benchReverting("ppo"), target: { atLeast: 0.9 }, runs: "learning" },
  "ppo.oracle.share": { run: () => benchOracle("ppo"), target: { atLeast: 0.9 }, runs: "learning" },
  "sac.pendulum.meanReturn": { run: () => benchPendulum("sac"), target: { atLeast: -200 }, runs: "learning" },
  "sac.planted.share": { run: () => benchPlanted("sac"), target: { atLeast: 0.95 }, runs: "learning" },
  "sac.ou.share": { run: () => benchReverting("sac"), target: { atLeast: 0.9 }, runs: "learning" },
  "sac.oracle.share": { run: () => benchOracle("sac"), target: { atLeast: 0.9 }, runs: "learning" },
  "sac.noise.turnover": { run: () => benchNoise("sac"), target: { atMost: 0.1 }, runs: "learning" },
  "discreteSac.planted.share": { run: () => benchPlanted("discrete-sac"), target: { atLeast: 0.95 }, runs: "learning" },
  "discreteSac.noise.turnover": { run: () => benchNoise("discrete-sac"), target: { atMost: 0.1 }, runs: "learning" },
  "discreteSac.ou.share": { run: () => benchReverting("discrete-sac"), target: { atLeast: 0.9 }, runs: "learning" },
  "discreteSac.oracle.share": { run: () => benchOracle("discrete-sac"), target: { atLeast: 0.9 }, runs: "learning" },
  "a2c.planted.share": { run: () => benchPlanted("a2c"), target: { atLeast: 0.95 }, runs: "learning" },
  "a2c.noise.turnover": { run: () => benchNoise("a2c"), target: { atMost: 0.1 }, runs: "learning" },
  "a2c.ou.share": { run: () => benchReverting("a2c"), target: { atLeast: 0.9 }, runs: "learning" },
  "a2c.oracle.share": { run: () => benchOracle("a2c"), target: { atLeast: 0.9 }, runs: "learning" },
  "memory.gru.meanReturn": { run: () => benchMemory("gru"), target: { atLeast: 30.4 }, runs: "learning" },
  "memory.transformer.meanReturn": {
    run: () => benchMemory("transformer"),
    target: { atLeast: 30.4 },
    runs: "learning",
  },
  "memory.convolution.meanReturn": { run: () => benchMemory("convolution"), runs: "learning" },
  "memory.mlp.meanReturn": { run: () => benchMemory("mlp"), runs: "learning" },
  "dqn.cartpole.meanReturn": { run: () => benchCartpole("dqn"), target: { atLeast: 475 }, runs: "learning" },
  "dqn.planted.share": { run: () => benchPlanted("dqn"), target: { atLeast: 0.95 }, runs: "learning" },
  "dqn.ou.share": { run: () => benchReverting("dqn"), target: { atLeast: 0.9 }, runs: "learning" },
  "dqn.oracle.share": { run: () => benchOracle("dqn"), target: { atLeast: 0.9 }, runs: "learning" },
  "dqn.noise.turnover": { run: () => benchNoise("dqn"), target: { atMost: 0.1 }, runs: "learning" },
  "intervals.coverage": { run: benchIntervals, runs: "named" },
  "ppo.shuffled.weak": { run: () => benchShuffled("weak"), runs: "named" },
  "ppo.shuffled.reverting": { run: () => benchShuffled("reverting"), runs: "named" },
  "verdict.falseBeats": { run: worstFalseBeats, runs: "named" },
  "update.small.milliseconds": { run: benchLoopUpdate, runs: "named" },
};

/** The largest share of BEATS that agents without skill reached against any baseline and in any market. */
function worstFalseBeats(): Figure {
  const all = benchVerdict();
  const shares = Object.entries(all).flatMap(([key, { value }]) =>
    key.startsWith("verdict.falseBeats.") ? value : [],
  );
  return { value: Math.max(...shares), unit: "share", all };
}

const { values: options } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    learning: { type: "boolean", default: false },
    large: { type: "boolean", default: false },
  },
});
const prefixes = options.only.split(",").map((prefix) => prefix.trim());
const chosen = Object.entries(benches).filter(([key, { runs }]) => {
  if ((runs === "learning" || runs === "large") && !options[runs]) return false;
  if (runs === "named" && options.only === "") return false;
  return prefixes.some((prefix) => key.startsWith(prefix));
});
const unknown = prefixes.filter((prefix) => !Object.keys(benches).some((key) => key.startsWith(prefix)));
if (unknown.length > 0 || chosen.length === 0) {
  const keys = Object.entries(benches).map(([key, { runs }]) =>
    runs === "learning" || runs === "large" ? `${key} (with --${runs})` : key,
  );
  process.stderr.write(`--only takes prefixes of ${keys.join(", ")}; found: ${options.only}\n`);
  process.exit(1);
}

const loadBefore = loadavg();
const figures: Record<string, Figure> = {};
for (const [key, { run }] of chosen) {
  process.stderr.write(`${key} …\n`);
  figures[key] = await run();
  globalThis.gc?.();
}
const machine = {
  cores: availableParallelism(),
  cpu: cpus()[0]?.model ?? "unknown",
  loadBefore,
  loadAfter: loadavg(),
  node: process.versions.node,
  onnxruntime: onnxRuntimeVersion(),
};

if (options.json) {
  process.stdout.write(`${JSON.stringify({ ...figures, machine }, undefined, 2)}\n`);
} else {
  const table = new Table({ head: ["figure", "measured", "asked for", "unit"], style: { head: [], border: [] } });
  for (const [key, figure] of Object.entries(figures)) {
    table.push([key, shown(figure.value), asked(key), `${figure.unit}${peak(figure)}`]);
  }
  const load = [loadBefore, machine.loadAfter].map(([lastMinute]) => lastMinute.toFixed(1)).join(" to ");
  process.stdout.write(
    `${table.toString()}\n${machine.cores} cores (${machine.cpu}), load ${load}, Node ${machine.node}, ONNX Runtime ${machine.onnxruntime}\n`,
  );
}

function shown(value: number): string {
  return value.toLocaleString("en", { maximumSignificantDigits: 4 });
}

/** The most memory that was taken, of how much may be. */
function peak({ peakBytes, peakLimitBytes }: Figure): string {
  if (typeof peakBytes !== "number" || typeof peakLimitBytes !== "number") return "";
  const gib = (bytes: number): string => (bytes / 2 ** 30).toFixed(2);
  return `, peak memory ${gib(peakBytes)} GiB (at most ${gib(peakLimitBytes)})`;
}

function asked(key: string): string {
  const { target } = benches[key];
  if (target === undefined) return "";
  return "atLeast" in target ? `≥ ${shown(target.atLeast)}` : `≤ ${shown(target.atMost)}`;
}
