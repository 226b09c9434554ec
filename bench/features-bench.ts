/** @file Benchmarks of the features: a whole history at once and one bar at a time, one core. */
import { randomWalk } from "#data/synthetic.ts";
import type { Universe } from "#domain/universe.ts";
import { barsAt } from "#domain/universe.ts";
import type { FeatureSetName } from "#features/feature-set.ts";
import { featureColumns, featureNames, featureSpec, featureStream, warmUpBars } from "#features/pipeline.ts";
import type { Figure } from "./figure.ts";
import { median } from "./figure.ts";

const repetitions = 3;

function seconds(run: () => void): number {
  const start = performance.now();
  run();
  return (performance.now() - start) / 1000;
}

/** `ploutos-v6` of 15 instruments over 20,000 bars each: 25.5 million numbers, in seconds. */
export function benchFeaturesV6Batch(): Figure {
  const [instruments, bars] = [15, 20_000];
  const market = randomWalk({ bars, volatility: 0.01, seed: 1, instruments });
  const spec = featureSpec("ploutos-v6", market, 1);
  featureColumns(spec, randomWalk({ bars: 2000, volatility: 0.01, seed: 2, instruments }));
  const each = Array.from({ length: repetitions }, () => seconds(() => featureColumns(spec, market)));
  return { value: median(each), unit: "s", each, instruments, bars, columns: featureNames(spec).length };
}

/** Microseconds that a set takes for one new bar of one instrument, once `warmUp` bars of the market have gone by. */
function streamed(set: FeatureSetName, market: Universe, warmUp: number): Figure {
  const spec = featureSpec(set, market, 1);
  const bars = market.openTime.length - warmUp;
  const moments = Array.from({ length: bars }, (_, t) => barsAt(market, warmUp + t));
  const once = (): number => {
    const stream = featureStream(spec);
    for (let t = 0; t < warmUp; t++) stream.next(barsAt(market, t));
    return (1e6 * seconds(() => moments.forEach((moment) => stream.next(moment)))) / bars;
  };
  once();
  const each = Array.from({ length: repetitions }, once);
  return { value: median(each), unit: "µs", each, bars, columns: featureNames(spec).length };
}

/** `ploutos-v6` of one instrument, one new bar, in microseconds. */
export function benchFeaturesV6Stream(): Figure {
  return streamed("ploutos-v6", randomWalk({ bars: 20_000, volatility: 0.01, seed: 1 }), 0);
}

/** `gemini-78`, one new minute with all six timeframes warm, in microseconds: a day's last minute ends all six. */
export function benchFeaturesGemini78Stream(): Figure {
  const days = 30;
  const one = randomWalk({ bars: 1, volatility: 0.0005, seed: 1, timeframe: "1m" });
  const warmUp = warmUpBars(featureSpec("gemini-78", one, 1));
  const market = randomWalk({ bars: warmUp + days * 1440, volatility: 0.0005, seed: 1, timeframe: "1m" });
  return streamed("gemini-78", market, warmUp);
}
