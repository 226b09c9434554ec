/** @file What a report did not look at, in sentences: silence must not be read as "nothing found". */
import type { ReportData } from "./report-data.ts";

export function untested(data: ReportData): string[] {
  const { costSweep, latencySweep, capacity, stress, reward, confidence, folds, trials } = data;
  const evaluated = folds.length > 0 ? "`ploutos walk-forward --examine` does" : "`ploutos evaluate` does";
  return [
    ...(costSweep === undefined ? [`It was not traded at other costs: ${evaluated}.`] : []),
    ...(latencySweep === undefined ? [`It was not traded with late orders: ${evaluated}.`] : []),
    ...(stress === undefined ? ["It was not traded under stress: `ploutos stress` does, of a trained run."] : []),
    ...(capacity === undefined
      ? [
          costSweep === undefined
            ? `How much capital it can carry was not asked: ${evaluated}.`
            : "How much capital it can carry is not known: the bars have no volume.",
        ]
      : []),
    ...(reward === undefined ? ["Its reward was not held against its profit."] : []),
    ...(confidence === undefined ? ["How far its confidence can be believed was not measured."] : []),
    ...(folds.length === 0 ? ["One span of time was tested; `ploutos walk-forward` tests several."] : []),
    ...(trials === undefined
      ? [
          "How many agents and settings were tried before this one was not counted; each further try makes a lucky one likelier.",
        ]
      : []),
  ];
}
