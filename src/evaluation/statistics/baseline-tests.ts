/** @file Which of many baselines an agent beats, with the chance of being wrong about a single one held down. */
import { optimalBlockLength } from "#base/blocks.ts";
import type { Rng } from "#base/rng.ts";
import { mean } from "../metrics.ts";
import type { Contender } from "../sharpe-contrasts.ts";
import { contrastInfluence, meanSharpe } from "../sharpe-contrasts.ts";
import type { Answer } from "./answer.ts";
import { known, noAnswer } from "./answer.ts";
import { benjaminiHochberg, holm } from "./multiple-testing.ts";
import { resampledMeans } from "./resampled-means.ts";
import { stepwiseTest } from "./stepwise-test.ts";

/** The agent against one baseline. */
export interface BaselineTest {
  readonly baseline: string;
  /** Chance of so large a lead in Sharpe ratio, or a larger one, if there is none. */
  readonly pValue: number;
  /** The same among all baselines: the chance of a single wrong finding (Holm). */
  readonly familyWise: number;
  /** The same: the share of wrong ones among all findings (Benjamini-Hochberg). */
  readonly falseDiscovery: number;
  /** Named by StepM at 5 %. */
  readonly beaten: boolean;
}

export interface BaselineTestOptions {
  readonly rng: Rng;
  readonly resamples?: number;
}

/**
 * Tests of the agent's mean Sharpe ratio over its runs against that of each baseline, one-sided, by the stationary bootstrap of the
 * difference and of what each bar adds to it (`contrastInfluence`; Ledoit and Wolf, 2008). p = (1 + resamples that lead as
 * far) / (1 + resamples) (Davison and Hinkley, 1997). The runs are taken as they are: the luck of the seeds is not in it.
 */
export function baselineTests(
  agent: Contender,
  baselines: readonly Contender[],
  { rng, resamples = 2000 }: BaselineTestOptions,
): Answer<readonly BaselineTest[]> {
  const leads = baselines.map((baseline) => {
    const lead = meanSharpe(agent) - meanSharpe(baseline);
    return contrastInfluence(agent, baseline).map((value) => value + lead);
  });
  if (leads.every((lead) => lead.every((value) => value === lead[0]))) {
    return noAnswer("The agent never did anything else than any of the baselines.");
  }
  const blockLengthBars = Math.max(Math.cbrt(leads[0].length), ...leads.map(optimalBlockLength));
  const better = stepwiseTest(leads, { rng: rng.fork("stepwise"), blockLengthBars, resamples });
  if (!better.known) return better;
  const drawn = resampledMeans(leads, { rng, blockLengthBars, resamples });
  const pValues = leads.map((lead, which) => {
    const observed = mean(lead);
    return (1 + drawn[which].filter((value) => value >= observed).length) / (1 + resamples);
  });
  const familyWise = holm(pValues);
  const falseDiscovery = benjaminiHochberg(pValues);
  return known(
    baselines.map(({ name }, which) => ({
      baseline: name,
      pValue: pValues[which],
      familyWise: familyWise[which],
      falseDiscovery: falseDiscovery[which],
      beaten: better.value.includes(which),
    })),
  );
}
