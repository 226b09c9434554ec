/** @file Watches over a training: remembers how it went, says when it is enough and when something is wrong. */
import type { IterationMetrics } from "#agents/agent.ts";
import type { Snapshot } from "#env/env.ts";
import type { GreedyScore } from "./greedy.ts";
import type { Alarm, EarlyStopping, Look } from "./looks.ts";
import { exhausted, overfitting, rememberedLosses, unstable } from "./looks.ts";

export interface Watch {
  readonly looks: readonly Look[];
  /** The first alarm of each kind. */
  readonly alarms: readonly Alarm[];
  /** True where early stopping says so; never where none was asked for. */
  readonly exhausted: boolean;
  /** Takes note of an iteration that ended after so many transitions. */
  iteration(transitions: number, metrics: IterationMetrics): void;
  look(look: Look): void;
  snapshot(): Snapshot;
  restore(snapshot: Snapshot): void;
}

export function createWatch(earlyStopping: EarlyStopping | undefined): Watch {
  let looks: Look[] = [];
  let valueLosses: number[] = [];
  let alarms: Alarm[] = [];
  const raise = (alarm: Alarm | undefined): void => {
    if (alarm === undefined || alarms.some(({ kind }) => kind === alarm.kind)) return;
    alarms = [...alarms, alarm];
  };

  return {
    get looks() {
      return looks;
    },
    get alarms() {
      return alarms;
    },
    get exhausted() {
      return earlyStopping !== undefined && exhausted(looks, earlyStopping);
    },

    iteration(transitions, { valueLoss }) {
      if (valueLoss === undefined) return;
      valueLosses = [...valueLosses, valueLoss].slice(-rememberedLosses);
      raise(unstable(valueLosses, transitions));
    },

    look(look) {
      looks = [...looks, look];
      raise(overfitting(looks));
    },

    snapshot: () => ({
      looks: Float64Array.from(looks.flatMap(numbers)),
      valueLosses: Float64Array.from(valueLosses),
      alarms: new TextEncoder().encode(JSON.stringify(alarms)),
    }),

    restore(snapshot) {
      looks = readLooks([...snapshot["looks"]]);
      valueLosses = [...snapshot["valueLosses"]];
      alarms = JSON.parse(new TextDecoder().decode(Uint8Array.from(snapshot["alarms"]))) as Alarm[];
    },
  };
}

const scoreNames = [
  "meanReward",
  "turnover",
  "sharpe",
  "maxDrawdown",
  "equity",
  "totalReturn",
  "trades",
  "costs",
] as const satisfies readonly (keyof GreedyScore)[];

function numbers({ transitions, train, validation }: Look): number[] {
  return [transitions, ...[train, validation].flatMap((score) => scoreNames.map((name) => score[name]))];
}

function readLooks(values: readonly number[]): Look[] {
  const score = (at: number): GreedyScore =>
    Object.fromEntries(scoreNames.map((name, n) => [name, values[at + n]])) as Record<keyof GreedyScore, number>;
  const width = 1 + 2 * scoreNames.length;
  return Array.from({ length: values.length / width }, (_, look) => {
    const at = look * width;
    return { transitions: values[at], train: score(at + 1), validation: score(at + 1 + scoreNames.length) };
  });
}
