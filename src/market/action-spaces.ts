/** @file The list of action spaces. One is never changed once a model was trained in it: add another beside it. */
import { Failure } from "#base/failure.ts";
import type { ActionLevels } from "#domain/action-levels.ts";
import type { Instrument } from "#domain/instrument.ts";
import type { AccountRules } from "./account-rules.ts";
import type { Acting } from "./acting.ts";
import { alpha } from "./actions/alpha.ts";
import type { BracketGrid } from "./actions/bracket.ts";
import { bracket } from "./actions/bracket.ts";
import { gemini5, gemini6 } from "./actions/gemini.ts";
import { levelActing } from "./actions/levels.ts";
import { signals } from "./actions/signals.ts";
import { longShortActing, longWeightsActing } from "./actions/weights.ts";
import type { PlanSettings } from "./position-plan.ts";
import { signalActing } from "./signal-acting.ts";

/** All that any space asks for. */
export interface ActionSettings {
  readonly levels: ActionLevels;
  readonly bracket: BracketGrid;
  readonly plan: PlanSettings;
}

type CreateActing = (settings: ActionSettings, instruments: readonly Instrument[], rules: AccountRules) => Acting;

/** Name → how it is made for a market. */
const actionSpaces = {
  levels: ({ levels }, instruments, rules) => onNetting(levelActing(levels, instruments.length), rules),
  alpha: ({ plan }, instruments, rules) => signalActing(alpha, instruments, plan, rules),
  "gemini-5": ({ plan }, instruments, rules) => signalActing(gemini5, instruments, plan, rules),
  "gemini-6": ({ plan }, instruments, rules) => signalActing(gemini6, instruments, plan, rules),
  signals: ({ plan }, instruments, rules) => signalActing(signals, instruments, plan, rules),
  bracket: ({ plan, bracket: grid }, instruments, rules) => signalActing(bracket(grid), instruments, plan, rules),
  "weights-long": (_, instruments, rules) => onNetting(longWeightsActing(instruments.length), rules),
  weights: (_, instruments, rules) => onNetting(longShortActing(instruments.length), rules),
} satisfies Record<string, CreateActing>;

export type ActionSpaceName = keyof typeof actionSpaces;

export const actionSpaceNames = Object.keys(actionSpaces) as [ActionSpaceName, ...ActionSpaceName[]];

/** True where an action is real numbers instead of choices. */
export function isContinuous(name: ActionSpaceName): boolean {
  return name === "weights-long" || name === "weights";
}

/**
 * A way to act, by name.
 * @throws Failure config/invalid that names the setting that the account cannot do
 */
export function actingOf(
  name: ActionSpaceName,
  settings: ActionSettings,
  instruments: readonly Instrument[],
  rules: AccountRules,
): Acting {
  const create: CreateActing = actionSpaces[name];
  return create(settings, instruments, rules);
}

/** A weight is of one position in each instrument: two of them beside each other have no one weight. */
function onNetting(acting: Acting, { positions }: AccountRules): Acting {
  if (positions === "netting") return acting;
  throw new Failure(
    "config/invalid",
    `actions: ${acting.name} needs account.positions to be netting; found ${positions}`,
  );
}
