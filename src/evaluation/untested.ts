/** @file What a report did not look at, in sentences: silence must not be read as "nothing found". */
import type { ReportData } from "./report-data.ts";
import { rivalNames } from "./rival-names.ts";

export function untested(data: ReportData): string[] {
  const {
    contenders,
    verdict,
    costSweep,
    latencySweep,
    capacity,
    stress,
    reward,
    folds,
    timing,
    confidence,
    trials,
    verification,
    settings,
  } = data;
  const evaluated = folds.length > 0 ? "`ploutos walk-forward --examine` does" : "`ploutos evaluate` does";
  const rival = rivalNames["rule-and-boosting"];
  const isHeldAgainstTrees = verdict.agent === "RULE-AND-BOOSTING" || contenders.some(({ name }) => name === rival);
  const isTaughtByLabels = typeof settings === "object" && settings !== null && "boosting" in settings;
  const command = folds.length > 0 ? "walk-forward" : "evaluate";
  return [
    ...(isHeldAgainstTrees
      ? []
      : [`It was not held against ${rival} in agreement: \`ploutos ${command} --against rule-and-boosting\` does.`]),
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
    ...(reward === undefined
      ? [
          isTaughtByLabels
            ? "It has no reward that could be held against its profit: labels taught it."
            : "Its reward was not held against its profit.",
        ]
      : []),
    ...(verification === undefined ? ["It was not searched for leaks: `ploutos verify` does, of a trained run."] : []),
    ...(timing === undefined ? ["Its buys and sells were not held against random ones: `ploutos timing` does."] : []),
    ...(confidence === undefined ? ["How far its confidence can be believed was not measured."] : []),
    ...(folds.length === 0 ? ["One span of time was tested; `ploutos walk-forward` tests several."] : []),
    ...(trials === undefined
      ? ["Nobody counted how many agents and settings were tried; each further try makes a lucky one likelier."]
      : []),
  ];
}
