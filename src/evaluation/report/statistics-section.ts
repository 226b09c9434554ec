/** @file The table of statistics: is it real, or luck, in the field's own numbers. */
import type { ReportData } from "../report-data.ts";
import type { Answer } from "../statistics/answer.ts";
import { decimal, percent, whole } from "./format.ts";
import type { Row, Section } from "./section.ts";
import { tablePart } from "./section.ts";

export function statisticsSection({ statistics }: ReportData): Section | undefined {
  if (statistics === undefined) return undefined;
  return {
    title: "Real, or luck?",
    note: "What the field asks of a track record beside the verdict, which does not rest on these numbers.",
    parts: [
      tablePart(
        ["Statistic", { text: "Value", agent: true }],
        [
          row(statistics.probabilisticSharpe, (value) => percent(value)),
          row(statistics.deflatedSharpe, (value) => percent(value)),
          row(statistics.minimumTrackRecord, (value) => `${whole(Math.ceil(value))} bars`),
          row(statistics.overfitting, (value) => percent(value)),
          row(statistics.superiorAbility, (value) => decimal(value, 3)),
          row(
            statistics.interquartileMean,
            ({ estimate, lower, upper }) => `${decimal(estimate)} (95 %: ${decimal(lower)} to ${decimal(upper)})`,
          ),
        ],
      ),
    ],
  };
}

interface Shown<T> {
  readonly label: string;
  readonly meaning: string;
  readonly answer: Answer<T>;
}

/** A number that does not exist is a dash, and its reason stands in the place of the meaning. */
function row<T>({ label, meaning, answer }: Shown<T>, print: (value: T) => string): Row {
  return {
    label,
    meaning: answer.known ? meaning : answer.reason,
    cells: [{ text: answer.known ? print(answer.value) : "–", agent: true }],
  };
}
