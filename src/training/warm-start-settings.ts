/** @file How an experiment names whom its agent imitates before it learns by trial, and what a report has to say of it. */
import { z } from "zod";

const count = z.int().positive();
const positive = z.number().positive();

/** How the imitation is learned. */
const learning = {
  /** Env steps that the teacher plays, over all lanes. */
  transitions: count.default(20_000),
  epochs: count.default(20),
  minibatchSize: count.default(256),
  learningRate: positive.default(3e-3),
};

const fromRule = { from: z.literal("rule"), ...learning };
const fromOptimum = { from: z.literal("optimum"), ...learning, volatility: positive };
const fromLabels = { from: z.literal("labels"), ...learning };

/** A rule of policy/rules. */
const rule = z.discriminatedUnion("rule", [
  z.strictObject({
    ...fromRule,
    rule: z.literal("moving-average-cross"),
    fastBars: count.default(50),
    slowBars: count.default(200),
  }),
  z.strictObject({ ...fromRule, rule: z.literal("buy-and-hold") }),
]);

/** The best rule of a market whose law is known, as a solver finds it (market/optimum). */
const optimum = z.discriminatedUnion("law", [
  z.strictObject({
    ...fromOptimum,
    law: z.literal("planted-signal"),
    correlation: z.number().gt(-1).lt(1),
    persistence: z.number().min(0).lt(1),
    form: z.enum(["normal", "sign"]).default("normal"),
  }),
  z.strictObject({ ...fromOptimum, law: z.literal("ornstein-uhlenbeck"), halfLifeBars: positive }),
]);

/** What came after a bar (features/labels): known of bars that are past, and never shown to an agent. */
const labels = z.discriminatedUnion("label", [
  z.strictObject({
    ...fromLabels,
    label: z.literal("fixed-horizon"),
    horizonBars: count.default(5),
    threshold: z.number().min(0).default(0),
  }),
  z.strictObject({
    ...fromLabels,
    label: z.literal("triple-barrier"),
    atrPeriod: count.default(14),
    upperAtr: positive.default(2),
    lowerAtr: positive.default(2),
    horizonBars: count.default(20),
  }),
  z.strictObject({
    ...fromLabels,
    label: z.literal("trend-scanning"),
    shortestBars: z.int().min(2).default(5),
    longestBars: z.int().min(2).default(20),
  }),
]);

/** Absent: an agent begins with random parameters. */
export const warmStartSchema = z.discriminatedUnion("from", [rule, optimum, labels]).optional();

export type WarmStart = NonNullable<z.output<typeof warmStartSchema>>;

/** What is wrong with one beyond its types, from the setting's name on; undefined where nothing is. */
export function warmStartIssue(setting: WarmStart, instruments?: number): string | undefined {
  if (setting.from === "rule" && setting.rule === "moving-average-cross" && setting.fastBars >= setting.slowBars) {
    return `warmStart.fastBars: ${setting.fastBars} is not less than slowBars, ${setting.slowBars}`;
  }
  if (setting.from === "labels" && setting.label === "trend-scanning" && setting.shortestBars > setting.longestBars) {
    return `warmStart.shortestBars: ${setting.shortestBars} is more than longestBars, ${setting.longestBars}`;
  }
  if (setting.from === "optimum" && instruments !== undefined && instruments > 1) {
    return `warmStart.from: an optimum is known of one instrument; found ${instruments}`;
  }
  return undefined;
}

/** How many bars what teaches looks ahead: those of its labels, or the next bar's return. */
export function horizonBars(setting: WarmStart | undefined): number {
  if (setting?.from !== "labels") return 1;
  return setting.label === "trend-scanning" ? setting.longestBars : setting.horizonBars;
}

/** One sentence for reports where look-ahead labels were used (documents, plan B); undefined where none were. */
export function lookAheadNote(setting: WarmStart | undefined): string | undefined {
  if (setting?.from !== "labels") return undefined;
  const bars = horizonBars(setting);
  return (
    `Look-ahead labels were used: before it learned by trial, the agent imitated ${setting.label} labels of its training ` +
    `bars, which look up to ${bars} bars ahead and end within those bars. It never sees one, and none is part of this test.`
  );
}
