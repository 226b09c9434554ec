/** @file Benchmarks of the features: a whole history at once and one bar at a time, one core. */
import { randomWalk } from "#data/synthetic.ts";
import { barsAt } from "#domain/universe.ts";
import { featureColumns, featureNames, featureSpec, featureStream } from "#features/pipeline.ts";
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

/** `ploutos-v6` of one instrument, one new bar, in microseconds. */
export function benchFeaturesV6Stream(): Figure {
  const bars = 20_000;
  const market = randomWalk({ bars, volatility: 0.01, seed: 1 });
  const spec = featureSpec("ploutos-v6", market, 1);
  const moments = Array.from({ length: bars }, (_, t) => barsAt(market, t));
  const once = (): number => {
    const stream = featureStream(spec);
    return (1e6 * seconds(() => moments.forEach((moment) => stream.next(moment)))) / bars;
  };
  once();
  const each = Array.from({ length: repetitions }, once);
  return { value: median(each), unit: "µs", each, columns: featureNames(spec).length };
}
