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
import type { WeightCodec } from "./actions/weights.ts";
import { longShortActing, longShortWeights, longWeights, longWeightsActing } from "./actions/weights.ts";
import type { PlanSettings } from "./position-plan.ts";
import { signalActing } from "./signal-acting.ts";
import type { SignalSpace } from "./signal-space.ts";

/** All that any space asks for. */
export interface ActionSettings {
  readonly levels: ActionLevels;
  readonly bracket: BracketGrid;
  readonly plan: PlanSettings;
}

type CreateActing = (settings: ActionSettings, instruments: readonly Instrument[], rules: AccountRules) => Acting;

/** Spaces of words, one for each instrument; a position plan turns them into orders. */
const signalSpaces = {
  alpha: () => alpha,
  "gemini-5": () => gemini5,
  "gemini-6": () => gemini6,
  signals: () => signals,
  bracket: ({ bracket: grid }) => bracket(grid),
} satisfies Record<string, (settings: ActionSettings) => SignalSpace>;

/** Spaces of weights of equity: name → how it is made for a market. */
const weightSpaces = {
  levels: ({ levels }, instruments, rules) => onNetting(levelActing(levels, instruments.length), rules),
  "weights-long": (_, instruments, rules) => onNetting(longWeightsActing(instruments.length), rules),
  weights: (_, instruments, rules) => onNetting(longShortActing(instruments.length), rules),
} satisfies Record<string, CreateActing>;

type SignalSpaceName = keyof typeof signalSpaces;

export type ActionSpaceName = SignalSpaceName | keyof typeof weightSpaces;

export const actionSpaceNames = ["levels", ...Object.keys(signalSpaces), "weights-long", "weights"] as [
  ActionSpaceName,
  ...ActionSpaceName[],
];

/** The words that an agent acts in, and the plan that steers its positions. */
export interface SignalSettings {
  readonly space: SignalSpace;
  readonly plan: PlanSettings;
}

/** The signals that an agent of these settings acts in; undefined where it acts in weights. */
export function signalSettings(name: ActionSpaceName, settings: ActionSettings): SignalSettings | undefined {
  return isSignals(name) ? { space: signalSpaces[name](settings), plan: settings.plan } : undefined;
}

function isSignals(name: ActionSpaceName): name is SignalSpaceName {
  return Object.hasOwn(signalSpaces, name);
}

/** What the numbers of real actions stand for. */
const codecs: { readonly [Name in ActionSpaceName]?: WeightCodec } = {
  "weights-long": longWeights,
  weights: longShortWeights,
};

/** From real actions to weights of equity; undefined where an action is a choice. */
export function weightCodec(name: ActionSpaceName): WeightCodec | undefined {
  return codecs[name];
}

/** True where an action is real numbers instead of choices. */
export function isContinuous(name: ActionSpaceName): boolean {
  return weightCodec(name) !== undefined;
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
  if (isSignals(name)) return signalActing(signalSpaces[name](settings), instruments, settings.plan, rules);
  const create: CreateActing = weightSpaces[name];
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
