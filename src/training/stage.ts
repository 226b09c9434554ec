/** @file A part of a training: what is other in it than in the whole, and what it leaves out of the market. */
import { z } from "zod";
import { Failure } from "#base/failure.ts";
import type { Instrument } from "#domain/instrument.ts";
import type { FeatureTable } from "#features/pipeline.ts";
import type { Acting } from "#market/acting.ts";
import { partialActing } from "#market/actions/partial.ts";
import type { Experiment } from "./experiment.ts";
import { stressSchema } from "./stress-settings.ts";

const count = z.int().positive();

/** The whole settings hold where a stage says nothing. What an agent sees and can do is the same in all of them. */
export const stagesSchema = z
  .array(
    z.strictObject({
      /** Env steps to train for, over all lanes. */
      transitions: count,
      /** Symbols that may be traded; of the others nothing is seen. Absent: all. */
      instruments: z.array(z.string().min(1)).min(1).optional(),
      lanes: count.optional(),
      episodeBars: count.optional(),
      /** Step size of the whole stage. */
      learningRate: z.number().positive().optional(),
      stress: stressSchema,
      /** Mean log return of a bar on the validation span that ends the stage before its last transition. */
      promoteAt: z.number().optional(),
    }),
  )
  .min(1)
  .optional();

export type Stage = NonNullable<z.output<typeof stagesSchema>>[number];

/** Which instruments a stage trades; undefined where it trades all. */
export function activeOf({ instruments: names }: Stage, instruments: readonly Instrument[]): boolean[] | undefined {
  if (names === undefined) return undefined;
  const unknown = names.find((name) => instruments.every(({ symbol }) => symbol !== name));
  if (unknown !== undefined) {
    const held = instruments.map(({ symbol }) => symbol).join(", ");
    throw new Failure("config/invalid", `stages.instruments: ${unknown} is not in the market, which holds ${held}`);
  }
  return instruments.map(({ symbol }) => names.includes(symbol));
}

/** An action space in which only active instruments can be traded. */
export function actingIn(acting: Acting, active: readonly boolean[] | undefined, levels: readonly number[]): Acting {
  if (active === undefined) return acting;
  return partialActing(acting, active, acting.name === "levels" ? levels.indexOf(0) : 0);
}

/** The table with nothing known of instruments that are not active: each has an equal block of columns. */
export function seenOf(table: FeatureTable, active: readonly boolean[] | undefined): FeatureTable {
  if (active === undefined) return table;
  const values = table.values.slice();
  const block = table.columns / active.length;
  for (let row = 0; row < table.rows; row++) {
    active.forEach((seen, i) => {
      const from = row * table.columns + i * block;
      if (!seen) values.fill(0, from, from + block);
    });
  }
  return { ...table, values };
}

/** The whole settings as they are in one of the stages. */
export function stageSettings({ stages = [], warmStart, ...whole }: Experiment, at: number): Experiment {
  const stage = stages[at];
  const {
    transitions,
    lanes = whole.lanes,
    episodeBars = whole.episodeBars,
    stress = whole.stress,
    learningRate,
  } = stage;
  const rates = learningRate === undefined ? {} : { learningRate, finalLearningRate: learningRate };
  return {
    ...whole,
    transitions,
    lanes,
    episodeBars,
    stress,
    [whole.agent]: { ...whole[whole.agent], ...rates },
    // Dice of its own: else every stage would draw the same starts.
    seed: whole.seed + at,
    ...(at === 0 ? { warmStart } : {}),
  };
}
