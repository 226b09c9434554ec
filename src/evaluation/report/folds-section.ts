/** @file Fold by fold and seed by seed. */
import { mean, moments } from "../metrics.ts";
import type { ReportData, ReportSpan } from "../report-data.ts";
import { day } from "./format.ts";
import type { Cell, Section } from "./section.ts";
import { signedCell, tablePart } from "./section.ts";

export function foldsSection({ folds, trades, contenders }: ReportData): Section | undefined {
  if (folds.length === 0) return undefined;
  const baselines = contenders.filter(
    ({ role, name }) => role === "baseline" && folds.some((fold) => name in fold.baselineSharpe),
  );
  const dates = (span: ReportSpan | undefined): Cell => ({
    text: span === undefined ? "–" : `${day(span.from)} to ${day(span.to)}`,
    dates: true,
  });
  const spread = (run: number): Cell => {
    const { mean: average, deviation } = moments(folds.map(({ agentSharpe }) => agentSharpe[run]));
    return { ...signedCell(average), small: `± ${signedCell(deviation).text}`, agent: true };
  };
  return {
    title: "Folds and seeds",
    note:
      "Each fold trains a new agent on its own past and is then tested on bars it has never seen. The numbers are Sharpe " +
      "ratios over the test span: an agent worth trusting does well in most rows and columns, not in one. The last row is the " +
      "mean over folds and their deviation.",
    parts: [
      tablePart(
        [
          "Fold",
          "Train",
          "Validation",
          "Test",
          ...trades.map(({ label }) => ({ text: label, agent: true })),
          ...baselines.map(({ name }) => name),
        ],
        [
          ...folds.map(({ train, validation, test, agentSharpe, baselineSharpe }, at) => ({
            label: `${at + 1}`,
            cells: [
              dates(train),
              dates(validation),
              dates(test),
              ...trades.map((_, run) => ({ ...signedCell(agentSharpe[run]), agent: true })),
              ...baselines.map(({ name }) => signedCell(baselineSharpe[name])),
            ],
          })),
          ...(folds.length === 1
            ? []
            : [
                {
                  label: "all",
                  cells: [
                    "",
                    "",
                    "",
                    ...trades.map((_, run) => spread(run)),
                    ...baselines.map(({ name }) =>
                      signedCell(mean(folds.map((fold) => fold.baselineSharpe[name] ?? 0))),
                    ),
                  ],
                },
              ]),
        ],
      ),
    ],
  };
}
